"""Greedy protection: withhold, audit, withhold what the audit found, until it finds nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from analytics.columns import Ints
from analytics.release.alike import parts_of_cells, withhold_alike_cells, withhold_alike_remainders
from analytics.release.audit import Auditor
from analytics.release.cells import passes_first_rule
from analytics.release.contributions import Rows
from analytics.release.figures import BANDS, STEPS
from analytics.release.policy import Policy
from analytics.release.remainders import Nests, nests, protect_remainders, withhold_shifted
from analytics.release.statements import Statements
from analytics.release.views import View

_CORES = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Protection:
    """The outcome: what each statement may show (one entry a statement), and after how many audits."""

    detail: Ints
    rounds: int


def protect(
    statements: Statements, rows: Rows, views: Sequence[View], policy: Policy, *, by_value: bool = True
) -> Protection:
    """Decide what each cell may show.

    Parameters
    ----------
    statements : Statements
        The cells of this release and the entries of the ledger.
    rows : Rows
        The answers of this release.
    views : sequence of tuple of int
        Teachers (codes) whose classes one other person knows.
    policy : Policy
        The thresholds.
    by_value : bool
        False leaves out all that rests on sums of answers, for texts.
    """
    who, views = statements.who, list(views)
    detail = np.array([policy.detail(int(students)) for students in who.students], dtype=np.int64)
    detail[~passes_first_rule(who, policy)] = 0
    # Insiders who leave fewer than the smallest group behind may read bands, never a sum.
    detail[(detail >= STEPS) & (who.rest < policy.smallest_group)] = BANDS
    detail[statements.fixed] = statements.ledger_detail
    sensitive = ~statements.fixed & (detail == 0)
    withhold_shifted(statements, detail, policy)
    found = nests(statements)
    remaining, alike = Nests(found), Nests(found)
    parts = parts_of_cells(statements, rows)
    protect_remainders(statements, remaining, detail, policy)
    waiting = set(np.unique(statements.block[~statements.fixed]).tolist())
    auditors = {
        block: Auditor(statements, rows, block, sensitive, views, policy, by_value=by_value)
        for block in waiting
    }
    rounds = 0
    while waiting:
        rounds += 1
        changed: set[int] = set()
        if by_value:
            asked = np.array(sorted(waiting), dtype=np.int64)
            changed |= withhold_alike_cells(statements, parts, views, detail, policy, asked)
            changed |= withhold_alike_remainders(statements, rows, views, alike, detail, policy)
        # Questions beside each other: most of an audit is done where Python lets go of its lock. But each
        # matrix on one core: they are small, and shared out they would wait longer than they work.
        with ThreadPoolExecutor(_CORES) as pool, _matrices().limit(limits=1):
            findings = list(pool.map(lambda block: auditors[block].audit(detail), sorted(waiting)))
        for finding in findings:
            detail[finding.statements] = BANDS if finding.to_bands else 0
            changed.update(finding.statements)
        changed |= protect_remainders(statements, remaining, detail, policy)
        waiting = {int(statements.block[statement]) for statement in changed}
    return Protection(detail, rounds)


@cache
def _matrices() -> ThreadpoolController:
    """Return what decides on how many cores a matrix product runs; to look for it costs milliseconds."""
    return ThreadpoolController()
