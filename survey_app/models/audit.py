"""Who did what: append-only, hash-chained; never answers, names or codes."""

import uuid

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.db import Base, Line, Moment, Word


class AuditEvent(Base):
    """One act. Plain keys and no foreign keys, so that a deletion elsewhere never touches it."""

    __tablename__ = "audit_events"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    act: Mapped[Word]
    actor_id: Mapped[uuid.UUID | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    route: Mapped[Line]
    object_id: Mapped[Line | None]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
