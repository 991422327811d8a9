"""The audit of what is about to be released: everything an attacker is known to try, on the result itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import cast

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.cells import passes_first_rule
from analytics.release.contributions import Rows
from analytics.release.figures import STEPS
from analytics.release.linear import Leak, culprits, last_used, solved_by_insiders, solved_cells, solved_sets
from analytics.release.pinning import pinned_sets, seen_by
from analytics.release.policy import Policy
from analytics.release.space import Space, space_of
from analytics.release.statements import Statements
from analytics.release.views import View

MOST_COALITIONS = 2000
"""Up to so many, all coalitions of teachers are asked about each item."""

FEW_GROUPS = 24
"""Beyond so many groups, a sum or a difference of two is taken to have many teachers."""

MANY_TEACHERS = 36
"""Up to so many, the linear program is solved for every teacher, alone and with whoever knows more."""


@dataclass(frozen=True)
class Finding:
    """Leaks of one kind, and the statements to take back: wholly, or down to their bands."""

    leaks: list[Leak]
    statements: list[int]
    to_bands: bool = False


NOTHING = Finding([], [])


class Auditor:
    """Audits one item and mode, again and again while figures are taken back.

    Three attackers, and the finds of the first who finds something that this release can still mend: an
    outsider who adds and subtracts all figures, bands included; insiders who add and subtract sums; an
    outsider, and whoever knows several classes, with a linear program. Leaks that rest on earlier releases
    alone are out already.

    Parameters
    ----------
    statements : Statements
        Figures of this release and the ledger.
    rows : Rows
        The answers of this release.
    block : int
        Item and mode.
    sensitive : array of bool
        Cells that must not be worked out.
    views : sequence of tuple of int
        Teachers whose classes somebody else knows.
    policy : Policy
        The thresholds.
    by_value : bool
        False leaves out all but the first attacker, for texts.
    """

    def __init__(
        self,
        statements: Statements,
        rows: Rows,
        block: int,
        sensitive: Bools,
        views: Sequence[View],
        policy: Policy,
        *,
        by_value: bool = True,
    ) -> None:
        self.statements, self.rows, self.views, self.policy = statements, rows, views, policy
        self.by_value = by_value
        self.here = statements.block == block
        self.answers = np.flatnonzero(statements.givers.block == block)
        self.sensitive = np.flatnonzero(self.here & sensitive).tolist()
        self.priority = _priority(statements)
        self.shown: Bools | None = None
        self.space: Space | None = None
        self.suspects: list[View] = []

    def audit(self, detail: Ints) -> Finding:
        """Return what can be worked out, and should not, where statements show ``detail``."""
        finding = self._outsider(detail)
        if finding.statements or self.space is None or not self.by_value:
            return finding
        sums = self._sums(detail, self.space)
        finding = self._insiders(sums) if sums is not None else NOTHING
        return finding if finding.statements else self._program(detail, self.space, sums)

    def _outsider(self, detail: Ints) -> Finding:
        shown = self.here & (detail > 0)
        if self.shown is not None and np.array_equal(shown, self.shown):
            return NOTHING
        self.shown, self.space = shown, self._equations(shown)
        if self.space is None:
            return NOTHING
        found = solved_sets(
            self.space, self.policy.smallest_group, passes_first_rule(self.space.who, self.policy)
        )
        found += solved_cells(self.space, self._hidden(detail))
        back = culprits(self.space, found, self.statements.fixed[self.space.statements]) if found else []
        if back:
            self.shown = None
        return Finding(found, back)

    def _insiders(self, sums: Space) -> Finding:
        # Most who found something find it again elsewhere: they are asked first, and everybody at last.
        finding = _by_insiders(self.statements, sums, self.suspects, self.policy)
        if not finding.statements:
            finding = _by_insiders(
                self.statements, sums, coalitions(sums, self.views, self.policy), self.policy
            )
        self.suspects = [leak.insiders for leak in finding.leaks]
        return finding

    def _program(self, detail: Ints, space: Space, sums: Space | None) -> Finding:
        known = self.statements.known(detail, self.policy)
        leaks = pinned_sets(space, self.rows, self._hidden(detail), known, self.policy)
        for coalition, places in sharing(sums, self.views) if sums is not None else ():
            seen = seen_by(cast("Space", sums), known, self.rows, coalition, places, self.policy)
            leaks += pinned_sets(*seen, self.policy)
        return _smallest_behind(self.statements, space, leaks)

    def _sums(self, detail: Ints, space: Space) -> Space | None:
        """Return the equations without those that show bands only."""
        if (detail[space.statements] >= STEPS).all():
            return space
        return self._equations(self.here & (detail >= STEPS))

    def _equations(self, published: Bools) -> Space | None:
        given = (self.statements.givers, self.answers, self.statements.member)
        return space_of(*given, published, self.priority, self.policy.insiders)

    def _hidden(self, detail: Ints) -> list[Ints]:
        return [self.statements.answers_of(cell) for cell in self.sensitive if detail[cell] == 0]


def coalitions(space: Space, views: Sequence[View], policy: Policy) -> list[View]:
    """Return who might put their classes together.

    Every person with whom classes were shared, with every teacher; and any ``insiders`` teachers. Where
    those would be more than :data:`MOST_COALITIONS`, every person and teacher alone, and such as stand
    together in a sum, or between two sums, of so few teachers that the others could be fewer students than
    the smallest group.
    """
    everyone = sorted(space.groups_of)
    number = min(policy.insiders, len(everyone) - 1)
    if comb(len(everyone), number) <= MOST_COALITIONS:
        shared = [(*view, teacher) for view in views for teacher in everyone if teacher not in view]
        return [*views, *shared, *combinations(everyone, number)]
    few = _few_teachers(space)
    reach = policy.smallest_group - 1
    near = {
        group
        for teachers in few
        if number < len(teachers) <= number + reach
        for group in combinations(sorted(teachers), number)
    }
    joined = {
        (*view, teacher)
        for view in views
        for teachers in few
        if not teachers.isdisjoint(view) and len(teachers.difference(view)) <= reach + 1
        for teacher in teachers.difference(view)
    }
    # Who stands with two others finds with one of them whatever she finds alone.
    partners = Counter(teacher for group in near for teacher in group)
    alone = [(teacher,) for teacher in everyone if partners[teacher] < 2]
    return [*views, *sorted(joined), *alone, *sorted(near)]


def _few_teachers(space: Space) -> set[frozenset[int]]:
    """Return the teachers behind each sum, and behind each difference of two sums, that has few of them."""
    inside = space.matrix > 0
    groups = np.arange(len(space.size))
    found = set()
    shared = space.matrix @ space.matrix.T
    size = space.matrix.sum(axis=1)
    apart = size[:, None] + size[None, :] - 2 * shared
    # Groups are of one class and lesson or more: so few of them cannot be told to have many teachers.
    first, second = np.nonzero(np.triu((apart <= FEW_GROUPS) & (apart > 0) & (shared > 0), k=1))
    sets = [groups[row] for row in inside if row.sum() <= FEW_GROUPS]
    sets += [groups[inside[a] != inside[b]] for a, b in zip(first, second, strict=True)]
    for some in sets:
        found.add(frozenset().union(*(space.taught[group] for group in some)))
    return found


def sharing(space: Space, views: Sequence[View]) -> list[tuple[View, Ints]]:
    """Return for whom the linear program is solved, and with which statements (places in the space).

    Every teacher, alone and with whoever knows several classes, and all statements. In a network of more than
    :data:`MANY_TEACHERS` it is those who know several classes, each with a teacher of the same sum, and the
    sums of at most a third of so many teachers: larger ones tell them hardly more.
    """
    everyone = set(space.groups_of)
    places = np.arange(len(space.statements))
    if len(everyone) <= MANY_TEACHERS:
        alone: list[View] = [(teacher,) for teacher in sorted(everyone)]
        joined = [(*view, teacher) for view in views for teacher in sorted(everyone.difference(view))]
        return [(group, places) for group in alone + joined]
    taught = [
        set().union(*(space.taught[group] for group in np.flatnonzero(row))) for row in space.matrix > 0
    ]
    few = [place for place in places.tolist() if len(taught[place]) <= MANY_TEACHERS // 3]
    found: list[tuple[View, Ints]] = []
    for view in views:
        own = [place for place in few if not taught[place].isdisjoint(view)]
        near = set().union(*(taught[place] for place in own)).difference(view)
        for teacher in sorted(near):
            inside = [place for place in few if teacher in taught[place] or place in own]
            found.append(((*view, teacher), np.array(inside, dtype=np.int64)))
    return found


def _smallest_behind(statements: Statements, space: Space, leaks: list[Leak]) -> Finding:
    """Return the leaks that can be mended, and for each the smallest statement that holds its answers."""
    mendable, back = [], set()
    for leak in leaks:
        groups = np.unique(space.group[np.isin(space.answers, leak.answers)])
        behind = space.statements[space.matrix[:, groups].any(axis=1)]
        free = [int(statement) for statement in behind if not statements.fixed[statement]]
        if free:
            mendable.append(leak)
            back.add(min(free, key=lambda statement: (statements.who.students[statement], statement)))
    return Finding(mendable, sorted(back))


def _by_insiders(statements: Statements, sums: Space, asked: list[View], policy: Policy) -> Finding:
    leaks: list[Leak] = []
    back: set[int] = set()
    out = statements.fixed[sums.statements]
    for leak in solved_by_insiders(sums, asked, policy.smallest_group) if asked else ():
        last = last_used(sums, leak, out)
        if last is not None:
            leaks.append(leak)
            back.add(last)
    return Finding(leaks, sorted(back), to_bands=True)


def _priority(statements: Statements) -> Ints:
    """Return the order in which statements are kept: what is out already, then those of most students."""
    order = np.lexsort((-statements.who.students, ~statements.fixed))
    rank = np.empty(len(statements), dtype=np.int64)
    rank[order] = np.arange(len(statements))
    return rank
