"""What is left of a released set when the released sets inside it are taken away.

The second rule of the policy: a total and all but one of its parts give away that part. The total may be a
region and its parts schools, this week's cell and last week's, or any two tables whose cells happen to lie
inside one another. What is left has to be nothing, or something that could be released itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.cells import passes_first_rule
from analytics.release.counting import distinct_students, tally
from analytics.release.figures import BANDS, STEPS, Known
from analytics.release.policy import Policy
from analytics.release.statements import Statements


@dataclass(frozen=True)
class Nest:
    """The statements of one column that lie wholly inside statements of another.

    ``parent_of`` gives, for each statement, its parent in column ``outer`` or -1.
    """

    outer: int
    inner: int
    children: Ints
    parent_of: Ints

    @cached_property
    def statements(self) -> Ints:
        """The children and their parents."""
        return np.union1d(self.children, self.parent_of[self.children])


class Nests:
    """All nests; remembers what the statements of each showed when somebody last looked at it."""

    def __init__(self, found: list[Nest]) -> None:
        self._found, self._shown = found, [b""] * len(found)

    def changed(self, detail: Ints) -> Iterator[Nest]:
        """Yield the nests that show something else than when they were last yielded."""
        for place, nest in enumerate(self._found):
            shows = detail[nest.statements].tobytes()
            if shows != self._shown[place]:
                self._shown[place] = shows
                yield nest


@dataclass(frozen=True)
class Remainders:
    """What is left of several parents of one nest.

    ``parents`` are statements, ``answers`` the positions of what is left, ``of`` the place of its parent.
    """

    nest: Nest
    parents: Ints
    answers: Ints
    of: Ints


def nests(statements: Statements) -> list[Nest]:
    """Find every pair of columns of which one holds cells that lie inside cells of the other.

    Tables of this release are all compared with one another; a table of an earlier release only with the same
    table of this one, and the linear audit looks at the rest.
    """
    member, found = statements.member, []
    columns = range(member.shape[1])
    for inner in columns:
        at = np.flatnonzero(member[:, inner] >= 0)
        at = at[np.argsort(member[at, inner], kind="stable")]
        children, start = np.unique(member[at, inner], return_index=True)
        if not len(children):
            continue
        for outer in columns:
            if outer == inner or not _compared(statements, outer, inner):
                continue
            parents = member[at, outer]
            low, high = np.minimum.reduceat(parents, start), np.maximum.reduceat(parents, start)
            nested = (low == high) & (low >= 0)
            if nested.any():
                parent_of = np.full(len(statements), -1, dtype=np.int64)
                parent_of[children[nested]] = low[nested]
                found.append(Nest(outer, inner, children[nested], parent_of))
    return found


def remainders(
    statements: Statements, nest: Nest, detail: Ints, worth: Bools | None = None
) -> Remainders | None:
    """Return what is left of the released parents of a nest that have released children; None if nothing.

    Parameters
    ----------
    statements : Statements
        All statements.
    nest : Nest
        Which of them lie inside which.
    detail : array of int
        What each statement shows; 0 for withheld.
    worth : array of bool, optional
        Parents worth looking at; all where not given.
    """
    children = nest.children[detail[nest.children] > 0]
    parents = nest.parent_of[children]
    taken = np.bincount(parents, statements.who.answers[children], minlength=len(statements))
    left = (statements.who.answers - taken > 0) & (taken > 0) & (detail > 0)
    if worth is not None:
        left &= worth
    chosen = np.flatnonzero(left)
    if not len(chosen):
        return None
    place = np.full(len(statements), -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    outer, inner = statements.member[:, nest.outer], statements.member[:, nest.inner]
    of = np.where(outer >= 0, place[outer], -1)
    inside = (inner >= 0) & (nest.parent_of[inner] >= 0) & (detail[inner] > 0)
    answers = np.flatnonzero((of >= 0) & ~inside)
    return Remainders(nest, chosen, answers, of[answers])


def protect_remainders(statements: Statements, found: Nests, detail: Ints, policy: Policy) -> set[int]:
    """Withhold the smallest child of every remainder that could not be released; return what was changed.

    Where only insiders could make use of a remainder, the child keeps its bands. ``detail`` is changed.
    """
    changed: set[int] = set()
    again = True
    while again:
        again = False
        for nest in found.changed(detail):
            while step := _exposed(statements, nest, detail, policy):
                for statement, shows in step.items():
                    detail[statement] = shows
                changed |= step.keys()
                again = True
    return changed


def withhold_shifted(statements: Statements, detail: Ints, policy: Policy) -> None:
    """Withhold cells that lost or gained a few students since an earlier release.

    A child who was erased, or who moved, stands between two versions of a cell even where many others joined:
    if an option was picked less often than before, it is the child's. ``detail`` is changed.
    """
    names, count = statements.named(), len(statements)
    partner = np.full(count, -1, dtype=np.int64)
    for number, entry in enumerate(statements.ledger.entries, start=len(statements.cells)):
        name = (entry.table, entry.key, int(statements.block[number]))
        partner[number] = names.get(name, -1)
    for column in np.flatnonzero(statements.earlier):
        old = statements.member[:, column]
        table = statements.column_table[column]
        new = (
            statements.member[:, statements.column_table.index(table)]
            if table in _tables(statements)
            else None
        )
        if new is None:
            continue
        lost = np.where((old >= 0) & (partner[old] >= 0) & (partner[old] != new), partner[old], -1)
        versions = partner[np.unique(old[old >= 0])]
        again = np.zeros(count, dtype=bool)
        again[versions[versions >= 0]] = True
        stays = (old >= 0) & (partner[old] == new)
        gained = np.where((new >= 0) & again[new] & ~stays, new, -1)
        for moved in (lost, gained):
            at = np.flatnonzero(moved >= 0)
            if len(at):
                few = distinct_students(statements.givers, at, moved[at], count)
                detail[(few > 0) & (few < policy.smallest_group) & ~statements.fixed] = 0


def known_of(left: Remainders, detail: Ints, known: Known) -> Known:
    """Return what the figures of parents and children say about what is left between them."""
    children = left.nest.children[detail[left.nest.children] > 0]
    place = np.full(len(detail), -1, dtype=np.int64)
    place[left.parents] = np.arange(len(left.parents))
    of = place[left.nest.parent_of[children]]
    children, of = children[of >= 0], of[of >= 0]

    def minus(parent: Ints, child: Ints) -> Ints:
        taken = np.bincount(of, child[children], minlength=len(left.parents)).astype(np.int64)
        return np.asarray(parent[left.parents] - taken, dtype=np.int64)

    ends = None
    if known.at_ends is not None:
        ends = np.stack([_told(told, minus(told, told), left, children, of) for told in known.at_ends])
    return Known(
        minus(known.least, known.most),
        minus(known.most, known.least),
        minus(known.total_least, known.total_most),
        minus(known.total_most, known.total_least),
        ends,
    )


def _told(told: Ints, rest: Ints, left: Remainders, children: Ints, of: Ints) -> Ints:
    """Return what is left at one end of the scale; -1 where parent or child does not tell."""
    blind = np.bincount(of, told[children] < 0, minlength=len(left.parents)) > 0
    return np.where(blind | (told[left.parents] < 0), -1, rest)


def smallest_child(statements: Statements, nest: Nest, parent: int, detail: Ints) -> int:
    """Return the smallest released child that can still be changed, the parent if there is none, else -1."""
    children = nest.children[(nest.parent_of[nest.children] == parent) & (detail[nest.children] > 0)]
    free = children[~statements.fixed[children]]
    if len(free):
        return int(min(free, key=lambda child: (statements.who.students[child], child)))
    return -1 if statements.fixed[parent] else parent


def _tables(statements: Statements) -> list[tuple[str, ...]]:
    """Return the tables of this release."""
    return [table for table, old in zip(statements.column_table, statements.earlier, strict=True) if not old]


def _compared(statements: Statements, outer: int, inner: int) -> bool:
    if not statements.earlier[outer] and not statements.earlier[inner]:
        return True
    same = statements.column_table[outer] == statements.column_table[inner]
    return bool(same and statements.earlier[outer] != statements.earlier[inner])


def _exposed(statements: Statements, nest: Nest, detail: Ints, policy: Policy) -> dict[int, int]:
    """Return the next statements to change in this nest and what they may still show.

    An outsider takes every figure for a sum, bands included; what is left has to pass the first rule.
    Insiders subtract sums alone; what is left of those has to be enough students without them.
    """
    step: dict[int, int] = {}
    for least, shows in ((BANDS, 0), (STEPS, BANDS)):
        level = np.where(detail >= least, detail, 0)
        worth = _doubtful(statements, nest, level, policy)
        left = remainders(statements, nest, level, worth) if worth.any() else None
        if left is None:
            continue
        who = tally(statements.givers, left.answers, left.of, len(left.parents), policy.insiders)
        fails = who.rest < policy.smallest_group if least == STEPS else ~passes_first_rule(who, policy)
        for parent in left.parents[fails].tolist():
            child = smallest_child(statements, nest, parent, level)
            if child >= 0:
                step[child] = min(shows, step.get(child, shows))
    return step


def _doubtful(statements: Statements, nest: Nest, detail: Ints, policy: Policy) -> Bools:
    """Say which parents' remainders might fail, from counts alone: most are settled without being formed."""
    who, count = statements.who, len(statements)
    children = nest.children[detail[nest.children] > 0]
    parents = nest.parent_of[children]

    def minus(parent: Ints, child: Ints) -> Ints:
        return np.asarray(parent - np.bincount(parents, child[children], minlength=count), dtype=np.int64)

    answers = minus(who.answers, who.answers)
    # Every count of the whole is at most the sum of those of its parts.
    clear = (minus(who.students, who.students) >= policy.fewest_joined) & (
        minus(who.rest, who.students) >= policy.smallest_group
    )
    clear &= minus(who.teachers, who.teachers) >= policy.fewest_teachers
    clear &= who.most <= policy.largest_share * answers
    return np.asarray((answers > 0) & ~clear & (detail > 0), dtype=np.bool_)
