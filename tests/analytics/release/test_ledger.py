"""Rule 5: two releases side by side (C7, C9), and what the ledger keeps."""

import dataclasses
import json

import pytest

from analytics.release import Ledger, LedgerError, Policy, join_ledgers, make_release, protect
from analytics.release.audit import NOTHING, Auditor
from tests.analytics.release.classes import ITEMS, lesson, row, together

TABLES = [["team"]]


def week(answers, *before, label=None, tables=TABLES, **options):
    ledger = join_ledgers(release.ledger for release in before)
    return make_release(
        answers, ITEMS, tables, label=label or f"week {len(before) + 1}", ledger=ledger, **options
    )


def team(*sizes, name="m", cycle=1):
    values = [1, 2, 3, 4, 3, 2, 1, 4, 4, 2]
    return together(
        *(lesson(f"{name}{k}", values[k : k + n], cycle=cycle, team=name) for k, n in enumerate(sizes))
    )


def test_four_more_students_wait_and_the_old_figures_stand():
    first = week(team(6, 6, 6))
    late = week(together(team(6, 6, 6), *(lesson(f"m{k}", [4], cycle=2, team="m") for k in range(3))), first)
    cell = row(late.cells)
    assert cell[["status", "n", "answers", "as_of"]].tolist() == ["released", 18, 18, "week 1"]
    assert late.kept == 1
    assert late.ledger.entries == ()


def test_a_new_lesson_of_three_classes_is_released():
    first = week(team(6, 6, 6))
    second = week(together(team(6, 6, 6), team(6, 6, 6, cycle=2)), first)
    assert row(second.cells)[["n", "answers", "as_of"]].tolist() == [18, 36, "week 2"]


def test_a_new_lesson_of_one_class_alone_waits():
    # Nothing shows before and after one class.
    first = week(team(6, 6, 6))
    second = week(together(team(6, 6, 6), lesson("m0", [4] * 6, cycle=2, team="m")), first)
    assert row(second.cells)["as_of"] == "week 1"


def test_without_the_ledger_the_one_class_would_be_there_for_all_to_see():
    answers = together(team(6, 6, 6), lesson("m0", [4] * 6, cycle=2, team="m"))
    assert row(week(answers).cells)["answers"] == 24


def test_figures_of_a_cell_that_lost_a_child_are_withheld_and_not_kept():
    whole = team(6, 6, 6)
    first = week(whole)
    erased = whole[~((whole["teacher"] == "m1") & (whole["student"] == "C"))]
    assert row(week(erased, first).cells)["status"] == "withheld"


def test_an_erased_child_stays_hidden_behind_fifteen_newcomers():
    # The option nobody else left would be hers: 18 - 1 + 18 answers are not released beside the 18.
    whole = team(6, 6, 6)
    first = week(whole)
    erased = whole[~((whole["teacher"] == "m1") & (whole["student"] == "C"))]
    assert row(week(together(erased, team(6, 6, 6, cycle=2)), first).cells)["status"] == "withheld"


def test_c9_a_child_who_moves_from_team_to_team_shows_in_neither():
    # C9: in week 2 one child of team m answers in team n.
    first = week(together(team(6, 6, 6), team(6, 6, 6, name="n")))
    before = together(team(6, 6, 6), team(6, 6, 6, name="n"))
    moved = before.copy()
    child = (moved["teacher"] == "m0") & (moved["student"] == "A")
    moved.loc[child, ["teacher", "classroom", "administration", "student", "team"]] = [
        "n0",
        "class of n0",
        "n0, coded 1",
        "Z",
        "n",
    ]
    second = week(moved, first)
    assert row(second.cells, team="m")["status"] == "withheld"
    assert row(second.cells, team="n")["as_of"] == "week 1"


def test_two_tables_that_differ_by_one_child_are_not_both_released():
    # C7: all but one child of the region are in the subject.
    answers = team(6, 6, 6).assign(region="r", subject="math")
    other = lesson("x", [4], region="r", subject="science", team=None)
    cells = week(together(answers, other), tables=[["region"], ["subject"]]).cells
    assert row(cells, table="region")["status"] == "released"
    assert row(cells, subject="math")["status"] == "withheld"


def test_the_second_table_is_refused_when_the_first_came_out_earlier():
    answers = team(6, 6, 6).assign(region="r", subject="math")
    other = lesson("x", [4], region="r", subject="science", team=None)
    both = together(answers, other)
    first = week(both, tables=[["subject"]])
    assert row(first.cells, subject="math")["status"] == "released"
    second = week(both, first, tables=[["region"]])
    assert row(second.cells)["status"] == "withheld"


def test_the_earlier_release_matters_only_through_the_audit(monkeypatch):
    # The mutant of the test above: without audit the two tables stand side by side, one child apart.
    monkeypatch.setattr(Auditor, "audit", lambda *_: NOTHING)
    answers = team(6, 6, 6).assign(region="r", subject="math")
    both = together(answers, lesson("x", [4], region="r", subject="science", team=None))
    first = week(both, tables=[["subject"]])
    assert row(week(both, first, tables=[["region"]]).cells)["n"] == 19


def test_with_all_rules_off_one_late_answer_goes_out(monkeypatch):
    monkeypatch.setattr(protect, "withhold_shifted", lambda *_: None)
    monkeypatch.setattr(protect, "withhold_alike_remainders", lambda *_: set())
    monkeypatch.setattr(protect, "protect_remainders", lambda *_: set())
    monkeypatch.setattr(Auditor, "audit", lambda *_: NOTHING)
    first = week(team(6, 6, 6))
    late = week(together(team(6, 6, 6), lesson("m0", [4], cycle=2, team="m")), first)
    assert row(late.cells)["as_of"] == "week 2"


def test_the_rules_speak_of_the_same_table_and_the_audit_of_all():
    first = week(team(6, 6, 6).assign(school="s"), tables=[["school"]])
    grown = together(team(6, 6, 6), lesson("m0", [4], cycle=2, team="m")).assign(school="s")
    assert row(week(grown, first, tables=[["team"]]).cells)["status"] == "withheld"


def test_the_same_release_twice_adds_nothing_to_the_ledger():
    first = week(team(6, 6, 6))
    second = week(team(6, 6, 6), first)
    assert second.ledger.entries == ()
    assert row(second.cells)["as_of"] == "week 2"


def test_three_weeks_are_held_against_one_another():
    # Each step is large enough; the first and the third week differ by one child only, through a new table.
    first = week(team(6, 6, 6).assign(region="r"), tables=[["region"]])
    grown = together(team(6, 6, 6), team(6, 6, 6, cycle=2)).assign(region="r")
    second = week(grown, first, tables=[["region"]])
    assert row(second.cells)["as_of"] == "week 2"
    third = grown[~((grown["cycle_number"] == 2) & (grown["teacher"] == "m0") & (grown["student"] == "A"))]
    only_first = third[third["cycle_number"] == 2]
    assert row(week(only_first, first, second, tables=[["team"]]).cells)["status"] == "withheld"


def test_a_ledger_reads_back_as_it_was_written():
    ledger = week(team(6, 6, 6)).ledger
    assert Ledger.load(ledger.dump()) == dataclasses.replace(
        ledger,
        entries=tuple(dataclasses.replace(e, shown=json.loads(json.dumps(e.shown))) for e in ledger.entries),
    )
    late = together(team(6, 6, 6), lesson("m0", [4], cycle=2, team="m"))
    stored = make_release(late, ITEMS, TABLES, label="week 2", ledger=Ledger.load(ledger.dump()))
    fresh = make_release(late, ITEMS, TABLES, label="week 2", ledger=ledger)
    assert stored.as_bytes() == fresh.as_bytes()


def test_a_ledger_holds_no_answers_and_no_withheld_cell():
    small = lesson("lone", [4, 4, 4], team="tiny")
    ledger = week(together(team(6, 6, 6), small)).ledger
    assert all("lone" not in contributor for contributor in ledger.contributors)
    assert {entry.key for entry in ledger.entries} == {("m",)}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"contributors": [], "entries": [{}]}', "null"])
def test_a_broken_ledger_is_refused(text):
    with pytest.raises(LedgerError, match="ledger"):
        Ledger.load(text)


def test_an_entry_that_points_nowhere_is_refused():
    text = week(team(6, 6, 6)).ledger.dump()
    whole = json.loads(text)
    whole["contributors"].pop()
    with pytest.raises(LedgerError, match="contributor"):
        Ledger.load(json.dumps(whole))


@pytest.mark.parametrize("label", ["", None, 7])
def test_a_release_needs_a_label(label):
    with pytest.raises(LedgerError, match="label"):
        make_release(team(6, 6, 6), ITEMS, TABLES, label=label)


def test_a_label_is_used_once():
    first = week(team(6, 6, 6))
    with pytest.raises(LedgerError, match="week 1"):
        week(team(6, 6, 6), first, label="week 1")


def test_a_release_stands_beside_earlier_figures_of_none_but_erased_children():
    gone = together(*(lesson(f"g{k}", [1, 2, 3, 4], team="m") for k in range(4)))
    earlier = make_release(gone, ITEMS, [["team"]], label="week 1").ledger
    assert len(earlier.entries) == 1
    new = together(*(lesson(f"n{k}", [1, 4], team="n") for k in range(3)))
    policy = Policy(joined_from=5)
    cells = make_release(new, ITEMS, [["team"]], label="week 2", ledger=earlier, policy=policy).cells
    assert row(cells, team="n")[["n", "says"]].tolist() == [6, "between 20 and 80 %"]
