"""Every select of the accounts slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.models.people import Organisation, Person, RoleGrant, StaffSession
from survey_app.permissions import Viewer

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def viewer_for_token(db: Session, token_hash: bytes, *, now: datetime) -> Viewer | None:
    """Return who holds a living session with this token, her roles read afresh, in one statement."""
    rows = db.execute(
        select(StaffSession.id, Person, Organisation.time_zone, RoleGrant.role)
        .join(Person, Person.id == StaffSession.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
            Person.disabled_at.is_(None),
        )
    ).all()
    if not rows:
        return None
    session_id, person, time_zone, _role = rows[0]
    return Viewer(
        person_id=person.id,
        organisation_id=person.organisation_id,
        display_name=person.display_name,
        roles=frozenset(row.role for row in rows if row.role is not None),
        session_id=session_id,
        time_zone=time_zone,
        has_accepted_use=person.use_accepted_at is not None,
    )
