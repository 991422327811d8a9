"""Phases start at a decision, and a sustained run only asks."""

import pytest

from analytics.columns import FrameError
from analytics.phases import PhaseStart, split_phases, starts_from_decisions, suggest_phase


def start(cycle, reason="adopt", **words):
    return PhaseStart(
        cycle, reason, **({"by": "teacher 7", "on": "2025-10-02", "why": "4 of 5 spoke"} | words)
    )


def test_without_a_decision_there_is_one_phase_however_the_points_fall():
    assert [phase.cycles for phase in split_phases([1, 2, 3, 9], [])] == [(1, 2, 3, 9)]
    assert split_phases([], []) == ()


def test_a_phase_starts_with_the_cycle_after_adopt_and_carries_who_when_and_why():
    starts = starts_from_decisions(
        [1, 2, 3, 4],
        ["adapt", "adopt", "abandon", "adopt"],
        by="teacher 7",
        on=["a", "b", "c", "d"],
        why=["w", "x", "y", "z"],
    )
    first, second = split_phases([1, 2, 3, 4], starts)
    assert (first.cycles, first.start) == ((1, 2), None)
    assert (second.cycles, second.number) == ((3, 4), 2)
    assert second.start == PhaseStart(3, "adopt", "teacher 7", "b", "x")


@pytest.mark.parametrize(
    ("starts", "says"),
    [
        ([start(2, reason="it looked better")], "A phase starts only at"),
        ([start(2, by="")], "Say who decided, when, and why"),
        ([start(1)], "after its first"),
        ([start(7)], "Found 7"),
        ([start(2), start(2)], "Two decisions"),
    ],
)
def test_a_phase_without_a_proper_decision_is_refused(starts, says):
    with pytest.raises(FrameError, match=says):
        split_phases([1, 2, 3], starts)


def test_unordered_cycles_and_unknown_decisions_are_refused():
    with pytest.raises(FrameError, match=r"row 1: found 1\. Cycles must rise"):
        split_phases([2, 1], [])
    with pytest.raises(FrameError, match="row 0: found 'keep'"):
        starts_from_decisions([1], ["keep"], by="t", on=[""], why=[""])


def test_nine_in_a_row_suggest_a_phase_and_eight_do_not():
    baseline = [1.0, 2.0, 1.0, 2.0]
    eight = suggest_phase([*baseline, *[0.5] * 8, 3.0], baseline=4)
    assert (eight.at, eight.too_few) == (None, None)
    nine = suggest_phase([*baseline, 3.0, *[0.5] * 4, None, 1.5, *[0.5] * 5], baseline=4)
    assert (nine.at, nine.length, nine.side) == (5, 9, -1)
    assert (nine.n, nine.dropped) == (11, 1)


def test_baseline_points_do_not_count_towards_the_run_they_made_the_line_of():
    found = suggest_phase([5, 5, 1, 1, 1, 9, 9, 9, *[9] * 5], baseline=5)
    assert found.at is None
    assert str(found.too_few) == "Too few useful points after the baseline: 8, and this needs at least 9."
