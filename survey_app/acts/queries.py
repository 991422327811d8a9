"""Every select of the acts slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.accounts.granting import administered, people_in
from survey_app.models.audit import AuditEvent

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

ON_A_PAGE = 50


def events(db: Session, viewer: Viewer, *, before: int | None) -> Sequence[AuditEvent]:
    """Return one more event than a page shows, the newest first, of what the viewer looks after."""
    places = [one.id for one in administered(db, viewer.person_id)]
    query = select(AuditEvent).where(AuditEvent.organisation_id.in_(places))
    if before is not None:
        query = query.where(AuditEvent.number < before)
    return db.scalars(query.order_by(AuditEvent.number.desc()).limit(ON_A_PAGE + 1)).all()


def people_seen(db: Session, viewer: Viewer) -> set[uuid.UUID]:
    """Return the people whose page the viewer may open."""
    places = [one.id for one in administered(db, viewer.person_id)]
    return {one.id for one in people_in(db, places)}
