"""A part of the sample network, filled once for all tests that only read it."""

import shutil
from datetime import date

import pytest
from sqlalchemy import text

from survey_app.db import Database
from survey_app.models import load_all
from survey_app.sample.fill import fill
from tests.databases import TESTS

TODAY = date(2026, 11, 22)
# Enough to meet: both parts, a roster change, a try-out, late answers, twelve cycles, new question words, a
# class of four, an archived class, paper after and before the lock, an open survey.
TEACHERS = 7


@pytest.fixture(scope="session")
def network(_sqlite_template, tmp_path_factory):
    """The way into a database with the years of the first teachers."""
    load_all()
    path = tmp_path_factory.mktemp("sample") / "sample.sqlite"
    shutil.copyfile(_sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with database.writing(TESTS) as db:
        fill(db, today=TODAY, teachers=TEACHERS)
        db.commit()
    yield database
    database.engine.dispose()


@pytest.fixture
def ask(network):
    """Return a function that answers a question in SQL with rows."""
    with network.reading(TESTS) as db:
        yield lambda query: [tuple(row) for row in db.execute(text(query))]
