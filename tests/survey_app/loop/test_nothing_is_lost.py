"""What is typed is kept, what is missing is said at once and in its place, what is hers goes along."""

import re

from tests.survey_app.loop.teacher import answer, visible


def revealed(teacher, **fields) -> str:
    cycle = teacher.start(**fields)
    for token in teacher.cards().values():
        answer(teacher.app, token)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    return cycle


def test_going_on_to_the_decision_keeps_what_was_noticed(teacher):
    cycle = revealed(teacher)
    name = re.search(r'name="(noticing-[^"]+)"', teacher.get(f"{cycle}/look/students"))[1]
    sent = teacher.post(f"{cycle}/look/students", do="decide", **{name: "Wrote a lot, said little"})
    assert "/decide" in sent.location
    assert "What you noticed is saved." in teacher.get(sent.location)
    assert "Wrote a lot, said little" in teacher.get(f"{cycle}/look/students")


def test_the_quick_start_says_everything_that_is_missing_at_once(teacher):
    page = teacher.get("/cycles/new")
    cycle_id = re.search(r'name="cycle_id" value="([^"]+)"', page)[1]
    told = teacher.post(
        "/cycles/new", 422, cycle_id=cycle_id, ready_set="whole_class", classroom="new", rest_count="7"
    ).text
    assert "2 things need another look" in told
    assert 'href="#f-nickname"' in told
    assert 'href="#f-who"' in told
    assert 'value="7"' in told


def test_a_second_open_survey_in_a_class_is_told_at_the_class(teacher):
    cycle = teacher.start()
    page = teacher.get("/cycles/new")
    cycle_id = re.search(r'name="cycle_id" value="([^"]+)"', page)[1]
    room = re.search(r'name="classroom" value="([0-9a-f-]{36})"', page)[1]
    told = teacher.post(
        "/cycles/new", 409, cycle_id=cycle_id, ready_set="small_group", classroom=room, asks_focal="1",
        do="open", change="Talk in pairs first",
    ).text
    assert 'href="#f-classroom"' in told
    assert "Another survey is still open in this class." in told
    assert "Talk in pairs first" in told
    assert all(a.state == "open" for a in teacher.administrations(cycle))


def test_missing_ratings_of_two_groups_are_all_counted(teacher):
    cycle = teacher.start(asks_rest="1", rest_count="8")
    questions = sum(bool(item["values"]) for item in teacher.sheet(cycle)["items"])
    told = teacher.post(f"{cycle}/saw", 422, do="next").text
    assert f"{2 * questions} questions still need an answer." in told
    first = re.search(r'href="#(f-own-focal-[^"]+)">Go to the first', told)[1]
    assert f'id="{first}"' in told


def test_a_plan_without_focal_students_asks_for_none(teacher):
    cycle = teacher.start(asks_focal=None, asks_rest="1", rest_count="20")
    assert "a strength and a wonder" not in teacher.get(cycle)


def test_a_page_asked_for_too_early_leads_to_the_step_before(teacher):
    cycle = teacher.start()
    assert f'href="{cycle}/saw"' in teacher.get(f"{cycle}/decide", 409)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    assert f'href="{cycle}/look"' in teacher.get(f"{cycle}/desk-print", 409)


def test_her_answers_are_one_press_from_her_cycles_and_behind_her_password(teacher):
    cycle = revealed(teacher)
    assert 'href="/my-answers.csv"' in teacher.get("/cycles")
    for path in ("/my-answers.csv", f"{cycle}/export.csv"):
        assert "teacher_own" in teacher.get(path)
    teacher.clock.forward(minutes=11)
    for path in ("/my-answers.csv", f"{cycle}/export.csv"):
        given = teacher.client.get(path)
        assert "teacher_own" not in given.text
        assert given.status_code in (303, 403), given.status_code


def test_the_reveal_tells_answers_then_prediction_then_change(teacher):
    first = revealed(teacher)
    teacher.decide(first)
    series = re.search(r'action="(/series/[^"]+)/next"', teacher.get("/cycles"))[1]
    second = teacher.post(f"{series}/next", do="open").location.removesuffix("/projector")
    for token in teacher.cards().values():
        answer(teacher.app, token, "4")
    teacher.see(second)
    teacher.predict_and_lock(second)
    teacher.post(f"{second}/reveal")
    words = visible(teacher.get(f"{second}/look"))
    places = [words.index(part) for part in ("All answers", "Your prediction", "Since last time")]
    assert places == sorted(places)


def test_the_desk_print_says_what_was_planned_and_what_happened(teacher):
    cycle = revealed(teacher)
    version = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/log"))[1]
    teacher.post(f"{cycle}/log", version=version, dose="Twice, five minutes each")
    words = visible(teacher.get(f"{cycle}/desk-print"))
    assert "For my desk only" in words
    assert "Twice, five minutes each" in words


def test_a_change_named_before_a_baseline_is_the_next_cycles(teacher):
    cycle = teacher.start(is_baseline="1", change="Wait ten seconds")
    assert "The change you will try after this lesson" in teacher.get(f"{cycle}/plan")
    teacher.whole_cycle(cycle, teacher.cards())
    series = re.search(r'action="(/series/[^"]+)/next"', teacher.get("/cycles"))[1]
    first = teacher.post(f"{series}/next", do="draft").location.split("?")[0]
    assert re.search(r'name="change" value="Wait ten seconds"', teacher.get(f"{first}/plan"))


def test_a_plan_prediction_names_the_answers_it_counts(teacher):
    older = teacher.get(f"{teacher.start(do='draft')}/plan")
    assert "How many pick “Some” or “A lot”?" in older
    youngest = teacher.start(ready_set="k_2_pictures", nickname="Room 2", grade="1", do="draft")
    page = teacher.get(f"{youngest}/plan")
    assert "How many pick “Yes, a lot”?" in page, "with three steps only the best answer counts"
    assert "“Some”" not in page


def test_a_set_for_the_youngest_is_not_given_to_older_students(teacher):
    assert re.search(r'value="k_2_pictures" checked', teacher.get("/cycles/new?ready_set=k_2_pictures"))
    page = teacher.get("/cycles/new")
    fields = {"ready_set": "k_2_pictures", "classroom": "new", "nickname": "Period 4", "asks_focal": "1"}
    fields["cycle_id"] = re.search(r'name="cycle_id" value="([^"]+)"', page)[1]
    told = teacher.post("/cycles/new", 422, grade="7", **fields).text
    assert "These questions are for kindergarten to grade 2." in told


def test_the_projector_tells_when_no_phone_can_reach_it(teacher):
    cycle = teacher.start()
    assert "Only this computer can reach this address." in teacher.get(f"{cycle}/projector")


def test_a_decided_cycle_reminds_until_the_students_have_heard(teacher):
    cycle = revealed(teacher)
    teacher.decide(cycle)
    assert "Your students have not heard yet" in teacher.get(cycle)
    version = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/decide"))[1]
    teacher.post(
        f"{cycle}/decide", version=version, reason="Three of five", told_students="We wait longer",
        told_students_on="2026-03-03", do="later",
    )
    assert "Your students have not heard yet" not in teacher.get(cycle)


def keyed(teacher, cycle, status, *cells):
    """Send the page of paper answers with these words in its first cells."""
    page = teacher.get(f"{cycle}/key-in")
    fields = dict(re.findall(r'name="(key_[^"]+)" value="([^"]+)"', page))
    fields |= dict(zip(re.findall(r'name="(cell_[^"]+)"', page), cells, strict=False))
    return teacher.post(f"{cycle}/key-in", status, **fields)


def test_a_wrong_key_is_told_with_its_row_and_question(teacher):
    cycle = teacher.start()
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    told = keyed(teacher, cycle, 422, "1", "9").text
    assert "A, question 2: “9” is none of the answers. Type 1 to 4, 0" in visible(told)
    assert 'value="9"' in told


def test_an_empty_page_of_paper_answers_is_not_called_stored(teacher):
    cycle = teacher.start()
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    assert "No row is filled in yet, so nothing is stored." in visible(keyed(teacher, cycle, 422).text)
    assert "The answers from paper are stored." in teacher.get(keyed(teacher, cycle, 303, "1").location)
