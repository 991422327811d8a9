"""What families said is recorded where cards are issued; a no means no card, no page, nothing stored."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from survey_app.classrooms import consents
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Classroom, Consent, FocalCode
from survey_app.models.keeping import ConsentRule
from survey_app.models.people import Organisation, Person
from survey_app.models.responses import Answer, Response
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer, visible


@pytest.fixture
def teacher(app, clock) -> Teacher:
    return Teacher.arrive(app, clock)


def room_of(teacher) -> str:
    with teacher.reading() as db:
        return f"/classes/{db.scalars(select(Classroom.id)).one()}"


def rule(teacher, kind: str) -> None:
    """Let the organisation above the teacher's say what it asks for."""
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        school = db.scalars(select(Organisation)).one()
        above = Organisation(kind="district", name="Dos Rios", created_at=teacher.clock())
        db.add(above)
        db.flush()
        school.parent_id = above.id
        person = teacher.person_id
        db.add(ConsentRule(organisation_id=above.id, kind=kind, set_at=teacher.clock(), set_by_id=person))
        db.commit()


def test_an_opted_out_student_is_left_in_peace(teacher, app):
    cycle = teacher.start(ready_set="mist_short")
    tokens = teacher.cards()
    room = room_of(teacher)
    page = app.test_client().get(f"/s/{tokens['B']}").text
    sent = teacher.post(f"{room}/families/said", said_A="given", said_B="opted_out", said_rest="notice_sent")
    assert sent.location.endswith("/cards?did=families")
    with teacher.reading() as db:
        kept = {
            code: (one.kind, one.recorded_at, one.recorded_by_id)
            for one, code in db.execute(
                select(Consent, FocalCode.label).outerjoin(FocalCode, FocalCode.id == Consent.focal_code_id)
            )
        }
    assert kept == {
        label: (kind, teacher.clock(), teacher.person_id)
        for label, kind in (("A", "given"), ("B", "opted_out"), (None, "notice_sent"))
    }
    # Her card opens a friendly page, in her language; a page she had open stores nothing.
    for path in (f"/s/{tokens['B']}", f"/s/{tokens['B']}?lang=es"):
        told = app.test_client().get(path)
        assert told.status_code == 403
        assert any(words in visible(told.text) for words in ("Everything is fine.", "Todo está bien."))
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    names = set(re.findall(r'type="radio"[^>]*name="([^"]+)"', page))
    assert (
        app.test_client().post(f"/s/{tokens['B']}", data=form | dict.fromkeys(names, "2")).status_code == 403
    )
    answer(app, tokens["A"])
    # Nor can the teacher key her in from paper, or print a card for her.
    assert ">B<" not in teacher.get(f"{cycle}/key-in")
    shown = teacher.get(f"{room}/cards")
    assert "does not take part: no card" in shown
    assert 'name="make_B"' not in shown
    key = re.search(r'name="form_key" value="([^"]+)"', shown)[1]
    printed = teacher.post(
        f"{room}/cards", 200, form_key=key, make_C="1", make_B="1", language_B="en", sure="1"
    ).text
    assert '<th scope="row">C</th>' in printed
    assert '<th scope="row">B</th>' not in printed
    with teacher.reading() as db:
        labels = db.scalars(
            select(FocalCode.label).join(Response, Response.focal_code_id == FocalCode.id)
        ).all()
        assert labels == ["A"]
        assert db.scalars(select(Answer)).first() is not None
    # The next cycle does not ask her; when the family changes its mind, her old card opens again.
    teacher.post(f"{room}/families/said", said_B="given")
    assert app.test_client().get(f"/s/{tokens['B']}").status_code == 200


@pytest.mark.database("sqlite")
def test_the_next_cycle_asks_only_those_who_take_part(teacher):
    cycle = teacher.start()
    teacher.whole_cycle(cycle, teacher.cards())
    teacher.post(f"{room_of(teacher)}/families/said", said_E="opted_out")
    series = re.search(r"/series/[0-9a-f-]+", teacher.get(cycle))[0]
    following = teacher.post(f"{series}/next", do="draft").location
    assert "A, B, C, D" in visible(teacher.get(following.split("?")[0]))
    assert "A, B, C, D, E" not in visible(teacher.get(following.split("?")[0]))


@pytest.mark.database("sqlite")
def test_a_record_is_one_act_holds_no_name_and_is_not_told_twice(teacher):
    teacher.start()
    room = room_of(teacher)
    for _ in range(2):
        teacher.post(f"{room}/families/said", said_A="given", said_B="opted_out")
    with teacher.reading() as db:
        events = db.scalars(select(AuditEvent).where(AuditEvent.act == "consent.recorded")).all()
    assert len(events) == 1
    assert events[0].object_id == room.split("/")[2]
    assert "Choose from the list" in teacher.post(f"{room}/families/said", 422, said_A="maybe").text
    teacher.post(f"{room}/families/said", 422, said_rest="opted_out")
    stranger = Teacher.arrive(teacher.app, teacher.clock, "Somebody Else")
    stranger.post(f"{room}/families/said", 404, said_A="given")


def test_the_nearest_rule_above_counts_and_decides_about_cards(teacher):
    teacher.start()
    room = room_of(teacher)
    assert "has not said what it asks for" in teacher.get(f"{room}/cards")
    rule(teacher, "given")
    shown = teacher.get(f"{room}/cards")
    assert "asks that the family says yes" in shown
    assert shown.count("no card before the family says yes") == 5
    teacher.post(f"{room}/families/said", said_A="given", said_B="notice_sent")
    shown = teacher.get(f"{room}/cards")
    assert shown.count("no card before the family says yes") == 4
    assert 'name="make_A"' in shown
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        home = db.get_one(Person, teacher.person_id).organisation_id
        db.add(
            ConsentRule(
                organisation_id=home, kind="not_needed", set_at=teacher.clock(), set_by_id=teacher.person_id
            )
        )
        db.flush()
        assert consents.rule_for(db, home) == "not_needed"


@pytest.mark.database("sqlite")
def test_families_in_a_browser(open_page, teacher):
    teacher.start()
    teacher.cards()
    room = room_of(teacher)
    token = teacher.client.get_cookie("focal_session").value
    for options in ({"width": 390, "java_script_enabled": False}, {"width": 1280}):
        page = open_page(**options)
        page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
        page.goto(f"{room}/cards")
        page.get_by_text("What families were told, or have said").click()
        page.locator("#f-said_B").select_option("opted_out")
        page.get_by_role("button", name="Record it").focus()
        page.keyboard.press("Enter")
        page.get_by_text("It is recorded").wait_for()
        page.get_by_text("What families were told, or have said").click()
        page.shoot("families")
    page.check_axe()
