"""The audit of what is about to be released: everything an attacker is known to try, on the result itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np

from analytics.columns import Bools, Floats, Ints
from analytics.release.attack import Scale, favourable_problem, pinned, total_problem
from analytics.release.cells import passes_first_rule
from analytics.release.contributions import Rows
from analytics.release.figures import STEPS, Known
from analytics.release.linear import Leak, culprits, last_used, solved_by_insiders, solved_cells, solved_sets
from analytics.release.policy import Policy
from analytics.release.space import Space, space_of
from analytics.release.statements import Statements
from analytics.release.views import View

MOST_COALITIONS = 2000
"""Up to so many, all coalitions of teachers are asked about each item."""


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
    program = _by_program(statements, space, rows, hidden, statements.known(detail, policy), policy)
    return replace(program, suspects=finding.suspects)


def coalitions(space: Space, views: Sequence[View], policy: Policy) -> list[View]:
    """Return who might put their classes together.

    Every person with whom classes were shared, with every teacher; and any ``insiders`` teachers. Where
    those would be more than :data:`MOST_COALITIONS`, every single teacher, and such as stand together in a
    sum, or between two sums, of so few teachers that the others could be fewer than the smallest group.
    """
    everyone = sorted(space.groups_of)
    shared = [(*view, teacher) for view in views for teacher in everyone if teacher not in view]
    number = min(policy.insiders, len(everyone) - 1)
    if comb(len(everyone), number) <= MOST_COALITIONS:
        return [*views, *shared, *combinations(everyone, number)]
    near = {group for few in _few_teachers(space, policy) for group in combinations(sorted(few), number)}
    return [*views, *shared, *((teacher,) for teacher in everyone), *sorted(near)]


def _few_teachers(space: Space, policy: Policy) -> set[frozenset[int]]:
    """Return the teachers behind each sum, and behind each difference of two sums, that has few of them."""
    most = policy.insiders + policy.smallest_group - 1
    inside = space.matrix > 0
    groups = np.arange(len(space.size))
    found = set()
    shared = space.matrix @ space.matrix.T
    size = space.matrix.sum(axis=1)
    apart = size[:, None] + size[None, :] - 2 * shared
    # A group has one teacher at least, so that more groups than this cannot have so few teachers each once.
    first, second = np.nonzero(np.triu((apart <= 3 * most) & (apart > 0) & (shared > 0), k=1))
    sets = [groups[row] for row in inside if row.sum() <= 3 * most]
    sets += [groups[inside[a] != inside[b]] for a, b in zip(first, second, strict=True)]
    for some in sets:
        teachers = frozenset().union(*(space.taught[group] for group in some))
        if policy.insiders < len(teachers) <= most:
            found.add(teachers)
    return found


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


def _by_program(
    statements: Statements, space: Space, rows: Rows, hidden: list[Ints], known: Known, policy: Policy
) -> Finding:
    leaks, back = [], set()
    for leak in pinned_sets(space, rows, hidden, known, policy):
        behind = space.statements[(space.matrix @ leak.vector) > 0]
        free = [int(statement) for statement in behind if not statements.fixed[statement]]
        if free:
            leaks.append(leak)
            back.add(min(free, key=lambda statement: (statements.who.students[statement], statement)))
    return Finding(leaks, sorted(back))


def _priority(statements: Statements) -> Ints:
    """Return the order in which statements are kept: what is out already, then those of most students."""
    order = np.lexsort((-statements.who.students, ~statements.fixed))
    rank = np.empty(len(statements), dtype=np.int64)
    rank[order] = np.arange(len(statements))
    return rank


def pinned_sets(space: Space, rows: Rows, hidden: list[Ints], known: Known, policy: Policy) -> list[Leak]:
    """Return the sets that the linear program pins to one value.

    These are groups of too few students, withheld cells, and groups of any size in which everybody answered
    alike: where that is forced, each student's answer is known.

    Parameters
    ----------
    space : Space
        Groups and figures of one item and mode.
    rows : Rows
        The answers of this release.
    hidden : list of array of int
        Withheld cells as positions of their answers.
    known : Known
        What each figure gives away.
    policy : Policy
        The thresholds.
    """
    one = np.eye(len(space.size))
    small = space.who.students < policy.smallest_group
    cells = [vector for vector in map(space.whole_groups, hidden) if vector is not None]
    private = [*one[small], *cells]
    favourable, total = _true_sums(space, rows)
    alike = np.flatnonzero(~small & ((favourable == 0) | (favourable == space.size)))
    own = space.answers[space.answers < len(rows)]
    aims = np.array([*private, *one[alike]])
    if not len(aims) or not len(own):
        return []
    scale = Scale(int(rows.top[own[0]]), int(rows.favourable_from[own[0]]))
    second = np.full(len(aims), np.nan)
    held = pinned(favourable_problem(space, known, scale), aims, _add(aims, favourable), second)
    # A group in which all are favourable is given away, too, by a sum that leaves no room for one who is not.
    other = scale.top * (space.size[alike] - 1) + scale.favourable_from - 1
    second[len(private) :] = np.where(favourable[alike] == 0, scale.favourable_from, other)
    held |= pinned(total_problem(space, known, scale), aims, _add(aims, total), second)
    return [Leak(space.answers[aims[place][space.group] > 0], aims[place]) for place in np.flatnonzero(held)]


def _add(aims: Floats, values: Floats) -> Floats:
    """Return weighted sums of values; NaN where one of those used is."""
    missing = np.isnan(values)
    return np.where(aims @ missing > 0, np.nan, aims @ np.where(missing, 0, values))


def _true_sums(space: Space, rows: Rows) -> tuple[Floats, Floats]:
    """Return favourable answers and sum of steps of each group; NaN where only the ledger knows one."""
    own = space.answers < len(rows)
    count = len(space.size)

    def add(values: Ints) -> Floats:
        return np.bincount(space.group[own], values[space.answers[own]], minlength=count).astype(np.float64)

    whole = add(np.ones(len(rows), dtype=np.int64)) == space.size
    favourable, total = add(rows.favourable.astype(np.int64)), add(rows.step)
    return np.where(whole, favourable, np.nan), np.where(whole, total, np.nan)
