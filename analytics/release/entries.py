"""From a decision to ledger entries, and from the ledger to figures that still stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.cells import Cells
from analytics.release.contributions import Rows, plain
from analytics.release.ledger import Entry, Ledger
from analytics.release.policy import Policy
from analytics.release.statements import CONTRIBUTOR, Statements, contributors_of


@dataclass(frozen=True)
class Decision:
    """Checked answers, their cells, and what each cell may show; ``kept`` maps cells to ledger entries."""

    rows: Rows
    cells: Cells
    statements: Statements
    detail: Ints
    kept: dict[int, Entry]
    rounds: int


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
    ends = np.full((2, len(cells)), -1) if known.at_ends is None else known.at_ends
    before = _latest(statements.ledger)
    people = contributors_of(decision.rows)
    named = {cell: _name(decision.rows, cells, tables, cell) for cell in sorted(shown)}
    new = {
        cell: name
        for cell, name in named.items()
        if name not in before or not _unchanged(statements, before[name], cell, shown[cell])
    }
    told = np.zeros(len(people), dtype=np.bool_)
    for cell in new:
        told[cells.answers[cell]] = True
    used, place = np.flatnonzero(told), np.cumsum(told) - 1
    listed = zip(*(people[name].to_numpy(dtype=object)[used].tolist() for name in CONTRIBUTOR), strict=True)
    entries = (
        Entry(
            release=label,
            table=table,
            key=key,
            item=item,
            mode=mode,
            detail=int(decision.detail[cell]),
            answers=int(cells.who.answers[cell]),
            least=int(known.least[cell]),
            most=int(known.most[cell]),
            total_least=int(known.total_least[cell]),
            total_most=int(known.total_most[cell]),
            at_lowest=int(ends[0, cell]),
            at_highest=int(ends[1, cell]),
            top=int(cells.sums.top[cell]),
            favourable_from=int(cells.sums.favourable_from[cell]),
            shown=shown[cell],
            members=tuple(place[cells.answers[cell]].tolist()),
        )
        for cell, (table, key, item, mode) in new.items()
    )
    return Ledger(tuple(listed), tuple(entries))


def still_standing(
    rows: Rows,
    statements: Statements,
    tables: tuple[tuple[str, ...], ...],
    detail: Ints,
    passes: Bools,
    policy: Policy,
) -> dict[int, Entry]:
    """Return, for cells that would pass alone and are withheld now, the entry whose figures still stand.

    They stand where the cell has only grown since, so that nobody in them was erased: they are out already.
    """
    cells, before = statements.cells, _latest(statements.ledger)
    kept: dict[int, Entry] = {}
    for cell in np.flatnonzero(passes & (detail == 0)).tolist() if before else ():
        number = before.get(_name(rows, cells, tables, cell))
        if number is None:
            continue
        entry = statements.ledger.entries[number]
        old = statements.answers[len(cells) + number]
        grown = np.isin(old, cells.answers[cell]).all()
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
    before = statements.answers[len(statements.cells) + number]
    return same and np.array_equal(before, statements.answers[cell])


def _plain(value: Any) -> Any:
    """Return a figure as it reads back from a stored ledger, where tuples are lists."""
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def figures_of(entry: Entry) -> dict[str, Any]:
    """Return the figures of an entry as they were when released."""
    parts = entry.shown.get("distribution")
    return {**entry.shown, "distribution": None if parts is None else tuple(map(tuple, parts))}
