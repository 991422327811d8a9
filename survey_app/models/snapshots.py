"""Frozen results: what every chart of the teacher reads."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey_app.db import Base, Moment


class Snapshot(Base):
    """The answers, rating and prediction of one administration as they stood at one close.

    ``tables`` is written by ``results.service`` and hashed; only the erasure of a code may rewrite it,
    and then ``erasures`` goes up by one.
    """

    __tablename__ = "snapshots"
    __table_args__ = (
        ForeignKeyConstraint(
            ["administration_id", "owner_id"], ["administrations.id", "administrations.owner_id"]
        ),
        CheckConstraint("number > 0", name="number_positive"),
    )
    administration_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tables: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    late: Mapped[bool] = mapped_column(default=False)
    erasures: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[Moment]
