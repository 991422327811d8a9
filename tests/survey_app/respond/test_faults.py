"""When the database is locked, read-only, full or away: 503, the answers kept, and never a false thanks."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest
from sqlalchemy import create_engine, event, text

from survey_app.models.surveys import Administration
from tests.databases import TESTS
from tests.pages import read_page


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


@pytest.fixture
def sheet(school, fill):
    """Return an open form's address and what it would send."""
    school.open(items=["SM1", "AG1", "MS4"])
    path = f"/s/{school.cards['A']}"
    return path, fill(path, **{"SM1.3-12.1": "2", "AG1.3-12.1": "4", "MS4.3-12.1": "a <b>graph</b>"})


def assert_not_saved_and_kept(answer, data):
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    kept = {
        one.attributes["name"]: one.attributes["value"]
        for one in read_page(answer.get_data(as_text=True))
        if one.attributes.get("type") == "hidden"
    }
    assert kept == data
    assert "Send again" in words(answer)
    assert "sent" not in words(answer).lower().replace("not sent", "")


def refuse_statements(database, app, beginning: str, message: str):
    """Let SQLite itself refuse, as it does on a bad disk; return a function that mends it."""
    engine = app.extensions["focal_db"].engine

    def refuse(_connection, _cursor, statement, *_rest):
        if statement.startswith(beginning):
            raise sqlite3.OperationalError(message)

    event.listen(engine, "before_cursor_execute", refuse)
    return lambda: event.remove(engine, "before_cursor_execute", refuse)


@pytest.mark.database("sqlite")
def test_a_database_locked_by_another_writer(school, client, sheet, database_url):
    path, data = sheet
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    answer = client.post(path, data=data)
    assert time.monotonic() - started < 6.5
    assert_not_saved_and_kept(answer, data)
    assert "We are very busy" in words(answer)
    assert client.get(path).status_code == 200, "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    assert client.post(path, data=data).status_code == 303
    assert len(school.stored()) == 1


@pytest.mark.database("postgres")
def test_a_row_held_by_another_transaction(school, client, sheet, database):
    path, data = sheet
    with database.writing(TESTS) as other:
        other.get(Administration, school.administration("coded").id, with_for_update=True)
        started = time.monotonic()
        answer = client.post(path, data=data)
        assert time.monotonic() - started < 6.5
        assert_not_saved_and_kept(answer, data)
        assert "We are very busy" in words(answer)
        other.rollback()
    assert client.post(path, data=data).status_code == 303


@pytest.mark.database("sqlite")
def test_a_read_only_database(school, app, client, sheet):
    path, data = sheet
    engine = app.extensions["focal_db"].engine
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA query_only=ON")
    answer = client.post(path, data=data)
    assert_not_saved_and_kept(answer, data)
    assert "We cannot save answers right now" in words(answer)
    assert client.get(path).status_code == 200
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA query_only=OFF")
    assert client.post(path, data=data).status_code == 303


@pytest.mark.database("postgres")
def test_a_database_that_only_reads(school, app, client, sheet, owners):
    path, data = sheet
    name = owners.url.database
    with owners.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    app.extensions["focal_db"].engine.dispose()
    answer = client.post(path, data=data)
    assert_not_saved_and_kept(answer, data)
    assert client.get(path).status_code == 200
    with owners.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"))
        connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
    app.extensions["focal_db"].engine.dispose()
    assert client.post(path, data=data).status_code == 303


@pytest.mark.database("sqlite")
def test_a_full_disk_takes_what_fits_and_thanks_for_nothing_else(school, app, client, fill):
    school.open(focal=False, rest=True, items=["SM1", "AG1", "MS4"])
    path = f"/s/{school.class_code}"
    engine = app.extensions["focal_db"].engine

    def limit(connection, *_rest):
        raw = connection.connection.driver_connection
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "begin", limit)
    thanked = 0
    for _ in range(200):  # the file's own free pages are used up first
        data = fill(path, **{"SM1.3-12.1": "2", "MS4.3-12.1": "x" * 300})
        answer = client.post(path, data=data)
        if answer.status_code != 303:
            break
        thanked += 1
    assert_not_saved_and_kept(answer, data)
    assert len(school.stored()) == thanked
    assert client.get(path).status_code == 200
    event.remove(engine, "begin", limit)
    engine.dispose()
    assert client.post(path, data=data).status_code == 303
    assert len(school.stored()) == thanked + 1


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    "beginning", ["INSERT INTO receipts", "INSERT INTO answers", "UPDATE administrations"]
)
def test_whatever_statement_fails_nothing_is_half_stored(school, app, client, sheet, database, beginning):
    path, data = sheet
    mend = refuse_statements(database, app, beginning, "database or disk is full")
    assert_not_saved_and_kept(client.post(path, data=data), data)
    assert school.stored() == []
    assert school.answers() == []
    mend()
    assert client.post(path, data=data).status_code == 303
    assert len(school.answers()) == 3


@pytest.mark.database("sqlite")
def test_a_commit_that_fails_is_no_thanks(school, app, client, sheet):
    path, data = sheet
    engine = app.extensions["focal_db"].engine

    def refuse(_connection):
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(engine, "commit", refuse)
    answer = client.post(path, data=data)
    event.remove(engine, "commit", refuse)
    assert answer.status_code in (500, 503)
    assert "Sent." not in words(answer)
    assert school.stored() == []


@pytest.mark.database("postgres")
def test_a_server_that_is_away(school, app, client, sheet, engine):
    path, data = sheet
    name = engine.url.database
    pool = app.extensions["focal_db"].engine
    beside = create_engine(engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with beside.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        pool.dispose()
        assert_not_saved_and_kept(client.post(path, data=data), data)
        assert client.get(path).status_code == 503
        assert client.get("/s").status_code == 200
        connection.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'))
    beside.dispose()
    assert client.post(path, data=data).status_code == 303


@pytest.mark.database("sqlite")
def test_a_fault_that_nobody_thought_of_has_plain_words_and_no_inside(school, client, monkeypatch, caplog):
    school.open()
    monkeypatch.setattr("survey_app.respond.service.choose_offer", lambda *_a, **_k: 1 / 0)
    answer = client.get(f"/s/{school.cards['A']}")
    assert answer.status_code == 500
    assert "Something broke on our side. It was not you." in words(answer)
    assert "Traceback" not in words(answer)
    assert "ZeroDivision" not in words(answer)


@pytest.mark.database("sqlite")
def test_faults_write_no_answer_and_no_code_into_the_log(school, app, client, sheet, database, caplog):
    path, data = sheet
    data = {**data, "MS4.3-12.1": "canary in the coal mine"}
    mend = refuse_statements(database, app, "INSERT INTO answers", "some fault")
    client.post(path, data=data)
    mend()
    client.post(path, data=data)
    client.get("/s/7H4MPX23")
    for canary in ("canary", school.cards["A"], "7H4MPX23", data["key"]):
        assert canary not in caplog.text


def test_readers_are_not_kept_waiting_by_a_sheet_being_stored(school, app, client, sheet):
    path, data = sheet
    arrived = threading.Event()
    go_on = threading.Event()

    def pause(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO answers"):
            arrived.set()
            go_on.wait(10)

    engine = app.extensions["focal_db"].engine
    event.listen(engine, "before_cursor_execute", pause)
    sending = threading.Thread(target=lambda: app.test_client().post(path, data=data))
    sending.start()
    assert arrived.wait(10)
    assert client.get(f"/s/{school.cards['B']}").status_code == 200
    go_on.set()
    sending.join()
    event.remove(engine, "before_cursor_execute", pause)
    assert len(school.stored()) == 1
