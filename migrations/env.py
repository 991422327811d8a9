"""Alembic's way in: the app's own settings, engine and metadata."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection, text

from config import Config
from survey_app.db import ONLY, Base, Database
from survey_app.models import load_all
from survey_app.principal import job

load_all()


def _tell_conditions(dialect: str) -> None:
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            if ONLY in index.info:
                index.dialect_options[dialect]["where"] = text(index.info[ONLY])


def _run(connection: Connection) -> None:
    _tell_conditions(connection.dialect.name)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
        user_module_prefix="survey_app.db.",
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    _run(given)
else:
    url = context.config.attributes.get("url") or Config.from_env(os.environ).database_url
    database = Database(url, as_owner=True)
    with database.writing(job("migrate")).connection() as opened:
        _run(opened)
        opened.commit()
