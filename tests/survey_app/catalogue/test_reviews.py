"""The protected area of a question is a person's decision: recorded, undone by the next, and it counts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from survey_app.catalogue import queries
from survey_app.models.audit import AuditEvent
from survey_app.models.catalogue import ItemReview, ItemVersion
from survey_app.models.classrooms import Classroom
from survey_app.models.people import Organisation
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, visible


@pytest.fixture
def teacher(app, clock) -> Teacher:
    return Teacher.arrive(app, clock)


@pytest.fixture
def reviewer(app, clock, teacher) -> Teacher:
    made = Teacher.arrive(app, clock, "Rae Search", roles=("researcher",))
    made.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', made.get("/questions/review"))[1]
    return made


def questions_of(teacher, ready_set: str) -> list:
    with teacher.reading() as db:
        one = next(one for one in queries.ready_sets(db) if one.key == ready_set)
        return list(one.item_version_ids)


@pytest.mark.database("sqlite")
def test_the_library_ships_unreviewed_and_says_so(teacher, reviewer):
    with teacher.reading() as db:
        assert db.scalars(select(ItemReview)).first() is None
        assert set(db.scalars(select(ItemVersion.ppra_class))) == {"unreviewed"}
    assert "Nobody has reviewed these questions for protected areas" in visible(teacher.get("/questions"))
    cycle = teacher.start(do="draft")
    assert "Nobody has reviewed these questions" in visible(teacher.get(f"{cycle}/survey"))
    assert "wait for a decision" in visible(reviewer.get("/questions/review"))


def test_a_review_is_kept_once_with_name_and_day_and_undone_by_the_next(teacher, reviewer, clock):
    one = questions_of(teacher, "small_group")[0]
    for _ in range(2):
        reviewer.post("/questions/review", **{f"area-{one}": "religion"})
    clock.forward(hours=2)  # past midnight in UTC
    reviewer.post("/questions/review", **{f"area-{one}": "none"})
    with teacher.reading() as db:
        kept = db.scalars(select(ItemReview).order_by(ItemReview.number)).all()
        events = db.scalars(select(AuditEvent).where(AuditEvent.act == "item.reviewed")).all()
        key = db.get_one(ItemVersion, one).key
    assert [(row.number, row.ppra_class, row.reviewed_by_id) for row in kept] == [
        (1, "religion", reviewer.person_id),
        (2, "none", reviewer.person_id),
    ]
    assert [event.object_id for event in events] == [f"{key} religion", f"{key} none"]
    assert "Rae Search, Wednesday 4 March" in visible(reviewer.get("/questions/review"))
    reviewer.post("/questions/review", 422, **{f"area-{one}": "astrology"})
    reviewer.post("/questions/review", 422, **{"area-nothing": "none"})


def test_a_protected_area_opens_only_with_every_familys_yes(teacher, reviewer):
    one = questions_of(teacher, "small_group")[0]
    reviewer.post("/questions/review", **{f"area-{one}": "religion"})
    assert "Touches a protected area: religious practices" in visible(teacher.get("/questions"))
    assert "Touches a protected area" in visible(teacher.get("/cycles/new"))
    cycle = teacher.start(do="draft", asks_rest="1", rest_count="20")
    refused = teacher.post(f"{cycle}/open", 422)
    assert "Record first, where cards are made" in visible(refused.text)
    with teacher.reading() as db:
        room = db.scalars(select(Classroom.id)).one()
    said = {f"said_{label}": "given" for label in "ABCDE"}
    teacher.post(f"/classes/{room}/families/said", **said)
    teacher.post(f"{cycle}/open", 422)
    teacher.post(f"/classes/{room}/families/said", said_rest="given")
    teacher.post(f"{cycle}/open")


@pytest.mark.database("sqlite")
def test_who_reviews(app, clock, teacher, reviewer):
    assert teacher.client.get("/questions/review").status_code == 403
    one = questions_of(teacher, "small_group")[0]
    alone = Teacher.arrive(app, clock, "Ada Min", roles=("administrator",))
    alone.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', alone.get("/questions/review"))[1]
    alone.post("/questions/review", **{f"area-{one}": "none"})
    with app.extensions["focal_db"].writing(TESTS) as db:
        above = Organisation(kind="network", name="Bay", created_at=clock())
        db.add(above)
        db.flush()
        db.scalars(select(Organisation).where(Organisation.kind == "school")).one().parent_id = above.id
        db.commit()
    assert "You can read what was decided" in visible(alone.get("/questions/review"))
    alone.post("/questions/review", 403, **{f"area-{one}": "income"})


@pytest.mark.database("sqlite")
def test_reviewing_in_a_browser(open_page, reviewer):
    token = reviewer.client.get_cookie("focal_session").value
    for options in ({"width": 390, "java_script_enabled": False}, {"width": 1280}):
        page = open_page(**options)
        page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
        page.goto("/questions/review")
        page.locator("summary").first.click()
        page.locator("select").first.select_option("none")
        page.get_by_role("button", name="Keep my decisions").first.click()
        page.get_by_text("Your decisions are kept").wait_for()
        page.locator("summary").first.click()
        page.shoot("review")
    page.check_axe()
