"""No statement on a scoped table from a connection that is opened for nobody, by whatever way it comes."""

import ast
import uuid

import pandas
import pytest
from sqlalchemy import func, insert, select, text, update

from config import ROOT
from survey_app import guard
from survey_app.db import Base
from survey_app.guard import Unmarked
from survey_app.models import load_all
from survey_app.models.catalogue import Construct
from survey_app.models.classrooms import Classroom
from survey_app.models.people import Person
from survey_app.models.responses import Answer
from survey_app.models.snapshots import Snapshot
from survey_app.permissions import Viewer
from survey_app.principal import PUBLIC_PAGES, STUDENT_CHANNEL, Principal, job, person
from survey_app.walls import OPEN, SCOPED

SOMEBODY = person(uuid.UUID(int=7))


def test_every_table_is_open_or_scoped_and_none_is_both():
    load_all()
    undeclared = set(Base.metadata.tables) - set(OPEN) - set(SCOPED)
    assert not undeclared, f"Say in survey_app/walls.py whom these are for: {sorted(undeclared)}"
    assert set(OPEN) | set(SCOPED) == set(Base.metadata.tables)
    assert not set(OPEN) & set(SCOPED)


FORGOTTEN = (
    select(Answer),
    select(func.count()).select_from(Answer.__table__),
    insert(Answer.__table__).values(response_id=uuid.uuid4(), item_version_id=uuid.uuid4()),
    update(Classroom.__table__).values(nickname="x"),
    text("SELECT 1 FROM answers"),
    text('SELECT 1 FROM "answers"'),
    text("select 1 from ANSWERS"),
    text("WITH a AS (SELECT * FROM answers) SELECT count(*) FROM a"),
    text("DELETE FROM snapshots"),
)


def test_a_connection_of_nobody_reaches_no_scoped_table(database):
    for statement in FORGOTTEN:
        with database.engine.connect() as connection, pytest.raises(Unmarked, match="nobody"):
            connection.execute(statement)
    for table in SCOPED:
        with database.engine.begin() as connection, pytest.raises(Unmarked, match=table):
            connection.execute(text(f"SELECT count(*) FROM {table}"))


def test_neither_does_pandas_nor_the_drivers_own_sql(database):
    with pytest.raises(Unmarked):
        pandas.read_sql("SELECT * FROM answers", database.engine)
    with pytest.raises(Unmarked):
        pandas.read_sql(select(Snapshot.__table__), database.engine)
    with database.engine.connect() as connection, pytest.raises(Unmarked):
        connection.exec_driver_sql("SELECT * FROM answers")


def test_what_is_open_stays_open(database):
    with database.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Construct)) > 10


def test_a_session_is_opened_for_a_principal_and_there_is_no_default(database):
    for opened in (database.reading, database.writing):
        with pytest.raises(TypeError):
            opened()
        for nobody in (None, "person", uuid.uuid4()):
            with pytest.raises(TypeError, match="Principal"):
                opened(nobody)


def test_a_marked_session_works_and_leaves_no_mark_in_the_pool(database):
    with database.reading(SOMEBODY) as db:
        assert db.scalar(select(func.count()).select_from(Classroom)) == 0
        assert guard.principal_of(db.connection()) == SOMEBODY
        assert pandas.read_sql(select(Classroom.__table__), db.connection()).empty
    with database.engine.connect() as connection, pytest.raises(Unmarked):
        connection.execute(text("SELECT 1 FROM classrooms"))


def test_the_mark_is_there_again_after_a_commit_and_after_a_rollback(database):
    with database.writing(SOMEBODY) as db:
        for end in (db.commit, db.rollback, db.commit):
            assert db.scalar(select(func.count()).select_from(Classroom)) == 0
            end()


def test_a_mark_cannot_be_changed_on_the_way(database):
    with database.reading(SOMEBODY) as db:
        with pytest.raises(Unmarked, match="one principal"):
            db.connection(execution_options={"focal_principal": job("other")})
        connection = db.connection()
        with pytest.raises(Unmarked, match="one principal"):
            connection.execution_options(focal_principal=job("other"))
    with database.reading(SOMEBODY) as db:
        connection = db.connection()
        connection.info[guard.MARK] = job("other")
        with pytest.raises(Unmarked, match="another principal"):
            connection.execute(select(Classroom))
    with database.engine.connect() as connection, pytest.raises(Unmarked, match="one principal"):
        connection.execution_options(focal_principal=job("other"))


def test_students_and_strangers_have_tables_that_are_not_for_them(database):
    for principal, table in (
        (STUDENT_CHANNEL, Snapshot),
        (STUDENT_CHANNEL, Person),
        (PUBLIC_PAGES, Classroom),
        (PUBLIC_PAGES, Answer),
        (PUBLIC_PAGES, Snapshot),
    ):
        with database.reading(principal) as db, pytest.raises(Unmarked, match="not for"):
            db.execute(select(table))


def test_a_principal_cannot_be_half_a_person():
    for wrong in (
        {"kind": "person", "name": "person"},
        {"kind": "job", "name": "x", "person_id": uuid.uuid4()},
        {"kind": "person", "name": "person", "person_id": "7"},
        {"kind": "root", "name": "x"},
        {"kind": "job", "name": ""},
        {"kind": "job", "name": "x'; --"},
    ):
        with pytest.raises(ValueError):
            Principal(**wrong)
    assert str(job("nightly")) == "job nightly"
    assert str(SOMEBODY) == f"person {uuid.UUID(int=7)}"


def test_a_viewer_is_a_principal():
    one = uuid.uuid4()
    viewer = Viewer(one, uuid.uuid4(), "Ana", frozenset(), uuid.uuid4(), "UTC", has_accepted_use=True)
    assert viewer.principal == person(one)


# Who opens a connection that the guard does not see, or takes the driver's own; none of them asks for a row.
BELOW_THE_GUARD = {
    "survey_app/db.py": "makes the guarded engines",
    "survey_app/erasure/traces.py": "VACUUM and checkpoints, outside of any transaction",
    "survey_app/metrics_server.py": "asks whether the database answers",
    "survey_app/backup/postgres.py": "dumps and restores whole databases, as their owner",
    "survey_app/backup/sqlite.py": "copies whole files",
}
WAYS = {"raw_connection", "driver_connection", "dbapi_connection", "create_engine", "sqlite3.connect"}
WAYS |= {"psycopg.connect"}


def test_nothing_in_the_app_goes_below_the_guard():
    """PostgreSQL's row-level security would still stand there; SQLite has nothing of the kind."""
    found = set()
    for path in (ROOT / "survey_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute | ast.Name):
                named = ast.unparse(node)
                if named in WAYS or named.rpartition(".")[2] in WAYS:
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == set(BELOW_THE_GUARD), "Open a session for somebody, or say here why not."
