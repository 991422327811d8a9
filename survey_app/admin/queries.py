"""Every select of the admin slice. What an administrator may see is what she looks after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.accounts.granting import administered, people_in
from survey_app.errors import NotVisible
from survey_app.models.people import Invitation, Organisation, Person, RoleGrant

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


@dataclass(frozen=True)
class PersonLine:
    """Somebody in the list of people, with what she may do in words: "teacher at Lincoln Middle"."""

    person: Person
    organisation: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class InvitationLine:
    """An open invitation, and where it leads."""

    invitation: Invitation
    organisation: str
    inviter: str
    is_over: bool


def people_lines(db: Session, viewer: Viewer) -> list[PersonLine]:
    """Return everybody at the organisations that the viewer looks after, by name."""
    places = {one.id: one.name for one in administered(db, viewer.person_id)}
    people = people_in(db, places)
    grants = db.execute(
        select(RoleGrant.person_id, RoleGrant.role, Organisation.name, RoleGrant.organisation_id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.person_id.in_([one.id for one in people]))
        .order_by(RoleGrant.role)
    ).all()
    names = places | organisation_names(db, {one.organisation_id for one in people} - set(places))
    lines = []
    for one in sorted(people, key=lambda person: (person.display_name.casefold(), person.email)):
        own = sorted(
            (grant for grant in grants if grant.person_id == one.id),
            key=lambda grant: (grant.organisation_id != one.organisation_id, grant.name, grant.role),
        )
        roles = tuple(
            grant.role if grant.organisation_id == one.organisation_id else f"{grant.role} at {grant.name}"
            for grant in own
        )
        lines.append(PersonLine(one, names[one.organisation_id], roles))
    return lines


def organisation_names(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the names of some organisations."""
    if not ids:
        return {}
    rows = db.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids)))
    return {row.id: row.name for row in rows}


def open_invitations(db: Session, viewer: Viewer, *, now: datetime) -> list[InvitationLine]:
    """Return the invitations to the viewer's organisations that nobody has accepted or taken back."""
    places = [one.id for one in administered(db, viewer.person_id)]
    rows = db.execute(
        select(Invitation, Organisation.name, Person.display_name)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .join(Person, Person.id == Invitation.inviter_id)
        .where(
            Invitation.organisation_id.in_(places),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .order_by(Invitation.display_name, Invitation.email)
    )
    return [InvitationLine(one, place, who, one.expires_at <= now) for one, place, who in rows]


def person_for(db: Session, viewer: Viewer, person_id: uuid.UUID) -> Person:
    """Return somebody at one of the viewer's organisations; anybody else does not exist.

    Raises
    ------
    NotVisible
        For a foreign id and an unknown one alike.
    """
    places = {one.id for one in administered(db, viewer.person_id)}
    found = db.get(Person, person_id)
    if found is None or not places & {found.organisation_id, *_role_places(db, person_id)}:
        raise NotVisible(person_id)
    return found


def _role_places(db: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    return set(db.scalars(select(RoleGrant.organisation_id).where(RoleGrant.person_id == person_id)))


def invitation_for(db: Session, viewer: Viewer, invitation_id: uuid.UUID) -> Invitation:
    """Return an invitation to one of the viewer's organisations; any other does not exist.

    Raises
    ------
    NotVisible
        For a foreign id and an unknown one alike.
    """
    places = [one.id for one in administered(db, viewer.person_id)]
    found = db.scalars(
        select(Invitation).where(Invitation.id == invitation_id, Invitation.organisation_id.in_(places))
    ).one_or_none()
    if found is None:
        raise NotVisible(invitation_id)
    return found
