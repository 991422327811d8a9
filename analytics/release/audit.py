"""The audit of what is about to be released: everything an attacker is known to try, on the result itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.cells import passes_first_rule
from analytics.release.coalitions import coalitions, sharing
from analytics.release.contributions import Rows
from analytics.release.figures import STEPS, Known
from analytics.release.insiders import solved_by_insiders
from analytics.release.linear import Leak, culprits, last_used, solved_cells, solved_sets
from analytics.release.pinning import Free, pinned_sets, seen_by
from analytics.release.policy import AUDITED_FROM, Policy
from analytics.release.space import Space, space_of
from analytics.release.statements import Statements
from analytics.release.views import View


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
        # By whom, and whether from every figure: once few teachers are left, more figures are read (sharing).
        self.free: dict[tuple[View, bool], Free] = defaultdict(Free)

    def audit(self, detail: Ints) -> Finding:
        """Return what can be worked out, and should not, where statements show ``detail``."""
        finding = self._outsider(detail)
        if finding.statements or self.space is None or not self.by_value:
            return finding
        sums = self._sums(detail, self.space)
        finding = self._insiders(sums) if sums is not None else NOTHING
        return finding if finding.statements else self._program(detail, self.space)

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

    def _program(self, detail: Ints, space: Space) -> Finding:
        known = self.statements.known(detail, self.policy)
        everything = np.ones(len(self.statements), dtype=np.bool_)
        told = self._told_to_insiders(detail, space)
        leaks = self._pinned(detail, known, space, told, everything)
        mendable, back = _smallest_behind(self.statements, space, leaks)
        if len(mendable) < len(leaks):
            # Earlier releases hold these answers, and a figure beside them may be what gives them away.
            out = self._pinned(detail, known, space, told, self.statements.fixed)
            already = {tuple(leak.answers.tolist()) for leak in [*mendable, *out]}
            others = [leak for leak in leaks if tuple(leak.answers.tolist()) not in already]
            beside = [(leak, _smallest_beside(self.statements, space, leak)) for leak in others]
            mendable += [leak for leak, statement in beside if statement is not None]
            back |= {statement for _, statement in beside if statement is not None}
        return Finding(mendable, sorted(back))

    def _pinned(
        self, detail: Ints, known: Known, space: Space, told: Space | None, using: Bools
    ) -> list[Leak]:
        """Return what the linear program pins with some of the statements, for outsiders and insiders."""
        part = np.flatnonzero(using[space.statements])
        if not len(part):
            return []
        chosen = replace(space, statements=space.statements[part], matrix=space.matrix[part])
        # What is free beside fewer figures, those that are out already, may be pinned with all of them.
        free = self.free if using.all() else deepcopy(self.free)
        leaks = pinned_sets(chosen, self.rows, self._hidden(detail), known, self.policy, free[(), True])
        for coalition, places in sharing(told, self.views) if told is not None else ():
            whole = cast("Space", told)
            some = places[using[whole.statements[places]]]
            if not len(some):
                continue
            seen = seen_by(whole, known, self.rows, coalition, some, self.policy)
            leaks += pinned_sets(*seen, self.policy, free[coalition, len(places) == len(whole.statements)])
        return leaks

    def _sums(self, detail: Ints, space: Space) -> Space | None:
        """Return the equations without those that show bands only."""
        return self._only(detail >= STEPS, space)

    def _told_to_insiders(self, detail: Ints, space: Space) -> Space | None:
        """Return the equations without the bands that stand whatever is behind them."""
        enough = self.statements.who.students >= AUDITED_FROM
        return self._only((detail >= STEPS) | ((detail > 0) & enough), space)

    def _only(self, shown: Bools, space: Space) -> Space | None:
        if shown[space.statements].all():
            return space
        return self._equations(self.here & shown)

    def _equations(self, published: Bools) -> Space | None:
        given = (self.statements.givers, self.answers, self.statements.member)
        return space_of(*given, published, self.priority, self.policy.insiders)

    def _hidden(self, detail: Ints) -> list[Ints]:
        return [self.statements.answers[cell] for cell in self.sensitive if detail[cell] == 0]


def _smallest_behind(statements: Statements, space: Space, leaks: list[Leak]) -> tuple[list[Leak], set[int]]:
    """Return the leaks that can be mended, and for each the smallest statement that holds its answers."""
    mendable, back = [], set()
    for leak in leaks:
        groups = np.unique(space.group[np.isin(space.answers, leak.answers)])
        free = _free(statements, space, _holding(space, groups))
        if free:
            mendable.append(leak)
            back.add(free[0])
    return mendable, back


def _smallest_beside(statements: Statements, space: Space, leak: Leak) -> int | None:
    """Return the smallest statement that shares answers with those around a leak, and can be taken back.

    What stands around a leak are the statements that hold its answers; where none of those beside them can be
    taken back, the ones beside those, and so on. None if all that hang together are out already.
    """
    groups = np.isin(np.arange(len(space.size)), space.group[np.isin(space.answers, leak.answers)])
    while True:
        touched = _holding(space, groups)
        free = _free(statements, space, touched)
        if free:
            return free[0]
        wider = groups | (space.matrix[touched] > 0).any(axis=0)
        if np.array_equal(wider, groups):
            return None
        groups = wider


def _holding(space: Space, groups: Ints | Bools) -> Bools:
    return np.asarray((space.matrix[:, groups] > 0).any(axis=1), dtype=np.bool_)


def _free(statements: Statements, space: Space, among: Bools) -> list[int]:
    """Return the statements, of those chosen by place, that can be taken back, smallest first."""
    free = [int(statement) for statement in space.statements[among] if not statements.fixed[statement]]
    return sorted(free, key=lambda statement: (statements.who.students[statement], statement))


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
