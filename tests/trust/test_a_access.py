"""A. Who reaches what: another teacher's rows, a role that is gone, a form with more than it asks for."""

import re
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import DBAPIError

from survey_app import package_files
from survey_app.db import Base
from survey_app.erasure import nightly
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.people import Invitation, Organisation, Person, RoleGrant
from survey_app.models.predictions import Prediction
from survey_app.models.research import Agreement, AgreementPerson, DataPackage
from survey_app.models.responses import Response
from survey_app.permissions import ROLE_PERMISSIONS
from survey_app.research import agreements
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer
from tests.trust.routes import addresses, is_public

DRAWING = ("results.gallery", "improvement.diagram", "improvement.keep_diagram")  # seconds, and no form
NEVER = "/cycles/00000000-0000-4000-8000-000000000000"


def rows(app) -> dict[str, int]:
    """Count the rows of every table but the audit's."""
    with app.extensions["focal_db"].reading(TESTS) as db:
        tables = [one for one in Base.metadata.sorted_tables if one.name != "audit_events"]
        return {one.name: db.scalar(select(func.count()).select_from(one)) for one in tables}


def denials(app) -> list[AuditEvent]:
    with app.extensions["focal_db"].reading(TESTS) as db:
        sought = select(AuditEvent).where(AuditEvent.act == "access.denied").order_by(AuditEvent.number)
        return list(db.scalars(sought))


@contextmanager
def nothing_happens(app, *, denied: int):
    """Fail if a row was written or lost, or if not exactly so many refusals were noted."""
    before, noted = rows(app), len(denials(app))
    yield
    assert rows(app) == before
    assert len(denials(app)) - noted == denied


@pytest.fixture
def revealed(teacher):
    cycle = teacher.start()
    for token in teacher.cards().values():
        answer(teacher.app, token)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    return cycle


def test_a1_another_teachers_export_does_not_exist(app, clock, revealed):
    other = Teacher.arrive(app, clock, "Bo Berg")
    with nothing_happens(app, denied=2):
        foreign = other.client.get(f"{revealed}/export.csv")
        nobodys = other.client.get(f"{NEVER}/export.csv")
    assert foreign.status_code == nobodys.status_code == 404
    assert foreign.data == nobodys.data
    noted = denials(app)[-2]
    assert (noted.actor_id, noted.object_id) == (other.person_id, revealed.split("/")[2])
    assert noted.route == "/cycles/<uuid:cycle_id>/export.csv"


def test_a3_foreign_ids_in_a_form_store_nothing_and_the_database_refuses_them_too(app, clock, teacher):
    cycle, other = teacher.start(), Teacher.arrive(app, clock, "Bo Berg")
    other.start(nickname="Period 5")
    teacher.see(cycle)
    item = next(one for one in teacher.sheet(cycle)["items"] if one["values"])
    room = teacher.administrations(cycle)[0].classroom_id
    with teacher.reading() as db:
        foreign = db.scalars(select(FocalCode).where(FocalCode.classroom_id != room)).first()
        own = db.scalars(select(FocalCode).where(FocalCode.classroom_id == room)).first()
    with nothing_happens(app, denied=0):
        teacher.post(f"{cycle}/predict", 422, do="lock", **{f"pick_{item['id']}_{foreign.id}": "2"})
        teacher.post(f"{cycle}/predict", 422, do="lock", **{f"pick_{uuid.uuid4()}_{own.id}": "2"})
    given = teacher.administrations(cycle)[0]
    with app.extensions["focal_db"].writing(TESTS) as db:
        known = {column.key for column in inspect(Prediction).columns}
        row = {
            "administration_id": given.id,
            "survey_id": given.survey_id,
            "classroom_id": given.classroom_id,
            "mode": given.mode,
            "item_version_id": uuid.UUID(item["id"]),
            "focal_code_id": foreign.id,
            "option": 2,
        }
        db.add(Prediction(**{name: value for name, value in row.items() if name in known}))
        with pytest.raises(DBAPIError):
            db.flush()


def test_a4_there_is_no_download_link_to_steal_and_no_file_to_leave_behind(app, tmp_path, teacher, revealed):
    """A teacher's exports are made while they are sent, behind the session: nothing to guess or to reuse."""
    instance = app.config["FOCAL"].instance
    before = sorted(instance.rglob("*")) if instance.exists() else []
    teacher.get(f"{revealed}/export.csv")
    assert (sorted(instance.rglob("*")) if instance.exists() else []) == before
    open_downloads = [
        endpoint
        for endpoint, path in addresses(app)
        if is_public(app, endpoint) and re.search(r"download|export|package|\.(csv|zip|xlsx|sav)", path)
    ]
    assert not open_downloads, "a download for everybody needs a link that dies: trust.md A4"
    link = app.test_client().get(f"{revealed}/export.csv")
    assert link.status_code == 303
    assert "/sign-in" in link.location


@dataclass
class Packages:
    """An approved data package, with its researcher, a colleague of hers, and who keeps the agreement."""

    app: object
    clock: object
    reader: Teacher
    colleague: Teacher
    keeper: Teacher
    ids: tuple

    @property
    def instance(self):
        return self.app.config["FOCAL"].instance

    def link(self) -> str:
        """Give the package a file and a link, as making it does."""
        with self.app.extensions["focal_db"].writing(TESTS) as db:
            package = db.get_one(DataPackage, self.ids[1])
            token = agreements.give_link(db, package, "0" * 64, now=self.clock())
            package_files.keep_file(self.instance, package.id, b"PK of canaries", until=package.link_until)
            db.commit()
        return f"/research/packages/files/{token}"

    def files(self) -> list:
        return list((self.instance / "packages").iterdir())

    def gone(self, who: Teacher, link: str) -> bool:
        """Tell whether a link is what a made-up one is; exactly one refusal is noted for each."""
        with nothing_happens(self.app, denied=2):
            answered = who.client.get(link)
            made_up = who.client.get(f"/research/packages/files/{uuid.uuid4()}")
        return answered.status_code == made_up.status_code == 404 and answered.data == made_up.data


@pytest.fixture
def packages(app, clock, teacher) -> Packages:
    """Return an approved package; every researcher here is named in its agreement."""
    reader, colleague = (Teacher.arrive(app, clock, f"Rea {n}", roles=("researcher",)) for n in "AB")
    keeper = Teacher.arrive(app, clock, "Kay Keeper", roles=("administrator",))
    keeper.form_token = re.search(r'name="csrf_token" value="(\w+)"', keeper.get("/account"))[1]
    day = clock().date()
    with app.extensions["focal_db"].writing(TESTS) as db:
        place = db.scalar(select(Organisation.id))
        terms = dict.fromkeys(("starts_on", "ends_on", "lessons_from", "lessons_until"), day)
        about = {"title": "T", "purpose": "P", "code_key": b"k" * 32, "made_by_id": keeper.person_id}
        agreement = Agreement(organisation_id=place, made_at=clock(), **about, **terms)
        db.add(agreement)
        db.flush()
        for one in (reader, colleague):
            db.add(AgreementPerson(agreement_id=agreement.id, person_id=one.person_id))
        asked = {"requested_by_id": reader.person_id, "requested_at": clock(), "reason": "To look"}
        decided = {"state": "approved", "decided_by_id": keeper.person_id, "decided_at": clock()}
        package = DataPackage(agreement_id=agreement.id, **asked, **decided)
        db.add(package)
        db.commit()
        ids = agreement.id, package.id
    return Packages(app, clock, reader, colleague, keeper, ids)


def test_a4_a_packages_link_opens_once_for_one_person_and_for_fifteen_minutes(packages, clock):
    link = packages.link()
    assert packages.gone(packages.colleague, link), "another's link, though she is named in the agreement"
    assert packages.reader.client.get(link).data == b"PK of canaries"
    assert packages.files() == []
    assert packages.gone(packages.reader, link), "a second time"
    older, link = packages.link(), packages.link()
    assert packages.gone(packages.reader, older), "a newer link takes the place of an older one"
    clock.forward(minutes=14, seconds=59)
    assert packages.reader.client.head(link).status_code == 200
    clock.forward(seconds=1)
    assert packages.gone(packages.reader, link)
    assert packages.files() == [], "gone from the disk, too"


def test_a4_no_file_of_a_package_outlives_its_agreement_or_what_was_erased(packages, clock, teacher):
    link = packages.link()
    packages.keeper.post(f"/agreements/{packages.ids[0]}/end")
    assert packages.files() == []
    assert packages.gone(packages.reader, link)
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        db.get_one(Agreement, packages.ids[0]).ended_at = None
        db.commit()
    teacher.start()
    with teacher.reading() as db:
        room, code = db.execute(select(FocalCode.classroom_id, FocalCode.id)).first()
    teacher.post(f"/cycles/{newest_cycle(teacher)}/close")
    for what in (f"focal/{code}", "."):
        path = f"/classes/{room}/{what}/erase".replace("/./", "/")
        link = packages.link()
        teacher.post(path, sure="1")
        assert packages.files() == [], what
        package_files.keep_file(packages.instance, packages.ids[1], b"of another machine", until=clock())
        assert packages.gone(packages.reader, link), what
    packages.link()
    config = packages.app.config["FOCAL"]
    nightly.work(packages.app.extensions["focal_db"], config, now=clock())
    assert packages.files() == [], "an order that the night carries out, or a class whose time is over"
    packages.link()
    clock.forward(minutes=15)
    assert packages.app.test_client().get("/readyz").status_code == 200
    assert packages.files() == [], "on a machine where nobody asks for packages any more"
    link = packages.link()
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        agreement = db.get_one(Agreement, packages.ids[0])
        for name in ("starts_on", "ends_on"):
            setattr(agreement, name, agreement.ends_on - timedelta(days=1))
        db.commit()
    assert packages.gone(packages.reader, link), "its last day is over"


def newest_cycle(teacher) -> uuid.UUID:
    with teacher.reading() as db:
        return db.scalars(select(Cycle.id).order_by(Cycle.created_at.desc())).first()


def test_a7_a_coach_who_is_removed_is_out_at_the_next_request(app, room, clock):
    room.share(room.coach, "bands")
    assert "C" in room.coach.get(room.shared)
    with app.extensions["focal_db"].writing(TESTS) as db:
        db.execute(RoleGrant.__table__.delete().where(RoleGrant.person_id == room.coach.person_id))
        db.commit()
    clock.forward(seconds=1)
    assert room.coach.client.get("/shared").status_code == 403
    assert room.coach.client.get(room.shared).status_code in (403, 404)


@pytest.mark.parametrize("role", ["lead", "researcher", "administrator@North region"])
def test_a9_an_administrator_of_a_school_invites_nobody_above_it(app, network, role):
    network.add("Ada", "Lincoln", "administrator")
    ada = network.browser("Ada")
    role, _, place = role.partition("@")
    form = {"name": "New", "email": "new@x.example", "role": role}
    with nothing_happens(app, denied=1):
        answered = ada.post("/people/invite", organisation=str(network.places[place or "Lincoln"]), **form)
    assert answered.status_code == 403
    assert network.count(Invitation) == 0


@pytest.mark.database("sqlite")  # nothing reaches the database
def test_a10_reading_rights_write_nothing_whatever_the_method_is_called(app, network):
    network.add("Many", "Lincoln", "coach", "lead", "researcher")
    client = network.browser("Many").client
    taken = {method for rule in app.url_map.iter_rules() for method in rule.methods}
    assert taken == {"GET", "HEAD", "OPTIONS", "POST"}
    allowed = {one for role in ("coach", "lead", "researcher") for one in ROLE_PERMISSIONS[role]}
    before = rows(app)
    for endpoint, path in addresses(app):
        if getattr(app.view_functions[endpoint], "focal_access", None) in allowed and "0-" not in path:
            for method in ("PUT", "PATCH", "DELETE"):
                assert client.open(path, method=method).status_code == 405, (method, path)
            if endpoint in DRAWING:
                continue
            override = {"X-HTTP-Method-Override": "DELETE", "X-HTTP-Method": "POST"}
            client.get(path, headers=override, query_string="_method=DELETE")
    after = rows(app)
    assert {name for name in before if before[name] != after[name]} <= {"staff_sessions"}


def test_a10_a_form_of_another_role_is_refused_at_every_address(app, network):
    network.add("Cora", "Lincoln", "coach")
    cora = network.browser("Cora")
    token = re.search(r'name="csrf_token" value="(\w+)"', cora.get("/account").text)[1]
    own = ("accounts.", "respond.", "sharing.comment")
    for endpoint, path in addresses(app, "POST"):
        if not endpoint.startswith(own):
            status = cora.client.post(path, data={"csrf_token": token}).status_code
            assert status in (403, 404, 405), (endpoint, status)
    assert network.roles("Cora") == {"coach"}


EXTRA = {
    "role": "administrator",
    "roles": "administrator",
    "org_id": str(uuid.uuid4()),
    "organisation_id": str(uuid.uuid4()),
    "owner_id": str(uuid.uuid4()),
    "is_focal": "1",
    "status": "closed",
    "state": "closed",
    "id": str(uuid.uuid4()),
    "locked_at": "2026-01-01",
    "revealed_at": "2026-01-01",
}


def test_a11_fields_that_a_form_does_not_have_change_nothing(app, teacher):
    cycle = teacher.start()
    with teacher.reading() as db:
        before = db.execute(select(Person.organisation_id, Person.email)).all()
        ids = db.execute(select(Cycle.id, Cycle.owner_id, Cycle.classroom_id, Cycle.number)).all()
    shown = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/plan"))[1]
    token = teacher._form_token()
    for path, form in (("/account/name", {"name": "Ana L."}), (f"{cycle}/plan", {"lesson": "Forces"})):
        sent = {"csrf_token": token, "version": shown} | form | EXTRA
        assert teacher.client.post(path, data=sent).status_code in (303, 422)
    stale = teacher.client.post(
        f"{cycle}/plan", data={"csrf_token": token, "version": "999", "lesson": "Waves"}
    )
    assert stale.status_code in (409, 422)
    with teacher.reading() as db:
        assert db.execute(select(Person.organisation_id, Person.email)).all() == before
        assert db.execute(select(Cycle.id, Cycle.owner_id, Cycle.classroom_id, Cycle.number)).all() == ids
        assert db.scalars(select(RoleGrant.role)).all() == ["teacher"]
        assert db.scalars(select(Cycle.lesson)).one() == "Forces"
    assert [one.state for one in teacher.administrations(cycle)] == ["open"]
    assert all(one.locked_at is None and one.revealed_at is None for one in teacher.administrations(cycle))


def test_a18_nothing_of_a_signed_in_person_is_kept_by_browser_or_proxy(app, teacher, revealed):
    ids = dict.fromkeys(("cycle_id",), revealed.split("/")[2])
    for endpoint, path in addresses(app, **ids):
        if endpoint not in ("asset", "results.gallery"):
            headers = teacher.client.get(path).headers
            assert headers["Cache-Control"] == "no-store", path
    out = teacher.post("/sign-out")
    assert '"cache"' in out.headers["Clear-Site-Data"]
    assert teacher.client.get(f"{revealed}/look").status_code == 303


def test_a19_a_route_that_does_not_say_who_may_enter_lets_nobody_enter(app, teacher):
    for rule in app.url_map.iter_rules():
        assert getattr(app.view_functions[rule.endpoint], "focal_access", None) is not None, rule
    view = app.view_functions["cycles.home"]

    def undeclared() -> str:
        raise AssertionError("it was reached")

    app.view_functions["cycles.home"] = undeclared
    try:
        assert teacher.client.get("/cycles").status_code == 403
    finally:
        app.view_functions["cycles.home"] = view


def test_a20_the_last_administrator_cannot_leave_and_is_told_why(app, network):
    network.add("Ada", "Lincoln", "administrator")
    ada = network.browser("Ada")
    place = f"administrator@{network.places['Lincoln']}"
    answered = ada.post(f"/people/{network.people['Ada']}/roles/take", place=place)
    assert answered.status_code == 409
    assert "only administrator of Lincoln" in answered.text
    assert network.roles("Ada") == {"administrator"}


def test_a6_a_lead_reads_no_row_and_no_code_in_any_page_or_chart(app, clock, teacher, revealed):
    lead = Teacher.arrive(app, clock, "Lea Lead", roles=("lead",))
    with app.extensions["focal_db"].reading(TESTS) as db:
        ids = {"cycle_id": revealed.split("/")[2], "place_id": db.scalar(select(Organisation.id))}
        answers = {str(one) for one in db.scalars(select(Response.id))}
        codes = {str(one) for one in db.scalars(select(FocalCode.id))}
    seen = 0
    for endpoint, path in addresses(app, **ids):
        if is_public(app, endpoint) or endpoint == "results.gallery":  # invented classes, drawn in seconds
            continue
        page = lead.client.get(path)
        if page.status_code != 200:
            continue
        seen += 1
        body = page.text if page.mimetype.startswith(("text", "application/json", "image/svg")) else ""
        held = {one for one in answers | codes if one in body or one.replace("-", "") in body}
        assert not held, path
        assert not re.search(r'"(focal_code|response_id|student|label)": ?"[A-F]"', body), path
    assert seen >= 4
