"""The snapshots behind a release: what they froze, and whether they still stand."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from survey_app.models.snapshots import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from survey_app.releases.inputs import Inputs

AT_ONCE = 500


def frozen_tables(db: Session, inputs: Inputs) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Return hash and tables of each source's snapshots up to the one that counts, the first one first."""
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    wanted = {one.administration: one.number for one in inputs.sources}
    for part in _parts(sorted(wanted)):
        rows = db.execute(
            select(Snapshot.administration_id, Snapshot.number, Snapshot.content_hash, Snapshot.tables)
            .where(Snapshot.administration_id.in_([uuid.UUID(one) for one in part]))
            .order_by(Snapshot.administration_id, Snapshot.number)
        )
        for administration_id, number, content_hash, tables in rows:
            if number <= wanted[str(administration_id)]:
                found.setdefault(str(administration_id), []).append((content_hash, tables))
    return found


def _parts(keys: list[str]) -> Iterable[list[str]]:
    for begin in range(0, len(keys), AT_ONCE):
        yield keys[begin : begin + AT_ONCE]


def still_there(db: Session, inputs: Inputs) -> bool:
    """Tell whether every snapshot that went in stands as it did, and none of its classes is erased."""
    now = {
        (str(administration_id), number): content_hash
        for administration_id, number, content_hash in db.execute(
            select(Snapshot.administration_id, Snapshot.number, Snapshot.content_hash)
        )
    }
    return all(now.get((one.administration, one.number)) == one.content_hash for one in inputs.sources)
