"""What the teacher's pages cost: statements that do not grow with students, and bytes."""

import re

from survey_app.models.surveys import Administration
from tests.survey_app.loop.teacher import answer

MOST_AT_REVEAL = 25


def revealed_statements(teacher, count_statements, students):
    more = {"rest_count": str(students), "nickname": f"Of {students}"}
    cycle = teacher.start(asks_rest="1", ready_set="whole_class", **more)
    for token in teacher.cards(others=students).values():
        answer(teacher.app, token)
    teacher.see(cycle, "2")
    teacher.post(f"{cycle}/lock")
    token = teacher._form_token()
    with count_statements(teacher.app.extensions["focal_db"].engine) as revealing:
        assert teacher.client.post(f"{cycle}/reveal", data={"csrf_token": token}).status_code == 303
    with count_statements(teacher.app.extensions["focal_db"].engine) as looking:
        assert teacher.client.get(f"{cycle}/look").status_code == 200
    return len(revealing.sent), len(looking.sent)


def test_the_reveal_costs_the_same_whatever_the_number_of_students(teacher, count_statements):
    few = revealed_statements(teacher, count_statements, 5)
    many = revealed_statements(teacher, count_statements, 30)
    assert few == many
    assert max(many) <= MOST_AT_REVEAL, many


def test_the_list_of_cycles_does_not_ask_more_for_more_cycles(teacher, count_statements):
    def statements():
        with count_statements(teacher.app.extensions["focal_db"].engine) as asked:
            teacher.get("/cycles")
        return len(asked.sent)

    teacher.start(do="draft")
    one = statements()
    for _ in range(5):
        teacher.start(do="draft")
    assert statements() == one


def test_the_projector_costs_nothing_when_nothing_changed(teacher):
    cycle = teacher.start()
    first = teacher.client.get(f"{cycle}/projector")
    again = teacher.client.get(f"{cycle}/projector", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    answer(teacher.app, teacher.cards()["A"])
    changed = teacher.client.get(f"{cycle}/projector", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert re.search(r"<strong>1</strong> of 5 answered", changed.text)


def test_a_reveal_in_the_model_needs_a_lock():
    checks = {c.name for c in Administration.__table__.constraints if c.name}
    assert any("no_reveal_before_lock" in name for name in checks)
