"""The first account of an empty database: a network, a school in it, and a person who looks after both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.accounts import queries
from survey_app.errors import Refusal
from survey_app.models.people import Organisation, Person, RoleGrant

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

NETWORK_NAME = "Our network"


class AlreadyBegun(Refusal):
    """Somebody has an account here by now, so the next one comes by invitation."""

    title = "There is an account already"


def make_first_account(
    db: Session,
    *,
    name: str,
    email: str,
    password_hash: str,
    organisation: str,
    time_zone: str,
    now: datetime,
) -> Person:
    """Make the first network, school and person: a teacher there, and administrator of it all.

    Raises
    ------
    AlreadyBegun
        If there is a person; asked again here, because two browsers may begin at once.
    """
    queries.wait_for_first_account(db)
    if queries.has_people(db):
        raise AlreadyBegun("Sign in, or ask the administrator here for an invitation.")
    network = Organisation(kind="network", name=NETWORK_NAME, time_zone=time_zone, created_at=now)
    db.add(network)
    db.flush()
    school = Organisation(
        kind="school", parent_id=network.id, name=organisation, time_zone=time_zone, created_at=now
    )
    db.add(school)
    db.flush()
    person = Person(
        organisation_id=school.id,
        email=email,
        display_name=name,
        password_hash=password_hash,
        use_accepted_at=now,
        created_at=now,
    )
    db.add(person)
    db.flush()
    db.add(RoleGrant(person_id=person.id, role="teacher", organisation_id=school.id))
    db.add(RoleGrant(person_id=person.id, role="administrator", organisation_id=network.id))
    db.flush()
    return person
