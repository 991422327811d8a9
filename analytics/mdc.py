"""Making Data Count: which points of an XmR chart are special, and what its two icons say.

The rules of NHS England's Making Data Count team, with their settings named on the result:

* *outside*: a single point beyond the three-sigma limits;
* *shift*: 6 (or 7) or more points in a row on one side of the mean;
* *trend*: 6 (or 7) or more points in a row, each higher (or each lower) than the one before, no pauses;
* *two of three*: of three points in a row on one side of the mean, two or all beyond two sigma; a point
  beyond three sigma does not count for it.

All points of a shift or trend are marked. Rules of several points may cross a recalculation. Where
improvement and concern meet, improvement is shown. The *variation* icon is decided by the last point, the
*assurance* icon by the target against the latest limits; 12 points or fewer have neither.

Source: Making Data Count, XmR testing document and data (Single Chart Tool v5.0). NHSRplotthedots 0.2.2
differs: 7 points, no rule crosses a recalculation, and the first rule in a fixed order names the point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analytics.arrays import Bools, Cells, Floats, Ints, bad_argument, numbers
from analytics.limits import ControlChart
from analytics.results import TooFew
from analytics.spc import XmRConstant, xmr

FEWEST_POINTS = 13
"""Points from which points are judged and icons shown."""

Direction = Literal["high", "low", "neither"]
Rule = Literal["outside", "trend", "two of three", "shift"]
RULES: tuple[Rule, ...] = ("outside", "trend", "two of three", "shift")
"""In the order in which they name a point that breaks several."""

COLOURS = {"common_cause": "grey", "improvement": "blue", "concern": "orange", "neither": "purple"}
VARIATION = {
    "common_cause": "No sign of change: the points wander as they did.",
    "improvement_high": "Something changed for the better: higher than it was.",
    "improvement_low": "Something changed for the better: lower than it was.",
    "concern_high": "Something changed for the worse: higher than it was.",
    "concern_low": "Something changed for the worse: lower than it was.",
    "neither_high": "Something changed: higher than it was.",
    "neither_low": "Something changed: lower than it was.",
}
ASSURANCE = {
    "pass": "If nothing changes, the aim will be reached every time.",
    "hit_or_miss": "If nothing changes, the aim will be reached at times and missed at times.",
    "fail": "If nothing changes, the aim will not be reached.",
}


@dataclass(frozen=True)
class Signal:
    """A rule that a point breaks, and the side: 1 high or rising, -1 low or falling."""

    rule: Rule
    side: int


@dataclass(frozen=True)
class MdcPoint:
    """What one place says: ``kind`` is common_cause, improvement, concern or neither."""

    kind: str
    colour: str
    side: int
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class MdcChart:
    """An XmR chart judged by the Making Data Count rules.

    Parameters
    ----------
    chart : ControlChart
        Mean and limits.
    points : tuple of MdcPoint or None
        One a place; None where the value is missing.
    variation, assurance : str or None
        Names of the icons; None where they may not be shown.
    variation_says, assurance_says : str or None
        The words that always stand beside an icon.
    direction, target, run_points, across : str, float or None, int, bool
        What was asked.
    n, dropped : int
        Points with a value; points left out because their value is missing.
    constants : dict of str to float
        Every constant used.
    method, version : str
        The rules in words; version of rules and constants.
    too_few : TooFew or None
        Why there are no icons: too few points in all, or since the last recalculation.
    """

    chart: ControlChart
    points: tuple[MdcPoint | None, ...]
    variation: str | None
    variation_says: str | None
    assurance: str | None
    assurance_says: str | None
    direction: Direction
    target: float | None
    run_points: int
    across: bool
    n: int
    dropped: int
    constants: dict[str, float]
    method: str
    version: str
    too_few: TooFew | None


def classify(
    values: Cells,
    *,
    direction: Direction,
    target: float | None = None,
    run_points: int = 6,
    across: bool = True,
    constant: XmRConstant = "2.66",
    screen: bool = False,
    baseline: int | None = None,
    recalculate_from: Sequence[int] = (),
) -> MdcChart:
    """Return the points and icons of an XmR chart by the Making Data Count rules.

    Parameters
    ----------
    values : list, array or Series of float
        One number a lesson in order of time; None or NaN where there is none. Rules of several points look
        past a missing one.
    direction : {"high", "low", "neither"}
        Where improvement lies. A gap that should close is ``low``.
    target : float, optional
        The aim, in the unit of the values.
    run_points : {6, 7}
        Points of a shift and of a trend.
    across : bool
        Whether rules of several points may cross a recalculation.
    constant, screen, baseline, recalculate_from
        As :func:`analytics.spc.xmr`.

    Returns
    -------
    MdcChart

    Raises
    ------
    FrameError
        If a value is no number or a choice is outside its range.

    Notes
    -----
    A point exactly on the mean ends a shift; two equal points end a trend. A target on a limit counts as
    within the limits.

    Examples
    --------
    >>> gaps = [1.0, 1.2, 0.9, 1.1, 1.3, 1.0, 1.2, 0.8, 1.1, 0.6, 0.5, 0.6, 0.4, 0.5, 0.4]
    >>> result = classify(gaps, direction="low", target=0.5)
    >>> result.variation, result.assurance
    ('improvement_low', 'hit_or_miss')
    >>> str(classify(gaps[:12], direction="low").too_few)
    'Too few points: 12, and this needs at least 13.'
    """
    if direction not in ("high", "low", "neither"):
        raise bad_argument("mdc", "direction", direction, "Expected high, low or neither.")
    if run_points not in (6, 7):
        raise bad_argument("mdc", "run_points", run_points, "Expected 6 or 7.")
    if target is not None:
        numbers("mdc", "target", [target])
    chart = xmr(
        values, constant=constant, screen=screen, baseline=baseline, recalculate_from=recalculate_from
    )
    too_few = (
        TooFew("points", chart.n, FEWEST_POINTS) if chart.n < FEWEST_POINTS else chart.stretches[-1].too_few
    )
    signals = _signals(chart, run_points, across) if chart.n >= FEWEST_POINTS else [()] * len(chart.values)
    points = tuple(
        None if value is None else _point(broken, direction)
        for value, broken in zip(chart.values, signals, strict=True)
    )
    variation = assurance = None
    if too_few is None:
        last = [point for point in points if point is not None][-1]
        variation = last.kind if not last.side else f"{last.kind}_{'high' if last.side > 0 else 'low'}"
        assurance = _assurance(chart, direction, target)
    return MdcChart(
        chart=chart,
        points=points,
        variation=variation,
        variation_says=VARIATION[variation] if variation else None,
        assurance=assurance,
        assurance_says=ASSURANCE[assurance] if assurance else None,
        direction=direction,
        target=target,
        run_points=run_points,
        across=across,
        n=chart.n,
        dropped=chart.dropped,
        constants=chart.constants | {"points of a shift or trend": float(run_points)},
        method=f"Making Data Count, shift and trend of {run_points}, improvement wins; {chart.method}",
        version=chart.version,
        too_few=too_few,
    )


def _signals(chart: ControlChart, run_points: int, across: bool) -> list[tuple[Signal, ...]]:
    """Return the rules that each place breaks, in the order of RULES."""
    place = np.array([at for at, value in enumerate(chart.values) if value is not None])
    value = np.array([chart.values[at] for at in place], dtype=float)
    centre, sigma, stretch = _lines(chart, place)
    away = np.where(np.isnan(sigma), 0.0, value - centre)
    side = np.sign(away).astype(np.int64)
    beyond = np.abs(away) > 3 * np.nan_to_num(sigma)
    near = ~beyond & (np.abs(away) > 2 * np.nan_to_num(sigma))
    parts = (
        [np.arange(len(place))]
        if across
        else [np.flatnonzero(stretch == part) for part in np.unique(stretch)]
    )
    # A turning point may belong to a rise and to a fall, so the sides are kept apart.
    marks = {(rule, way): np.zeros(len(place), dtype=bool) for rule in RULES for way in (1, -1)}
    for way in (1, -1):
        marks["outside", way] = beyond & (side == way)
        for part in parts:
            marks["trend", way][part] = _trend(value[part], way, run_points)
            marks["two of three", way][part] = _two_of_three(side[part] == way, near[part])
            marks["shift", way][part] = _long_enough(side[part] == way, run_points)
    broken: list[tuple[Signal, ...]] = [()] * len(chart.values)
    for row, at in enumerate(place.tolist()):
        if not np.isnan(sigma[row]):
            broken[at] = tuple(Signal(rule, way) for (rule, way), mark in marks.items() if mark[row])
    return broken


def _lines(chart: ControlChart, place: Ints) -> tuple[Floats, Floats, Ints]:
    """Return centre, sigma and stretch of every point; sigma is NaN where there are no limits."""
    centre, sigma, number = np.full((3, len(chart.values)), np.nan)
    for part, stretch in enumerate(chart.stretches):
        span = slice(stretch.start, stretch.stop)
        number[span] = part
        if stretch.sigma is not None:
            centre[span], sigma[span] = stretch.centre, stretch.sigma
    return centre[place], sigma[place], number[place].astype(np.int64)


def _long_enough(held: Bools, least: int) -> Bools:
    """Mark all places of those unbroken stretches of True that are long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]])))
    marked = np.zeros(len(held), dtype=bool)
    for begin, end in edges.reshape(-1, 2):
        marked[begin:end] = end - begin >= least
    return marked


def _trend(value: Floats, way: int, points: int) -> Bools:
    """Mark all points of rises (way 1) or falls (way -1) that are long enough."""
    steps = _long_enough(np.sign(np.diff(value)) == way, points - 1)
    marked = np.zeros(len(value), dtype=bool)
    marked[:-1] |= steps
    marked[1:] |= steps
    return marked


def _two_of_three(held: Bools, near: Bools) -> Bools:
    """Mark the points beyond two sigma in any three on this side of which two or all are beyond two sigma."""
    marked = np.zeros(len(held), dtype=bool)
    for at in range(len(held) - 2):
        three = slice(at, at + 3)
        if held[three].all() and near[three].sum() >= 2:
            marked[three] |= near[three]
    return marked


def _point(broken: tuple[Signal, ...], direction: Direction) -> MdcPoint:
    if not broken:
        return MdcPoint("common_cause", COLOURS["common_cause"], 0, broken)
    if direction == "neither":
        return MdcPoint("neither", COLOURS["neither"], broken[0].side, broken)
    better = 1 if direction == "high" else -1
    kind = "improvement" if any(signal.side == better for signal in broken) else "concern"
    return MdcPoint(kind, COLOURS[kind], better if kind == "improvement" else -better, broken)


def _assurance(chart: ControlChart, direction: Direction, target: float | None) -> str | None:
    latest = chart.stretches[-1]
    if target is None or direction == "neither" or latest.lower is None or latest.upper is None:
        return None
    low, high = latest.lower[-1], latest.upper[-1]
    if low is None or high is None or low <= target <= high:
        return "hit_or_miss"
    return "pass" if (target < low) == (direction == "high") else "fail"
