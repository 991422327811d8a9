"""The attacker by linear programming: what the released figures allow, and what they force.

For the answers of one item and mode the unknowns are, for each group of answers that stand in the same
figures, how many are favourable, or what their steps add up to. Every figure of this and of all earlier
releases, bands included, limits sums of them; so does the scale. The interval of a set of answers is found by
asking for its smallest and its largest possible value. A set whose interval holds a single whole number is
pinned.

The intervals are those of the linear problem and never too narrow: what they pin is pinned for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from analytics.columns import Bools, Floats, Ints
from analytics.release.figures import Known
from analytics.release.space import Space, distinct_rows

_SLACK = 1e-6


class Contradiction(ValueError):
    """Figures that no answers could give: the ledger and this release do not belong together."""


@dataclass(frozen=True)
class Scale:
    """The highest step of an item and its first favourable one, counted from 0."""

    top: int
    favourable_from: int


@dataclass(frozen=True)
class Problem:
    """The limits on one unknown for each group of answers: sums of them, and each alone from 0 to ``upper``.

    ``limits`` has a row for each figure; ``least`` and ``most`` are the ends of its sum.
    """

    limits: Any
    least: Floats
    most: Floats
    upper: Floats

    def best(self, aim: Floats) -> Floats:
        """Return the values that make the weighted sum ``aim`` largest.

        Raises
        ------
        Contradiction
            If nothing fits the figures.
        """
        return self._solve(aim, self.upper, [])

    def moved(self, aims: Any, truth: Floats, step: Floats) -> Floats:
        """Return values that move as many weighted sums as possible by ``step`` away from their truth."""
        count, width = aims.shape
        way = sp.diags_array(np.sign(step))
        # How far each sum gets, up to its step, is an unknown of its own, and their sum is made largest.
        further = sp.hstack((-way @ aims, sp.eye_array(count))).tocsr()
        goal = np.concatenate((np.zeros(width), 1 / np.abs(step)))
        upper = np.concatenate((self.upper, np.abs(step)))
        limit = LinearConstraint(further, -np.inf, -np.sign(step) * truth)
        return self._solve(goal, upper, [limit])[:width]

    def _solve(self, aim: Floats, upper: Floats, further: list[LinearConstraint]) -> Floats:
        width = len(upper) - len(self.upper)
        limits = self.limits
        if width:
            limits = sp.hstack((limits, sp.csr_array((limits.shape[0], width)))).tocsr()
        # Without whole numbers asked for, milp is SciPy's least costly door to the same HiGHS simplex.
        found = milp(
            -aim,
            bounds=Bounds(0, upper),
            constraints=[LinearConstraint(limits, self.least, self.most), *further],
            # There is little to simplify beforehand, and the search for it takes as long again.
            options={"presolve": False},
        )
        if found.status == 2:
            raise Contradiction(
                "No answers fit these figures. The ledger and this release were not made from the same"
                " answers: restore the ledger, or make the release again from the snapshots."
            )
        if found.x is None:
            raise RuntimeError(f"The linear program was not solved: {found.message}")
        return np.asarray(found.x, dtype=np.float64)

    def interval(self, aim: Floats) -> tuple[float, float]:
        """Return the smallest and the largest value of a weighted sum that fits the figures.

        Examples
        --------
        Two groups of five and of four add up to seven favourable answers:

        >>> pair = Problem(sp.csr_array([[1.0, 1.0]]), np.array([7.0]), np.array([7.0]), np.array([5.0, 4.0]))
        >>> pair.interval(np.array([1.0, 0.0]))
        (3.0, 5.0)
        """
        low, high = self.best(-aim), self.best(aim)
        return float(aim @ low), float(aim @ high)


def favourable_problem(space: Space, known: Known, scale: Scale) -> Problem:
    """Return the limits on the favourable answers of each group.

    Parameters
    ----------
    space : Space
        Groups and figures.
    known : Known
        What each figure gives away, by number of its statement.
    scale : Scale
        The item's scale.
    """
    limits = _tightened(space, known, scale)
    return _problem(space, limits.least, limits.most, space.size)


def total_problem(space: Space, known: Known, scale: Scale) -> Problem:
    """Return the limits on the sum of steps of each group; parameters as :func:`favourable_problem`."""
    limits = _tightened(space, known, scale)
    return _problem(space, limits.total_least, limits.total_most, scale.top * space.size)


def end_problem(space: Space, at_end: Ints) -> Problem:
    """Return the limits on the answers of each group at one end of the scale.

    Parameters
    ----------
    space : Space
        Groups and figures.
    at_end : array of int
        Answers at that end behind each statement; -1 where no figure tells.
    """
    told = at_end[space.statements]
    most = np.where(told < 0, space.matrix @ space.size, told)
    return _problem(space, np.maximum(told, 0), most, space.size)


def option_problem(space: Space, known: Known, scale: Scale) -> Problem:
    """Return the limits on how many answers of each group are at each option: all figures read together.

    Unknowns are those of the first group at options 1 to ``scale.top``, of the second, and so on; what is
    missing to a group's size is at the lowest option. Parameters as :func:`favourable_problem`.
    """
    limits = _tightened(space, known, scale)
    answers = np.asarray(space.matrix @ space.size, dtype=np.int64)
    options = np.arange(1, scale.top + 1)
    everywhere, upper = np.ones(len(answers), dtype=np.bool_), np.repeat(space.size, scale.top)
    told = np.full((2, len(answers)), -1) if limits.at_ends is None else limits.at_ends
    kinds = [
        (options, limits.total_least, limits.total_most, everywhere),
        (options > 0, answers - told[0], answers - told[0], told[0] >= 0),
        (options == scale.top, told[1], told[1], told[1] >= 0),
    ]
    if scale.favourable_from > 0:
        kinds.append((options >= scale.favourable_from, limits.least, limits.most, everywhere))
    rows = [np.kron(np.eye(len(space.size)), np.ones(scale.top))]
    low, high = [np.zeros(len(space.size))], [space.size.astype(np.float64)]
    for weight, least, most, chosen in kinds:
        first, ends = _narrowest(space.matrix[chosen], least[chosen], most[chosen])
        rows.append(np.kron(space.matrix[chosen][first], weight.astype(np.float64)))
        low.append(ends[0])
        high.append(ends[1])
    return Problem(
        sp.csr_array(np.vstack(rows)), np.concatenate(low), np.concatenate(high), upper.astype(np.float64)
    )


def _problem(space: Space, least: Ints, most: Ints, upper: Ints) -> Problem:
    """Return the limits with one row for all figures of the same answers, between the narrowest ends."""
    first, ends = _narrowest(space.matrix, least, most)
    return Problem(sp.csr_array(space.matrix[first]), *ends, upper.astype(np.float64))


def _narrowest(matrix: Floats, least: Ints, most: Ints) -> tuple[Ints, tuple[Floats, Floats]]:
    """Return the places of distinct rows, and the narrowest ends that all rows like each of them leave."""
    first, kind = distinct_rows(matrix)
    low, high = least[first].astype(np.float64), most[first].astype(np.float64)
    np.maximum.at(low, kind, least)
    np.minimum.at(high, kind, most)
    return first, (low, high)


def pinned(
    problem: Problem,
    aims: Floats,
    truth: Floats,
    enough: Floats,
    *,
    rounds: int = 4,
) -> Bools:
    """Say which weighted sums the figures pin.

    A sum is free when two whole numbers are possible or, where ``enough`` is given, when so much is possible.
    The truth is one possible value; a few programs that push every sum somewhere else show that
    nearly all are free, and only the others are asked one by one.

    Parameters
    ----------
    problem : Problem
        The figures.
    aims : array of float, shape (sums, groups)
        The weights of each sum.
    truth : array of float, shape (sums,)
        The true value; NaN where it is not known.
    enough : array of float, shape (sums,)
        A value that shows, if the sum can be as large, that it is free; NaN for any second whole number.
    rounds : int
        Programs before asking one by one.
    """
    stacked = sp.csr_array(aims)
    low, high = np.where(np.isnan(truth), np.inf, truth), np.where(np.isnan(truth), -np.inf, truth)
    # Most small sums stand at one end of what they could be, and can only go the other way.
    way = np.random.default_rng(11).choice((-1.0, 1.0), size=len(aims))
    most = np.asarray(stacked @ problem.upper, dtype=np.float64)
    way = np.where(truth < 1, 1.0, np.where(truth > most - 1, -1.0, way))
    step = np.where(np.isnan(enough), way, np.where(np.isnan(truth), 1.0, np.maximum(enough - truth, 1)))

    def held() -> Bools:
        several = np.floor(high + _SLACK) - np.ceil(low - _SLACK) >= 1
        reached = high >= enough - _SLACK
        return np.asarray(~np.where(np.isnan(enough), several, reached), dtype=np.bool_)

    open_ = held()
    for attempt in range(rounds):
        asked = open_ & ~np.isnan(truth)
        if not asked.any():
            break
        if attempt < 1:
            found = problem.best(np.asarray(stacked[asked].T @ np.sign(step[asked])))
        else:
            found = problem.moved(stacked[asked], truth[asked], step[asked])
        value = np.asarray(stacked @ found)
        low, high = np.minimum(low, value), np.maximum(high, value)
        open_ = held()
        step = np.where(np.isnan(enough), -step, step)
    for place in np.flatnonzero(open_):
        high[place] = aims[place] @ problem.best(aims[place])
        if np.isnan(enough[place]) and held()[place]:
            low[place] = aims[place] @ problem.best(-aims[place])
    return held()


def forced_alike(answers: Ints, known: Known, top: Ints, favourable_from: Ints) -> Bools:
    """Say where the figures force every answer of a set to be favourable, or none: then each is known.

    Closed form for a set whose own sums are known to lie between bounds.

    Examples
    --------
    Five answers on steps 0 to 3 that add up to 14 can only be four of the highest and one of the next:

    >>> one = np.ones(1, dtype=np.int64)
    >>> bool(forced_alike(5 * one, Known(0 * one, 5 * one, 14 * one, 14 * one), 3 * one, 2 * one)[0])
    True
    >>> bool(forced_alike(5 * one, Known(0 * one, 5 * one, 13 * one, 13 * one), 3 * one, 2 * one)[0])
    False
    """
    limits = _both_ways(answers, known, top, favourable_from)
    ends = (known.total_most <= 0) | (known.total_least >= top * answers)
    sided = (favourable_from > 0) & ((limits.most <= 0) | (limits.least >= answers))
    return np.asarray((answers > 0) & (ends | sided), dtype=np.bool_)


def _tightened(space: Space, known: Known, scale: Scale) -> Known:
    of = space.statements
    answers = (space.matrix @ space.size).astype(np.int64)
    one = np.ones(len(of), dtype=np.int64)
    return _both_ways(answers, known.only(of), scale.top * one, scale.favourable_from * one)


def _both_ways(answers: Ints, known: Known, top: Ints, favourable_from: Ints) -> Known:
    """Return what a sum of steps says about the number favourable, and the reverse.

    A favourable answer adds from ``favourable_from`` to ``top`` steps, any other at most one step less than
    the first favourable one. Where the answers at the ends are known, the others lie between them.
    """
    border = np.maximum(favourable_from, 1)
    least = np.maximum(known.least, _ceil(known.total_least - (border - 1) * answers, top - border + 1))
    most = np.minimum(known.most, known.total_most // border)
    if known.at_ends is not None:
        low, high = known.at_ends
        told_low, told_high = low >= 0, high >= 0
        inner = known.total_least - top * high - (border - 1) * (answers - high)
        beside = np.where(top > border, _ceil(inner, np.maximum(top - border, 1)), 0)
        outer = (known.total_most - (answers - low)) // np.maximum(border - 1, 1)
        least = np.where(told_high, np.maximum(least, high + beside), least)
        most = np.where(told_low & (border > 1), np.minimum(most, outer), most)
        most = np.where(told_high & (top == border), np.minimum(most, high), most)
        least = np.where(told_low & (border == 1), np.maximum(least, answers - low), least)
    total_least = np.maximum(known.total_least, favourable_from * known.least)
    total_most = np.minimum(known.total_most, top * known.most + (border - 1) * (answers - known.most))
    plain = favourable_from <= 0
    return Known(
        np.where(plain, known.least, least),
        np.where(plain, known.most, most),
        total_least,
        np.where(plain, known.total_most, total_most),
        known.at_ends,
    )


def _ceil(part: Any, by: Any) -> Ints:
    """Return whole numbers divided and rounded up."""
    return np.asarray(-(-part // by), dtype=np.int64)
