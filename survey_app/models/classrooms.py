"""Classes, focal codes and cards. The list code -> name is on the teacher's paper, never here."""

import uuid

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Line, Moment, Word, one_of, only

BANDS = ("K-2", "3-12")
CONSENTS = ("not_needed", "notice_sent", "given", "opted_out")


class Classroom(Base):
    """One section of one teacher, for one school year."""

    __tablename__ = "classrooms"
    __table_args__ = (
        UniqueConstraint("id", "owner_id"),
        one_of("band", BANDS),
        Index(
            "ix_classrooms_erased",
            "id",
            info=only("erased_at IS NOT NULL"),
        ),
    )
    id: Mapped[Key]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    nickname: Mapped[Line]
    subject: Mapped[Line | None]
    grade: Mapped[int | None]  # 0 is kindergarten; decides which questions are offered
    band: Mapped[Word] = mapped_column(default="3-12")
    students: Mapped[int | None]  # how many children are in the class, when the teacher has said so
    class_code: Mapped[str] = mapped_column(String(6), unique=True)
    created_at: Mapped[Moment]
    archived_at: Mapped[Moment | None]
    erased_at: Mapped[Moment | None]


class FocalCode(Base):
    """The visible label of one chosen student: A, B, C..."""

    __tablename__ = "focal_codes"
    __table_args__ = (UniqueConstraint("classroom_id", "label"), UniqueConstraint("id", "classroom_id"))
    id: Mapped[Key]
    classroom_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("classrooms.id"))
    label: Mapped[str] = mapped_column(String(4))
    retired_at: Mapped[Moment | None]  # no longer in the planned set; her earlier answers stay
    erased_at: Mapped[Moment | None]  # the tombstone that survives a restore


class Card(Base):
    """What opens the form: one code and QR, persistent, revocable. Only its hash is stored."""

    __tablename__ = "cards"
    __table_args__ = (
        ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"], ["focal_codes.id", "focal_codes.classroom_id"]
        ),
        UniqueConstraint("id", "classroom_id"),
    )
    id: Mapped[Key]
    classroom_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("classrooms.id"), index=True)
    focal_code_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    locale: Mapped[Word] = mapped_column(default="en")
    made_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class Consent(Base):
    """What a family was told, or has said: for one focal code, or for the rest of a class. Never a name."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["focal_code_id", "classroom_id"], ["focal_codes.id", "focal_codes.classroom_id"]
        ),
        UniqueConstraint("classroom_id", "focal_code_id"),
        one_of("kind", CONSENTS),
        Index(
            "uq_consents_rest",
            "classroom_id",
            unique=True,
            info=only("focal_code_id IS NULL"),
        ),
    )
    id: Mapped[Key]
    classroom_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("classrooms.id"))
    focal_code_id: Mapped[uuid.UUID | None] = mapped_column(index=True)  # none: the rest of the class
    kind: Mapped[Word]
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
