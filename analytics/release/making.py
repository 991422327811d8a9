"""The release itself: answers in, protected tables and their ledger out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Column, Ints, Table, checked_columns
from analytics.release.alike import View
from analytics.release.cells import Cells, build_cells, passes_first_rule, plain
from analytics.release.contributions import Rows, check_contributions
from analytics.release.figures import Known
from analytics.release.ledger import Entry, Ledger, LedgerError
from analytics.release.policy import GROUPINGS, STANDARD_TABLES, Policy, check_tables
from analytics.release.protect import protect
from analytics.release.showing import as_bytes, as_table, in_order, members_of, shown_cells
from analytics.release.statements import CONTRIBUTOR, Statements, contributors_of, state

VIEWS = Table(
    "views",
    (
        Column("viewer", "key", "somebody with whom classes were shared"),
        Column("teacher", "key", "a teacher whose classes that person knows"),
    ),
    ("viewer", "teacher"),
)
"""Who, beside each teacher herself, knows the answers of a class: coaches and colleagues it was shared with."""


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


@dataclass(frozen=True)
class Decision:
    """Checked answers, their cells, and what each cell may show; ``kept`` maps cells to ledger entries."""

    rows: Rows
    cells: Cells
    statements: Statements
    detail: Ints
    kept: dict[int, Entry]
    rounds: int


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
        :data:`~analytics.release.CONTRIBUTIONS`: one row an answer from the latest snapshots. Leave nothing out
        that was in an earlier release, except what was erased.
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
    earlier = ledger or Ledger()
    if not isinstance(label, str) or not label:
        raise LedgerError("A release needs a label: a text that names it in the ledger.")
    if any(entry.release == label for entry in earlier.entries):
        raise LedgerError(f"A release {label!r} stands in the ledger already: give this one another label.")
    rows = check_contributions(contributions, items)
    decision = decide(rows, wanted, policy, earlier, views)
    shown = shown_cells(rows, decision.cells, decision.detail, policy, label)
    new = entries_of(decision, shown, wanted, label, policy)
    figures = {**shown, **{cell: _figures(entry) for cell, entry in decision.kept.items()}}
    return Release(
        label=label,
        cells=_laid_out(decision, wanted, figures),
        ledger=new,
        kept=len(decision.kept),
        dropped=rows.dropped,
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
    shared = _view_codes(views, statements)
    protection = protect(statements, rows, shared, policy, by_value=by_value)
    detail = protection.detail[: len(cells)]
    kept = _kept(rows, statements, tables, detail, policy)
    return Decision(rows, cells, statements, detail, kept, protection.rounds)


def entries_of(
    decision: Decision,
    shown: dict[int, dict[str, Any]],
    tables: tuple[tuple[str, ...], ...],
    label: str,
    policy: Policy,
) -> Ledger:
    """Return the ledger entries of the cells that are shown and did not stand there just so before."""
    cells, statements = decision.cells, decision.statements
    known = statements.known(np.concatenate((decision.detail, statements.ledger_detail)), policy)
    before = _latest(statements.ledger)
    people = contributors_of(decision.rows)
    answers = members_of(cells)
    used: dict[int, int] = {}
    entries = []
    for cell in sorted(shown):
        name = _name(decision.rows, cells, tables, cell)
        if name in before and _unchanged(statements, before[name], cell, shown[cell]):
            continue
        entries.append(
            Entry(
                release=label,
                **dict(zip(("table", "key", "item", "mode"), name, strict=True)),
                detail=int(decision.detail[cell]),
                answers=int(cells.who.answers[cell]),
                **{limit.name: int(getattr(known, limit.name)[cell]) for limit in fields(Known)},
                top=int(cells.sums.top[cell]),
                favourable_from=int(cells.sums.favourable_from[cell]),
                shown=shown[cell],
                members=tuple(used.setdefault(answer, len(used)) for answer in answers[cell].tolist()),
            )
        )
    listed = people.iloc[list(used)][list(CONTRIBUTOR)].itertuples(index=False, name=None)
    return Ledger(tuple(listed), tuple(entries))


def _kept(
    rows: Rows, statements: Statements, tables: tuple[tuple[str, ...], ...], detail: Ints, policy: Policy
) -> dict[int, Entry]:
    """Return, for cells that would pass alone and are withheld now, the entry whose figures still stand.

    They stand where the cell has only grown since, so that nobody in them was erased: they are out already.
    """
    cells, kept = statements.cells, {}
    before = _latest(statements.ledger)
    passes = passes_first_rule(cells.who, policy)
    for cell in np.flatnonzero(passes & (detail == 0)).tolist() if before else ():
        number = before.get(_name(rows, cells, tables, cell))
        if number is None:
            continue
        entry = statements.ledger.entries[number]
        old = statements.answers_of(len(cells) + number)
        grown = np.isin(old, statements.answers_of(cell)).all()
        if grown and entry.detail <= policy.detail(int(entry.shown["n"])):
            kept[cell] = entry
    return kept


def _name(rows: Rows, cells: Cells, tables: tuple[tuple[str, ...], ...], cell: int) -> tuple[Any, ...]:
    """Return what names a cell over all releases: table, key, item, mode."""
    item, mode = rows.blocks[cells.block[cell]]
    return (tables[cells.table[cell]], cells.key[cell], str(plain(item)), mode)


def _latest(ledger: Ledger) -> dict[tuple[Any, ...], int]:
    return {entry.name: number for number, entry in enumerate(ledger.entries)}


def _unchanged(statements: Statements, number: int, cell: int, shown: dict[str, Any]) -> bool:
    old = statements.ledger.entries[number].shown
    same = all(_plain(old.get(key)) == _plain(value) for key, value in shown.items() if key != "as_of")
    before = statements.answers_of(len(statements.cells) + number)
    return same and np.array_equal(before, statements.answers_of(cell))


def _plain(value: Any) -> Any:
    """Return a figure as it reads back from a stored ledger, where tuples are lists."""
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _figures(entry: Entry) -> dict[str, Any]:
    parts = entry.shown.get("distribution")
    return {**entry.shown, "distribution": None if parts is None else tuple(map(tuple, parts))}


def _view_codes(views: pd.DataFrame | None, statements: Statements) -> list[View]:
    """Return, for each viewer, the codes of the teachers she knows of; equal views once."""
    if views is None:
        return []
    given = checked_columns(VIEWS, views)
    known: dict[Any, set[int]] = {}
    for viewer, teacher in zip(given["viewer"], given["teacher"], strict=True):
        code = statements.teachers.get(str(plain(teacher)))
        if code is not None:
            known.setdefault(viewer, set()).add(code)
    return sorted({tuple(sorted(codes)) for codes in known.values()})


def _laid_out(
    decision: Decision, tables: tuple[tuple[str, ...], ...], figures: dict[int, dict[str, Any]]
) -> pd.DataFrame:
    """Return every key of every table with every item and mode: what is not there looks like what is withheld."""
    cells, blocks = decision.cells, decision.rows.blocks
    at = {(int(cells.table[c]), cells.key[c], int(cells.block[c])): c for c in range(len(cells))}
    groupings = [name for name in GROUPINGS if any(name in table for table in tables)]
    listed = []
    for place, table in enumerate(tables):
        keys = {key for where, key, _ in at if where == place}
        for key in sorted(keys, key=in_order):
            values = dict(zip(table, key, strict=True))
            for block, (item, mode) in enumerate(blocks):
                name = {"table": "+".join(table) or "network"}
                name |= {grouping: values.get(grouping) for grouping in groupings}
                cell = at.get((place, key, block), -1)
                listed.append(({**name, "item": plain(item), "mode": mode}, figures.get(cell)))
    return as_table(["table", *groupings, "item", "mode"], listed)
