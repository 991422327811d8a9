"""Adults: organisations, people, roles, sessions, invitations, teams. No student is ever a person here."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Line, Moment, Word, one_of, only

ORGANISATION_KINDS = ("network", "region", "district", "school")
ROLES = ("teacher", "coach", "lead", "researcher", "administrator")


class Organisation(Base):
    """A network, its region, a district or a school."""

    __tablename__ = "organisations"
    __table_args__ = (one_of("kind", ORGANISATION_KINDS),)
    id: Mapped[Key]
    kind: Mapped[Word]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[Line]
    time_zone: Mapped[Word] = mapped_column(default="America/Los_Angeles")
    created_at: Mapped[Moment]
    archived_at: Mapped[Moment | None]  # nobody is invited there any more; what was done there stays


class Person(Base):
    """One adult with a sign-in."""

    __tablename__ = "people"
    # Whoever counts at a place goes from there over its people to their cycles, and reads no row of theirs.
    __table_args__ = (Index("ix_people_place", "organisation_id", "disabled_at", "id"),)
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[Line]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    use_accepted_at: Mapped[Moment | None]
    disabled_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]  # the tombstone: name, address and password are gone
    created_at: Mapped[Moment]


class SignInTries(Base):
    """Wrong passwords in a row for one typed address, whether an account has it or not.

    Kept apart from people, so that a page answers the same for a known and an unknown address; under a keyed
    hash, so that what strangers type is not kept.
    """

    __tablename__ = "sign_in_tries"
    __table_args__ = (CheckConstraint("failures > 0", name="failures_positive"),)
    address_mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int]
    tried_at: Mapped[Moment] = mapped_column(index=True)
    next_at: Mapped[Moment]  # before this moment no password for the address is looked at


class RoleGrant(Base):
    """What a person may be, and where."""

    __tablename__ = "role_grants"
    __table_args__ = (one_of("role", ROLES),)
    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[Word] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class StaffSession(Base):
    """A sign-in that is still alive; ended by a row, not by a cookie."""

    __tablename__ = "staff_sessions"
    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    proved_at: Mapped[Moment]  # the last time the password was given: an export or a deletion asks again


class Invitation(Base):
    """A link that lets one address take one role, once."""

    __tablename__ = "invitations"
    __table_args__ = (one_of("role", ROLES),)
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    inviter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    email: Mapped[str] = mapped_column(String(254))
    display_name: Mapped[Line]
    role: Mapped[Word]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    accepted_at: Mapped[Moment | None]
    revoked_at: Mapped[Moment | None]


class PasswordLink(Base):
    """An administrator's link with which a person sets a new password, once."""

    __tablename__ = "password_links"
    id: Mapped[Key]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class Team(Base):
    """People of one organisation who share cycles."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[Line]
    archived_at: Mapped[Moment | None]


class TeamMember(Base):
    """Someone in a team."""

    __tablename__ = "team_members"
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )


# One open invitation for an address in an organisation.
Index(
    "uq_invitations_open",
    Invitation.organisation_id,
    Invitation.email,
    unique=True,
    info=only("accepted_at IS NULL AND revoked_at IS NULL"),
)
