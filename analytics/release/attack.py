"""The attacker by linear programming: what the released figures allow, and what they force.

For the answers of one item and mode the unknowns are, for each group of answers that stand in the same
figures, how many are at each option; in large networks, how many are favourable, or what their steps add up
to. Every figure of this and of all earlier releases, bands included, limits sums of them; so does the scale.
The interval of a set of answers is found by asking for its smallest and its largest possible value. A set
whose interval holds a single whole number is pinned.

The intervals are those of the linear problem and never too narrow: what they pin is pinned for certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from analytics.columns import Bools, Floats

_SLACK = 1e-6


class Contradiction(ValueError):
    """Figures that no answers could give: the ledger and this release do not belong together."""


@dataclass(frozen=True)
class Problem:
    """The limits on one unknown for each group of answers: sums of them, and each alone from 0 to ``upper``.

    ``limits`` has a row for each figure; ``least`` and ``most`` are the ends of its sum. A problem is asked
    by one thread at a time: the solver goes on from its last answer, which is most of its speed.
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
        self._weigh(aim)
        return self._solved()

    def moved(self, aims: Any, truth: Floats, step: Floats) -> Floats:
        """Return values that move as many weighted sums as possible by ``step`` away from their truth."""
        (rows, width), count, sign = self.limits.shape, len(step), np.sign(step)
        # How far each sum gets, up to its step, is an unknown of its own, and their sum is made largest.
        behind = -np.repeat(sign, np.diff(aims.indptr)) * aims.data
        all_of = np.arange(count, dtype=np.int32)
        none, most = np.full(count, -np.inf), -sign * truth
        solver = self._solver
        solver.addRows(count, none, most, len(behind), aims.indptr[:-1], aims.indices, behind)
        goal, far = 1 / np.abs(step), np.abs(step)
        solver.addCols(count, goal, np.zeros(count), far, count, all_of, rows + all_of, np.ones(count))
        self._weigh(np.zeros(width))
        found = self._solved()[:width]
        solver.deleteRows(count, rows + all_of)
        solver.deleteCols(count, width + all_of)
        return found

    @cached_property
    def _solver(self) -> highspy.Highs:
        limits, program = self.limits.tocsr(), highspy.HighsLp()
        program.num_row_, program.num_col_ = limits.shape
        program.sense_ = highspy.ObjSense.kMaximize
        program.col_cost_ = program.col_lower_ = np.zeros(len(self.upper))
        program.col_upper_ = self.upper
        program.row_lower_, program.row_upper_ = self.least, self.most
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_, program.a_matrix_.index_ = limits.indptr, limits.indices
        program.a_matrix_.value_ = limits.data
        solver = highspy.Highs()  # type: ignore[no-untyped-call] # the only one of its calls without types
        solver.silent()
        # There is little to simplify beforehand, and the search for it takes as long again.
        solver.setOptionValue("presolve", "off")
        solver.setOptionValue("threads", 1)
        solver.passModel(program)
        return solver

    def _weigh(self, aim: Floats) -> None:
        self._solver.changeColsCost(len(aim), np.arange(len(aim), dtype=np.int32), aim)

    def _solved(self) -> Floats:
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction(
                "No answers fit these figures. The ledger and this release were not made from the same"
                " answers: restore the ledger, or make the release again from the snapshots."
            )
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The linear program was not solved: {status.name}")
        return np.array(self._solver.getSolution().col_value, dtype=np.float64)

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
