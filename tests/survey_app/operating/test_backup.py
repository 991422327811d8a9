"""Backups of a lived-in installation: whole, signed, put back elsewhere, and erased again what was erased."""

from __future__ import annotations

import dataclasses
import gzip
import io
import tarfile
import threading
import uuid
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from survey_app import running
from survey_app.backup import __main__ as command
from survey_app.backup import keeping, postgres
from survey_app.backup.archive import Altered, CannotBackUp, read_manifest, unpack
from survey_app.backup.making import make_backup
from survey_app.backup.restoring import restore
from survey_app.db import Database
from survey_app.erasure import journal, nightly, orders
from survey_app.models.audit import AuditEvent
from survey_app.models.people import Organisation, Person, StaffSession
from tests.databases import TESTS
from tests.survey_app.erasure.test_erase import CANARY, lived_class, places_with
from tests.survey_app.loop.teacher import Teacher

# Written by the restore itself, or ended by it.
CHANGED = {"audit_events", "staff_sessions", "password_links"}


@pytest.fixture
def config(app):
    return app.config["FOCAL"]


def rows(engine) -> dict[str, list]:
    """Return every row of every table, in an order that does not hang on the database."""
    with engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"'))))
            for table in inspect(engine).get_table_names()
        }


def test_what_was_backed_up_stands_elsewhere_row_for_row(teacher, config, clock, engine, empty_place):
    lived_class(teacher)
    before = rows(engine)
    made, _gone = make_backup(config, now=clock())
    manifest = read_manifest(made, config.secret_keys)
    assert manifest.counts == {table: len(found) for table, found in before.items()}
    assert made.stat().st_mode & 0o077 == 0, "nobody else may read a backup"
    done = restore(made, config, into=empty_place, now=clock())
    assert (done.faults, done.kept) == ([], None)
    with closing_engine(empty_place) as other:
        after = rows(other)
        assert {name: after[name] for name in set(after) - CHANGED} == {
            name: before[name] for name in set(before) - CHANGED
        }
        assert len(after["audit_events"]) == len(before["audit_events"]) + 2
    assert rows(engine) == before, "the installation itself was not touched"
    with opened_at(empty_place) as opened, opened.writing(TESTS) as db:
        alive = select(func.count()).select_from(StaffSession).where(StaffSession.ended_at.is_(None))
        assert db.scalar(alive) == 0, "a sign-in that was ended since may not come back"
        # The rules of the database are back, too.
        for forbidden in ("UPDATE answers SET value = 1", "DELETE FROM audit_events"):
            with pytest.raises(DBAPIError, match=r"(?i)frozen|append|never|change|permission denied"):
                db.execute(text(forbidden))
            db.rollback()


@contextmanager
def closing_engine(url):
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def opened_at(url):
    opened = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    yield opened
    opened.engine.dispose()


def test_what_was_erased_since_is_erased_again(teacher, config, clock, engine, empty_place):
    made = lived_class(teacher)
    backup, _gone = make_backup(config, now=clock())
    teacher.post(f"{made['code']}/erase", sure="1")
    assert len(journal.read_lines(config.instance, config.secret_key)) == 1
    done = restore(backup, config, into=empty_place, now=clock())
    assert done.did["students erased again"] == 1
    with closing_engine(empty_place) as other:
        assert places_with(other, CANARY) == []


@pytest.mark.database("sqlite")
def test_the_list_of_erasures_comes_along_when_its_folder_is_lost(config, clock, empty_place):
    journal.write_line(config.instance, config.secret_key, "code", id=str(uuid.uuid4()), now=clock())
    backup, _gone = make_backup(config, now=clock())
    new = dataclasses.replace(config, instance=config.instance.parent / "new", database_url=empty_place)
    restore(backup, new, now=clock())
    lines = journal.read_lines(new.instance, config.secret_key)
    assert [line["what"] for line in lines] == ["code", "night"]


@pytest.mark.database("sqlite")
def test_two_lists_that_went_different_ways_stop_a_restore(teacher, config, clock, empty_place):
    journal.write_line(config.instance, config.secret_key, "code", id="1", now=clock())
    backup, _gone = make_backup(config, now=clock())
    (config.instance / journal.FILE).unlink()
    journal.write_line(config.instance, config.secret_key, "code", id="2", now=clock())
    with pytest.raises(CannotBackUp, match="different ways"):
        restore(backup, config, into=empty_place, now=clock())


def test_a_living_database_is_replaced_only_when_its_name_is_typed(teacher, app, config, clock, engine):
    backup, _gone = make_backup(config, now=clock())

    def rename(to: str) -> None:
        with app.extensions["focal_db"].writing(TESTS) as db:
            db.scalars(select(Person)).one().display_name = to
            db.commit()
        app.extensions["focal_db"].engine.dispose()
        engine.dispose()

    rename("Somebody Else")
    for confirm in (None, lambda _name: False):
        with pytest.raises(CannotBackUp, match="Nothing was touched"):
            restore(backup, config, confirm=confirm, now=clock())
    asked = []
    done = restore(backup, config, confirm=lambda name: asked.append(name) or True, now=clock())
    assert asked == [config.database_url.rpartition("/")[2].partition("?")[0]]
    with teacher.reading() as db:
        assert db.scalars(select(Person.display_name)).one() == "Ana Lopez"
        assert db.scalars(select(AuditEvent.act).where(AuditEvent.act == "database.restored")).one()
    # What stood there before was kept, and goes back as well.
    app.extensions["focal_db"].engine.dispose()
    restore(done.kept, config, confirm=lambda _name: True, now=clock())
    with teacher.reading() as db:
        assert db.scalars(select(Person.display_name)).one() == "Somebody Else"


@pytest.mark.database("sqlite")
def test_no_byte_may_change(config, clock, tmp_path):
    made, _gone = make_backup(config, now=clock())
    whole = made.read_bytes()
    changed = tmp_path / "changed.tar"
    places = {*range(0, 2048, 61), *range(2048, len(whole), max(1, len(whole) // 150)), len(whole) - 1}
    for place in sorted(places):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        (tmp_path / f"out{place}").mkdir()
        with pytest.raises(Altered):
            unpack(changed, config.secret_keys, tmp_path / f"out{place}")
    for cut in (whole[:-1], whole[:-600], whole + b"x", b""):
        changed.write_bytes(cut)
        (tmp_path / f"cut{len(cut)}").mkdir()
        with pytest.raises(Altered):
            unpack(changed, config.secret_keys, tmp_path / f"cut{len(cut)}")
    with pytest.raises(Altered):
        restore(changed, config, into=str(tmp_path / "none.sqlite"), now=clock())
    assert not (tmp_path / "none.sqlite").exists()


@pytest.mark.database("sqlite")
def test_a_key_that_was_replaced_still_proves_its_backups_and_another_does_not(config, clock, tmp_path):
    made, _gone = make_backup(config, now=clock())
    rotated = dataclasses.replace(config, secret_key="n" * 40, old_secret_keys=(config.secret_key,))
    assert read_manifest(made, rotated.secret_keys).kind == "sqlite"
    stranger = dataclasses.replace(config, secret_key="s" * 40)
    with pytest.raises(Altered, match="FOCAL_OLD_SECRET_KEYS"):
        restore(made, stranger, into=str(tmp_path / "x.sqlite"), now=clock())


@pytest.mark.database("sqlite")
def test_any_tar_opens_it(config, clock):
    made, _gone = make_backup(config, now=clock())
    with tarfile.open(made) as opened:
        assert opened.getnames() == ["manifest.json", "manifest.mark", "focal.sqlite.gz"]
        content = opened.extractfile("focal.sqlite.gz").read()
    assert gzip.decompress(content).startswith(b"SQLite format 3")


@pytest.mark.database("sqlite")
def test_every_answer_acknowledged_before_it_began_is_in_it(app, config, clock, tmp_path):
    """Somebody writes all the time; the copy holds all that was committed, and nothing half."""
    database = app.extensions["focal_db"]
    committed, stop = [], threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with database.writing(TESTS) as db:
                school = Organisation(
                    kind="school", name=f"number {number}", time_zone="UTC", created_at=clock()
                )
                db.add(school)
                db.commit()
            committed.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(committed) < 20:
            stop.wait(0.01)
        acknowledged = committed[-1]
        made, _gone = make_backup(config, now=clock())
    finally:
        stop.set()
        writer.join()
    assert committed[-1] > acknowledged, "writing went on meanwhile"
    place = tmp_path / "copy.sqlite"
    restore(made, config, into=str(place), now=clock())
    with closing_engine(f"sqlite:///{place}") as other, other.connect() as connection:
        names = connection.scalars(text("SELECT name FROM organisations WHERE name LIKE 'number %'"))
        numbers = sorted(int(name.split()[1]) for name in names)
    assert numbers == list(range(1, len(numbers) + 1)), "no gap"
    assert len(numbers) >= acknowledged


def test_a_damaged_or_missing_database_is_not_backed_up(config, clock, tmp_path, database_kind):
    if database_kind == "sqlite":
        file = tmp_path / "focal.sqlite"
        file.write_bytes(file.read_bytes()[:8192] + b"\xff" * 20000 + file.read_bytes()[28192:])
        for ending in ("-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)
        asked = config
    else:
        asked = dataclasses.replace(config, database_url="postgresql+psycopg://nobody:hush@127.0.0.1:9/none")
    with pytest.raises(CannotBackUp) as told:
        make_backup(asked, now=clock())
    assert "hush" not in str(told.value)
    assert list(config.backup_folder.iterdir()) == [], "nothing half is left behind"


def test_a_tool_older_than_the_server_is_refused_with_the_package_to_install():
    with pytest.raises(CannotBackUp, match="apt install postgresql-client-99"):
        postgres.tool_for("pg_dump", 99)


def test_none_lives_longer_than_35_days(tmp_path, clock):
    now = clock()
    for hours in range(0, 24 * 50, 6):
        moment = now - timedelta(hours=hours)
        (tmp_path / f"focal-{keeping.stamp(moment)}-aaaa.tar").write_text("x")
        (tmp_path / f"unreadable-{keeping.stamp(moment)}.sqlite-wal").write_text("x")
    (tmp_path / "letter.txt").write_text("not ours")
    keeping.prune(tmp_path, now)
    left = [now - moment for moment, _path in keeping.backups(tmp_path)]
    assert max(left) <= timedelta(days=35)
    assert len([age for age in left if age <= timedelta(days=2)]) == 9
    assert len(left) - 9 == 34, "then one a day"
    others = [path for path in tmp_path.iterdir() if path.name.startswith("unreadable")]
    assert len(others) == 4 * 35 + 1, "a damaged one is kept whole, and no longer"
    assert (tmp_path / "letter.txt").exists()
    assert keeping.age_of_newest(tmp_path, now) == timedelta(0)


@pytest.mark.database("sqlite")
def test_nothing_is_put_under_a_server_at_work(config, clock, monkeypatch):
    made, _gone = make_backup(config, now=clock())
    monkeypatch.setattr(running, "SECONDS_FOR_THE_LAST_ONE", 0)
    with running.as_server(config):
        with pytest.raises(running.Occupied, match="Stop it"):
            restore(made, config, confirm=lambda _name: True, now=clock())
        with pytest.raises(running.Occupied, match="one server"), running.as_server(config):
            pass
    with running.alone(config.instance), pytest.raises(running.Occupied), running.as_server(config):
        pass


@pytest.mark.database("sqlite")
def test_the_commands_say_what_they_did(config, clock, tmp_path, monkeypatch, capsys):
    for name, value in {
        "DATABASE_URL": config.database_url,
        "FOCAL_INSTANCE": str(config.instance),
        "FOCAL_SECRET_KEY": config.secret_key,
        "FOCAL_BACKUPS": str(tmp_path / "kept"),
    }.items():
        monkeypatch.setenv(name, value)
    assert command.main(["backup"]) == 0
    (made,) = (tmp_path / "kept").glob("*.tar")
    assert command.main(["backup", "--list"]) == 0
    assert command.main(["backup", "--check", str(made)]) == 0
    assert "whole, signed here" in capsys.readouterr().out
    assert command.main(["restore", str(made)]) == 1
    assert "Nothing was touched" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert command.main(["restore", str(made), "--replace"]) == 1
    assert command.main(["restore", str(made), "--into", str(tmp_path / "new" / "f.sqlite")]) == 0
    assert "Everybody has to sign in again" in capsys.readouterr().out
    assert command.main(["restore", str(tmp_path / "none.tar")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_an_account_erased_since_is_erased_again(teacher, app, config, clock, engine, empty_place):
    gone = Teacher.arrive(app, clock, "Qzx Canarysmith")
    backup, _gone = make_backup(config, now=clock())
    with app.extensions["focal_db"].writing(TESTS) as db:
        orders.erase_person(db, db.get_one(Person, gone.person_id), now=clock())
        db.commit()
    nightly.work(app.extensions["focal_db"], config, now=clock())
    done = restore(backup, config, into=empty_place, now=clock())
    assert (done.did["accounts erased again"], done.faults) == (1, [])
    with closing_engine(empty_place) as other:
        assert places_with(other, "anarysmith") == []
