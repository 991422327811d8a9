"""The night's work: what its time is over for goes, what is younger stays, and it is signed."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from migrations import rules
from survey_app.erasure import journal, nightly, retention
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.people import Invitation, Organisation, PasswordLink, SignInTries, StaffSession
from survey_app.models.responses import Receipt, Response
from tests.databases import TESTS
from tests.survey_app.erasure.test_erase import CANARY, bytes_on_disk, lived_class, places_with
from tests.survey_app.loop.teacher import visible


@pytest.fixture
def night(app, clock):
    """Do a night's work as the clock stands; return what was done, with the faults."""

    def worked():
        done, faults = nightly.work(app.extensions["focal_db"], app.config["FOCAL"], now=clock())
        return {what: count for what, count in done.items() if count}, faults

    return worked


def how_many(teacher, model) -> int:
    with teacher.reading() as db:
        return db.scalar(select(func.count()).select_from(model))


def test_receipts_go_a_week_after_the_close_and_not_before(teacher, clock, night):
    lived_class(teacher)
    clock.forward(days=6, hours=23)
    assert "receipts" not in night()[0]
    clock.forward(hours=2)
    assert night()[0]["receipts"] == 5
    assert how_many(teacher, Receipt) == 0
    assert how_many(teacher, Response) == 5, "answers stay"


def test_sign_ins_links_and_wrong_passwords_go_in_their_time(teacher, app, clock, night):
    with app.extensions["focal_db"].writing(TESTS) as db:
        school = db.scalars(select(Organisation)).one()
        soon = {"created_at": clock(), "expires_at": clock()}
        who = {"organisation_id": school.id, "inviter_id": teacher.person_id, "role": "teacher"}
        db.add(
            Invitation(email="a@example.org", display_name="A", token_hash=b"1" * 32, **who, **soon)
        )
        db.add(
            PasswordLink(
                person_id=teacher.person_id,
                made_by_id=teacher.person_id,
                token_hash=b"2" * 32,
                expires_at=clock(),
            )
        )
        db.add(SignInTries(address_mark=b"3" * 32, failures=3, tried_at=clock(), next_at=clock()))
        db.add(SignInTries(address_mark=b"4" * 32, failures=100, tried_at=clock(), next_at=clock()))
        db.commit()
    clock.forward(days=5)
    assert night() == ({}, [])
    clock.forward(days=4)
    assert night()[0] == {"sign-ins": 1}
    assert how_many(teacher, StaffSession) == 0
    clock.forward(days=23)
    assert night()[0] == {"invitations": 1, "password links": 1, "wrong passwords": 1}
    assert how_many(teacher, SignInTries) == 1, "who is stopped stays stopped"


def test_a_class_is_archived_then_erased_in_its_time(teacher, clock, night, engine):
    lived_class(teacher)
    clock.forward(days=retention.CLASS_LIVES.days - 1)
    assert "classes archived" not in night()[0]
    clock.forward(days=2)
    assert night()[0]["classes archived"] == 1
    clock.forward(days=retention.ARCHIVE_KEPT.days - 1)
    assert "classes erased" not in night()[0]
    assert places_with(engine, CANARY)
    clock.forward(days=2)
    assert night()[0] == {"classes erased": 1}
    assert places_with(engine, CANARY) == []
    with teacher.reading() as db:
        acts = db.execute(
            select(AuditEvent.act, AuditEvent.actor_id, AuditEvent.route).where(
                AuditEvent.act.like("class.%")
            )
        ).all()
    assert acts == [("class.archived", None, "nightly"), ("class.erased", None, "nightly")]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("what", ["code", "room"])
def test_what_a_restored_backup_brings_back_is_erased_again(teacher, app, engine, night, tmp_path, what):
    made = lived_class(teacher)
    file = Path(app.config["FOCAL"].database_url.removeprefix("sqlite:///"))
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(file, tmp_path / "backup")
    teacher.post(f"{made[what]}/erase", sure="1")

    engine.dispose()
    app.extensions["focal_db"].engine.dispose()
    for end in ("-wal", "-shm"):
        Path(f"{file}{end}").unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "backup", file)
    assert CANARY.encode() in bytes_on_disk(app)
    again = "students erased again" if what == "code" else "classes erased again"
    assert night() == ({again: 1}, [])
    assert places_with(engine, CANARY) == []
    assert CANARY.encode() not in bytes_on_disk(app)


def test_an_answer_that_came_in_too_late_is_swept_up(teacher, app, clock, night):
    lived_class(teacher)
    with app.extensions["focal_db"].writing(TESTS) as db:
        # As if her answer had been on its way while she was erased.
        db.scalars(select(FocalCode).where(FocalCode.label == "B")).one().erased_at = clock()
        db.commit()
    assert night()[0]["rows swept up"] > 5
    assert how_many(teacher, Response) == 4


def test_what_never_came_into_the_list_is_written_there_the_next_night(teacher, app, night):
    made = lived_class(teacher)
    teacher.post(f"{made['code']}/erase", sure="1")
    config = app.config["FOCAL"]
    (config.instance / journal.FILE).unlink()  # as if the machine had stopped before it was written
    night()
    lines = journal.read_lines(config.instance, *config.secret_keys)
    assert [line["what"] for line in lines] == ["code", "night"]
    assert lines[0]["id"] == made["code"].rsplit("/", 1)[1]


def test_a_new_key_does_not_break_the_list(teacher, app, clock, night):
    made = lived_class(teacher)
    teacher.post(f"{made['code']}/erase", sure="1")
    config = app.config["FOCAL"]
    new = dataclasses.replace(config, secret_key="n" * 40, old_secret_keys=(config.secret_key,))
    for _ in range(2):
        assert nightly.work(app.extensions["focal_db"], new, now=clock())[1] == []
    assert len(journal.read_lines(new.instance, *new.secret_keys)) == 3


def test_each_night_is_signed_and_a_changed_record_is_told(teacher, app, clock, night, owners):
    lived_class(teacher)
    clock.forward(days=8)
    night()
    config = app.config["FOCAL"]
    line = journal.read_lines(config.instance, config.secret_key)[-1]
    assert line["what"] == "night"
    assert line["did"]["receipts"] == 5
    with owners.begin() as connection:
        rule = next(one for one in rules.RULES if one.name == "audit_events_never_edited")
        rules.drop(connection, rule)
        connection.execute(text("UPDATE audit_events SET act = 'nothing' WHERE number = 1"))
    assert night()[1] == ["The record of acts was changed at number 1: compare it with a backup."]
    path = config.instance / journal.FILE
    path.write_bytes(path.read_bytes().replace(b'"receipts": 5', b'"receipts": 4'))
    assert "was changed, or was written with a key that is not in FOCAL_OLD_SECRET_KEYS" in night()[1][0]


def test_the_command_does_it(teacher, app, clock, monkeypatch, capsys):
    config = app.config["FOCAL"]
    lived_class(teacher)
    monkeypatch.setenv("DATABASE_URL", config.database_url)
    monkeypatch.setenv("FOCAL_SECRET_KEY", config.secret_key)
    monkeypatch.setenv("FOCAL_INSTANCE", str(config.instance))
    monkeypatch.setattr("survey_app.clock.now", lambda: clock.forward(days=10))
    assert nightly.main() == 0
    assert "receipts: 5" in capsys.readouterr().out
    monkeypatch.setenv("FOCAL_SECRET_KEY", "short")
    assert nightly.main() == 1


def test_the_notice_is_for_everybody_and_says_every_kind(client):
    words = visible(client.get("/privacy").text)
    for kind in retention.KINDS:
        assert f"{kind.what} {kind.holds} {kind.how_long}" in words
    assert "7 days after the survey closes" in words
    assert "1 year after the class is archived" in words


@pytest.mark.database("sqlite")
def test_the_notice_says_when_the_job_last_ran_or_that_it_has_not(client, clock, night):
    assert "It has not run here yet" in visible(client.get("/privacy").text)
    night()
    clock.forward(days=3)
    assert "It last did so on Tuesday 3 March" in visible(client.get("/privacy").text)


def test_the_archive_keeps_only_classes_that_are_not_erased(teacher, clock, night):
    made = lived_class(teacher)
    teacher.post(f"{made['room']}/erase", sure="1")
    clock.forward(days=1000)
    assert "classes erased" not in night()[0]
    assert how_many(teacher, Classroom) == 1
