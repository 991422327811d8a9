"""Run charts: the median line, the longest run on one side of it, and how often the line is crossed.

Points on the line neither make nor break a run: they are not *useful*. From 10 useful points on a rule judges
(:mod:`analytics.runrules`), and beside its verdict stands the exact chance of so long a run and so few
crossings (:mod:`analytics.runlaw`); before that the result says why it cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Cells, Floats, Ints, bad_argument, numbers_or_gaps
from analytics.columns import joint_codes
from analytics.frames import check_series
from analytics.results import VERSION, TooFew
from analytics.runlaw import Centre, RunChance
from analytics.runrules import METHODS, Rule, check_rule, verdict
from analytics.runs import count_runs, medians, per_group

STRETCH = ["series", "item", "line", "phase"]
"""What makes one line on a chart: a new phase or a broken line starts afresh."""


@dataclass(frozen=True)
class RunChart:
    """What a run chart says.

    Parameters
    ----------
    n, dropped : int
        Points with a value; points left out because their value is missing.
    centre : float or None
        The line, in the unit of the values; None if there is no value to take a median of.
    centre_kind : {"fixed", "own", "frozen"}
        Given from outside; median of all points; median of the baseline, extended over the rest.
    sides : tuple of int or None
        For every place given: 1 above, -1 below, 0 on the line, None missing.
    useful, above, below : int
        Points off the line.
    longest_run, crossings : int
        Length of the longest run on one side; changes of side.
    longest_at : tuple of int or None
        First and last place (from 0) of the first run of that length.
    longest_run_limit, crossings_limit : int or None
        A longer run is a signal; fewer crossings are a signal. None where the rule has no such limit.
    signal : bool or None
        The rule's verdict; None when there are too few points to tell.
    chance : RunChance or None
        Exact chance when nothing changes; None when there are too few points, or more than the exact law is
        worked out for (500; 100 with a frozen line).
    rule, method, version : str
        The rule, its wording, and the version of rules and constants.
    too_few : TooFew or None
        Why there is no verdict. The counts stand all the same: they describe, they do not judge.
    """

    n: int
    dropped: int
    centre: float | None
    centre_kind: Centre
    sides: tuple[int | None, ...]
    useful: int
    above: int
    below: int
    longest_run: int
    crossings: int
    longest_at: tuple[int, int] | None
    longest_run_limit: int | None
    crossings_limit: int | None
    signal: bool | None
    chance: RunChance | None
    rule: Rule
    method: str
    version: str
    too_few: TooFew | None


def analyse(
    values: Cells, *, centre: float | None = None, baseline: int | None = None, rule: Rule = "anhoej"
) -> RunChart:
    """Return the run chart of one series.

    Parameters
    ----------
    values : list, array or Series of float
        One number a lesson in order of time, e.g. the gap in scale steps; None or NaN where there is none.
    centre : float, optional
        A line known beforehand. Without it, and without ``baseline``, the median of all points.
    baseline : int, optional
        Take the median of this many first places and extend it over the rest (frozen line).
    rule : {"anhoej", "perla"}
        The rule that decides on a signal.

    Returns
    -------
    RunChart

    Raises
    ------
    FrameError
        If a value is no number, both ``centre`` and ``baseline`` are given, or ``baseline`` is not between 1
        and the number of values.

    Notes
    -----
    With its own median as line, no series of 8 useful points or fewer can ever give a signal: there the
    planned before-and-after test (:func:`analytics.change.before_after`) is the one to read.

    Examples
    --------
    >>> gaps = [1.2, 1.0, 1.4, 1.1, 1.3, 1.2, 0.6, 0.4, 0.5, 0.7, 0.3, 0.6, 0.5]
    >>> chart = analyse(gaps, baseline=6)
    >>> chart.centre, chart.useful, chart.longest_run, chart.longest_run_limit, chart.signal
    (1.2, 11, 7, 6, True)
    >>> str(analyse(gaps[:8]).too_few)
    'Too few useful points: 8, and this needs at least 10. Compare before and after the change instead.'
    """
    given = numbers_or_gaps("run chart", "values", values)
    _check_choices(centre, baseline, rule, len(given))
    there = ~np.isnan(given)
    before = (np.arange(len(given)) < (baseline or 0))[there]
    value, group = given[there], np.zeros(int(there.sum()), dtype=np.int64)
    kind, line = _line(value, group, centre, None if baseline is None else before)
    runs = count_runs(value, group, 1, line)
    useful, above, longest = int(runs.useful[0]), int(runs.above[0]), int(runs.longest[0])
    crossings = int(runs.crossings[0])
    base = _marks(before, runs.sides) if kind == "frozen" else None
    judged = verdict(rule, above, useful - above, longest, crossings, kind, base)
    sides: list[int | None] = [None] * len(given)
    for place, side in zip(np.flatnonzero(there).tolist(), runs.sides.tolist(), strict=True):
        sides[place] = side
    return RunChart(
        n=len(value),
        dropped=len(given) - len(value),
        centre=None if np.isnan(line[0]) else float(line[0]),
        centre_kind=kind,
        sides=tuple(sides),
        useful=useful,
        above=above,
        below=useful - above,
        longest_run=longest,
        crossings=crossings,
        longest_at=_longest_at(sides, longest),
        longest_run_limit=judged.longest_run_limit,
        crossings_limit=judged.crossings_limit,
        signal=judged.signal,
        chance=judged.chance,
        rule=rule,
        method=METHODS[rule],
        version=VERSION,
        too_few=judged.too_few,
    )


def analyse_frame(series: pd.DataFrame, *, rule: Rule = "anhoej") -> pd.DataFrame:
    """Return one row for every series, item, line and phase of a table: the same numbers as :func:`analyse`.

    A line never runs across a break: each ``line`` and each ``phase`` has its own. Where an idea started
    within a stretch (column ``change``), the line is the median of the points before it, frozen.

    Parameters
    ----------
    series : DataFrame
        :data:`analytics.frames.SERIES`, in order of cycle.
    rule : {"anhoej", "perla"}
        The rule that decides on a signal.

    Returns
    -------
    DataFrame
        ``series, item, line, phase, n, dropped, centre, centre_kind, useful, above, below, longest_run,
        crossings, longest_run_limit, crossings_limit, signal, chance_longest_run, chance_crossings, rule,
        method, version, too_few``; what cannot be told is empty and ``too_few`` says why.

    Raises
    ------
    FrameError
        As :func:`analytics.frames.check_series`.

    Examples
    --------
    >>> gaps = [1.2, 1.0, 1.4, 1.1, 1.3, 1.2, 0.6, 0.4, 0.5, 0.7, 0.3, 0.6, 0.5]
    >>> turns = pd.DataFrame({"series": "s", "item": "SM1", "cycle": range(1, 14), "value": gaps, "n": 5})
    >>> turns["change"] = [""] * 6 + ["exit-ticket talk"] + [""] * 6
    >>> analyse_frame(turns)[["centre", "centre_kind", "useful", "longest_run", "signal"]].values.tolist()
    [[1.2, 'frozen', 11, 7, True]]
    """
    check_rule(rule)
    checked = check_series(series)
    stretch, first = _stretches(checked)
    order = np.argsort(stretch, kind="stable")
    group, value = stretch[order], checked["value"].to_numpy()[order]
    started = (checked["change"] != "").to_numpy(dtype=bool)[order]
    before = _before_change(group, started)
    there = ~np.isnan(value)
    numbers = _frame_numbers(value[there], group[there], len(first), before[there], rule)
    numbers.insert(1, "dropped", per_group(group[~there], len(first)))
    return pd.concat([checked.iloc[first][STRETCH].reset_index(drop=True), numbers], axis=1)


def _line(value: Floats, group: Ints, centre: float | None, before: Bools | None) -> tuple[Centre, Floats]:
    if centre is not None:
        return "fixed", np.array([float(centre)])
    if before is not None:
        return "frozen", medians(value, group, 1, before)
    return "own", medians(value, group, 1)


def _marks(before: Bools, sides: Ints) -> tuple[int, int, int]:
    """Return the baseline's points, and those of them above and below the line."""
    return int(before.sum()), int((sides[before] > 0).sum()), int((sides[before] < 0).sum())


def _longest_at(sides: list[int | None], longest: int) -> tuple[int, int] | None:
    """Return the first and last place of the first run that is this long."""
    begin, length, last = 0, 0, None
    for place, side in enumerate(sides):
        if not side:
            continue
        begin, length = (begin, length + 1) if side == last else (place, 1)
        last = side
        if length == longest:
            return begin, place
    return None


def _stretches(checked: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return the stretch of every row, numbered as they first appear, and the first row of each."""
    codes, _ = pd.factorize(joint_codes([checked[key] for key in STRETCH]))
    stretch = np.asarray(codes, dtype=np.int64)
    return stretch, np.unique(stretch, return_index=True)[1]


def _before_change(group: Ints, started: Bools) -> Bools:
    """Return which rows stand before the first change of their own stretch."""
    changes = np.cumsum(started)
    begins = np.searchsorted(group, group)
    return np.asarray(changes == (changes - started)[begins])


def _check_choices(centre: float | None, baseline: int | None, rule: str, places: int) -> None:
    check_rule(rule)
    if centre is not None and baseline is not None:
        raise bad_argument("run chart", "baseline", baseline, "Give a centre or a baseline, not both.")
    if centre is not None:
        numbers_or_gaps("run chart", "centre", [centre])
        if centre != centre:
            raise bad_argument("run chart", "centre", centre, "Expected a number.")
    if baseline is not None and not (isinstance(baseline, int) and 1 <= baseline <= places):
        says = f"Expected 1 to {places}: no more than there are values."
        raise bad_argument("run chart", "baseline", baseline, says)


def _frame_numbers(value: Floats, group: Ints, groups: int, before: Bools, rule: Rule) -> pd.DataFrame:
    """Return the columns of :func:`analyse_frame` that follow its keys, one row a stretch."""
    points, base = per_group(group, groups), per_group(group[before], groups)
    frozen = (base > 0) & (base < points)
    line = np.where(frozen, medians(value, group, groups, before), medians(value, group, groups))
    runs = count_runs(value, group, groups, line)
    below = runs.useful - runs.above
    base_above = per_group(group[before & (runs.sides > 0)], groups)
    base_below = per_group(group[before & (runs.sides < 0)], groups)
    seen = [runs.above, below, runs.longest, runs.crossings, base, base_above, base_below]
    judged = [
        verdict(rule, *row[:4], "frozen" if is_frozen else "own", tuple(row[4:]) if is_frozen else None)
        for row, is_frozen in zip(np.column_stack(seen).tolist(), frozen.tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "n": points,
            "centre": line,
            "centre_kind": np.where(frozen, "frozen", "own"),
            "useful": runs.useful,
            "above": runs.above,
            "below": below,
            "longest_run": runs.longest,
            "crossings": runs.crossings,
            "longest_run_limit": pd.array([v.longest_run_limit for v in judged], dtype="Int64"),
            "crossings_limit": pd.array([v.crossings_limit for v in judged], dtype="Int64"),
            "signal": pd.array([v.signal for v in judged], dtype="boolean"),
            "chance_longest_run": [v.chance.longest_run if v.chance else np.nan for v in judged],
            "chance_crossings": [v.chance.crossings if v.chance else np.nan for v in judged],
            "rule": rule,
            "method": METHODS[rule],
            "version": VERSION,
            "too_few": [str(v.too_few or "") for v in judged],
        }
    )
