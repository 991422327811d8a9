"""Teams of a place and who is in them; and people who move to another place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.accounts.granting import ROLES_GIVEN_AT, administered, looks_after, open_places, people_in
from survey_app.admin.places import NOT_SAVED
from survey_app.errors import BadInput, NotAllowed, NotVisible
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

# What somebody does with the people of a place goes with her; what she looks after or studies does not.
ROLES_THAT_MOVE = ("teacher", "coach")


def team_for(db: Session, viewer: Viewer, team_id: uuid.UUID) -> Team:
    """Return a team of a place that the viewer looks after; any other does not exist."""
    team = db.get(Team, team_id)
    if team is None or team.organisation_id not in {one.id for one in administered(db, viewer.person_id)}:
        raise NotVisible(team_id)
    return team


def save_team(
    db: Session, place: Organisation, team: Team | None, *, new_id: uuid.UUID, name: str
) -> Team | None:
    """Add a team or rename it; return none when nothing changed, or the same form came before.

    Raises
    ------
    BadInput
        If the place has a team of this name, or is archived.
    """
    if team is None and db.get(Team, new_id) is not None:
        return None
    if team is not None and team.name == name:
        return None
    if place.archived_at is not None:
        raise BadInput(NOT_SAVED, {"name": f"{place.name} is archived. Take it out of the archive first."})
    db.execute(select(Organisation.id).where(Organisation.id == place.id).with_for_update())
    same = select(Team).where(Team.organisation_id == place.id, func.lower(Team.name) == name.lower())
    if any(one is not team for one in db.scalars(same)):
        words = f"{place.name} has a team of this name already, perhaps in its archive."
        raise BadInput(NOT_SAVED, {"name": words})
    if team is None:
        team = Team(id=new_id, organisation_id=place.id, name=name)
        db.add(team)
    team.name = name
    db.flush()
    return team


def archive_team(db: Session, team: Team, *, now: datetime | None) -> bool:
    """Archive a team, or with no moment take it out again; tell whether that changed anything."""
    if (team.archived_at is None) == (now is None):
        return False
    team.archived_at = now
    db.flush()
    return True


def add_member(
    db: Session, viewer: Viewer, team: Team, *, person_id: uuid.UUID | None, email: str
) -> Person | None:
    """Put somebody whom the viewer looks after into a team; return none when she is in it already.

    Raises
    ------
    BadInput
        If nobody is named, or nobody in the viewer's places is meant.
    """
    if person_id is None and not email:
        raise BadInput(NOT_SAVED, {"person": "Choose somebody, or type an address below."})
    people = people_in(db, [one.id for one in administered(db, viewer.person_id)])
    found = next((one for one in people if (one.email == email if email else one.id == person_id)), None)
    if found is None:
        words = "Nobody in the places that you look after has this address. Invite them first."
        raise BadInput(NOT_SAVED, {"email" if email else "person": words})
    # Two clicks at once wait here for each other: the second finds what the first has done.
    db.execute(select(Team.id).where(Team.id == team.id).with_for_update())
    if db.get(TeamMember, (team.id, found.id)) is not None:
        return None
    db.add(TeamMember(team_id=team.id, person_id=found.id))
    db.flush()
    return found


def remove_member(db: Session, team: Team, person_id: uuid.UUID) -> bool:
    """Take somebody out of a team; tell whether she was in it. What is shared stays shared."""
    member = db.get(TeamMember, (team.id, person_id))
    if member is None:
        return False
    db.delete(member)
    db.flush()
    return True


def move_person(db: Session, viewer: Viewer, person: Person, place_id: uuid.UUID) -> bool:
    """Let somebody belong to another place; her roles as teacher and coach go with her.

    Raises
    ------
    NotAllowed
        If the viewer does not look after her, or after the other place.
    """
    if not looks_after(db, viewer.person_id, person):
        raise NotAllowed("This person also has a role elsewhere. An administrator there can help.")
    place = next((one for one in open_places(db, viewer.person_id) if one.id == place_id), None)
    if place is None:
        raise NotAllowed("You do not look after that place. An administrator of the network can help.")
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    if person.organisation_id == place.id:
        return False
    moving = select(RoleGrant).where(
        RoleGrant.person_id == person.id,
        RoleGrant.organisation_id == person.organisation_id,
        RoleGrant.role.in_([role for role in ROLES_THAT_MOVE if role in ROLES_GIVEN_AT[place.kind]]),
    )
    for grant in list(db.scalars(moving)):
        if db.get(RoleGrant, (person.id, grant.role, place.id)) is None:
            db.add(RoleGrant(person_id=person.id, role=grant.role, organisation_id=place.id))
        db.delete(grant)
    person.organisation_id = place.id
    db.flush()
    return True
