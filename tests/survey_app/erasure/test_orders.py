"""An administrator orders, sees no answer, and what she ordered is gone: from tables, bytes and backups."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile

import pytest
from sqlalchemy import func, select

from survey_app.accounts.service import PROOF_LASTS
from survey_app.erasure import hand_over, journal, nightly, orders
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Classroom
from survey_app.models.people import Invitation, Organisation, Person, RoleGrant, StaffSession
from survey_app.models.responses import Response
from tests.databases import TESTS
from tests.survey_app.erasure.test_erase import CANARY, bytes_on_disk, lived_class, places_with
from tests.survey_app.loop.teacher import Teacher, answer, visible

NAME = "Qzx Canarysmith"


@pytest.fixture
def chief(app, clock, teacher) -> Teacher:
    """Return who looks after the teacher's school."""
    made = Teacher.arrive(app, clock, "Olive Chief", roles=("administrator",))
    made.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', made.get("/account"))[1]
    return made


@pytest.fixture
def place(chief) -> str:
    with chief.reading() as db:
        return f"/places/{db.scalars(select(Organisation.id)).one()}"


def acts(teacher, like: str) -> list[str]:
    with teacher.reading() as db:
        return list(db.scalars(select(AuditEvent.act).where(AuditEvent.act.like(like))))


def living(teacher, model=Classroom) -> int:
    with teacher.reading() as db:
        return db.scalar(select(func.count()).select_from(model).where(model.erased_at.is_(None)))


def night(app, clock) -> tuple[dict, list]:
    done, faults = nightly.work(app.extensions["focal_db"], app.config["FOCAL"], now=clock())
    return {what: count for what, count in done.items() if count}, faults


def test_ordered_for_later_the_teacher_is_told_and_saves_what_is_hers(
    teacher, chief, place, app, clock, engine
):
    made = lived_class(teacher)
    hub = chief.get(f"{place}/children")
    assert "1 class, 1 cycle" in visible(hub)
    assert "The nightly job has not run yet" in visible(hub)
    assert CANARY not in hub
    assert "Say that you know" in chief.post(f"{place}/erase", 422).text
    for _ in range(2):
        chief.post(f"{place}/erase", sure="1", when="later")
    assert acts(teacher, "erasure.%") == ["erasure.ordered"]
    assert "has ordered that this class is erased on Thursday 2 April" in visible(teacher.get(made["room"]))
    assert CANARY in teacher.get(f"{made['room']}/held.csv")
    clock.forward(days=orders.NOTICE.days - 1)
    assert "classes erased" not in night(app, clock)[0]
    clock.forward(days=2)
    done, faults = night(app, clock)
    assert (done["classes erased"], faults) == (1, [])
    assert places_with(engine, CANARY) == []
    assert CANARY.encode() not in bytes_on_disk(app)
    assert acts(teacher, "organisation.%") == ["organisation.erased"]
    assert living(teacher, Person) == 2, "accounts stay unless they are named"
    assert "classes erased" not in night(app, clock)[0], "carried out once"


@pytest.mark.database("sqlite")
def test_an_order_taken_back_erases_nothing(teacher, chief, place, app, clock):
    teacher.start()
    chief.post(f"{place}/erase", sure="1", when="later", with_accounts="1")
    chief.post(f"{place}/erase/withdraw")
    chief.post(f"{place}/erase/withdraw")
    clock.forward(days=40)
    assert "classes erased" not in night(app, clock)[0]
    assert living(teacher) == 1
    assert acts(teacher, "erasure.%") == ["erasure.ordered", "erasure.withdrawn"]


def test_now_means_now_even_with_a_survey_open(teacher, chief, place, app, engine):
    teacher.start()
    tokens = teacher.cards()
    answer(app, tokens["A"])
    chief.post(f"{place}/erase", sure="1", when="now", with_accounts="1")
    assert living(teacher) == 0
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Response)) == 0
        left = {one.display_name for one in db.scalars(select(Person))}
    assert left == {"Olive Chief", orders.NAME_AFTERWARDS}
    assert app.test_client().get(f"/s/{tokens['A']}").status_code in (404, 410)
    assert teacher.client.get("/cycles").status_code == 303, "her sign-in is over"
    assert acts(teacher, "%erased") == ["organisation.erased"]


def test_of_an_adult_only_an_id_stays_and_a_backup_brings_nothing_back(chief, app, clock, engine, teacher):
    gone = Teacher.arrive(app, clock, NAME)
    lived_class(gone)
    with app.extensions["focal_db"].writing(TESTS) as db:
        person = db.get_one(Person, gone.person_id)
        db.add(
            Invitation(
                organisation_id=person.organisation_id,
                inviter_id=chief.person_id,
                email=person.email,
                display_name=NAME,
                role="coach",
                token_hash=b"1" * 32,
                created_at=clock(),
                expires_at=clock(),
            )
        )
        db.commit()
    page = f"/people/{gone.person_id}/erase"
    assert "1 class of this person" in visible(chief.get(page))
    for _ in range(2):
        chief.post(page, sure="1")
    for needle in (NAME, "canarysmith", CANARY):
        assert places_with(engine, needle) == []
        assert needle.encode() not in bytes_on_disk(app)
    assert acts(chief, "person.%") == ["person.erased"]
    with chief.reading() as db:
        event = db.scalars(select(AuditEvent).where(AuditEvent.act == "person.erased")).one()
        assert (event.actor_id, event.object_id) == (chief.person_id, str(gone.person_id))
        for model, column in ((StaffSession, StaffSession.person_id), (RoleGrant, RoleGrant.person_id)):
            assert not db.scalar(select(func.count()).select_from(model).where(column == gone.person_id))
    assert NAME not in chief.get("/people")
    chief.post(f"/people/{gone.person_id}/enable", 403)
    # A backup from before puts her back; the night takes her out again.
    with app.extensions["focal_db"].writing(TESTS) as db:
        person = db.get_one(Person, gone.person_id)
        person.display_name, person.email, person.erased_at = NAME, "q.canarysmith@example.org", None
        db.commit()
    assert night(app, clock)[0]["accounts erased again"] == 1
    assert places_with(engine, "anarysmith") == []


@pytest.mark.database("sqlite")
def test_who_may_not(teacher, chief, place, clock):
    for path in (
        f"{place}/children",
        f"{place}/erase",
        f"{place}/held.csv",
        f"/people/{chief.person_id}/erase",
    ):
        assert teacher.client.get(path).status_code == 403
    chief.get(f"/people/{chief.person_id}/erase", 403)
    with chief.app.extensions["focal_db"].writing(TESTS) as db:
        other = Organisation(kind="school", name="Elsewhere", created_at=clock())
        db.add(other)
        db.commit()
        elsewhere = other.id
    for path in ("children", "erase", "held.csv"):
        chief.get(f"/places/{elsewhere}/{path}", 404)
    clock.forward(seconds=PROOF_LASTS.total_seconds() + 1)
    for path in (f"{place}/erase", f"{place}/held.csv", f"/people/{teacher.person_id}/erase"):
        assert "/account/password-again" in chief.client.get(path).location
    assert "/account/password-again" in chief.post(f"{place}/erase", sure="1", when="now").location


def test_numbers_only_and_never_a_few(teacher, chief, place):
    lived_class(teacher)
    with teacher.reading() as db:
        room = db.scalars(select(Classroom.id)).one()
    teacher.post(f"/classes/{room}/families/said", said_A="opted_out")
    file = chief.get(f"{place}/held.csv")
    assert "classes,1" in file
    assert "students: does not take part,fewer than 5" in file
    assert CANARY not in file
    assert "fewer than 5" in visible(chief.get(f"{place}/children"))
    assert acts(teacher, "held.%") == ["held.counted"]
    for _ in range(2):
        chief.post(f"{place}/children", kind="given")
    assert "asks that the family says yes" in teacher.get(f"/classes/{room}/cards")
    chief.post(f"{place}/children", 422, kind="prayer")
    chief.post(f"{place}/children", kind="")
    assert acts(teacher, "consent.rule%") == ["consent.rule-set"] * 2


def test_the_district_gets_the_whole_from_who_runs_the_server(teacher, chief, app, clock, tmp_path):
    lived_class(teacher)
    with chief.reading() as db:
        school = db.scalars(select(Organisation.id)).one()
    file = tmp_path / "held.zip"
    database = app.extensions["focal_db"]
    assert hand_over.write(database, school, file, now=clock()) == 1
    assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as held:
        assert [CANARY in held.read(name).decode() for name in held.namelist()] == [True]
    assert acts(teacher, "held.%") == ["held.handed-over"]
    with pytest.raises(FileExistsError):
        hand_over.write(database, school, file, now=clock())
    assert journal.last_night(app.config["FOCAL"].instance) is None


@pytest.mark.database("sqlite")
def test_the_pages_of_an_administrator_in_a_browser(teacher, chief, place, open_page):
    teacher.start()
    token = chief.client.get_cookie("focal_session").value
    for options in ({"width": 1280}, {"width": 390, "color_scheme": "dark"}):
        page = open_page(**options)
        page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
        for name, path in (
            ("hub", f"{place}/children"),
            ("place", f"{place}/erase"),
            ("person", f"/people/{teacher.person_id}/erase"),
        ):
            page.goto(path)
            page.check_axe()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.shoot(name)
