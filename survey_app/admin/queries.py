"""Every select of the admin slice. What an administrator may see is what she looks after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.accounts.granting import administered, people_in
from survey_app.errors import NotVisible
from survey_app.models.people import Invitation, Organisation, Person, RoleGrant, Team, TeamMember

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
    grants_of = defaultdict(list)
    for grant in grants:
        grants_of[grant.person_id].append(grant)
    lines = []
    for one in sorted(people, key=lambda person: (person.display_name.casefold(), person.email)):
        own = sorted(
            grants_of[one.id],
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


def addresses_at(db: Session, place_ids: list[uuid.UUID]) -> set[tuple[str, uuid.UUID]]:
    """Return address and place of everybody who belongs to one of these places or has a role there."""
    belong = select(Person.email, Person.organisation_id).where(Person.organisation_id.in_(place_ids))
    work = (
        select(Person.email, RoleGrant.organisation_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.organisation_id.in_(place_ids))
    )
    return {tuple(row) for query in (belong, work) for row in db.execute(query)}


def invited_at(db: Session, place_ids: list[uuid.UUID]) -> set[tuple[str, uuid.UUID]]:
    """Return address and place of every invitation to these places that is still open."""
    rows = db.execute(
        select(Invitation.email, Invitation.organisation_id).where(
            Invitation.organisation_id.in_(place_ids),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    )
    return {tuple(row) for row in rows}


def open_invitations_at(db: Session, place_id: uuid.UUID) -> list[Invitation]:
    """Return the invitations to one place that nobody has accepted or taken back."""
    return list(
        db.scalars(
            select(Invitation).where(
                Invitation.organisation_id == place_id,
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
        )
    )


@dataclass
class PlaceLine:
    """A place that the viewer looks after, how many people belong there, and what stands below it."""

    place: Organisation
    people: int
    teams: int
    below: list[PlaceLine] = field(default_factory=list)


def place_tree(db: Session, viewer: Viewer) -> list[PlaceLine]:
    """Return the places that the viewer looks after as they stand below each other, in three statements."""
    places = administered(db, viewer.person_id)
    ids = [one.id for one in places]
    people = dict(
        db.execute(
            select(Person.organisation_id, func.count())
            .where(Person.organisation_id.in_(ids), Person.disabled_at.is_(None))
            .group_by(Person.organisation_id)
        ).all()
    )
    teams = dict(
        db.execute(
            select(Team.organisation_id, func.count())
            .where(Team.organisation_id.in_(ids), Team.archived_at.is_(None))
            .group_by(Team.organisation_id)
        ).all()
    )
    lines = {one.id: PlaceLine(one, people.get(one.id, 0), teams.get(one.id, 0)) for one in places}
    tops = []
    for one in sorted(places, key=lambda place: place.name.casefold()):
        above = lines.get(one.parent_id) if one.parent_id else None
        (above.below if above else tops).append(lines[one.id])
    return tops


def people_at(db: Session, place_id: uuid.UUID) -> list[Person]:
    """Return who belongs to one place, by name."""
    return list(
        db.scalars(
            select(Person)
            .where(Person.organisation_id == place_id)
            .order_by(func.lower(Person.display_name), Person.email)
        )
    )


def teams_at(db: Session, place_id: uuid.UUID) -> list[tuple[Team, int]]:
    """Return the teams of a place by name, those in the archive too, and how many people each has."""
    rows = db.execute(
        select(Team, func.count(TeamMember.person_id))
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .where(Team.organisation_id == place_id)
        .group_by(Team.id)
        .order_by(func.lower(Team.name))
    )
    return [(team, members) for team, members in rows]


def members_of(db: Session, team_id: uuid.UUID) -> list[tuple[Person, str]]:
    """Return who is in a team, and where each belongs, by name."""
    rows = db.execute(
        select(Person, Organisation.name)
        .join(TeamMember, TeamMember.person_id == Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(TeamMember.team_id == team_id)
        .order_by(func.lower(Person.display_name), Person.email)
    )
    return [(person, place) for person, place in rows]


def teams_of_person(db: Session, viewer: Viewer, person_id: uuid.UUID) -> list[Team]:
    """Return the teams of somebody, of places that the viewer looks after."""
    places = [one.id for one in administered(db, viewer.person_id)]
    return list(
        db.scalars(
            select(Team)
            .join(TeamMember, TeamMember.team_id == Team.id)
            .where(TeamMember.person_id == person_id, Team.organisation_id.in_(places))
            .order_by(func.lower(Team.name))
        )
    )


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
