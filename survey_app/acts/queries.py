"""Every select of the acts slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.accounts.granting import administered, people_in
from survey_app.acts.words import acts_of_kind
from survey_app.models.audit import AuditEvent

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

ON_A_PAGE = 50


MOST_IN_A_FILE = 100_000


def events(
    db: Session, viewer: Viewer, *, before: int | None = None, kind: str = "", most: int = ON_A_PAGE + 1
) -> Sequence[AuditEvent]:
    """Return events of what the viewer looks after, the newest first: one more than a page shows.

    Parameters
    ----------
    kind : str
        One of the declared kinds of acts; all of them when empty.
    """
    places = [one.id for one in administered(db, viewer.person_id)]
    query = select(AuditEvent).where(AuditEvent.organisation_id.in_(places))
    if before is not None:
        query = query.where(AuditEvent.number < before)
    if kind:
        query = query.where(AuditEvent.act.in_(acts_of_kind(kind)))
    return db.scalars(query.order_by(AuditEvent.number.desc()).limit(most)).all()


def people_seen(db: Session, viewer: Viewer) -> set[uuid.UUID]:
    """Return the people whose page the viewer may open."""
    places = [one.id for one in administered(db, viewer.person_id)]
    return {one.id for one in people_in(db, places)}
