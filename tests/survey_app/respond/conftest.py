"""A class with cards and an open survey, made by the product's own rules."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from survey_app.catalogue.queries import ready_sets
from survey_app.classrooms import service as classrooms
from survey_app.models.catalogue import Item, ItemVersion
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.people import Organisation, Person
from survey_app.models.responses import Answer, Response
from survey_app.models.surveys import Administration, Survey
from survey_app.models.turnout import Turnout
from survey_app.permissions import Viewer
from survey_app.surveys import drafting
from survey_app.surveys import service as surveys
from tests.databases import TESTS
from tests.keys import CARD_KEYS


@dataclass
class School:
    """One class and its cycles; everything is committed, as the product would find it."""

    database: object
    clock: object
    classroom_id: uuid.UUID = None
    owner_id: uuid.UUID = None
    cards: dict[str, str] = field(default_factory=dict)  # label -> token
    others: list[str] = field(default_factory=list)
    cycle_id: uuid.UUID = None

    def begin(
        self, *, band: str = "3-12", grade: int = 7, codes: int = 4, others: int = 8, locale: str = "en"
    ):
        now = self.clock()
        with self.database.writing(TESTS) as db:
            school = Organisation(kind="school", name="Lincoln", created_at=now)
            db.add(school)
            db.flush()
            teacher = Person(
                organisation_id=school.id, email="r@example.org", display_name="Ms. R", created_at=now
            )
            db.add(teacher)
            db.flush()
            viewer = Viewer(teacher.id, school.id, "Ms. R", frozenset({"teacher"}), uuid.uuid4(), "UTC", True)
            room = classrooms.make_class(
                db, viewer, nickname="Period 4", band=band, grade=grade, subject=None, students=28, now=now
            )
            labelled = classrooms.set_focal_codes(db, room, codes)
            made = classrooms.make_cards(
                db, room, focal_codes=labelled, others=others, locale=locale, keys=CARD_KEYS, now=now
            )
            self.classroom_id, self.owner_id = room.id, teacher.id
            self.cards = {one.label: one.token for one in made if one.label}
            self.others = [one.token for one in made if not one.label]
            db.commit()
        return self

    def plan(
        self, *, focal=True, rest=False, ready_set="agency", labels=None, items=None, **options
    ) -> uuid.UUID:
        """Draft a cycle; ``items`` are item keys, or the ready set's questions are taken."""
        with self.database.writing(TESTS) as db:
            series = Series(
                owner_id=self.owner_id,
                classroom_id=self.classroom_id,
                title="Talk moves",
                created_at=self.clock(),
            )
            db.add(series)
            db.flush()
            cycle = Cycle(
                owner_id=self.owner_id,
                classroom_id=self.classroom_id,
                series_id=series.id,
                number=1,
                created_at=self.clock(),
                lesson=options.pop("lesson", ""),
            )
            db.add(cycle)
            db.flush()
            codes = {c.label: c.id for c in classrooms.queries.live_focal_codes(db, self.classroom_id)}
            drafting.set_focal_group(db, cycle, [codes[label] for label in labels or codes])
            chosen = self._chosen(db, ready_set, items)
            drafting.draft_administrations(
                db, cycle, item_version_ids=chosen, focal=focal, rest=rest, **options
            )
            db.commit()
            self.cycle_id = cycle.id
        return self.cycle_id

    def _chosen(self, db, ready_set, items):
        if items is None:
            found = {one.key: one for one in ready_sets(db)}
            return found.get(ready_set, next(iter(found.values()))).item_version_ids
        room = db.get_one(Classroom, self.classroom_id)
        rows = db.execute(
            select(Item.key, ItemVersion.id)
            .join(Item, Item.id == ItemVersion.item_id)
            .where(Item.key.in_(items), ItemVersion.band == room.band)
        )
        known = {key: version for key, version in rows}
        return [known[key] for key in items]

    def _change(self, verb, *more):
        with self.database.writing(TESTS) as db:
            cycle = db.get_one(Cycle, self.cycle_id)
            room = db.get_one(Classroom, self.classroom_id)
            verb(db, cycle, *(room if one is Classroom else one for one in more), now=self.clock())
            db.commit()
        return self

    def open(self, **options):
        if self.cycle_id is None:
            self.plan(**options)
        return self._change(surveys.open_surveys, Classroom)

    def close(self):
        return self._change(surveys.close_surveys)

    def reopen(self):
        return self._change(surveys.reopen_surveys, Classroom)

    def void(self):
        return self._change(surveys.void_surveys)

    def edit(self, change):
        """Change the class itself: ``edit(lambda db, room: ...)``."""
        with self.database.writing(TESTS) as db:
            change(db, db.get_one(Classroom, self.classroom_id))
            db.commit()

    def administration(self, mode: str) -> Administration:
        with self.database.reading(TESTS) as db:
            return db.scalars(
                select(Administration).where(
                    Administration.cycle_id == self.cycle_id,
                    Administration.mode == mode,
                    Administration.state != "void",
                )
            ).one()

    def sheet(self) -> dict:
        with self.database.reading(TESTS) as db:
            return db.scalars(
                select(Survey.sheet)
                .join(Administration, Administration.survey_id == Survey.id)
                .where(Administration.cycle_id == self.cycle_id)
            ).first()

    @property
    def class_code(self) -> str:
        with self.database.reading(TESTS) as db:
            return db.get_one(Classroom, self.classroom_id).class_code

    def stored(self) -> list[Response]:
        with self.database.reading(TESTS) as db:
            return list(db.scalars(select(Response)))

    def answers(self) -> list[tuple]:
        """Return (item version id, value, words, missing) of every answer."""
        with self.database.reading(TESTS) as db:
            return [
                (str(one.item_version_id), one.value, one.words, one.missing)
                for one in db.scalars(select(Answer))
            ]

    def turnout(self) -> int:
        with self.database.reading(TESTS) as db:
            return len(db.scalars(select(Turnout.card_id)).all())


@pytest.fixture
def school(database, clock) -> School:
    return School(database, clock).begin()


@pytest.fixture
def new_school(database, clock) -> School:
    """A school where ``begin`` is still to be said."""
    return School(database, clock)


def read_hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no hidden field {name} on the page"
    return found[1]


@pytest.fixture
def fill(client):
    """Open a page and return what its form would send: ``fill("/s/...", q1="3")``."""

    def filled(path: str, **answers: str) -> dict[str, str]:
        page = client.get(path)
        assert page.status_code == 200, f"{path} answered {page.status_code}"
        html = page.get_data(as_text=True)
        return {"key": read_hidden(html, "key"), "lang": read_hidden(html, "lang"), **answers}

    return filled
