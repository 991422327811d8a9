"""Invitations: a link for one address to take one role at one place, once, while its maker may give it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import select

from survey_app.accounts import queries
from survey_app.accounts.granting import ROLES_GIVEN_AT, may_give, open_places, people_in
from survey_app.accounts.service import new_token, token_hash
from survey_app.errors import BadInput, NotAllowed, Refusal
from survey_app.models.people import Invitation, Organisation, Person, RoleGrant

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

INVITATION_LASTS = timedelta(days=14)


class LinkRefused(Refusal):
    """A link that opens nothing: unknown, used, taken back, too old. All sound the same to whoever tries."""

    status: ClassVar[int] = 403
    title = "This link does not open anything"

    def __init__(self) -> None:
        super().__init__(
            "It may have been used already, taken back, or be too old. If you have used it yourself,"
            " go on and sign in. If not, ask the person who sent it for a new one."
        )


def invite(
    db: Session,
    viewer: Viewer,
    *,
    email: str,
    name: str,
    role: str,
    organisation_id: uuid.UUID,
    now: datetime,
) -> tuple[Invitation, str]:
    """Invite an address; return the invitation and the secret of its link, which exists only now.

    Sent twice, the second takes the place of the first: one address has one open invitation at a place.

    Raises
    ------
    NotAllowed
        If the viewer may give this role nowhere, or does not look after that organisation.
    BadInput
        If this role is not given there, or the address belongs to somebody who is already there.
    """
    _check_may_invite(db, viewer, role, organisation_id)
    if any(person.email == email for person in people_in(db, [organisation_id])):
        raise BadInput(
            "This address has an account here.",
            {"email": "This address has an account here already. Change its roles on its own page."},
        )
    # Two clicks at once wait here for each other, so that the second finds what the first has made.
    db.get_one(Organisation, organisation_id, with_for_update=True)
    earlier = db.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    ).one_or_none()
    if earlier is not None:
        earlier.revoked_at = now
        db.flush()
    token = new_token()
    invitation = invitation_with(
        viewer, token, email=email, name=name, role=role, organisation_id=organisation_id, now=now
    )
    db.add(invitation)
    db.flush()
    return invitation, token


def invitation_with(
    viewer: Viewer,
    token: str,
    *,
    email: str,
    name: str,
    role: str,
    organisation_id: uuid.UUID,
    now: datetime,
) -> Invitation:
    """Return an invitation that a secret opens, not kept yet; whether it may be made was asked before."""
    return Invitation(
        organisation_id=organisation_id,
        inviter_id=viewer.person_id,
        email=email,
        display_name=name,
        role=role,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )


def _check_may_invite(db: Session, viewer: Viewer, role: str, organisation_id: uuid.UUID) -> None:
    places = {one.id: one for one in open_places(db, viewer.person_id)}
    anywhere = any(role in ROLES_GIVEN_AT[one.kind] for one in places.values())
    if not anywhere or organisation_id not in places:
        raise NotAllowed("You cannot give this role there. An administrator of the network can.")
    kind = places[organisation_id].kind
    if role not in ROLES_GIVEN_AT[kind]:
        fault = f"The role {role} is given at a region or the network, not at a {kind}. Choose again where."
        raise BadInput(fault, {"role": fault})


def revoke_invitation(db: Session, invitation: Invitation, *, now: datetime) -> bool:
    """Take an invitation back; tell whether it was still open."""
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        return False
    invitation.revoked_at = now
    db.flush()
    return True


def open_invitation(db: Session, token: str, *, lock: bool = False, now: datetime) -> Invitation:
    """Return the invitation that a link opens; ``lock`` it when it is about to be accepted.

    Raises
    ------
    LinkRefused
        If it opens none: unknown, used, revoked, expired, or the inviter may not give that role any more.
    """
    query = select(Invitation).where(Invitation.token_hash == token_hash(token))
    invitation = db.scalars(query.with_for_update() if lock else query).one_or_none()
    if invitation is None or invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise LinkRefused
    if invitation.expires_at <= now:
        raise LinkRefused
    if not may_give(db, invitation.inviter_id, invitation.role, invitation.organisation_id):
        raise LinkRefused
    return invitation


def accept_as_new_person(
    db: Session, invitation: Invitation, *, name: str, password_hash: str, now: datetime
) -> Person:
    """Make the account of the address that was invited, with the one role that was offered."""
    if queries.person_with_email(db, invitation.email) is not None:
        raise LinkRefused
    person = Person(
        organisation_id=invitation.organisation_id,
        email=invitation.email,
        display_name=name,
        password_hash=password_hash,
        use_accepted_at=now,
        created_at=now,
    )
    db.add(person)
    db.flush()
    _take_role(db, invitation, person, now=now)
    return person


def accept_as_viewer(db: Session, viewer: Viewer, invitation: Invitation, *, now: datetime) -> None:
    """Give the offered role to the signed-in person whose address was invited.

    Raises
    ------
    NotAllowed
        If the invitation is for another address.
    """
    person = db.get_one(Person, viewer.person_id)
    if person.email != invitation.email:
        raise NotAllowed("This invitation is for another address. Sign out to use it with a new account.")
    _take_role(db, invitation, person, now=now)


def _take_role(db: Session, invitation: Invitation, person: Person, *, now: datetime) -> None:
    place = (person.id, invitation.role, invitation.organisation_id)
    if db.get(RoleGrant, place) is None:
        db.add(RoleGrant(person_id=place[0], role=place[1], organisation_id=place[2]))
    invitation.accepted_at = now
    db.flush()
