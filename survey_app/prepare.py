"""Bring an installation to where it can serve: its folder, its schema, its library of measures.

``python -m survey_app.prepare`` does it by itself, before servers that sign in as the application's own role.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from config import Config, ConfigError
from measures import library_digest
from survey_app import clock, migrate
from survey_app.catalogue.library import library
from survey_app.catalogue.service import is_synced, sync_library
from survey_app.db import Database
from survey_app.models import load_all
from survey_app.principal import job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LATER = (
    "The schema of this database ({}) is of a later version of Focal. Start that version; or go back as"
    ' docs/operating.md says under "Upgrades".'
)


def prepare(config: Config, tell: Callable[[str], None] = lambda _words: None) -> None:
    """Make the folder of the instance, and the database what this version of Focal expects.

    In the demo, fill the database with the sample network when it is empty. ``tell`` hears what takes long.
    """
    config.instance.mkdir(parents=True, exist_ok=True)
    prepare_database(config.owner_url)
    if config.demo:
        _fill_sample(config.database_url, tell)


def _fill_sample(url: str, tell: Callable[[str], None]) -> None:
    # Loaded for the demo alone: what makes releases and reports takes seconds to load at every other start.
    from survey_app.sample.fill import fill, is_filled
    from survey_app.sample.releases import release_weeks

    database = Database(url)
    now = clock.now()
    is_new = False
    try:
        with database.writing(job("sample")) as db:
            if not is_filled(db):
                tell("Inventing the sample network; this takes a minute, once ...")
                fill(db, today=now.date(), tell=tell)
                db.commit()
                is_new = True
        if is_new:
            release_weeks(database, today=now.date(), tell=tell)
    finally:
        database.engine.dispose()


def prepare_database(url: str) -> None:
    """Migrate the database and give it the library. What is already there stays as it is.

    ``url`` signs in as whoever owns the tables; on PostgreSQL the application itself does not.
    """
    load_all()
    if url.startswith("sqlite") and (file := make_url(url).database):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    database = Database(url, as_owner=True)
    try:
        if later := migrate.is_of_later_version(database):
            raise ConfigError([LATER.format(later)])
        if not migrate.is_at_head(database):
            migrate.upgrade(database)
        migrate.renew_walls(database)
        with database.writing(job("set-up")) as db:
            if not is_synced(db, library_digest()):
                sync_library(db, library(), now=clock.now())
                db.commit()
    finally:
        database.engine.dispose()


def main(env: Mapping[str, str] = os.environ, arguments: Sequence[str] = ()) -> int:
    """Prepare the installation that the environment describes; return 0 when it is ready."""
    parser = argparse.ArgumentParser(prog="survey_app.prepare", description=main.__doc__)
    parser.add_argument("--down-to", metavar="SCHEMA", help="take the schema back, with its rows, instead")
    wanted = parser.parse_args(list(arguments))
    try:
        config = Config.from_env(env)
        if wanted.down_to:
            return _take_back(config, wanted.down_to)
        prepare(config, tell=print)
    except ConfigError as fault:
        print(fault, file=sys.stderr)
        return 1
    except SQLAlchemyError as fault:
        print(f"The database could not be prepared: {getattr(fault, 'orig', None) or fault}", file=sys.stderr)
        return 1
    print("Schema, row policies and library are those of this version.")
    return 0


def _take_back(config: Config, schema: str) -> int:
    if schema not in migrate.schemas():
        print(f"There is no schema {schema!r}. There are: {', '.join(migrate.schemas())}.", file=sys.stderr)
        return 1
    database = Database(config.owner_url, as_owner=True)
    try:
        migrate.downgrade(database, schema)
    finally:
        database.engine.dispose()
    print(f"The schema is {schema}. Start the version of Focal that goes with it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(arguments=sys.argv[1:]))
