"""Answers that are known because everyone answered alike.

A mean at the very end of the scale tells what each student answered, however many they are. The figures
keep away from the ends, but somebody who knows one class can subtract it: if all unfavourable answers of a
cell are from her own class, she learns that all others were favourable. Cells of ten and more students, and
what is left between such cells, are withheld where one teacher, or one teacher and one person with whom
classes were shared, could see that.

Bands of five to nine students are out of this check on purpose: "20 % or less" has to look the same for
nobody and for one (a rule that withheld one of the two would tell which it was), so the teacher of that one
child can tell that the others were not favourable. A network that minds raises ``smallest_group`` to ten.
"""

from __future__ import annotations

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.contributions import Rows
from analytics.release.figures import Known
from analytics.release.limits import forced_alike
from analytics.release.policy import Policy
from analytics.release.remainders import Nest, known_of, remainders, smallest_child
from analytics.release.statements import Statements
from analytics.release.views import View


def withhold_alike_cells(
    statements: Statements, rows: Rows, views: list[View], detail: Ints, policy: Policy, blocks: Ints
) -> set[int]:
    """Withhold cells in which insiders would see that all others answered alike; return what was changed.

    Looks at the cells of some blocks, items and modes.
    """
    cells = statements.cells
    large = (detail[: len(cells)] > 0) & (cells.who.students >= policy.steps_from)
    chosen = np.flatnonzero(large & np.isin(cells.block, blocks))
    if not len(chosen):
        return set()
    known = statements.known(detail, policy)
    sums = cells.sums
    place = np.full(len(cells) + 1, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    of = place[cells.member]
    which = np.nonzero(of >= 0)[0]
    seen = alike(
        rows,
        statements.givers.teacher,
        which,
        of[of >= 0],
        known.only(chosen),
        sums.top[chosen],
        sums.favourable_from[chosen],
        views,
    )
    changed = set(chosen[seen].tolist())
    detail[list(changed)] = 0
    return changed


def withhold_alike_remainders(
    statements: Statements, rows: Rows, views: list[View], found: list[Nest], detail: Ints, policy: Policy
) -> set[int]:
    """Withhold the smallest child of every remainder in which all answers can be seen to be alike."""
    changed: set[int] = set()
    known = statements.known(detail, policy)
    for nest in found:
        left = remainders(statements, nest, detail)
        # Answers that only the ledger knows have no value here; the linear program looks at those.
        if left is None or left.answers.max() >= len(rows):
            continue
        border = np.zeros(len(left.parents), dtype=np.int64)
        top = np.ones(len(left.parents), dtype=np.int64)
        border[left.of], top[left.of] = rows.favourable_from[left.answers], rows.top[left.answers]
        limits = known_of(left, detail, known)
        teacher = statements.givers.teacher
        seen = alike(rows, teacher, left.answers, left.of, limits, top, border, views)
        for place in np.flatnonzero(seen):
            child = smallest_child(statements, nest, int(left.parents[place]), detail)
            if child >= 0:
                detail[child] = 0
                changed.add(child)
    return changed


def alike(
    rows: Rows,
    teacher: Ints,
    which: Ints,
    sets: Ints,
    known: Known,
    top: Ints,
    border: Ints,
    views: list[View],
) -> Bools:
    """Say for which sets of answers somebody can tell that all answers but her own are alike.

    Parameters
    ----------
    rows : Rows
        All answers.
    teacher : array of int
        The teacher of each answer, coded as in ``views``.
    which, sets : array of int
        Positions of the answers and the set of each.
    known : Known
        What is known of each set's sums.
    top, border : array of int
        The highest and the first favourable step, for each set.
    views : list of tuple of int
        Teachers whose classes somebody else knows; each may join with any one teacher.
    """
    count = len(top)
    set_, taught, part = _parts(rows, teacher, which, sets)
    whole = _by_set(set_, part, count)

    def forced(of: Ints, mine: Ints) -> Bools:
        limits = known.only(of).without(favourable=mine[1], total=mine[2], at_ends=mine[3:])
        return forced_alike(whole[0, of] - mine[0], limits, top[of], border[of])

    found = np.zeros(count, dtype=np.bool_)
    for view in [(), *views]:
        shared = np.isin(taught, view)
        theirs = _by_set(set_, part * shared, count)
        found |= forced(np.arange(count), theirs)
        of = set_[~shared]
        found[of[forced(of, part[:, ~shared] + theirs[:, of])]] = True
    return found


def _parts(rows: Rows, teacher: Ints, which: Ints, sets: Ints) -> tuple[Ints, Ints, Ints]:
    """Return set and teacher of each pair, and as rows: answers, favourable, sum of steps, at both ends."""
    teachers = int(teacher.max(initial=0)) + 1
    pairs, pair = np.unique(sets * teachers + teacher[which], return_inverse=True)
    step = rows.step[which]
    ends = (step == 0, step == rows.top[which])
    weights = (np.ones(len(which)), rows.favourable[which], step, *ends)
    part = np.array([np.bincount(pair, weight, minlength=len(pairs)) for weight in weights])
    return pairs // teachers, pairs % teachers, part.astype(np.int64)


def _by_set(sets: Ints, part: Ints, count: int) -> Ints:
    return np.array([np.bincount(sets, row, minlength=count) for row in part]).astype(np.int64)
