"""A teacher with one decided cycle, a coach, a colleague, and somebody of another network."""

import re
import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.surveys import Administration
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer


@dataclass
class Room:
    """Who is in these stories, and the address of the cycle."""

    owner: Teacher
    coach: Teacher
    colleague: Teacher
    stranger: Teacher
    cycle: str

    @property
    def cycle_id(self) -> str:
        return self.cycle.split("/")[2]

    @property
    def shared(self) -> str:
        return f"/shared/{self.cycle_id}"

    def share(self, person: Teacher, level: str = "plan", status: int = 303, asks: str = ""):
        form = {"person": str(person.person_id), "level": level, "asks": asks}
        return self.owner.post(f"{self.cycle}/share", status, **form)

    def take_back(self, person: Teacher) -> None:
        page = self.owner.get(f"{self.cycle}/share")
        for path in re.findall(r'action="([^"]+/stop)"', page):
            if person is None or self.name_of(person) in page.split(path)[1].split("</form>")[0]:
                self.owner.post(path)

    def name_of(self, person: Teacher) -> str:
        with self.owner.reading() as db:
            return db.get_one(Person, person.person_id).display_name


def in_cycle(teacher: Teacher, *, codes: int = 5, may_be_shared: bool = False, decide: bool = True, **fields):
    """Run one cycle to its decision; return its address."""
    cycle = teacher.start(do="draft", focal_count=str(codes), **fields)
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        for one in teacher.administrations(cycle):
            db.get_one(Administration, one.id).may_be_shared = may_be_shared
        db.commit()
    teacher.post(f"{cycle}/open")
    for place, token in enumerate(teacher.cards().values()):
        answer(teacher.app, token, str(place % 4 + 1))
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    if decide:
        teacher.decide(cycle, keep_what="Talk in pairs", support_step="Ask C first", data_point="2 of 5 high")
    return cycle


@pytest.fixture
def room(app, clock) -> Room:
    owner = Teacher.arrive(app, clock)
    people = [
        Teacher.arrive(app, clock, name, roles=roles)
        for name, roles in (("Cora Coach", ("coach",)), ("Bo Berg", ("teacher",)), ("Far Away", ("coach",)))
    ]
    with app.extensions["focal_db"].writing(TESTS) as db:
        other = Organisation(kind="network", name="Other network", created_at=clock(), time_zone="UTC")
        db.add(other)
        db.flush()
        far = people[2].person_id
        db.get_one(Person, far).organisation_id = other.id
        db.scalars(select(RoleGrant).where(RoleGrant.person_id == far)).one().organisation_id = other.id
        db.commit()
    for person in people:
        page = person.client.get("/account").text
        person.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)[1]
    return Room(owner, *people, in_cycle(owner))


@pytest.fixture
def run_cycle():
    return in_cycle


@pytest.fixture
def new_id():
    return lambda: str(uuid.uuid4())
