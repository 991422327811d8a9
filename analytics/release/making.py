"""The release itself: answers in, protected tables and their ledger out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.release.cells import build_cells, passes_first_rule
from analytics.release.contributions import Rows, check_contributions
from analytics.release.entries import Decision, entries_of, figures_of, still_standing
from analytics.release.ledger import Ledger, LedgerError
from analytics.release.policy import STANDARD_TABLES, Policy, check_tables
from analytics.release.protect import protect
from analytics.release.showing import as_bytes, laid_out, shown_cells
from analytics.release.statements import state
from analytics.release.views import view_codes


@dataclass(frozen=True)
class Release:
    """What may leave the teachers' own views.

    Parameters
    ----------
    label : str
        The name given to this release.
    cells : DataFrame
        One row for each item, mode and cell of each table. Names: ``table`` ("network", "team+cycle_number"),
        the groupings (None where the table does not use them), ``item``, ``mode``. Then ``status``: released
        or withheld; withheld rows are alike in everything. Then the figures:
        ``n`` distinct students; ``teachers``; ``answers``; ``share_low``, ``share_high``, the range of the
        per cent favourable (equal: a whole percentage), and ``says``, the same in words;
        ``mean``, a whole number from 0 to 100, and ``mean_says`` ("62", "90 or more"); ``gap``, rating
        minus answers, in the same points; ``distribution``, a tuple of (first option, last option, per cent),
        options counted from 1 for the least favourable; ``as_of``, the label of the release that the
        figures come from.
    ledger : Ledger
        What this release adds to the ledger: keep it, and give it to every later release.
    kept : int
        Cells that stand as they stood in an earlier release, because the difference would have told too much.
    dropped : int
        Answers left out because their value is missing.
    rounds : int
        Audits until nothing was found.
    policy : Policy
        The thresholds used.
    """

    label: str
    cells: pd.DataFrame
    ledger: Ledger
    kept: int
    dropped: int
    rounds: int
    policy: Policy

    def as_bytes(self) -> bytes:
        """Return the cells as JSON lines: the same bytes for the same answers."""
        return as_bytes(self.cells)

    @property
    def digest(self) -> str:
        """The SHA-256 of :meth:`as_bytes`."""
        return hashlib.sha256(self.as_bytes()).hexdigest()


def make_release(
    contributions: pd.DataFrame,
    items: pd.DataFrame,
    tables: Sequence[Sequence[str]] = STANDARD_TABLES,
    *,
    label: str,
    policy: Policy | None = None,
    ledger: Ledger | None = None,
    views: pd.DataFrame | None = None,
) -> Release:
    """Make a release: the one way by which answers become figures for anybody but their teacher.

    Parameters
    ----------
    contributions : DataFrame
        :data:`~analytics.release.CONTRIBUTIONS`: one row an answer, from the latest snapshots. Leave nothing
        out that was in an earlier release, except what was erased.
    items : DataFrame
        ITEMS of :mod:`analytics.frames`.
    tables : sequence of sequence of str
        Declared groupings of each table; ``[[]]`` is the network as a whole.
    label : str
        A name for this release, new in the ledger.
    policy : Policy, optional
        Thresholds, where a network has raised them.
    ledger : Ledger, optional
        All earlier releases (:func:`~analytics.release.join_ledgers` of their ``ledger``).
    views : DataFrame, optional
        :data:`VIEWS`: classes that somebody beside the teacher knows.

    Returns
    -------
    Release
        The same bytes for the same answers, in whatever order the rows stand.

    Raises
    ------
    UndeclaredGrouping, PolicyError
        If a table is no declared one.
    LedgerError
        If the label was used before.
    FrameError
        If a table given is faulty: names table, column, row and value.

    Notes
    -----
    A cell is shown when it passes the first rule (students, teachers, dominance), in the detail its number of
    students allows, and when the audit of the result finds nobody who could work out the answers of one to
    four students, a withheld cell, or the answers of a whole set because all are alike: neither an outsider
    with all releases so far, nor insiders with their own classes. What the audit finds is withheld, the
    smallest cell first, until it finds nothing.

    Examples
    --------
    >>> answers = pd.DataFrame({
    ...     "teacher": ["t1"] * 4 + ["t2"] * 4 + ["t3"] * 4, "student": list("ABCD") * 3, "item": "SM1",
    ...     "mode": "coded", "team": "north", "value": [1, 2, 3, 4] * 3})
    >>> answers = answers.assign(classroom=answers["teacher"], administration=answers["teacher"])
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> release = make_release(answers, items, [["team"]], label="week 1")
    >>> release.cells[["team", "status", "n", "says"]].values.tolist()
    [['north', 'released', 12, 'between 20 and 80 %']]

    Twelve students would allow steps of ten and a mean; but two of the three teachers together would then
    know the mean of the third one's four students, so that bands stand in their place.
    """
    policy = policy or Policy()
    wanted = check_tables(tables)
    earlier = checked_label(label, ledger)
    rows = check_contributions(contributions, items)
    return publish(decide(rows, wanted, policy, earlier, views), wanted, label, policy)


def checked_label(label: str, ledger: Ledger | None) -> Ledger:
    """Return the ledger; refuse a label that is empty or stands in it already."""
    earlier = ledger or Ledger()
    if not isinstance(label, str) or not label:
        raise LedgerError("A release needs a label: a text that names it in the ledger.")
    if any(entry.release == label for entry in earlier.entries):
        raise LedgerError(f"A release {label!r} stands in the ledger already: give this one another label.")
    return earlier


def publish(decision: Decision, tables: tuple[tuple[str, ...], ...], label: str, policy: Policy) -> Release:
    """Return what was decided as tables for people and entries for the ledger."""
    shown = shown_cells(decision.rows, decision.cells, decision.detail, policy, label)
    figures = {**shown, **{cell: figures_of(entry) for cell, entry in decision.kept.items()}}
    return Release(
        label=label,
        cells=laid_out(decision.rows, decision.cells, tables, figures),
        ledger=entries_of(decision, shown, tables, label, policy),
        kept=len(decision.kept),
        dropped=decision.rows.dropped,
        rounds=decision.rounds,
        policy=policy,
    )


def decide(
    rows: Rows,
    tables: tuple[tuple[str, ...], ...],
    policy: Policy,
    ledger: Ledger,
    views: pd.DataFrame | None,
    *,
    by_value: bool = True,
) -> Decision:
    """Sort answers into cells and decide what each may show; ``by_value`` also looks at the answers."""
    cells = build_cells(rows, tables, policy)
    statements = state(rows, cells, tables, ledger, policy)
    shared = view_codes(views, statements.teachers)
    protection = protect(statements, rows, shared, policy, by_value=by_value)
    detail = protection.detail[: len(cells)]
    kept = still_standing(rows, statements, tables, detail, passes_first_rule(cells.who, policy), policy)
    return Decision(rows, cells, statements, detail, kept, protection.rounds)
