"""Bring a database to the newest schema, or say how far it is from it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from config import ROOT
from survey_app import row_security
from survey_app.db import Database
from survey_app.principal import job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config as AlembicConfig
    from sqlalchemy import Connection

SCHEMA = "20261128_joined_from"
"""The newest migration. Most starts have nothing to migrate, and need not load Alembic to know it."""

MIGRATE = job("migrate")


def alembic_config(url: str | None = None) -> AlembicConfig:
    """Return Alembic's settings for the migrations beside this package."""
    from alembic.config import Config as AlembicConfig

    # Given, because Alembic would go on with the output that there was when it was loaded.
    settings = AlembicConfig(attributes={"url": url} if url else None, stdout=sys.stdout)
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(database: Database, to: str = "head") -> None:
    """Run every migration that the database lacks, in one transaction each, and put up its walls anew."""
    from alembic import command

    with _changing(database) as settings:
        command.upgrade(settings, to)


def downgrade(database: Database, to: str) -> None:
    """Go back to an older schema, with its rows; the walls of that version go up when it prepares itself."""
    from alembic import command

    with _changing(database) as settings:
        command.downgrade(settings, to)


@contextmanager
def _changing(database: Database) -> Iterator[AlembicConfig]:
    settings = alembic_config()
    with _owner(database) as connection:
        on_postgres = connection.dialect.name == "postgresql"
        if on_postgres:
            # Policies name columns that a migration may take away. Left off by a crash, they are renewed at
            # the next preparation, and a production server does not start without them.
            row_security.remove(connection)
            connection.commit()
        settings.attributes["connection"] = connection
        yield settings
        connection.commit()
        if on_postgres and _revision(connection) == SCHEMA:
            row_security.install(connection)
            connection.commit()


def renew_walls(database: Database) -> None:
    """Put up PostgreSQL's row policies anew where those of another version stand."""
    if database.engine.dialect.name != "postgresql":
        return
    with _owner(database) as connection:
        if not row_security.is_current(connection):
            row_security.install(connection)
            connection.commit()


@contextmanager
def _owner(database: Database) -> Iterator[Connection]:
    """Give a connection of whoever owns the tables; the application's role may not change them."""
    owner = database if database.is_owners else Database(database.url, as_owner=True)
    try:
        marked = owner.engine.execution_options(focal_principal=MIGRATE, focal_write=True)
        with marked.connect() as connection:
            yield connection
    finally:
        if owner is not database:
            owner.engine.dispose()


def is_at_head(database: Database) -> bool:
    """Tell whether the database has the schema that this code expects."""
    with database.engine.connect() as connection:
        return _revision(connection) == SCHEMA


def is_of_later_version(database: Database) -> str | None:
    """Return the schema's name where a later version of Focal made it, which this one knows nothing of."""
    with database.engine.connect() as connection:
        revision = _revision(connection)
    return None if revision in (None, SCHEMA) or revision in schemas() else revision


def schemas() -> list[str]:
    """Return the names of all schemas that this version knows, the newest first."""
    from alembic.script import ScriptDirectory

    return [one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def _revision(connection: Connection) -> str | None:
    """Return the schema's name as Alembic wrote it down; nothing where it never was here."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(select(column("version_num")).select_from(table("alembic_version")))
