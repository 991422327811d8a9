"""A teacher with a lived class, and places to put a backup."""

from __future__ import annotations

import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.survey_app.loop.teacher import Teacher


@pytest.fixture
def teacher(app, clock) -> Teacher:
    """Return a signed-in teacher without any class."""
    return Teacher.arrive(app, clock)


@pytest.fixture
def empty_place(database_kind, tmp_path, request):
    """Return the address of a second database of the same kind, in which nothing stands."""
    if database_kind == "sqlite":
        (tmp_path / "elsewhere").mkdir()
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'other.sqlite'}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"focal_empty_{uuid.uuid4().hex[:8]}"
    with _administrator(server) as run:
        run(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _administrator(url: str):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()
