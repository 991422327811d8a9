"""The database: base class, column types, and sessions that take the write lock at the start."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from sqlalchemy import (
    CheckConstraint,
    Engine,
    MetaData,
    String,
    Text,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import JSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection, Dialect


class UtcDateTime(TypeDecorator[datetime]):
    """Store aware moments as UTC; give them back aware on both databases."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would silently shift."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; moments are stored in UTC.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; it is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Key = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Word = Annotated[str, mapped_column(String(40))]
Line = Annotated[str, mapped_column(String(300))]
Prose = Annotated[str, mapped_column(Text)]
Document = Annotated[dict[str, Any], mapped_column(JSON)]


class Base(DeclarativeBase):
    """The models' base: names every constraint, so that a migration can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def one_of(column: str, allowed: Iterable[str]) -> CheckConstraint:
    """Return a CHECK that a text column holds one of the words that are spelled once."""
    words = ", ".join(f"'{word}'" for word in allowed)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


class Database:
    """An engine and the two kinds of session made from it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._write_engine = self.engine.execution_options(focal_write=True)

    def reading(self) -> Session:
        """Return a session for looking; on SQLite it never takes the write lock."""
        return Session(self.engine, expire_on_commit=False)

    def writing(self) -> Session:
        """Return a session whose transaction takes SQLite's write lock at its first statement."""
        return Session(self._write_engine, expire_on_commit=False)


def make_engine(url: str) -> Engine:
    """Return an engine with durable, enforced settings for SQLite or PostgreSQL."""
    # A fault's text goes to the log: it may name the statement, never the answers and hashes in it.
    if not url.startswith("sqlite"):
        # Whoever waits for a row gets an honest "not saved yet" after five seconds, as on SQLite.
        waits = {"options": "-c lock_timeout=5000"}
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=waits)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 5})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling is off, so that BEGIN IMMEDIATE is ours to say.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        try:
            connection.execute(f"PRAGMA {pragma}")
        except Exception as fault:
            # A read-only or full disk cannot switch to WAL; reading must still work.
            if "readonly" not in str(fault) and "disk" not in str(fault) and "locked" not in str(fault):
                raise


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("focal_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
