"""Phases of a line: a new median starts at a decision, never by itself.

A phase starts only (a) with the cycle after an *adopt* decision, or (b) where a person accepted the
suggestion that a sustained run makes. Both are stored with who, when and why, and drawn. Sources: Healthcare
Improvement Scotland, run chart guide (2017): keep the baseline median until a sustained run; NHS Making Data
Count: a recalculation is declared, never silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from analytics.arrays import Cells, FrameError, bad_argument, whole_numbers
from analytics.results import VERSION, TooFew
from analytics.runchart import analyse

SUSTAINED_RUN = 9
"""Useful points in a row on one side of the frozen line that suggest a new phase."""

METHOD = "new phase suggested by 9 or more useful points in a row on one side of the frozen line"
REASONS = ("adopt", "accepted suggestion")


@dataclass(frozen=True)
class PhaseStart:
    """A decision that starts a phase.

    Parameters
    ----------
    cycle : int
        First cycle of the new phase.
    reason : {"adopt", "accepted suggestion"}
        What kind of decision it was.
    by, on, why : str
        Who decided, on which date, with which words.
    """

    cycle: int
    reason: Literal["adopt", "accepted suggestion"]
    by: str
    on: str
    why: str


@dataclass(frozen=True)
class Phase:
    """A stretch of cycles with one line; ``start`` is None for the first."""

    number: int
    cycles: tuple[int, ...]
    start: PhaseStart | None


@dataclass(frozen=True)
class Suggestion:
    """Whether a sustained run suggests a new phase: ask a person, change nothing.

    Parameters
    ----------
    n, dropped : int
        Points with a value after the baseline; points left out because their value is missing.
    at : int or None
        Place (from 0) of the first point of the run; None when there is no such run.
    length, side : int or None
        Useful points in the run; 1 above the line, -1 below.
    centre : float or None
        The frozen line.
    method, version : str
        Name of the rule; version of rules and constants.
    too_few : TooFew or None
        Why no run of this length can be there yet.
    """

    n: int
    dropped: int
    at: int | None
    length: int | None
    side: int | None
    centre: float | None
    method: str
    version: str
    too_few: TooFew | None


def split_phases(cycles: Cells, starts: Sequence[PhaseStart]) -> tuple[Phase, ...]:
    """Return the phases of a series; without a decision there is one.

    Parameters
    ----------
    cycles : list, array or Series of int
        Cycle numbers in rising order.
    starts : sequence of PhaseStart
        The decisions, in any order.

    Raises
    ------
    FrameError
        If cycles do not rise, or a start is not a later cycle of the series, stands twice, gives another
        reason, or does not say who, when and why.

    Examples
    --------
    >>> adopted = PhaseStart(cycle=4, reason="adopt", by="teacher 7", on="2025-10-02", why="4 of 5 spoke")
    >>> [phase.cycles for phase in split_phases([1, 2, 3, 4, 5], [adopted])]
    [(1, 2, 3), (4, 5)]
    """
    numbers = whole_numbers("phases", "cycle", cycles, lowest=0).tolist()
    for row, (earlier, later) in enumerate(pairwise(numbers), start=1):
        if later <= earlier:
            raise FrameError(
                "phases", "Cycles must rise: sort them first.", column="cycle", row=row, value=later
            )
    decisions = {start.cycle: start for start in starts}
    if len(decisions) < len(starts):
        raise FrameError("phases", "Two decisions start a phase with the same cycle.", column="start")
    for start in starts:
        _check_start(start, numbers[1:])
    phases: list[Phase] = []
    members: list[int] = []
    for number in numbers:
        if number in decisions and members:
            phases.append(Phase(len(phases) + 1, tuple(members), _start_of(decisions, members)))
            members = []
        members.append(number)
    if members:
        phases.append(Phase(len(phases) + 1, tuple(members), _start_of(decisions, members)))
    return tuple(phases)


def starts_from_decisions(
    cycles: Cells, decisions: Sequence[str], *, by: str, on: Sequence[str], why: Sequence[str]
) -> tuple[PhaseStart, ...]:
    """Return the phase starts that *adopt* decisions make: the cycle after each, if there is one.

    Parameters
    ----------
    cycles : list, array or Series of int
        Cycle numbers in rising order.
    decisions, on, why : sequence of str
        One a cycle: the decision (``adopt``, ``adapt``, ``abandon`` or empty), its date, its reason.
    by : str
        Who decided.

    Examples
    --------
    >>> on, why = ["2025-10-02", ""], ["4 of 5 spoke", ""]
    >>> starts = starts_from_decisions([1, 2], ["adopt", ""], by="teacher 7", on=on, why=why)
    >>> [(start.cycle, start.reason) for start in starts]
    [(2, 'adopt')]
    """
    numbers = whole_numbers("phases", "cycle", cycles, lowest=0).tolist()
    if not len(numbers) == len(decisions) == len(on) == len(why):
        raise FrameError("phases", "Expected one decision, date and reason a cycle.", column="decision")
    for row, decision in enumerate(decisions):
        if decision not in ("adopt", "adapt", "abandon", ""):
            says = "Expected adopt, adapt, abandon or nothing."
            raise FrameError("phases", says, column="decision", row=row, value=decision)
    return tuple(
        PhaseStart(numbers[place + 1], "adopt", by, on[place], why[place])
        for place, decision in enumerate(decisions[:-1])
        if decision == "adopt"
    )


def suggest_phase(values: Cells, *, baseline: int) -> Suggestion:
    """Return where a sustained run after the baseline suggests a new phase.

    Parameters
    ----------
    values : list, array or Series of float
        One number a cycle in order; None or NaN where there is none.
    baseline : int
        Places whose median is the frozen line.

    Returns
    -------
    Suggestion

    Raises
    ------
    FrameError
        As :func:`analytics.runchart.analyse`.

    Notes
    -----
    Only points after the baseline count: the baseline made the line.

    Examples
    --------
    >>> gaps = [1.2, 1.0, 1.4, 1.1, 0.6, 0.4, 0.5, 0.7, 0.3, 0.6, 0.5, 0.4, 0.6]
    >>> suggestion = suggest_phase(gaps, baseline=4)
    >>> suggestion.at, suggestion.length, suggestion.side
    (4, 9, -1)
    """
    chart = analyse(values, baseline=baseline)
    later = chart.sides[baseline:]
    useful = [(baseline + place, side) for place, side in enumerate(later) if side]
    found = _first_sustained(useful)
    too_few = None
    if len(useful) < SUSTAINED_RUN:
        too_few = TooFew("useful points after the baseline", len(useful), SUSTAINED_RUN)
    at, length, side = found if found else (None, None, None)
    missing = later.count(None)
    return Suggestion(len(later) - missing, missing, at, length, side, chart.centre, METHOD, VERSION, too_few)


def _first_sustained(useful: list[tuple[int, int]]) -> tuple[int, int, int] | None:
    """Return place, length and side of the first run that is long enough."""
    begin = 0
    for place in range(1, len(useful) + 1):
        if place < len(useful) and useful[place][1] == useful[begin][1]:
            continue
        if place - begin >= SUSTAINED_RUN:
            return useful[begin][0], place - begin, useful[begin][1]
        begin = place
    return None


def _start_of(decisions: dict[int, PhaseStart], members: list[int]) -> PhaseStart | None:
    return decisions.get(members[0])


def _check_start(start: PhaseStart, later: list[int]) -> None:
    if start.reason not in REASONS:
        raise bad_argument("phases", "reason", start.reason, f"A phase starts only at: {', '.join(REASONS)}.")
    if start.cycle not in later:
        says = "Expected a cycle of the series after its first."
        raise bad_argument("phases", "cycle", start.cycle, says)
    for name in ("by", "on", "why"):
        if not getattr(start, name):
            raise bad_argument("phases", name, getattr(start, name), "Say who decided, when, and why.")
