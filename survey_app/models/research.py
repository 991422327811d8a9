"""What researchers read and take along: item reports, agreements, data packages."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey_app.db import Base, Key, Line, Moment, Prose, Word, one_of
from survey_app.models.surveys import MODES

PACKAGE_STATES = ("asked", "approved", "refused")


class ItemReport(Base):
    """What may be said about one question, or about questions asked together, in one mode.

    ``figures`` holds nothing but what passed the release policy. Where it has not passed, the row says so and
    holds nothing.
    """

    __tablename__ = "item_reports"
    __table_args__ = (one_of("mode", MODES),)
    subject: Mapped[str] = mapped_column(String(400), primary_key=True)  # item version keys, with " + "
    mode: Mapped[Word] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    as_of: Mapped[Moment]  # when the figures were worked out; later runs leave them when too little is new


class ItemReportRun(Base):
    """One time at which item reports were worked out."""

    __tablename__ = "item_report_runs"
    __table_args__ = (UniqueConstraint("label"), CheckConstraint("number > 0", name="number_positive"))
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[Line]
    made_at: Mapped[Moment]


class ItemReportLedger(Base):
    """What one run adds to the ledger: who stood behind each figure. Only the job reads it.

    It holds keys of students and never answers, packed as those of the weekly releases are: without it nobody
    could tell whether two figures differ by a few students only.
    """

    __tablename__ = "item_report_ledgers"
    number: Mapped[int] = mapped_column(ForeignKey("item_report_runs.number"), primary_key=True)
    contributors: Mapped[bytes] = mapped_column(LargeBinary)
    entries: Mapped[bytes] = mapped_column(LargeBinary)


class Agreement(Base):
    """What researchers may have, for what, from whom, and for how long.

    ``code_key`` makes the random codes in packages: the same within one agreement, never the same in two.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("lessons_until >= lessons_from", name="lessons_in_order"),
    )
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    title: Mapped[Line]
    purpose: Mapped[Prose]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    lessons_from: Mapped[date]
    lessons_until: Mapped[date]
    code_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]  # ended before its time


class AgreementPerson(Base):
    """A researcher who is named in an agreement."""

    __tablename__ = "agreement_people"
    agreement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreements.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class AgreementPlace(Base):
    """An organisation whose cycles, and those of all below it, an agreement covers."""

    __tablename__ = "agreement_places"
    agreement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreements.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class AgreementConstruct(Base):
    """A construct whose questions an agreement covers."""

    __tablename__ = "agreement_constructs"
    agreement_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreements.id", ondelete="CASCADE"), primary_key=True
    )
    construct_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("constructs.id"), primary_key=True)


class DataPackage(Base):
    """One request for data under an agreement: asked, approved by somebody else, made, taken along.

    The file itself is never kept here. ``sha256`` says what was given.
    """

    __tablename__ = "data_packages"
    __table_args__ = (
        one_of("state", PACKAGE_STATES),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="second_person_decides"
        ),
        CheckConstraint("(state = 'asked') = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_with_moment"),
        CheckConstraint("made_at IS NULL OR state = 'approved'", name="made_when_approved"),
        CheckConstraint("(token_hash IS NULL) = (link_until IS NULL)", name="link_runs_out"),
    )
    id: Mapped[Key]
    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreements.id"), index=True)
    requested_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    requested_at: Mapped[Moment]  # what was shown to a teacher later is not in the package
    reason: Mapped[Prose]
    state: Mapped[Word] = mapped_column(default="asked")
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[Moment | None]
    decision_words: Mapped[Prose] = mapped_column(default="")
    made_at: Mapped[Moment | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    link_until: Mapped[Moment | None]
    times_given: Mapped[int] = mapped_column(default=0)
