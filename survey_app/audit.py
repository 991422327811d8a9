"""Write an act into the append-only, hash-chained audit, in the same transaction as the act."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import select, text

from survey_app.models.audit import AuditEvent
from survey_app.principal import PUBLIC_PAGES, person, row_reader

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.db import Database

FIRST_HASH = "0" * 64


def record_act(
    db: Session,
    act: str,
    *,
    actor_id: uuid.UUID | None,
    organisation_id: uuid.UUID | None,
    route: str,
    object_id: object = None,
    now: datetime,
) -> None:
    """Append one event. Never give it an answer, a name or a focal code."""
    if db.get_bind().dialect.name == "postgresql":
        # One writer of the chain at a time; SQLite's write lock already sees to that.
        db.execute(text("SELECT pg_advisory_xact_lock(7041)"))
    last = db.execute(
        select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1)
    ).first()
    event = AuditEvent(
        number=last.number + 1 if last else 1,
        at=now.replace(microsecond=0),
        act=act,
        actor_id=actor_id,
        organisation_id=organisation_id,
        route=route[:300],
        object_id=None if object_id is None else str(object_id)[:300],
        previous_hash=last.hash if last else FIRST_HASH,
    )
    event.hash = chain_hash(event)
    db.add(event)
    db.flush()


def record_alone(act: str, **event: Any) -> None:
    """Append one event in a transaction of its own: for acts that only read, and for refusals."""
    with current_app.extensions["focal_db"].writing(PUBLIC_PAGES) as db:
        record_act(db, act, **event)
        db.commit()


def reading_rows(
    database: Database,
    person_id: uuid.UUID,
    act: str,
    *,
    organisation_id: uuid.UUID,
    route: str,
    object_id: object,
    now: datetime,
) -> Session:
    """Write down that a researcher reads rows, and return a session that reads them and changes nothing.

    The note is kept before the first row is read. ``act`` is what the audit says, as ``rows.item-report``.
    """
    with database.writing(person(person_id)) as db:
        record_act(
            db,
            act,
            actor_id=person_id,
            organisation_id=organisation_id,
            route=route,
            object_id=object_id,
            now=now,
        )
        db.commit()
    return database.reading(row_reader(person_id, act))


def chain_hash(event: AuditEvent) -> str:
    """Return the hash that ties an event to the one before it."""
    parts = (
        str(event.number),
        event.at.isoformat(),
        event.act,
        str(event.actor_id),
        str(event.organisation_id),
        event.route,
        str(event.object_id),
        event.previous_hash,
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def first_broken_link(db: Session) -> int | None:
    """Return the number of the first event that does not fit the chain, or none."""
    previous = FIRST_HASH
    for position, event in enumerate(db.scalars(select(AuditEvent).order_by(AuditEvent.number)), start=1):
        if event.number != position or event.previous_hash != previous or event.hash != chain_hash(event):
            return position
        previous = event.hash
    return None


def last_link(db: Session) -> tuple[int, str] | None:
    """Return number and hash of the newest event, or none."""
    last = db.execute(
        select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1)
    ).first()
    return (last.number, last.hash) if last else None


def has_link(db: Session, number: int, hashed: str) -> bool:
    """Tell whether an event that was known before still stands as it stood: its end was not cut off."""
    found = db.get(AuditEvent, number)
    return found is not None and found.hash == hashed


def was_restored_since(db: Session, moment: datetime) -> bool:
    """Tell whether a backup was put back since then: what came between is gone with good reason."""
    restored = select(AuditEvent.number).where(
        AuditEvent.act == "database.restored", AuditEvent.at >= moment.replace(microsecond=0)
    )
    return db.scalar(restored.limit(1)) is not None
