"""Answers that are known because everyone answered alike.

A mean at the very end of the scale tells what each student answered, however many they are. The figures
keep away from the ends, but somebody who knows one class can subtract it: if all unfavourable answers of a
cell are from her own class, she learns that all others were favourable. Cells of ten and more students, and
what is left between such cells, are withheld where one teacher, or one teacher and one person with whom
classes were shared, could see that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.contributions import Rows
from analytics.release.figures import Known
from analytics.release.limits import forced_alike
from analytics.release.policy import AUDITED_FROM, Policy
from analytics.release.remainders import Nests, known_of, remainders, smallest_child
from analytics.release.statements import Statements
from analytics.release.views import View


@dataclass(frozen=True)
class Parts:
    """What the answers of each teacher in each of several sets add up to.

    One entry for each set and teacher: ``of`` is the set, ``teacher`` the code, ``sums`` has as rows answers,
    favourable ones, steps, and those at the lowest and at the highest option.
    """

    of: Ints
    teacher: Ints
    sums: Ints

    def only(self, place: Ints) -> Parts:
        """Return the parts of some sets, numbered anew; ``place`` is -1 for those left out."""
        kept = place[self.of] >= 0
        return Parts(place[self.of[kept]], self.teacher[kept], self.sums[:, kept])


def parts_of(rows: Rows, teacher: Ints, which: Ints, sets: Ints) -> Parts:
    """Return the parts of sets, given the positions of answers and the set of each."""
    teachers = int(teacher.max(initial=0)) + 1
    pairs, pair = np.unique(sets * teachers + teacher[which], return_inverse=True)
    step = rows.step[which]
    ends = (step == 0, step == rows.top[which])
    weights = (np.ones(len(which)), rows.favourable[which], step, *ends)
    sums = np.array([np.bincount(pair, weight, minlength=len(pairs)) for weight in weights])
    return Parts(pairs // teachers, pairs % teachers, sums.astype(np.int64))


def parts_of_cells(statements: Statements, rows: Rows) -> Parts:
    """Return the parts of the cells of this release: they stay as they are while figures are taken back."""
    member = statements.cells.member
    which, column = np.nonzero(member >= 0)
    return parts_of(rows, statements.givers.teacher, which, member[which, column])


def withhold_alike_cells(
    statements: Statements, parts: Parts, views: list[View], detail: Ints, policy: Policy, blocks: Ints
) -> set[int]:
    """Withhold cells in which insiders would see that all others answered alike; return what was changed.

    Looks at the cells of some blocks, items and modes; ``parts`` are those of all cells.
    """
    cells = statements.cells
    large = (detail[: len(cells)] > 0) & (cells.who.students >= AUDITED_FROM)
    chosen = np.flatnonzero(large & np.isin(cells.block, blocks))
    if not len(chosen):
        return set()
    place = np.full(len(cells), -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    limits = statements.known(detail, policy).only(chosen)
    top, border = cells.sums.top[chosen], cells.sums.favourable_from[chosen]
    changed = set(chosen[alike(parts.only(place), limits, top, border, views)].tolist())
    detail[list(changed)] = 0
    return changed


def withhold_alike_remainders(
    statements: Statements, rows: Rows, views: list[View], found: Nests, detail: Ints, policy: Policy
) -> set[int]:
    """Withhold the smallest child of every remainder in which all answers can be seen to be alike."""
    changed: set[int] = set()
    known = statements.known(detail, policy)
    for nest in found.changed(detail):
        left = remainders(statements, nest, detail)
        # Answers that only the ledger knows have no value here; the linear program looks at those.
        if left is None or left.answers.max() >= len(rows):
            continue
        border = np.zeros(len(left.parents), dtype=np.int64)
        top = np.ones(len(left.parents), dtype=np.int64)
        border[left.of], top[left.of] = rows.favourable_from[left.answers], rows.top[left.answers]
        limits = known_of(left, detail, known)
        parts = parts_of(rows, statements.givers.teacher, left.answers, left.of)
        seen = alike(parts, limits, top, border, views)
        for place in np.flatnonzero(seen):
            child = smallest_child(statements, nest, int(left.parents[place]), detail)
            if child >= 0:
                detail[child] = 0
                changed.add(child)
    return changed


def alike(parts: Parts, known: Known, top: Ints, border: Ints, views: list[View]) -> Bools:
    """Say for which sets of answers somebody can tell that all answers but her own are alike.

    Parameters
    ----------
    parts : Parts
        What each teacher's answers in each set add up to.
    known : Known
        What is known of each set's sums.
    top, border : array of int
        The highest and the first favourable step, for each set.
    views : list of tuple of int
        Teachers whose classes somebody else knows; each may join with any one teacher.
    """
    count = len(top)
    whole = _by_set(parts.of, parts.sums, count)

    def forced(of: Ints, mine: Ints) -> Bools:
        limits = known.only(of).without(favourable=mine[1], total=mine[2], at_ends=mine[3:])
        return forced_alike(whole[0, of] - mine[0], limits, top[of], border[of])

    found = np.zeros(count, dtype=np.bool_)
    for view in [(), *views]:
        shared = np.isin(parts.teacher, view)
        theirs = _by_set(parts.of, parts.sums * shared, count)
        found |= forced(np.arange(count), theirs)
        of = parts.of[~shared]
        found[of[forced(of, parts.sums[:, ~shared] + theirs[:, of])]] = True
    return found


def _by_set(sets: Ints, sums: Ints, count: int) -> Ints:
    return np.array([np.bincount(sets, row, minlength=count) for row in sums]).astype(np.int64)
