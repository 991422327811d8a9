"""Classes of a region that ran cycles, moved on by the product's own services; for tests of research."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from survey_app.catalogue.queries import questions
from survey_app.classrooms import service as classrooms
from survey_app.cycles import service as cycles
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.surveys import Survey
from survey_app.permissions import Viewer
from survey_app.predictions import service as predictions
from survey_app.research import agreements as service
from survey_app.research import package_queries as queries
from survey_app.respond.keys import SheetKey
from survey_app.respond.service import record_response
from survey_app.results import service as results
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys


@dataclass
class Region:
    """A network with one region and as many schools as a test asks for."""

    db: object
    clock: object
    places: dict = field(default_factory=dict)
    taught: int = 0

    def place(self, name, kind="school", above="North"):
        if name not in self.places:
            parent = None if kind == "network" else self.place("Bay", "network", None)
            if kind == "school":
                parent = self.place(above, "region", "Bay")
            row = Organisation(
                kind=kind, name=name, parent_id=parent.id if parent else None, created_at=self.clock()
            )
            self.db.add(row)
            self.db.flush()
            self.places[name] = row
        return self.places[name]

    def person(self, name, role, place="Hill School", kind="school", above="North"):
        at = self.place(place, kind, above)
        row = Person(
            organisation_id=at.id,
            email=f"{name.lower().replace(' ', '.')}@example.org",
            display_name=name,
            use_accepted_at=self.clock(),
            created_at=self.clock(),
        )
        self.db.add(row)
        self.db.flush()
        self.db.add(RoleGrant(person_id=row.id, role=role, organisation_id=at.id))
        self.db.flush()
        return Viewer(row.id, at.id, name, frozenset({role}), uuid.uuid4(), "UTC", True)

    def teacher(self, **at):
        self.taught += 1
        return self.person(f"Teacher {self.taught}", "teacher", **at)

    def room(self, teacher, codes=6, subject="Science"):
        row = classrooms.make_class(
            self.db,
            teacher,
            nickname=f"Room {uuid.uuid4().hex[:4]}",
            band="3-12",
            grade=7,
            subject=subject,
            students=24,
            now=self.clock(),
        )
        return row, classrooms.set_focal_codes(self.db, row, codes)

    def lesson(
        self, teacher, room, codes, answers, *, asked=("AG1", "AG2"), rest=(), research=False, asks=None
    ):
        """Run one cycle up to the reveal.

        ``answers`` is a sheet a code, ``rest`` a sheet a pooled student; a sheet maps item keys to a value,
        or to a reason why there is none. What a sheet leaves out is skipped.
        """
        known = {one.item_key: one for one in questions(self.db).values() if one.band == "3-12"}
        now = self.clock.forward(days=1)
        cycle = cycles.start_series(
            self.db,
            teacher,
            room,
            codes if answers else [],
            cycles.Start(
                cycle_id=uuid.uuid4(),
                title="Wait time",
                change="Wait time",
                item_version_ids=[known[key].id for key in asked],
                focal=bool(answers),
                rest=bool(rest),
                expected_rest=len(rest) or None,
            ),
            now=now,
        )
        given = survey_queries.administrations_of(self.db, cycle.id)
        for administration in given:
            administration.under_research = research and administration.mode == "coded"
        surveys.open_surveys(self.db, cycle, room, now=now)
        sheet = self.db.get_one(Survey, given[0].survey_id).sheet
        ids = {one["key"].split(".")[0]: one["id"] for one in sheet["items"]}
        for administration in given:
            coded = administration.mode == "coded"
            for place, said in enumerate(answers if coded else rest):
                record_response(
                    self.db,
                    administration,
                    focal_code_id=codes[place].id if coded else None,
                    card_id=None,
                    answers={ids[key]: value for key, value in said.items()},
                    locale="en",
                    entry="screen",
                    key=SheetKey.fresh(administration.id, now=now),
                    now=now,
                )
        surveys.close_surveys(self.db, cycle, now=now)
        if asks:
            cycle.asked_about_id = known[asks].id
        cycle.logged_at = now
        self.db.flush()
        for administration in given:
            rated = predictions.rated_items(sheet)
            predictions.save_rating(self.db, administration, sheet, {item["id"]: "4" for item in rated})
        predictions.lock_view(self.db, cycle, skip_prediction=True, now=now)
        results.reveal(self.db, cycle, now=now)
        return cycle


def spread(place, asked=("AG1", "AG2"), students=6):
    """Return believable sheets: every option is used, and a student answers alike throughout."""
    return [
        {key: 1 + (place + student + (student % 3 == 0) * number) % 4 for number, key in enumerate(asked)}
        for student in range(students)
    ]


def agree(region, keeper, researchers, **changes):
    """Make an agreement for everything that the region's keeper looks after."""
    today = region.clock().date()
    terms = {
        "title": "=1+1 Which questions work?",
        "purpose": "To <b>find</b> them.",
        "starts_on": today,
        "ends_on": today + timedelta(days=300),
        "lessons_from": today,
        "lessons_until": today + timedelta(days=300),
        "people": [one.person_id for one in researchers],
        "places": [region.place("Bay", "network", None).id],
        "constructs": [one.id for one in queries.constructs(region.db) if one.key in ("AG", "TL", "UD")],
    }
    return service.make_agreement(region.db, keeper, service.Terms(**terms | changes), now=region.clock())
