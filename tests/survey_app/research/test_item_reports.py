"""Item reports: worked out on rows, stored only as far as the release policy lets them out."""

import pytest
from sqlalchemy import func, select

from survey_app.erasure.service import erase_code
from survey_app.models.audit import AuditEvent
from survey_app.models.research import ItemReport
from survey_app.releases import packing
from survey_app.releases import told as told_so_far
from survey_app.research import queries
from survey_app.research.reports import make_reports
from survey_app.surveys.service import reopen_surveys
from tests.survey_app.research.classes import spread

AG = "AG1.3-12.1"


def run(region):
    return make_reports(region.db, now=region.clock.forward(days=7))


def told(region, mode="coded", subject=AG):
    row = region.db.get(ItemReport, (subject, mode))
    return row.figures if row else None


@pytest.fixture
def four(region):
    """Four teachers with six focal students each, two lessons; one child did not understand AG1."""
    region.classes, region.cycles = [], []
    for place in range(4):
        teacher = region.teacher()
        room, codes = region.room(teacher)
        region.classes.append((teacher, room, codes))
        for lesson in range(2):
            sheets = spread(place + lesson)
            sheets[0]["AG1"] = "not_understood" if lesson else sheets[0]["AG1"]
            cycle = region.lesson(teacher, room, codes, sheets, asks="AG1" if lesson else None)
            region.cycles.append(cycle)
    return region


def test_what_is_told_of_a_question_rests_on_students_and_says_how(four):
    made = run(four)
    figures = told(four)
    assert (figures["students"], figures["teachers"], figures["classes"], figures["lessons"]) == (24, 4, 4, 8)
    assert figures["answers"] == 44
    assert sum(percent for _first, _last, percent, _interval in figures["distribution"]) in range(95, 106)
    # Four of 48 sheets.
    assert figures["missing"] == {
        "of": 48,
        "share": 8,
        "reasons": {"skipped": None, "not_applicable": None, "not_understood": 8},
    }
    assert figures["asked_about"] == {"of": 8, "lessons": 4}
    assert figures["item_rest"]["n"] == 44
    assert figures["icc"]["why"] == "too little yet: this needs 10 classes with two or more answers"
    both = told(four, subject=f"{AG} + AG2.3-12.1")
    assert both["alpha"]["complete"]["n"] == 44
    assert both["omega"] == {"why": "too little yet: this needs 3 items"}
    assert made.told == 3
    assert made.withheld == 0
    acts = select(func.count()).where(AuditEvent.act == "research.reports-made")
    assert four.db.scalar(acts) == 1
    [row] = told_so_far.report_ledgers(four.db)
    assert str(four.classes[0][1].id) in packing.unpack(row.contributors)
    for part in (row.contributors, row.entries):
        assert "not_understood" not in packing.unpack(part), "students by key, and never an answer"
    # An open survey is nobody's to read, the teacher's neither.
    assert len(queries.shown_administrations(four.db)) == 8
    reopen_surveys(four.db, four.cycles[-1], four.classes[-1][1], now=four.clock())
    assert len(queries.shown_administrations(four.db)) == 7


@pytest.mark.database("sqlite")
def test_a_report_stands_until_five_more_students_have_answered(four):
    run(four)
    before, as_of = told(four), four.db.get(ItemReport, (AG, "coded")).as_of
    run(four)
    assert told(four) == before
    teacher = four.teacher()
    room, codes = four.room(teacher, codes=4)
    four.lesson(teacher, room, codes, spread(1, students=4))
    run(four)
    assert told(four) == before, "four more students would be known by subtraction"
    assert four.db.get(ItemReport, (AG, "coded")).as_of == as_of
    for place in range(3):
        teacher = four.teacher()
        room, codes = four.room(teacher)
        four.lesson(teacher, room, codes, spread(place))
    run(four)
    assert told(four)["students"] == 46
    assert four.db.get(ItemReport, (AG, "coded")).as_of > as_of
    erase_code(four.db, four.classes[0][2][3], now=four.clock())
    run(four)
    assert told(four) == {"released": False}, "not worked out without her, or she would be known"
    assert four.db.scalar(select(func.count()).where(AuditEvent.act == "research.reports-made")) == 5


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("teachers", [0, 2])
def test_fewer_than_three_teachers_tell_nothing(region, teachers):
    for place in range(teachers):
        teacher = region.teacher()
        room, codes = region.room(teacher)
        region.lesson(teacher, room, codes, spread(place))
    run(region)
    assert told(region) in (None, {"released": False})


@pytest.mark.database("sqlite")
def test_few_students_tell_bands_only(region):
    for place in range(4):
        teacher = region.teacher()
        room, codes = region.room(teacher, codes=3)
        region.lesson(teacher, room, codes, spread(place, students=3))
    run(region)
    figures = told(region)
    assert figures["students"] == 12
    assert not figures["full"]
    assert "missing" not in figures
    assert "distribution" not in figures


@pytest.mark.database("sqlite")
def test_coded_and_pooled_stand_apart_and_four_sheets_of_a_class_count_nowhere(region):
    for place in range(5):
        teacher = region.teacher()
        room, codes = region.room(teacher)
        rest = spread(place, students=4 if place == 4 else 8)
        region.lesson(teacher, room, codes, spread(place), rest=rest)
    run(region)
    assert (told(region)["students"], told(region)["classes"]) == (30, 5)
    assert (told(region, "pooled")["students"], told(region, "pooled")["classes"]) == (32, 4)


@pytest.mark.database("sqlite")
def test_constant_answers_are_no_figures(region):
    for _ in range(5):
        teacher = region.teacher()
        room, codes = region.room(teacher)
        region.lesson(teacher, room, codes, [{"AG1": 4, "AG2": 4}] * 6)
    run(region)
    # All alike: whoever knows the cell knows each child. The policy may say the blunt end or nothing at all.
    for subject in (AG, f"{AG} + AG2.3-12.1"):
        figures = told(region, subject=subject)
        assert not figures["released"] or not figures.get("distribution")
        assert "value" not in str(figures.get("item_rest")) or figures["item_rest"] is None
        assert "value" not in str(figures.get("alpha"))
