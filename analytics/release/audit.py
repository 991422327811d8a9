"""The audit of what is about to be released: everything an attacker is known to try, on the result itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

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
"""Up to so many, the linear program is solved for whoever knows several classes with every teacher."""


@dataclass(frozen=True)
class Finding:
    """Leaks of one kind, and the statements to take back: wholly, or down to their bands.

    ``suspects`` are the coalitions to ask again when something was taken back; None before all were asked.
    Taking figures back gives nobody more to combine, so those who found nothing need not be asked again.
    """

    leaks: list[Leak]
    statements: list[int]
    to_bands: bool = False
    suspects: list[View] | None = None


def audit_block(
    statements: Statements,
    rows: Rows,
    block: int,
    detail: Ints,
    sensitive: Bools,
    views: Sequence[View],
    policy: Policy,
    *,
    suspects: list[View] | None = None,
    by_value: bool = True,
) -> Finding:
    """Return what can be worked out about one item and mode and should not.

    Three attackers, and the finds of the first who finds something that this release can still mend: an
    outsider who adds and subtracts all figures, bands included; insiders who add and subtract sums; an
    outsider with a linear program. Leaks that rest on earlier releases alone are out already.

    Parameters
    ----------
    statements : Statements
        Figures of this release and the ledger.
    rows : Rows
        The answers of this release.
    block : int
        Item and mode.
    detail : array of int
        What each statement shows.
    sensitive : array of bool
        Cells that must not be worked out.
    views : sequence of tuple of int
        Teachers whose classes somebody else knows.
    policy : Policy
        The thresholds.
    suspects : list, optional
        Coalitions to ask, where others were asked before.
    by_value : bool
        False leaves out all but the first attacker, for texts.
    """
    answers = np.flatnonzero(statements.givers.block == block)
    here = statements.block == block
    given = (statements.givers, answers, statements.member)
    priority = _priority(statements)
    space = space_of(*given, here & (detail > 0), priority, policy.insiders)
    if space is None:
        return Finding([], [])
    cells = np.flatnonzero(here & sensitive & (detail == 0)).tolist()
    hidden = [statements.answers_of(cell) for cell in cells]
    found = solved_sets(space, policy.smallest_group, passes_first_rule(space.who, policy))
    found += solved_cells(space, hidden)
    if found and (back := culprits(space, found, statements.fixed[space.statements])):
        return Finding(found, back, suspects=suspects)
    if not by_value:
        return Finding([], [])
    exact = here & (detail >= STEPS)
    bands = (detail[space.statements] < STEPS).any()
    sums = space_of(*given, exact, priority, policy.insiders) if bands else space
    asked = suspects
    if asked is None:
        asked = coalitions(sums, views, policy) if sums is not None else []
    finding = _by_insiders(statements, sums, asked, policy)
    if finding.statements:
        return finding
    known = statements.known(detail, policy)
    leaks = pinned_sets(space, rows, hidden, known, policy)
    if sums is not None:
        for coalition, places in sharing(sums, views):
            leaks += pinned_sets(*seen_by(sums, known, rows, coalition, places, policy), policy)
    return replace(_smallest_behind(statements, space, leaks), suspects=finding.suspects)


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
    return [*views, *sorted(joined), *((teacher,) for teacher in everyone), *sorted(near)]


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

    Whoever knows several classes, with any one teacher, and all statements. In a network of more than
    :data:`MANY_TEACHERS` that is narrowed to the sums of at most a third of so many teachers in which both
    have a part: larger ones tell hardly more to somebody who knows a few classes.
    """
    everyone = set(space.groups_of)
    places = np.arange(len(space.statements))
    if len(everyone) <= MANY_TEACHERS:
        pairs = [(view, teacher) for view in views for teacher in sorted(everyone.difference(view))]
        return [((*view, teacher), places) for view, teacher in pairs] or [(view, places) for view in views]
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


def _by_insiders(statements: Statements, sums: Space | None, asked: list[View], policy: Policy) -> Finding:
    leaks: list[Leak] = []
    back: set[int] = set()
    if sums is not None:
        out = statements.fixed[sums.statements]
        for leak in solved_by_insiders(sums, asked, policy.smallest_group):
            last = last_used(sums, leak, out)
            if last is not None:
                leaks.append(leak)
                back.add(last)
    return Finding(leaks, sorted(back), to_bands=True, suspects=[leak.insiders for leak in leaks])


def _priority(statements: Statements) -> Ints:
    """Return the order in which statements are kept: what is out already, then those of most students."""
    order = np.lexsort((-statements.who.students, ~statements.fixed))
    rank = np.empty(len(statements), dtype=np.int64)
    rank[order] = np.arange(len(statements))
    return rank
