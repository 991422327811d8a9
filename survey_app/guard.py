"""The guard below the ORM: no statement reaches a scoped table unless its connection is marked for somebody.

It listens where every statement of SQLAlchemy passes, so Core tables, ``text()``, ``engine.connect()`` and
``pandas.read_sql`` meet it as the ORM does, on both databases. The mark is set when a transaction begins,
from the engine that the session was made with, and cannot change before it ends.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from survey_app.principal import Principal
from survey_app.walls import SCOPED

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

OPTION = "focal_principal"
MARK = "focal_principal"
_SCOPED_NAME = re.compile(rf"\b({'|'.join(sorted(SCOPED, key=len, reverse=True))})\b", re.IGNORECASE)
# What the row policies ask (row_security.py).
_TELL = "SELECT set_config('focal.kind', %s, true), set_config('focal.person', %s, true)"


class Unmarked(Exception):
    """A statement on a scoped table came from a connection that was opened for nobody, or for another."""


def stand_below(engine: Engine) -> None:
    """Put the guard under everything that goes through this engine, and the engines made from it."""
    event.listen(engine, "begin", _mark)
    event.listen(engine, "before_cursor_execute", _check)
    event.listen(engine, "set_connection_execution_options", _refuse_change)


@lru_cache(maxsize=4096)
def scoped_tables(statement: str) -> frozenset[str]:
    """Return the scoped tables that a statement names; a name inside quoted words counts as well."""
    return frozenset(name.lower() for name in _SCOPED_NAME.findall(statement))


def principal_of(connection: Connection) -> Principal | None:
    """Return for whom the connection's transaction was begun."""
    return connection.info.get(MARK)


def _mark(connection: Connection) -> None:
    # Always written, also with nothing: a pooled connection must not keep the mark of the one before.
    wanted = connection.get_execution_options().get(OPTION)
    principal = connection.info[MARK] = wanted if isinstance(wanted, Principal) else None
    if principal is not None and connection.dialect.name == "postgresql":
        # For this transaction only: what the pool hands out next knows nothing of it.
        connection.exec_driver_sql(_TELL, (principal.kind, str(principal.person_id or "")))


def _refuse_change(_connection: Connection, options: dict[str, Any]) -> None:
    if OPTION in options:
        raise Unmarked("A connection is opened for one principal and stays with it; open another session.")


def _check(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    tables = scoped_tables(statement)
    if not tables:
        return
    principal = principal_of(connection)
    named = ", ".join(sorted(tables))
    if principal is None:
        raise Unmarked(f"{named}: nobody is behind this connection. Use Database.reading or .writing.")
    if connection.get_execution_options().get(OPTION) != principal:
        raise Unmarked(f"{named}: the connection was opened for another principal.")
    if strange := sorted(table for table in tables if principal.kind not in SCOPED[table]):
        raise Unmarked(f"{', '.join(strange)}: not for {principal.kind} (survey_app/walls.py).")
