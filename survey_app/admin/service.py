"""Rules of an administrator's work: roles given and taken, sign-ins closed and opened; one always stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.accounts.granting import administered, looks_after, may_give, only_administrator_of
from survey_app.accounts.password_links import forget_password_links
from survey_app.accounts.service import end_sessions
from survey_app.errors import NotAllowed, Refusal
from survey_app.models.people import Organisation, Person, RoleGrant

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


class LastAdministrator(Refusal):
    """An organisation that has an administrator keeps one."""

    title = "An administrator has to stay"


def give_role(db: Session, viewer: Viewer, person: Person, role: str, organisation_id: uuid.UUID) -> bool:
    """Give somebody a role at an organisation; tell whether she did not have it already.

    Raises
    ------
    NotAllowed
        If the viewer may not give this role there, or does not look after this person.
    """
    _check_looks_after(db, viewer, person)
    if not may_give(db, viewer.person_id, role, organisation_id):
        raise NotAllowed("You cannot give this role there. An administrator of the network can.")
    _lock(db, person)
    if db.get(RoleGrant, (person.id, role, organisation_id)) is not None:
        return False
    db.add(RoleGrant(person_id=person.id, role=role, organisation_id=organisation_id))
    db.flush()
    return True


def take_role(db: Session, viewer: Viewer, person: Person, role: str, organisation_id: uuid.UUID) -> bool:
    """Take a role back; tell whether she had it. It counts from her next click on.

    Raises
    ------
    NotAllowed
        If the viewer does not look after that organisation.
    LastAdministrator
        If nobody would be left who looks after it.
    """
    if organisation_id not in {one.id for one in administered(db, viewer.person_id)}:
        raise NotAllowed("This role was given elsewhere. An administrator there can take it back.")
    _lock_administrators(db)
    grant = db.get(RoleGrant, (person.id, role, organisation_id))
    if grant is None:
        return False
    if role == "administrator":
        _check_not_last(db, person, {organisation_id})
    db.delete(grant)
    db.flush()
    return True


def disable_person(db: Session, viewer: Viewer, person: Person, *, now: datetime) -> bool:
    """Close somebody's sign-in, end her sessions and links at once; tell whether it was open.

    Raises
    ------
    NotAllowed
        If the viewer does not look after this person.
    LastAdministrator
        If an organisation would have no administrator left.
    """
    _check_looks_after(db, viewer, person)
    _lock_administrators(db)
    if person.disabled_at is not None:
        return False
    _check_not_last(db, person, None)
    person.disabled_at = now
    end_sessions(db, person.id, now=now)
    forget_password_links(db, person)
    db.flush()
    return True


def enable_person(db: Session, viewer: Viewer, person: Person) -> bool:
    """Open somebody's sign-in again; tell whether it was closed.

    Raises
    ------
    NotAllowed
        If the viewer does not look after this person.
    """
    _check_looks_after(db, viewer, person)
    if person.erased_at is not None:
        raise NotAllowed("This account is erased; nobody can open it again.")
    if person.disabled_at is None:
        return False
    person.disabled_at = None
    db.flush()
    return True


def _check_looks_after(db: Session, viewer: Viewer, person: Person) -> None:
    if not looks_after(db, viewer.person_id, person):
        raise NotAllowed("This person also has a role elsewhere. An administrator there can help.")


def _check_not_last(db: Session, person: Person, places: set[uuid.UUID] | None) -> None:
    alone = [one for one in only_administrator_of(db, person.id) if places is None or one.id in places]
    if alone:
        names = " and ".join(one.name for one in alone)
        raise LastAdministrator(
            f"{person.display_name} is the only administrator of {names}: without one, nobody could invite or"
            " help anybody there. Make somebody else administrator first, then come back."
        )


def _lock(db: Session, person: Person) -> None:
    db.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def _lock_administrators(db: Session) -> None:
    """Let one such change at a time through: two administrators may be taking each other's role away."""
    db.execute(
        select(Organisation.id).where(Organisation.parent_id.is_(None)).order_by(Organisation.id).with_for_update()
    ).all()
