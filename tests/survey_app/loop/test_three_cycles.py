"""A teacher runs three cycles, from the quick start to the series: through HTTP, on both databases."""

import re

import pytest
from sqlalchemy import func, select

from survey_app.models.cycles import Cycle, Series
from survey_app.models.predictions import OwnRating
from survey_app.models.snapshots import Snapshot
from tests.survey_app.loop.teacher import answer, visible


def series_of(page: str) -> str:
    return re.search(r'action="(/series/[^"]+)/next"', page)[1]


def test_three_cycles_end_as_one_story(teacher):
    cycle = teacher.start(change="Wait ten seconds after a question")
    tokens = teacher.cards()
    assert sorted(tokens) == ["A", "B", "C", "D", "E"]
    teacher.whole_cycle(cycle, tokens)
    for number in (2, 3):
        home = teacher.get("/cycles")
        assert f"Run cycle {number} now" in home
        sent = teacher.post(f"{series_of(home)}/next", do="open")
        cycle = sent.location.removesuffix("/projector")
        teacher.whole_cycle(cycle, tokens, decision="adopt" if number == 3 else "adapt")

    page = teacher.get(cycle)
    assert "Use it in another lesson" in page
    story = teacher.get(series_of(page))
    assert story.count("<figure") == 1, "both lines; one row for each student is drawn when it is asked for"
    rows = re.search(r'href="(/series/[^"]+/students/focal)"', story)[1]
    assert teacher.get(rows).count("<figure") == 4, "one picture for each of the four questions"
    teacher.get(rows.replace("/focal", "/rest"), 404)
    assert "(the 5 there both times)" in visible(story)
    assert "told by the average of the students there both times" in visible(story)
    assert "3 points make a line, not a signal" in story
    assert visible(story).count("Three of five had no chance.") == 3
    with teacher.reading() as db:
        assert db.scalar(select(func.count(Snapshot.number))) == 3


def test_the_next_plan_opens_with_what_was_learned(teacher):
    cycle = teacher.start()
    teacher.whole_cycle(cycle, teacher.cards())
    teacher.post(
        f"{cycle}/decide",
        version=version_of(teacher, cycle),
        keep_what="The long wait",
        change_next="Ask B first",
        reason="Three of five had no chance.",
        do="later",
    )
    home = teacher.get("/cycles")
    second = teacher.post(f"{series_of(home)}/next", do="draft").location.split("?")[0]
    words = visible(teacher.get(second))
    assert "From last time Keep The long wait Change Ask B first" in words
    assert "for A, B, C, D, E" in words


def version_of(teacher, cycle):
    return re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/decide"))[1]


def test_running_the_next_cycle_twice_starts_one(teacher):
    cycle = teacher.start()
    teacher.whole_cycle(cycle, teacher.cards())
    series = series_of(teacher.get("/cycles"))
    first = teacher.post(f"{series}/next", do="open").location
    again = teacher.post(f"{series}/next", do="open").location
    assert first.split("/")[2] == again.split("/")[2]
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Cycle)) == 2


def test_the_quick_start_sent_twice_starts_one_series(teacher):
    page = teacher.get("/cycles/new")
    cycle_id = re.search(r'name="cycle_id" value="([^"]+)"', page)[1]
    for _ in range(2):
        teacher.start(cycle_id=cycle_id)
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Series)) == 1


def test_abandoning_ends_the_series(teacher):
    cycle = teacher.start()
    teacher.whole_cycle(cycle, teacher.cards(), decision="abandon")
    home = visible(teacher.get("/cycles"))
    assert "Run cycle 2 now" not in home
    assert "Past series (1)" in home


def test_a_decision_once_made_stays(teacher):
    cycle = teacher.start()
    teacher.whole_cycle(cycle, teacher.cards(), decision="adapt")
    answered = teacher.post(
        f"{cycle}/decide",
        409,
        version=version_of(teacher, cycle),
        decision="adopt",
        reason="Now I see it.",
        do="decide",
    )
    assert "You decided to adapt" in visible(answered.text)


def test_a_decision_needs_a_choice_and_a_reason_and_loses_nothing(teacher):
    cycle = teacher.start()
    answer(teacher.app, teacher.cards()["A"])
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    page = teacher.post(
        f"{cycle}/decide", 422, version=version_of(teacher, cycle), keep_what="The long wait", do="decide"
    ).text
    assert "Choose one: adopt, adapt or abandon." in page
    assert "Write the reason in a few words." in page
    assert "The long wait" in page


def test_a_baseline_is_number_zero_and_the_change_comes_after(teacher):
    cycle = teacher.start(is_baseline="1")
    assert "the lesson before the change" in visible(teacher.get(cycle))
    teacher.whole_cycle(cycle, teacher.cards())
    home = teacher.get("/cycles")
    assert "Run cycle 1 now" in home


def test_two_tabs_on_the_plan_the_second_is_told_and_keeps_its_words(teacher):
    cycle = teacher.start(do="draft")
    shown = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/plan"))[1]
    teacher.post(f"{cycle}/plan", version=shown, aim="First tab")
    page = teacher.post(f"{cycle}/plan", 409, version=shown, aim="Second tab").text
    assert "Another tab saved this page" in page
    assert "Second tab" in page
    assert "First tab" in teacher.get(f"{cycle}/plan")


def test_leaving_half_way_and_coming_back_a_week_later_loses_nothing(teacher):
    cycle = teacher.start()
    first = teacher.sheet(cycle)["items"][0]
    teacher.post(f"{cycle}/saw", **{f"own-focal-{first['id']}": "4", "do": "later"})
    teacher.clock.forward(days=7)
    with teacher.reading() as db:
        assert [row.value for row in db.scalars(select(OwnRating))] == [4]


@pytest.mark.parametrize("questions", [0, 1, 9])
def test_a_survey_has_two_to_eight_questions(teacher, questions):
    cycle = teacher.start(do="draft")
    page = teacher.get(f"{cycle}/survey")
    have = re.findall(r'value="remove:([^"]+)"', page)
    offered = re.findall(r'value="add:([^"]+)"', page)
    for step in range(9):
        if len(have) == questions:
            break
        if len(have) > questions:
            do, have = f"remove:{have[-1]}", have[:-1]
        else:
            do, have = f"add:{offered[step]}", [*have, offered[step]]
        sent = teacher.client.post(f"{cycle}/survey", data={"csrf_token": teacher._form_token(), "do": do})
    assert sent.status_code == 422
    assert "A survey has 2 to 8 questions." in visible(sent.text)
