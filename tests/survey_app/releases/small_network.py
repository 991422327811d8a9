"""A small network whose classes answer by the product's own services: quick to make, real to the last row."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from survey_app.catalogue.queries import questions
from survey_app.classrooms import service as classrooms
from survey_app.cycles import service as cycles
from survey_app.models.classrooms import FocalCode
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.surveys import Survey
from survey_app.permissions import Viewer
from survey_app.predictions import service as predictions
from survey_app.respond.keys import SheetKey
from survey_app.respond.service import record_response
from survey_app.results import service as results
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys

ASKED = ("AG1", "AG2")


@dataclass
class Room:
    """One class of one teacher, and its cycles so far."""

    viewer: Viewer
    classroom: object
    codes: list
    cycles: list = field(default_factory=list)


@dataclass
class SmallNetwork:
    """A network of two regions with a school each; teachers arrive as they are asked for."""

    db: object
    clock: object
    network: Organisation = None
    schools: dict = field(default_factory=dict)
    idea: ChangeIdea = None

    def found(self):
        """Make the places and one change idea."""
        now = self.clock()
        self.network = self._place("Bay network", "network", None)
        for region, school in (("North", "Hill School"), ("South", "Palm School")):
            above = self._place(region, "region", self.network)
            self.schools[region] = self._place(
                school, "school", self._place(f"{region} USD", "district", above)
            )
        self.idea = ChangeIdea(organisation_id=self.network.id, name="Wait", created_at=now, description="")
        self.db.add(self.idea)
        self.db.flush()
        return self

    def _place(self, name, kind, above):
        place = Organisation(
            kind=kind,
            name=name,
            parent_id=above.id if above else None,
            created_at=self.clock(),
            time_zone="UTC",
        )
        self.db.add(place)
        self.db.flush()
        return place

    def person(self, name, region=None, role="teacher"):
        """Make somebody with one role, at a school of the region or for the whole network."""
        place = self.schools[region] if region else self.network
        person = Person(
            organisation_id=place.id,
            email=f"{name.lower().replace(' ', '.')}@example.org",
            display_name=name,
            use_accepted_at=self.clock(),
            created_at=self.clock(),
        )
        self.db.add(person)
        self.db.flush()
        self.db.add(RoleGrant(person_id=person.id, role=role, organisation_id=place.id))
        self.db.flush()
        return Viewer(person.id, place.id, name, frozenset({role}), uuid.uuid4(), "UTC", True)

    def room(self, name, region="North", *, codes=6, subject="Science", grade=7):
        """Let a teacher arrive with a class of focal students."""
        viewer = self.person(name, region)
        made = classrooms.make_class(
            self.db,
            viewer,
            nickname=f"Room of {name}",
            band="3-12",
            grade=grade,
            subject=subject,
            students=24,
            now=self.clock(),
        )
        return Room(viewer, made, classrooms.set_focal_codes(self.db, made, codes))

    def team(self, name, region, rooms):
        """Put teachers into a team."""
        team = Team(organisation_id=self.schools[region].id, name=name)
        self.db.add(team)
        self.db.flush()
        self.db.add_all(TeamMember(team_id=team.id, person_id=room.viewer.person_id) for room in rooms)
        self.db.flush()
        return team

    def open(self, room, *, rest=False, number=1):
        """Open a cycle of the class; its answers are still to come."""
        known = {q.item_key: q.id for q in questions(self.db).values() if q.band == "3-12"}
        cycle = cycles.start_series(
            self.db,
            room.viewer,
            room.classroom,
            room.codes,
            cycles.Start(
                cycle_id=uuid.uuid4(),
                title="Wait",
                change="Wait",
                item_version_ids=[known[key] for key in ASKED],
                focal=not rest,
                rest=rest,
                expected_rest=21 if rest else None,
            ),
            now=self.clock(),
        )
        self.db.get_one(Series, cycle.series_id).change_idea_id = self.idea.id
        cycle.number = number
        self.db.flush()
        surveys.open_surveys(self.db, cycle, room.classroom, now=self.clock())
        room.cycles.append(cycle)
        return cycle

    def answer(self, cycle, room, values, *, first=0):
        """Let as many students answer as there are values: by code, or pooled."""
        [administration] = survey_queries.administrations_of(self.db, cycle.id)
        sheet = self.db.get_one(Survey, administration.survey_id).sheet
        for place, value in enumerate(values, start=first):
            record_response(
                self.db,
                administration,
                focal_code_id=room.codes[place].id if administration.mode == "coded" else None,
                card_id=None,
                answers={one["id"]: value for one in sheet["items"]},
                locale="en",
                entry="screen",
                key=SheetKey.fresh(administration.id, now=self.clock()),
                now=self.clock(),
            )

    def show(self, cycle, rating="3", *, unseen=()):
        """Close, rate all but what she did not see, lock without a prediction, and reveal."""
        given = survey_queries.administrations_of(self.db, cycle.id)
        surveys.close_surveys(self.db, cycle, given, now=self.clock())
        for administration in given:
            sheet = self.db.get_one(Survey, administration.survey_id).sheet
            rated = {
                item["id"]: predictions.DID_NOT_SEE if item["key"] in unseen else rating
                for item in predictions.rated_items(sheet)
            }
            predictions.save_rating(self.db, administration, sheet, rated)
        predictions.lock_view(self.db, cycle, skip_prediction=True, now=self.clock())
        results.reveal(self.db, cycle, now=self.clock())
        self.db.flush()

    def lesson(self, room, values, *, rating="3", unseen=(), **how):
        """Do all of it: open, answer, reveal."""
        cycle = self.open(room, **how)
        self.answer(cycle, room, values)
        self.show(cycle, rating, unseen=unseen)
        return cycle

    def code(self, room, letter):
        """Return a class's focal code by its letter."""
        return self.db.scalars(
            select(FocalCode).where(FocalCode.classroom_id == room.classroom.id, FocalCode.label == letter)
        ).one()


def three_rooms(network, region="North", **how):
    """Return three classes of three teachers, each with a lesson of six mixed answers."""
    rooms = [network.room(f"{name} {region}", region, **how) for name in ("Ana", "Bo", "Cy")]
    for place, room in enumerate(rooms):
        network.lesson(room, [1, 2, 3, 4, 1 + place, 4 - place])
    return rooms


def late(network, room, values):
    """Reopen a class's newest cycle for students who were absent; closing makes a second snapshot."""
    network.clock.forward(hours=1)
    cycle = network.db.get_one(Cycle, room.cycles[-1].id)
    surveys.reopen_surveys(network.db, cycle, room.classroom, now=network.clock())
    network.answer(cycle, room, values, first=len(room.codes) - len(values))
    given = survey_queries.administrations_of(network.db, cycle.id)
    surveys.close_surveys(network.db, cycle, given, now=network.clock())
    network.db.flush()


WEEK = timedelta(days=7)
