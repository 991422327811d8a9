"""That a card was used: kept apart from what was answered, and never joined to it."""

import uuid

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base


class Turnout(Base):
    """One card, used once in one administration."""

    __tablename__ = "turnout"
    __table_args__ = (
        ForeignKeyConstraint(
            ["administration_id", "classroom_id"], ["administrations.id", "administrations.classroom_id"]
        ),
        ForeignKeyConstraint(["card_id", "classroom_id"], ["cards.id", "cards.classroom_id"]),
        {"sqlite_with_rowid": False},
    )
    administration_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    card_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    classroom_id: Mapped[uuid.UUID]
