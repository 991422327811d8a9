"""What an organisation decides about children's data: what families are asked, what is to be erased."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Key, Moment, Word, one_of, only

# What must have happened before a student's card is made.
FAMILY_RULES = ("not_needed", "notice_sent", "given")


class ConsentRule(Base):
    """What an organisation asks of its teachers before a student takes part; the nearest one above counts."""

    __tablename__ = "consent_rules"
    __table_args__ = (one_of("kind", FAMILY_RULES),)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    kind: Mapped[Word]
    set_at: Mapped[Moment]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))


class ErasureOrder(Base):
    """An administrator's order to erase every class of an organisation, or of one adult, on a day."""

    __tablename__ = "erasure_orders"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR withdrawn_at IS NULL", name="done_or_withdrawn"),
        Index(
            "uq_erasure_orders_standing",
            "organisation_id",
            unique=True,
            info=only("done_at IS NULL AND withdrawn_at IS NULL AND person_id IS NULL"),
        ),
    )
    id: Mapped[Key]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    with_accounts: Mapped[bool] = mapped_column(default=False)
    ordered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    ordered_at: Mapped[Moment]
    due_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]
    done_at: Mapped[Moment | None]
