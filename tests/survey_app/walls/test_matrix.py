"""Every role at every address with everybody's objects: what is not in reach does not exist, and is noted.

The cells come from the URL map and from what each route declares, so a new route is in here by itself. A new
kind of object or permission needs a line in the two tables below; until then a test says which.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from config import Config
from survey_app.accounts import service as accounts
from survey_app.app import create_app
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Card, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.improvement import Aim, ChangeIdea, Driver
from survey_app.models.people import (
    Invitation,
    Organisation,
    Person,
    RoleGrant,
    StaffSession,
    Team,
    TeamMember,
)
from survey_app.models.research import Agreement, AgreementPerson, DataPackage
from survey_app.models.sharing import CycleShare
from survey_app.permissions import ROLE_PERMISSIONS, Permission
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer

SECRET = "only-for-tests-" + "0" * 32
# Two networks that have nothing to do with each other; whose an object is, is said by where it stands.
OWNERS = ("north", "south")
# Who looks: a role, and at which of the two.
VIEWERS = {
    "nobody": None,
    "owner": ("north", "teacher"),
    "other teacher": ("north", "teacher"),
    "coach with a share": ("north", "coach"),
    "coach without": ("north", "coach"),
    "lead": ("north", "lead"),
    "lead elsewhere": ("south", "lead"),
    "researcher": ("north", "researcher"),
    "administrator": ("north", "administrator"),
    "administrator elsewhere": ("south", "administrator"),
}
# For each permission, who reaches the objects of which owner through routes that ask for it.
REACH = {
    Permission.RUN_CYCLES: {("owner", "north")},
    Permission.SEE_SHARED: {("coach with a share", "north")},
    Permission.SEE_NETWORK: {("lead", "north"), ("lead elsewhere", "south")},
    Permission.EDIT_AIM: {("lead", "north"), ("lead elsewhere", "south")},
    Permission.INVITE: {("administrator", "north"), ("administrator elsewhere", "south")},
    Permission.MANAGE: {("administrator", "north"), ("administrator elsewhere", "south")},
    Permission.OWN_ACCOUNT: {("owner", "north")},
    Permission.SEE_RESEARCH: {("researcher", "north")},
    Permission.KEEP_AGREEMENTS: {("administrator", "north"), ("administrator elsewhere", "south")},
}
# Routes of the same permission whose objects are of another kind.
REACH_AT = {
    "sharing.team_poster": {("coach with a share", "north"), ("lead", "north"), ("lead elsewhere", "south")},
}
# What in an address names nobody's object: any value of the kind will do.
NOT_OBJECTS = {
    "part": "focal",
    "name": "gap",
    "form": "svg",
    "level": "plan",
    "what": "archive",
    "file": "staff.css",
    "key": "AG",
    "code": "234567",
    "mark": "x",
    "token": "x" * 43,
    "number": 1,  # of a version of one's own network's diagram
}
# Pages in reach that answer otherwise than with a page, and why.
OTHERWISE = {
    "cycles.series_students": 404,  # a story of students begins with the second cycle
    "improvement.version": 404,  # the diagrams have no versions yet
    "research.package_file": 404,  # no link has been given
    "research.question": 404,  # its keys are those of item versions; AG is a construct
    "predictions.saw": 303,  # locked: on to the look
    "predictions.predict": 303,
    "surveys.compose": 303,  # open once, so nothing to compose
    "erasure.code": 303,  # asks for the password first
}
WORDS_FOR_ARGUMENT = (
    "{rule} names <{name}>, and tests/survey_app/walls/test_matrix.py does not know what that is. Add an"
    " object of each owner to `World.objects`, or, if it is nobody's, a value to NOT_OBJECTS."
)
WORDS_FOR_PERMISSION = "{access} guards objects: say in REACH who reaches whose through {rule}."


class World:
    """Two networks with the same things in each, and a browser for everybody who looks."""

    def __init__(self, app, clock) -> None:
        self.app, self.clock = app, clock
        self.places, self.objects, self.people, self.browsers, self.tokens = {}, {}, {}, {}, {}
        for owner in OWNERS:
            with self._writing() as db:
                place = Organisation(kind="network", name=f"The {owner}", created_at=clock(), time_zone="UTC")
                db.add(place)
                db.flush()
                self.places[owner] = place.id
                db.commit()
        for name, where in VIEWERS.items():
            self._arrive(name, *where) if where else self._let_in(name, None)
        self._lived("owner", "north")
        self._arrive("owner elsewhere", "south", "teacher")
        self._lived("owner elsewhere", "south")
        with self._writing() as db:
            cycle = self.objects["north"]["cycle_id"]
            for name, revoked in (("coach with a share", None), ("other teacher", clock())):
                share = CycleShare(
                    cycle_id=cycle,
                    owner_id=self.people["owner"],
                    person_id=self.people[name],
                    level="bands",
                    shared_at=clock(),
                    revoked_at=revoked,
                )
                db.add(share)
            db.flush()
            self.objects["north"]["share_id"] = share.id
            self.objects["south"]["share_id"] = uuid.uuid4()
            db.commit()

    def _writing(self):
        return self.app.extensions["focal_db"].writing(TESTS)

    def _arrive(self, name: str, where: str, role: str) -> None:
        with self._writing() as db:
            place = self.places[where]
            person = Person(
                organisation_id=place,
                email=f"{name.replace(' ', '.')}@{where}.example",
                display_name=name.title(),
                use_accepted_at=self.clock(),
                created_at=self.clock(),
            )
            db.add(person)
            db.flush()
            db.add(RoleGrant(person_id=person.id, role=role, organisation_id=place))
            token = accounts.start_session(db, person, old_token="", now=self.clock())
            db.flush()
            session = db.scalars(select(StaffSession.id).where(StaffSession.person_id == person.id)).one()
            db.commit()
            self.people[name] = person.id
        self._let_in(name, token, session)

    def _let_in(self, name: str, token: str | None, session: uuid.UUID | None = None) -> None:
        browser = self.app.test_client()
        if token:
            browser.set_cookie("focal_session", token)
        about = f"form:{session or 'nobody'}".encode()
        self.browsers[name] = browser
        self.tokens[name] = hmac.new(SECRET.encode(), about, hashlib.sha256).hexdigest()
        self.objects.setdefault("sessions", {})[name] = session

    def _lived(self, name: str, owner: str) -> None:
        """Give an owner one of everything that an address can name."""
        teacher = Teacher(self.app, self.clock, self.people[name], self.browsers[name], self.tokens[name])
        address = teacher.start()
        for token in teacher.cards().values():
            answer(self.app, token)
        teacher.see(address)
        teacher.predict_and_lock(address)
        teacher.post(f"{address}/reveal")
        with self._writing() as db:
            cycle = db.get_one(Cycle, uuid.UUID(address.split("/")[2]))
            place, person, now = self.places[owner], self.people[name], self.clock()
            school = Organisation(kind="school", name=f"School {owner}", parent_id=place, created_at=now)
            aim = Aim(
                organisation_id=place, what="x", for_whom="x", how_much="x", by_when="x", created_at=now
            )
            team = Team(organisation_id=place, name="Team")
            idea = ChangeIdea(organisation_id=place, name="Talk moves", created_at=now)
            invitation = Invitation(
                organisation_id=place,
                inviter_id=person,
                email=f"new@{owner}.example",
                display_name="New",
                role="teacher",
                token_hash=owner.encode().ljust(32),
                created_at=now,
                expires_at=now,
            )
            db.add_all((school, aim, team, idea, invitation))
            db.flush()
            if owner == "north":
                db.add(TeamMember(team_id=team.id, person_id=self.people["coach with a share"]))
            driver = Driver(aim_id=aim.id, name="Voice", position=1)
            db.add(driver)
            db.flush()
            self.objects[owner] = {
                "cycle_id": cycle.id,
                "series_id": cycle.series_id,
                "classroom_id": cycle.classroom_id,
                "focal_code_id": self._first(db, FocalCode, cycle.classroom_id),
                "card_id": self._first(db, Card, cycle.classroom_id),
                "place_id": school.id,
                "person_id": person,
                "invitation_id": invitation.id,
                "team_id": team.id,
                "driver_id": driver.id,
                "idea_id": idea.id,
                **self._asked_for(db, place, "researcher" if owner == "north" else name),
                "session_id": self.objects["sessions"][name],
            }
            db.commit()

    def _asked_for(self, db, place, name) -> dict[str, uuid.UUID]:
        """Make an agreement that names somebody, and a package that she has asked for."""
        now, day, who = self.clock(), self.clock().date(), self.people[name]
        agreement = Agreement(
            organisation_id=place,
            title="Talk",
            purpose="x",
            starts_on=day,
            ends_on=day,
            lessons_from=day,
            lessons_until=day,
            code_key=b"k" * 32,
            made_by_id=who,
            made_at=now,
        )
        db.add(agreement)
        db.flush()
        package = DataPackage(agreement_id=agreement.id, requested_by_id=who, requested_at=now, reason="x")
        db.add_all((AgreementPerson(agreement_id=agreement.id, person_id=who), package))
        db.flush()
        return {"agreement_id": agreement.id, "package_id": package.id}

    def _first(self, db, model, classroom_id):
        return db.scalars(select(model.id).where(model.classroom_id == classroom_id)).first()

    @contextmanager
    def watched(self):
        """Collect what a request writes: every statement but reads."""
        written = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
                written.append(" ".join(statement.split()[:4]))

        engine = self.app.extensions["focal_db"].engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield written
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def open(self, name: str, method: str, path: str):
        """Ask as somebody; return the answer, what it wrote, and the audit's new acts."""
        with self.watched() as written:
            fields = {"csrf_token": self.tokens[name]} if method == "POST" else None
            answered = self.browsers[name].open(path, method=method, data=fields)
        return answered, written


@pytest.fixture
def world(database_url, clock, tmp_path) -> World:
    given = {"DATABASE_URL": database_url, "FOCAL_INSTANCE": str(tmp_path), "FOCAL_SECRET_KEY": SECRET}
    app = create_app(Config.from_env(given), now=clock)
    yield World(app, clock)
    app.extensions["focal_db"].engine.dispose()


def may(name: str, permission: Permission) -> bool:
    where = VIEWERS[name]
    return permission is Permission.OWN_ACCOUNT or permission in ROLE_PERMISSIONS[where[1]]


def routes(app):
    """Return rule, method, endpoint, declared access and the objects that the address names."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, sorted(one.methods))):
        access = app.view_functions[rule.endpoint].focal_access
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule, method, access, sorted(rule.arguments - set(NOT_OBJECTS))


def path_of(app, rule, method, objects):
    known = {**NOT_OBJECTS, **objects}
    values = {name: known[name] for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def test_nobody_reaches_what_is_not_hers(world):
    """One world for four questions: to make it costs more than to ask."""
    _every_object_and_permission_of_an_address_is_known(world)
    _every_cell_is_as_declared(world)
    _what_was_noted_says_who_where_and_what(world)
    _public_pages_break_for_nobody(world)


def _every_object_and_permission_of_an_address_is_known(world):
    for rule, _method, access, named in routes(world.app):
        for name in named:
            for owner in OWNERS:
                assert name in world.objects[owner], WORDS_FOR_ARGUMENT.format(rule=rule.rule, name=name)
        if named and access != "public":
            assert access in REACH, WORDS_FOR_PERMISSION.format(rule=rule.rule, access=access)


def _every_cell_is_as_declared(world):
    """Walk the whole table; collect every cell that is not as declared, so that one run tells all."""
    wrong, cells = [], Counter()
    for rule, method, access, named in routes(world.app):
        if access == "public":
            continue
        for name in VIEWERS:
            # Who lacks the permission is turned away before anybody looks whose it is: one owner is enough.
            for owner in OWNERS if named and name != "nobody" and may(name, access) else OWNERS[:1]:
                told, kind = cell(world, rule, method, access, named, name, owner)
                cells[kind] += 1
                wrong += [f"{name} / {owner}: {method} {rule.rule}: {told}"] if told else []
    assert not wrong, f"{len(wrong)} cells:\n" + "\n".join(wrong[:60])
    # The table cannot pass empty: each kind of cell was there, many times.
    assert cells["does not exist"] > 200, cells
    assert cells["not allowed"] > 300, cells
    assert cells["sign in first"] > 100, cells
    assert cells["in reach"] > 50, cells


def cell(world, rule, method, access, named, name, owner) -> tuple[str, str]:
    """Return what is wrong with one cell of the table, or nothing, and what kind of cell it is."""
    path = path_of(world.app, rule, method, world.objects[owner])
    if name == "nobody":
        answered, written = world.open(name, method, path)
        fine = answered.status_code == 303 and "/sign-in" in answered.location and not written
        return ("" if fine else f"{answered.status_code} {written}"), "sign in first"
    if not may(name, access):
        answered, written = world.open(name, method, path)
        return _refused(answered, written, 403), "not allowed"
    if named and (name, owner) not in REACH_AT.get(rule.endpoint, REACH[access]):
        answered, written = world.open(name, method, path)
        nothing = path_of(world.app, rule, method, dict.fromkeys(named, uuid.uuid4()))
        random, _written = world.open(name, method, nothing)
        told = _refused(answered, written, 404)
        if not told and (random.status_code, random.data) != (404, answered.data):
            told = f"a random id gets another page ({random.status_code})"
        return told, "does not exist"
    if method != "GET":
        # What she may do is tried by the tests of each slice; here it would change what the others see.
        return "", "hers to do"
    answered, written = world.open(name, method, path)
    as_declared = answered.status_code in (200, OTHERWISE.get(rule.endpoint))
    fine = as_declared or (not named and answered.status_code < 400)
    changed = [one for one in written if "audit_events" not in one and "cycle_shares" not in one]
    return ("" if fine and not changed else f"{answered.status_code} {changed}"), "in reach"


def _refused(answered, written, status) -> str:
    if answered.status_code != status:
        return f"{answered.status_code} and not {status}"
    if written != ["INSERT INTO audit_events (number,"]:
        return f"wrote {written}, and not one line of the audit"
    return ""


def _what_was_noted_says_who_where_and_what(world):
    cycle = world.objects["south"]["cycle_id"]
    world.open("owner", "GET", f"/cycles/{cycle}/look")
    with world._writing() as db:
        event = db.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
        assert (event.act, event.actor_id, event.object_id) == (
            "access.denied",
            world.people["owner"],
            str(cycle),
        )
        assert event.route == "/cycles/<uuid:cycle_id>/look"


def _public_pages_break_for_nobody(world):
    for rule, method, access, _named in routes(world.app):
        if access == "public" and method == "GET":
            for name in ("nobody", "owner", "administrator"):
                path = path_of(world.app, rule, method, world.objects["north"])
                answered, _written = world.open(name, method, path)
                assert answered.status_code < 500, (path, name)
