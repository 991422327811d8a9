"""Erasing a student or a class: through the pages, and then looked for in every column and every byte."""

from __future__ import annotations

import csv
import io
import subprocess
import uuid
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, inspect, make_url, select, text

from survey_app.accounts.service import PROOF_LASTS
from survey_app.backup.postgres import tool_for
from survey_app.classrooms import queries as class_queries
from survey_app.db import Base
from survey_app.erasure import journal
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Card, Classroom, FocalCode
from survey_app.models.cycles import Cycle, CycleFocal
from survey_app.models.predictions import Prediction
from survey_app.models.responses import Answer, Response
from survey_app.models.snapshots import Snapshot
from survey_app.results.snapshots import hash_of
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer, visible

CANARY = "zqcanaryzq"


def lived_class(teacher: Teacher) -> dict:
    """Let student B say and be said of the canary everywhere, in a cycle run to its end."""
    cycle = teacher.start(ready_set="mist_short")
    tokens = teacher.cards()
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        room = db.scalars(select(Classroom)).one()
        code = db.scalars(select(FocalCode).where(FocalCode.label == "B")).one()
        row = db.scalars(select(CycleFocal).where(CycleFocal.focal_code_id == code.id)).one()
        row.strength = row.wonder = row.noticing = f"B is {CANARY}"
        db.commit()
    texts = {item["key"] for item in teacher.sheet(cycle)["items"] if item["kind"] == "text"}
    for place, (label, token) in enumerate(tokens.items()):
        own = {one: CANARY for one in texts} if label == "B" else {}
        answer(teacher.app, token, str(place % 4 + 1), **own)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        turn = db.scalars(select(Cycle)).one()
        turn.support_code_id, turn.support_step = code.id, f"ask {CANARY} first"
        db.commit()
    teacher.get(f"{cycle}/look")
    return {"cycle": cycle, "room": f"/classes/{room.id}", "code": f"/classes/{room.id}/focal/{code.id}"}


def places_with(engine, needle: str) -> list[str]:
    """Return every column of every table in which the text stands, JSON and bytes included."""
    found = []
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for column in inspect(engine).get_columns(table):
                name = column["name"]
                asked = text(f'SELECT count(*) FROM "{table}" WHERE CAST("{name}" AS TEXT) LIKE :needle')
                if connection.execute(asked, {"needle": f"%{needle}%"}).scalar():
                    found.append(f"{table}.{name}")
    return found


def bytes_on_disk(app) -> bytes:
    """Return the bytes of the database's files, or a dump of it, and of all that the installation keeps."""
    config = app.config["FOCAL"]
    kept = [path for path in config.instance.rglob("*") if path.is_file()] if config.instance.exists() else []
    if config.on_sqlite:
        main = config.database_url.removeprefix("sqlite:///")
        kept += [Path(main + end) for end in ("", "-wal", "-journal")]
    found = b"".join(path.read_bytes() for path in kept if path.exists())
    return found if config.on_sqlite else found + dumped(config.database_url)


def dumped(url: str) -> bytes:
    """Return a whole PostgreSQL database as the text that anybody with a dump would search."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as db:
        command = [tool_for("pg_dump", db.info.server_version // 10_000), "--inserts", f"--dbname={address}"]
    text_of_it = subprocess.run(command, capture_output=True, check=True).stdout
    assert b"INSERT INTO public.people" in text_of_it
    return text_of_it


def test_a_student_is_gone_from_every_table_and_every_byte(teacher, app, engine):
    made = lived_class(teacher)
    filled = {"answers.words", "cycle_focals.wonder", "cycles.support_step", "snapshots.tables"}
    assert filled <= set(places_with(engine, CANARY))
    assert CANARY.encode() in bytes_on_disk(app)
    sent = teacher.post(f"{made['code']}/erase", sure="1")
    assert sent.location.startswith(made["room"])
    assert places_with(engine, CANARY) == []
    assert CANARY.encode() not in bytes_on_disk(app)
    with teacher.reading() as db:
        code = db.scalars(select(FocalCode).where(FocalCode.label == "B")).one()
        assert code.erased_at is not None, "the tombstone stays"
        for model in (Response, Prediction, CycleFocal, Card):
            assert not db.scalar(
                select(func.count()).select_from(model).where(model.focal_code_id == code.id)
            )
        assert db.scalar(select(func.count()).select_from(Response)) == 4, "the others stay"


def test_frozen_results_go_on_without_her(teacher):
    made = lived_class(teacher)
    teacher.post(f"{made['code']}/erase", sure="1")
    with teacher.reading() as db:
        snapshot = db.scalars(select(Snapshot)).one()
        assert (snapshot.erasures, snapshot.tables["n"]) == (1, 4)
        assert snapshot.tables["students"] == ["A", "C", "D", "E"]
        assert snapshot.content_hash == hash_of(snapshot.tables)
        assert "B" not in {row[0] for row in snapshot.tables["answers"]}
    for page in ("/look", "/look/students", "/plan", "/decide", ""):
        assert CANARY not in teacher.get(made["cycle"] + page)
    exported = teacher.get(f"{made['cycle']}/export.csv")
    assert {row["student"] for row in csv.DictReader(io.StringIO(exported))} <= {"", "A", "C", "D", "E"}


def test_the_letter_is_never_given_again_and_the_card_opens_nothing(teacher, app):
    made = lived_class(teacher)
    teacher.post(f"{made['code']}/erase", sure="1")
    teacher.post(f"{made['room']}/focal", focal="5")
    with teacher.reading() as db:
        room = db.scalars(select(Classroom)).one()
        labels = [code.label for code in class_queries.live_focal_codes(db, room.id)]
    assert labels == ["A", "C", "D", "E", "F"]


def speak_of(teacher, made) -> None:
    """Let plan and decision speak of student B, and of others."""
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        turn = db.scalars(select(Cycle)).one()
        turn.aim, turn.keep_what = f"let B and C begin, {CANARY}", f"B's idea, {CANARY}"
        turn.dose, turn.reason = "Bold questions, A and C", "they liked it"
        db.commit()


def test_texts_that_speak_of_her_are_shown_taken_along_and_emptied(teacher, app, engine):
    made = lived_class(teacher)
    speak_of(teacher, made)
    page = visible(teacher.get(f"{made['code']}/erase"))
    assert "2 texts speak of B, as it seems" in page
    assert "Cycle 1, plan: what you are after: let B and C begin" in page
    held = csv.DictReader(io.StringIO(teacher.get(f"{made['code']}/held.csv").removeprefix("\ufeff")))
    assert {row["what"] for row in held} >= {
        "speaks of B: plan: what you are after",
        "speaks of B: decision: what worked",
    }
    teacher.post(f"{made['code']}/erase", sure="1", with_texts="1")
    assert places_with(engine, CANARY) == []
    assert CANARY.encode() not in bytes_on_disk(app)
    with teacher.reading() as db:
        turn = db.scalars(select(Cycle)).one()
        assert (turn.aim, turn.keep_what, turn.dose) == ("", "", "Bold questions, A and C")


def test_without_the_tick_texts_stay_as_they_are(teacher, engine):
    made = lived_class(teacher)
    speak_of(teacher, made)
    teacher.post(f"{made['code']}/erase", sure="1")
    assert set(places_with(engine, CANARY)) == {"cycles.aim", "cycles.keep_what"}


def test_erased_twice_it_is_erased_once(teacher):
    made = lived_class(teacher)
    for _ in range(2):
        assert "did=code-erased" in teacher.post(f"{made['code']}/erase", sure="1").location
    for _ in range(2):
        assert "did=class-erased" in teacher.post(f"{made['room']}/erase", sure="1").location
    with teacher.reading() as db:
        acts = list(db.scalars(select(AuditEvent.act).where(AuditEvent.act.like("%.erased"))))
    assert acts == ["code.erased", "class.erased"]


def test_a_class_is_gone_with_everything_in_it(teacher, app, engine):
    made = lived_class(teacher)
    other = lived_counts(engine)
    assert other["responses"] == 5
    teacher.post(f"{made['room']}/erase", sure="1")
    assert places_with(engine, CANARY) == []
    assert CANARY.encode() not in bytes_on_disk(app)
    left = {name: count for name, count in lived_counts(engine).items() if count}
    assert left == {"classrooms": 1}, "of all that leads to a class only its tombstone stays"
    with teacher.reading() as db:
        room = db.scalars(select(Classroom)).one()
        assert (room.nickname, room.subject, room.grade, room.students) == ("", None, None, None)
    for page in (made["room"], made["cycle"], f"{made['cycle']}/look"):
        teacher.get(page, 404)
    assert "Period 4" not in teacher.get("/classes") + teacher.get("/cycles")


def lived_counts(engine) -> dict[str, int]:
    """Return how many rows each table has that leads to a class by foreign keys, and surveys."""
    reach, grown = {"classrooms", "surveys"}, True
    while grown:
        more = {
            table.name
            for table in Base.metadata.tables.values()
            if {key.column.table.name for key in table.foreign_keys} & reach
        }
        grown, reach = not more <= reach, reach | more
    with engine.connect() as connection:
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() for name in reach}


def test_another_class_of_the_same_teacher_stays_whole(teacher):
    made = lived_class(teacher)
    second = teacher.start(nickname="Period 5")
    tokens = teacher.cards()
    answer(teacher.app, tokens["A"])
    teacher.post(f"{made['room']}/erase", sure="1")
    answer(teacher.app, tokens["B"])
    assert "2" in teacher.get(second)
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 2


def test_while_a_survey_is_open_nothing_is_erased(teacher):
    teacher.start()
    teacher.cards()
    with teacher.reading() as db:
        code = db.scalars(select(FocalCode).where(FocalCode.label == "A")).one()
    room = f"/classes/{code.classroom_id}"
    for path in (f"{room}/focal/{code.id}", room):
        assert "Close it first" in teacher.post(f"{path}/erase", 409, sure="1").text
    with teacher.reading() as db:
        assert db.scalars(select(FocalCode).where(FocalCode.erased_at.is_not(None))).first() is None
        assert db.scalars(select(Classroom)).one().erased_at is None


def test_without_the_tick_nothing_goes(teacher):
    made = lived_class(teacher)
    for path in (made["code"], made["room"]):
        assert "Say that you know" in teacher.post(f"{path}/erase", 422).text
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 5


@pytest.mark.parametrize("page", ["erase", "held.csv"])
def test_the_password_is_asked_for_again(teacher, clock, page):
    made = lived_class(teacher)
    clock.forward(seconds=PROOF_LASTS.total_seconds() + 1)
    for path in (made["code"], made["room"]):
        asked = teacher.client.get(f"{path}/{page}")
        assert asked.status_code == 303
        assert "/account/password-again" in asked.location
    assert "/account/password-again" in teacher.post(f"{made['code']}/erase", sure="1").location
    with teacher.reading() as db:
        assert db.scalars(select(FocalCode).where(FocalCode.erased_at.is_not(None))).first() is None


def test_what_is_held_can_be_taken_along_and_only_that(teacher):
    made = lived_class(teacher)
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"{made['code']}/held.csv").removeprefix("\ufeff"))))
    assert {row["student"] for row in rows} == {"B"}
    assert {"card", "strength", "wonder", "noticing", "support", "answer", "prediction"} == {
        row["what"] for row in rows
    }
    with teacher.reading() as db:
        code = db.scalars(select(FocalCode).where(FocalCode.label == "B")).one()
        given = db.scalar(
            select(func.count())
            .select_from(Answer)
            .join(Response, Response.id == Answer.response_id)
            .where(Response.focal_code_id == code.id)
        )
    assert sum(row["what"] == "answer" for row in rows) == given
    assert CANARY in {row["held"] for row in rows if row["what"] == "answer"}
    whole = list(csv.DictReader(io.StringIO(teacher.get(f"{made['room']}/held.csv").removeprefix("\ufeff"))))
    assert {row["student"] for row in whole} == {"", "A", "B", "C", "D", "E"}
    assert {row["purpose"] for row in whole} == {"For improvement, not for evaluation"}
    assert "own rating" in {row["what"] for row in whole}


def test_taking_along_shows_no_answer_before_the_lock(teacher):
    cycle = teacher.start(ready_set="mist_short")
    for token in teacher.cards().values():
        answer(teacher.app, token)
    with teacher.reading() as db:
        code = db.scalars(select(FocalCode).where(FocalCode.label == "A")).one()
    for path in (f"/classes/{code.classroom_id}/focal/{code.id}", f"/classes/{code.classroom_id}"):
        rows = list(csv.DictReader(io.StringIO(teacher.get(f"{path}/held.csv").removeprefix("\ufeff"))))
        answers = [row for row in rows if row["what"] == "answer"]
        assert answers
        assert all(row["held"].startswith("Answers are held.") and not row["value"] for row in answers)
    assert cycle


def test_a_colleague_can_neither_see_nor_erase(teacher, app, clock):
    made = lived_class(teacher)
    other = Teacher.arrive(app, clock, "Ben Ortiz")
    for path in (made["code"], made["room"]):
        for page in ("erase", "held.csv"):
            other.get(f"{path}/{page}", 404)
        other.post(f"{path}/erase", 404, sure="1")
    other.get(f"/classes/{uuid.uuid4()}/erase", 404)
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 5


def test_the_audit_names_no_code_and_the_journal_keeps_the_tombstone(teacher, app):
    made = lived_class(teacher)
    teacher.post(f"{made['code']}/erase", sure="1")
    config = app.config["FOCAL"]
    lines = journal.read_lines(config.instance, config.secret_key)
    assert [(line["what"], line["id"]) for line in lines] == [("code", made["code"].rsplit("/", 1)[1])]
    with teacher.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.act == "code.erased")).one()
    assert event.object_id == made["room"].split("/")[2]
    path = config.instance / journal.FILE
    path.write_bytes(path.read_bytes().replace(b'"what": "code"', b'"what": "clas"'))
    with pytest.raises(journal.JournalBroken, match="Line 1 of"):
        journal.read_lines(config.instance, config.secret_key)


def test_the_class_page_leads_there(teacher):
    made = lived_class(teacher)
    page = teacher.get(made["room"])
    assert f"{made['code']}/erase" in page
    assert f"{made['room']}/erase" in page
    assert "1 sheet of answers" in visible(teacher.get(f"{made['code']}/erase"))
