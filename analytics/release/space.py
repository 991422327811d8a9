"""The released figures of one item as equations over groups of answers.

Answers that stand in the same figures can never be told apart, so they form one *group*. A figure is a row of
zeros and ones over the groups; what can be worked out by adding, subtracting and weighting figures is their
row space.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import solve_triangular

from analytics.columns import Bools, Floats, Ints
from analytics.release.counting import Givers, Tally, tally
from analytics.release.heads import Heads

ZERO = 1e-7
"""Squared lengths below this are rounding: real ones are ratios of small whole numbers."""

_PANEL = 32


@dataclass(frozen=True)
class Space:
    """The figures of one item and mode as equations.

    Parameters
    ----------
    answers : array of int
        Positions of the answers, rising, and ``group``: the group of each.
    statements : array of int
        The figures that are equations, those to be kept above all first.
    matrix : array of float, shape (statements, groups)
        1 where the group stands behind the figure.
    pivots : array of int
        Places of the statements that say something the statements before them do not.
    basis : array of float, shape (pivots, groups)
        Orthonormal rows; the first so many span what the statements up to that pivot span.
    who : Tally
        Who stands behind each group.
    size : array of int
        Answers of each group.
    taught : list of set of int
        The teachers whose students stand behind each group, and ``groups_of`` the reverse.
    heads : Heads
        Counts the students of several groups.
    """

    givers: Givers
    answers: Ints
    group: Ints
    statements: Ints
    matrix: Floats
    pivots: Ints
    basis: Floats
    who: Tally
    size: Ints
    taught: list[set[int]]
    groups_of: dict[int, list[int]]
    heads: Heads

    def whole_groups(self, answers: Ints) -> Floats | None:
        """Return a set of answers as a vector over the groups; None if it cuts a group in two.

        A set that cuts a group cannot be worked out: the answers of a group are interchangeable.
        """
        place = np.minimum(np.searchsorted(self.answers, answers), len(self.answers) - 1)
        if not (self.answers[place] == answers).all():
            return None
        found = np.bincount(self.group[place], minlength=len(self.size))
        if not ((found == 0) | (found == self.size)).all():
            return None
        return (found > 0).astype(np.float64)

    def names(self, aims: Floats) -> list[int]:
        """Return a number for each set of groups: the same for the same answers, however they are grouped."""
        return [int(name) for name in (aims != 0).astype(np.int64) @ self._names]

    @cached_property
    def _names(self) -> Ints:
        # Sums of random 64-bit numbers, one for each answer, which may run over.
        draw = np.random.default_rng(20261128).integers(1, 2**62, size=len(self.givers), dtype=np.int64)
        names = np.zeros(len(self.size), dtype=np.int64)
        np.add.at(names, self.group, draw[self.answers])
        return names

    def left_over(self, vector: Floats) -> float:
        """Return the squared length of what the figures do not determine of a vector over the groups."""
        return float(vector @ vector - ((self.basis @ vector) ** 2).sum())

    def lengths(self) -> Floats:
        """Return what the figures leave over of each group's unit vector: 0 where the group is solved."""
        return np.asarray(1 - (self.basis**2).sum(axis=0), dtype=np.float64)

    @cached_property
    def left(self) -> Floats:
        """The products of what the figures leave over of the unit vectors of all groups."""
        return self.residual(np.arange(len(self.size)))

    def residual(self, rows: Sequence[int] | Ints, columns: Sequence[int] | Ints | None = None) -> Floats:
        """Return the products of what the figures leave over of the unit vectors of some groups."""
        of, by = np.asarray(rows), np.asarray(rows if columns is None else columns)
        same = np.equal.outer(of, by).astype(np.float64)
        return np.asarray(same - self.basis[:, of].T @ self.basis[:, by], dtype=np.float64)


def space_of(
    givers: Givers, answers: Ints, member: Ints, published: Bools, priority: Ints, insiders: int
) -> Space | None:
    """Return the equations of one item and mode; None where nothing is published.

    Parameters
    ----------
    givers : Givers
        All answers.
    answers : array of int
        The positions of this item's and mode's answers, rising.
    member : array of int, shape (all answers, columns)
        The statement of each answer in each column, -1 for none.
    published : array of bool
        Which statements are equations.
    priority : array of int
        The order of the statements; what is to be kept above all comes first.
    insiders : int
        As in :func:`~analytics.release.counting.tally`.
    """
    cell = member[answers]
    shown = (cell >= 0) & published[cell]
    # The same statements give the same sum of random 64-bit numbers, and others do not.
    draw = np.random.default_rng(20190522).integers(1, 2**62, size=len(published), dtype=np.int64)
    signature = np.where(shown, draw[cell], 0).sum(axis=1)
    behind = np.flatnonzero(shown.any(axis=1))
    if not len(behind):
        return None
    _, first, group = np.unique(signature[behind], return_index=True, return_inverse=True)
    sample = behind[first]
    matrix, statements = _matrix(cell[sample], shown[sample], priority)
    first_said, _ = distinct_rows(matrix)
    pivots, basis = ordered_basis(matrix[first_said])
    kept = answers[behind]
    group = np.asarray(group, dtype=np.int64)
    taught: list[set[int]] = [set() for _ in sample]
    groups_of: dict[int, list[int]] = {}
    teachers = int(givers.teacher.max()) + 1
    for pair in np.unique(group * teachers + givers.teacher[kept]).tolist():
        place, teacher = divmod(pair, teachers)
        taught[place].add(teacher)
        groups_of.setdefault(teacher, []).append(place)
    return Space(
        givers=givers,
        answers=kept,
        group=group,
        statements=statements,
        matrix=matrix,
        pivots=first_said[pivots],
        basis=basis,
        who=tally(givers, kept, group, len(sample), insiders),
        size=np.bincount(group),
        taught=taught,
        groups_of=groups_of,
        heads=Heads(givers, kept, group),
    )


def distinct_rows(matrix: Floats) -> tuple[Ints, Ints]:
    """Return the place of the first of each kind of row of zeros and ones, and the kind of each row.

    A figure that stood in an earlier release and has not changed is such a row twice.

    Examples
    --------
    >>> first, kind = distinct_rows(np.array([[1.0, 0], [0, 1], [1, 0]]))
    >>> first.tolist(), kind.tolist()
    ([0, 1], [0, 1, 0])
    """
    kinds: dict[bytes, int] = {}
    of = [kinds.setdefault(row.tobytes(), len(kinds)) for row in np.packbits(matrix > 0, axis=1)]
    kind = np.array(of, dtype=np.int64)
    return np.unique(kind, return_index=True)[1], kind


def ordered_basis(matrix: Floats) -> tuple[Ints, Floats]:
    """Return which rows are independent of the rows before them, and an orthonormal basis in that order.

    Examples
    --------
    >>> rows = np.array([[1.0, 1, 0], [0, 1, 1], [1, 2, 1], [0, 0, 1]])
    >>> ordered_basis(rows)[0].tolist()
    [0, 1, 3]
    """
    left = matrix @ matrix.T
    pivots: list[int] = []
    parts: list[Floats] = []
    # By panels of rows: what a panel takes from all later rows is one product in place of many.
    for start in range(0, len(left), _PANEL):
        end = min(start + _PANEL, len(left))
        chosen, root = _independent(left[start:end, start:end])
        at = [start + place for place in chosen]
        below = solve_triangular(root, left[end:, at].T, lower=True, check_finite=False)
        left[end:, end:] -= below.T @ below
        taken = np.zeros((len(at), len(left)))
        taken[:, at], taken[:, end:] = root.T, below
        pivots.extend(at)
        parts.append(taken)
    basis = _triangular(np.asarray(np.vstack(parts)[:, pivots].T, dtype=np.float64), matrix[pivots])
    # Rows that are nearly dependent cost digits; a second pass brings them back.
    probe = np.random.default_rng(2).normal(size=len(basis))
    if np.abs(basis @ (basis.T @ probe) - probe).max(initial=0) > 1e-10:
        basis = _triangular(np.asarray(np.linalg.cholesky(basis @ basis.T)), basis)
    return np.array(pivots, dtype=np.int64), basis


def _independent(products: Floats) -> tuple[list[int], Floats]:
    """Return which rows leave something over after the rows before them, and the root of their products."""
    left = products.copy()
    chosen: list[int] = []
    columns: list[Floats] = []
    for place in range(len(left)):
        # A dependent row leaves nothing.
        if left[place, place] > ZERO:
            column = left[place] / np.sqrt(left[place, place])
            left -= np.multiply.outer(column, column)
            chosen.append(place)
            columns.append(column)
    return chosen, np.array(columns).reshape(-1, len(left))[:, chosen].T


def _triangular(root: Floats, rows: Floats) -> Floats:
    """Return orthonormal rows, each from the rows up to its place; ``root`` is that of their products."""
    return np.asarray(solve_triangular(root, rows, lower=True, check_finite=False), dtype=np.float64)


def _matrix(cell: Ints, shown: Bools, priority: Ints) -> tuple[Floats, Ints]:
    """Return the incidence of statements and groups, and the statements in their order."""
    statements, row = np.unique(cell[shown], return_inverse=True)
    matrix = np.zeros((len(statements), len(cell)))
    matrix[row, np.nonzero(shown)[0]] = 1
    order = np.argsort(priority[statements], kind="stable")
    return matrix[order], statements[order]
