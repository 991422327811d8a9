"""The database: base class, column types, and sessions that take the write lock at the start."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
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
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import JSON

from survey_app import guard
from survey_app.principal import Principal
from survey_app.row_security import APP_ROLE
from survey_app.turns import PATIENCE, Turns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Dialect, ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry


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


ONLY = "only the rows for which"
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


def only(condition: str) -> dict[str, str]:
    """Return the ``info`` of an index over those rows alone for which a condition holds, on both databases.

    Migrations make the indexes and are told it (``migrations/env.py``). As ``postgresql_where`` it would
    load, at each start on SQLite, all that speaks to a PostgreSQL.
    """
    return {ONLY: condition}


def insert_of(dialect: str) -> Any:
    """Return the INSERT of this database, which can say what happens when the row is there already."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


class Database:
    """An engine and the two kinds of session made from it, each opened for a principal.

    The bare engine is for what concerns no row of anybody: the schema's version, maintenance. ``as_owner`` is
    for migrations: on PostgreSQL everything else works in a role that owns nothing (``row_security.py``).
    """

    def __init__(self, url: str, *, as_owner: bool = False) -> None:
        self.url, self.is_owners = url, as_owner
        self.engine = make_engine(url, as_owner=as_owner)
        self._turns = None if self.engine.dialect.name != "sqlite" else Turns(self.engine.url.database or "")
        if self._turns is not None:
            _take_turns(self.engine, self._turns)

    def reading(self, principal: Principal) -> Session:
        """Return a session for looking; on SQLite it never takes the write lock."""
        return _session(self.engine, principal, focal_write=False)

    def writing(self, principal: Principal, *, patience: float = PATIENCE) -> Session:
        """Return a session whose transaction takes SQLite's write lock at its first statement.

        ``patience`` is for how many seconds it waits for that.
        """
        return _session(self.engine, principal, focal_write=True, focal_patience=patience)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every writer of an SQLite file away, for what is no transaction: emptying the side file."""
        if self._turns is None:
            yield
            return
        self._turns.take(lambda _seconds: None)
        try:
            yield
        finally:
            self._turns.give_back()


def _session(
    engine: Engine, principal: Principal, *, focal_write: bool, focal_patience: float = PATIENCE
) -> Session:
    if not isinstance(principal, Principal):
        raise TypeError(f"A session is opened for a Principal, not for {type(principal).__name__}.")
    marked = engine.execution_options(
        focal_principal=principal, focal_write=focal_write, focal_patience=focal_patience
    )
    return Session(marked, expire_on_commit=False, info={"principal": principal})


def roll_back(session: Session) -> None:
    """Give up what a session has begun, also when the database went away in the middle of it."""
    try:
        session.rollback()
    except SQLAlchemyError:
        session.invalidate()


def close(session: Session) -> None:
    """Close a session whose page is made: a database that has gone since must not spoil the page."""
    try:
        session.close()
    except SQLAlchemyError:
        session.invalidate()


def make_engine(url: str, *, as_owner: bool = False) -> Engine:
    """Return an engine with durable, enforced settings for SQLite or PostgreSQL."""
    # A fault's text goes to the log: it may name the statement, never the answers and hashes in it.
    if not url.startswith("sqlite"):
        # Whoever waits for a row gets an honest "not saved yet" after five seconds, as on SQLite.
        role = "" if as_owner else f" -c role={APP_ROLE}"
        waits = {"options": f"-c lock_timeout=5000{role}", "connect_timeout": 5}
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=waits)
        guard.stand_below(engine)
        event.listen(engine, "handle_error", _leave_out_the_row)
        return engine
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 5})
    guard.stand_below(engine)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "handle_error", _let_go_of_a_bad_file)
    return engine


def _leave_out_the_row(context: ExceptionContext) -> None:
    """Keep the first line of a fault: PostgreSQL adds the row that failed, and so an answer, for the log."""
    for fault in (context.original_exception, context.sqlalchemy_exception):
        if fault is not None and fault.args and isinstance(fault.args[0], str):
            fault.args = (fault.args[0].partition("\n")[0], *fault.args[1:])


def _take_turns(engine: Engine, turns: Turns) -> None:
    """Let the writers of this engine go one after the other, each from its first statement to its last."""

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("focal_write"):
            connection.exec_driver_sql("BEGIN")
            return
        if connection.info.get("focal_turn"):
            # A connection that is kept over several transactions (a migration) keeps its turn.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return

        def begin_writing(seconds: float) -> None:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        try:
            turns.take(begin_writing, patience=options.get("focal_patience", PATIENCE))
        except sqlite3.OperationalError as fault:
            raise OperationalError("BEGIN IMMEDIATE", None, fault) from fault
        connection.info["focal_turn"] = True

    def give_back(_driver: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop("focal_turn", False):
            turns.give_back()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)


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


def _let_go_of_a_bad_file(context: ExceptionContext) -> None:
    """Open the file anew after it was read-only, full or broken: a connection remembers that for ever."""
    said = str(context.original_exception).lower()
    if any(word in said for word in ("readonly", "disk", "unable to open", "malformed")):
        context.is_disconnect = True
