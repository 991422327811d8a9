"""Bring an installation to where it can serve: its folder, its schema, its library of measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from survey_app import clock, migrate
from survey_app.catalogue.library import library
from survey_app.catalogue.service import sync_library
from survey_app.db import Database
from survey_app.models import load_all
from survey_app.principal import job
from survey_app.sample.fill import fill, is_filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import Config


def prepare(config: Config, tell: Callable[[str], None] = lambda _words: None) -> None:
    """Make the folder of the instance, and the database what this version of Focal expects.

    In the demo, fill the database with the sample network when it is empty. ``tell`` hears what takes long.
    """
    config.instance.mkdir(parents=True, exist_ok=True)
    prepare_database(config.database_url)
    if config.demo:
        _fill_sample(config.database_url, tell)


def _fill_sample(url: str, tell: Callable[[str], None]) -> None:
    database = Database(url)
    now = clock.now()
    try:
        with database.writing(job("sample")) as db:
            if not is_filled(db):
                tell("Inventing the sample network; this takes a minute, once ...")
                fill(db, today=now.date(), tell=tell)
                db.commit()
    finally:
        database.engine.dispose()


def prepare_database(url: str) -> None:
    """Migrate the database and give it the library. What is already there stays as it is."""
    load_all()
    if url.startswith("sqlite") and (file := make_url(url).database):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    database = Database(url)
    try:
        if not migrate.is_at_head(database):
            migrate.upgrade(database)
        with database.writing(job("set-up")) as db:
            sync_library(db, library(), now=clock.now())
            db.commit()
    finally:
        database.engine.dispose()
