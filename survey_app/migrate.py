"""Bring a database to the newest schema, or say how far it is from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from config import ROOT
from survey_app.principal import job

if TYPE_CHECKING:
    from survey_app.db import Database


def alembic_config(url: str | None = None) -> AlembicConfig:
    """Return Alembic's settings for the migrations beside this package."""
    settings = AlembicConfig(attributes={"url": url} if url else None)
    settings.set_main_option("script_location", str(ROOT / "migrations"))
    settings.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    settings.set_main_option("path_separator", "os")
    return settings


def upgrade(database: Database) -> None:
    """Run every migration that the database lacks, in one transaction each."""
    settings = alembic_config()
    with database.writing(job("migrate")).connection() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()


def is_at_head(database: Database) -> bool:
    """Tell whether the database has the schema that this code expects."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
