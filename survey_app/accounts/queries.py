"""Every select of the accounts slice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from survey_app.db import insert_of
from survey_app.models.people import Organisation, Person, RoleGrant, SignInTries, StaffSession
from survey_app.permissions import Viewer

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Tries:
    """Wrong passwords in a row for one typed address."""

    failures: int = 0
    next_at: datetime | None = None


def viewer_for_token(db: Session, token_hash: bytes, *, now: datetime) -> Viewer | None:
    """Return who holds a living session with this token, her roles read afresh, in one statement."""
    rows = db.execute(
        select(StaffSession.id, StaffSession.seen_at, Person, Organisation.time_zone, RoleGrant.role)
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
    session_id, seen_at, person, time_zone, _role = rows[0]
    return Viewer(
        person_id=person.id,
        organisation_id=person.organisation_id,
        display_name=person.display_name,
        roles=frozenset(row.role for row in rows if row.role is not None),
        session_id=session_id,
        time_zone=time_zone,
        has_accepted_use=person.use_accepted_at is not None,
        session_seen_at=seen_at,
    )


def has_people(db: Session) -> bool:
    """Tell whether anybody has an account here."""
    return db.scalar(select(Person.id).limit(1)) is not None


def wait_for_first_account(db: Session) -> None:
    """Let one transaction at a time make the first account; SQLite's write lock already sees to that."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(7042)"))


def person_with_email(db: Session, email: str) -> Person | None:
    """Return the person who signs in with this address."""
    return db.scalars(select(Person).where(Person.email == email)).one_or_none()


def organisation_name(db: Session, organisation_id: uuid.UUID) -> str:
    """Return an organisation's name."""
    return db.scalars(select(Organisation.name).where(Organisation.id == organisation_id)).one()


def tries_for(db: Session, mark: bytes, *, lock: bool = False) -> Tries:
    """Return the wrong passwords in a row for one typed address; none when there were none."""
    query = select(SignInTries.failures, SignInTries.next_at).where(SignInTries.address_mark == mark)
    row = db.execute(query.with_for_update() if lock else query).first()
    return Tries(row.failures, row.next_at) if row else Tries()


def write_tries(
    db: Session, mark: bytes, *, failures: int, tried_at: datetime, next_at: datetime
) -> None:
    """Write the count for one address; two first failures at once make one row."""
    values = {"failures": failures, "tried_at": tried_at, "next_at": next_at}
    db.execute(
        insert_of(db.get_bind().dialect.name)(SignInTries)
        .values(address_mark=mark, **values)
        .on_conflict_do_update(index_elements=["address_mark"], set_=values)
    )


def proved_at(db: Session, session_id: uuid.UUID) -> datetime | None:
    """Return when the password was last given in this session."""
    return db.scalars(select(StaffSession.proved_at).where(StaffSession.id == session_id)).one_or_none()


def living_sessions(db: Session, person_id: uuid.UUID, *, now: datetime) -> Sequence[StaffSession]:
    """Return a person's sessions that still open pages, the latest used first."""
    return db.scalars(
        select(StaffSession)
        .where(
            StaffSession.person_id == person_id,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now,
        )
        .order_by(StaffSession.seen_at.desc(), StaffSession.created_at.desc())
    ).all()


def owns_session(db: Session, person_id: uuid.UUID, session_id: uuid.UUID) -> bool:
    """Tell whether this is, or was, one of the person's sessions."""
    owner = select(StaffSession.person_id).where(StaffSession.id == session_id)
    return db.scalars(owner).one_or_none() == person_id


@dataclass(frozen=True)
class Role:
    """A role that a person has, and where."""

    role: str
    organisation_id: uuid.UUID
    organisation: str
    kind: str


def roles_of(db: Session, person_id: uuid.UUID) -> list[Role]:
    """Return a person's roles with the names of where she has them."""
    rows = db.execute(
        select(RoleGrant.role, Organisation.id, Organisation.name, Organisation.kind)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.person_id == person_id)
        .order_by(func.lower(Organisation.name), RoleGrant.role)
    )
    return [Role(*row) for row in rows]
