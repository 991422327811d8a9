"""A new password without mail: an administrator makes a link, the person sets her password with it, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from survey_app.accounts.granting import looks_after
from survey_app.accounts.invitations import LinkRefused
from survey_app.accounts.service import change_password, new_token, token_hash
from survey_app.errors import NotAllowed
from survey_app.models.people import PasswordLink, Person

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

LINK_LASTS = timedelta(days=2)


def make_password_link(db: Session, viewer: Viewer, person: Person, *, now: datetime) -> str:
    """Return the secret of a link with which this person sets a new password; earlier links stop working.

    Raises
    ------
    NotAllowed
        If the viewer does not look after this person, or is this person herself.
    """
    if person.id == viewer.person_id:
        raise NotAllowed("Change your own password on your account page.")
    if not looks_after(db, viewer.person_id, person):
        raise NotAllowed("This person also has a role elsewhere. An administrator there can help.")
    return _write_link(db, person, made_by_id=viewer.person_id, now=now)


def make_administrators_own_link(db: Session, person: Person, *, now: datetime) -> str:
    """Return the secret of a link for an administrator who has nobody else to ask; for the console only.

    Raises
    ------
    NotAllowed
        If the person looks after less than herself: then an administrator can make the link.
    """
    if not looks_after(db, person.id, person):
        raise NotAllowed(f"{person.display_name} is no administrator there: one can make the link on a page.")
    return _write_link(db, person, made_by_id=person.id, now=now)


def _write_link(db: Session, person: Person, *, made_by_id: uuid.UUID, now: datetime) -> str:
    forget_password_links(db, person)
    token = new_token()
    db.add(
        PasswordLink(
            person_id=person.id,
            made_by_id=made_by_id,
            token_hash=token_hash(token),
            expires_at=now + LINK_LASTS,
        )
    )
    db.flush()
    return token


def forget_password_links(db: Session, person: Person) -> None:
    """Make every unused link of this person stop working."""
    db.execute(
        delete(PasswordLink).where(PasswordLink.person_id == person.id, PasswordLink.used_at.is_(None))
    )


def open_password_link(
    db: Session, token: str, *, lock: bool = False, now: datetime
) -> tuple[PasswordLink, Person]:
    """Return the link and whose password it sets; ``lock`` it when it is about to be used.

    Raises
    ------
    LinkRefused
        If it is unknown, used or too old, the person is disabled, or its maker no longer looks after her.
    """
    query = select(PasswordLink).where(PasswordLink.token_hash == token_hash(token))
    link = db.scalars(query.with_for_update() if lock else query).one_or_none()
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkRefused
    person = db.get_one(Person, link.person_id)
    if person.disabled_at is not None or not looks_after(db, link.made_by_id, person):
        raise LinkRefused
    return link, person


def use_password_link(db: Session, link: PasswordLink, new_hash: str, *, now: datetime) -> None:
    """Set the new password and end all sessions of the person."""
    link.used_at = now
    change_password(db, link.person_id, new_hash, keep=None, now=now)
