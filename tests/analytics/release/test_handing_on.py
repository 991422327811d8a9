"""What a teacher may hand on herself, and what stands on a poster."""

import pytest

from analytics.release import Policy, band_to_hand_on, hand_on, join_ledgers
from tests.analytics.release.classes import ITEMS, lesson, row, together


def bands(answers, *before, label="now", **options):
    return hand_on(answers, ITEMS, label=label, ledger=join_ledgers(r.ledger for r in before), **options)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([1, 2, 3, 4], None),
        ([1, 2, 2, 2, 2], "20 % or less"),
        ([1, 2, 2, 2, 4], "20 % or less"),
        ([1, 2, 2, 4, 4], "between 20 and 80 %"),
        ([3, 3, 4, 4, 1], "80 % or more"),
        ([3] * 26, "80 % or more"),
        ([3, 1] * 13, "between 20 and 80 %"),
    ],
)
def test_one_class_of_five_or_more_shows_three_bands(values, says):
    cell = row(bands(lesson("t", values)).cells)
    assert cell["says"] == says
    assert cell["mean_says"] is None
    assert cell["distribution"] is None


def test_the_band_of_two_counts_is_that_of_the_answers():
    for values in ([1, 2, 2, 2, 2], [1, 2, 2, 4, 4], [3, 3, 4, 4, 1], [3, 1] * 13):
        favourable = sum(value >= 3 for value in values)
        assert band_to_hand_on(favourable, len(values)).says == row(bands(lesson("t", values)).cells)["says"]


def test_cycles_and_modes_stand_apart():
    whole = together(
        lesson("t", [1] * 5), lesson("t", [4] * 5, cycle=2), lesson("t", [4] * 9, mode="pooled", cycle=3)
    )
    cells = bands(whole).cells
    shown = cells[cells["status"] == "released"]
    assert shown[["administration", "says"]].values.tolist() == [
        ["t, coded 1", "20 % or less"],
        ["t, coded 2", "80 % or more"],
        ["t, pooled 3", "80 % or more"],
    ]


def test_one_late_answer_does_not_move_what_was_handed_on():
    first = bands(lesson("t", [1, 1, 1, 1, 4]), label="first")
    late = row(bands(lesson("t", [1, 1, 1, 1, 4, 4]), first).cells)
    assert (late["n"], late["says"], late["as_of"]) == (5, "20 % or less", "first")
    many = row(bands(lesson("t", [1, 1, 1, 1, 4, 4, 4, 4, 4, 4]), first).cells)
    assert (many["n"], many["as_of"]) == (10, "now")


def test_after_an_erasure_nothing_is_shown():
    first = bands(lesson("t", [1, 1, 1, 1, 4, 4]), label="first")
    assert row(bands(lesson("t", [1, 1, 1, 1, 4]), first).cells)["status"] == "withheld"


def test_a_raised_number_holds_here_too():
    assert row(bands(lesson("t", [1] * 7), policy=Policy(smallest_group=8)).cells)["status"] == "withheld"
