"""All that came out so far, as one ledger: the weekly releases and the item reports.

Who reads both must not be able to subtract one from the other, so each is made in view of both. Of what
others told it sees who stood behind it and what it gave away; a figure that stands is always its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from analytics.release import Ledger, join_ledgers
from survey_app.models.research import ItemReportLedger, ItemReportRun
from survey_app.releases import packing, queries

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.releases import Release, ReleaseLedger

REPORTS = "item reports"


@dataclass(frozen=True)
class _Piece:
    """What one release or one run of the reports added, by whom, and after what it came out."""

    whose: str
    after: tuple[datetime, int, int]
    row: ReleaseLedger | ItemReportLedger


def before_release(db: Session, network_id: uuid.UUID, *, release: Release | None = None) -> Ledger:
    """Return what a network's next release has before it, or what a release of before had."""
    pieces = _pieces(db)
    if release is not None:
        own = next(one for one in pieces if getattr(one.row, "release_id", None) == release.id)
        pieces = [one for one in pieces if one.after < own.after]
    return _joined(pieces, str(network_id), is_alone=len(queries.networks(db)) == 1)


def before_reports(db: Session) -> Ledger:
    """Return what the next item reports have before them."""
    return _joined(_pieces(db), REPORTS, is_alone=len(queries.networks(db)) == 1)


def own_reports(db: Session) -> Ledger:
    """Return what the item reports told, alone."""
    return join_ledgers(packing.ledger_of(one.row) for one in _pieces(db) if one.whose == REPORTS)


def report_ledgers(db: Session) -> list[ItemReportLedger]:
    """Return the ledgers of the item reports, the first one first."""
    return list(db.scalars(select(ItemReportLedger).order_by(ItemReportLedger.number)))


def _pieces(db: Session) -> list[_Piece]:
    """Return every piece in the order of coming out: in one week the releases first, then the reports."""
    found = []
    for place, network in enumerate(queries.networks(db)):
        rows = zip(queries.releases_of(db, network.id), queries.ledgers_of(db, network.id), strict=True)
        found += [_Piece(str(network.id), (release.made_at, 0, place), row) for release, row in rows]
    runs = select(ItemReportRun.made_at, ItemReportLedger).join(
        ItemReportLedger, ItemReportLedger.number == ItemReportRun.number
    )
    found += [_Piece(REPORTS, (made_at, 1, row.number), row) for made_at, row in db.execute(runs)]
    return sorted(found, key=lambda one: one.after)


def _joined(pieces: Iterable[_Piece], whose: str, *, is_alone: bool) -> Ledger:
    """Return one ledger, what is its own at the end: of two entries of one name the last one counts."""
    others, own = [], []
    for piece in pieces:
        ledger = packing.ledger_of(piece.row)
        if piece.whose == whose:
            own.append(ledger)
        else:
            others.append(_without_words(ledger, "" if is_alone else piece.whose))
    return join_ledgers([*others, *own])


def _without_words(ledger: Ledger, mark: str) -> Ledger:
    """Return another's ledger without its words, so that none of its figures can stand in a place of ours.

    Where there is one network, its total and that of the reports are one cell at two times, with one name.
    Else ``mark`` keeps the cells of one network and of another apart.
    """
    entries = (
        replace(
            one,
            shown={"n": 0},
            release=f"{mark} {one.release}" if mark else one.release,
            table=(mark, *one.table) if mark else one.table,
        )
        for one in ledger.entries
    )
    return Ledger(ledger.contributors, tuple(entries))
