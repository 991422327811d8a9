"""Every select of the improvement slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from survey_app.errors import NotVisible
from survey_app.models.cycles import DECISIONS, Cycle, Series
from survey_app.models.improvement import Aim, ChangeIdea, DiagramVersion, Driver
from survey_app.models.people import Organisation, Person
from survey_app.scope import erased_classrooms, places_led_by

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


AIM_LINES = ("what", "for_whom", "how_much", "by_when")


@dataclass
class Diagram:
    """Aim, drivers and living ideas of a network, siblings in their order."""

    network: Organisation
    aim: Aim | None
    drivers: list[Driver] = field(default_factory=list)
    ideas: list[ChangeIdea] = field(default_factory=list)
    archived: list[ChangeIdea] = field(default_factory=list)

    def below(self, parent_id: uuid.UUID | None) -> list[Driver]:
        """Return the drivers that drive a driver, or the aim."""
        return [one for one in self.drivers if one.parent_id == parent_id]

    def ideas_of(self, driver_id: uuid.UUID | None) -> list[ChangeIdea]:
        """Return the ideas that work on a driver; those of no driver here for none."""
        known = {one.id for one in self.drivers}
        return [one for one in self.ideas if (one.driver_id if one.driver_id in known else None) == driver_id]

    def aim_lines(self) -> dict[str, str] | None:
        """Return the four lines of the aim."""
        return {name: getattr(self.aim, name) for name in AIM_LINES} if self.aim else None

    @property
    def size(self) -> int:
        """How many boxes it has."""
        return bool(self.aim) + len(self.drivers) + len(self.ideas)

    def nodes(self) -> list[list[str | None]]:
        """Return ``[key, parent's key, text]`` as an outline reads, the aim first."""
        if self.aim is None:
            return []
        aim = self.aim
        rows: list[list[str | None]] = [[str(aim.id), None, aim_sentence(aim)]]
        for primary in self.below(None):
            rows.append([str(primary.id), str(aim.id), primary.name])
            for secondary in self.below(primary.id):
                rows.append([str(secondary.id), str(primary.id), secondary.name])
                rows += [[str(i.id), str(secondary.id), i.name] for i in self.ideas_of(secondary.id)]
        return rows


@dataclass(frozen=True)
class Tried:
    """How often an idea was tried, and what was decided. Counts of turns, never of answers."""

    started: int = 0
    adopt: int = 0
    adapt: int = 0
    abandon: int = 0
    teachers: int = 0

    @property
    def finished(self) -> int:
        """Turns that have a decision."""
        return self.adopt + self.adapt + self.abandon

    @property
    def note(self) -> str:
        """The counts in words; empty when nobody has tried it."""
        if not self.started:
            return ""
        found = {"adopt": self.adopt, "adapt": self.adapt, "abandon": self.abandon}
        decided = ", ".join(f"{number} {decision}" for decision, number in found.items() if number)
        turns = "1 cycle" if self.started == 1 else f"{self.started} cycles"
        return f"{turns}: {decided}" if decided else turns


def aim_sentence(aim: Aim) -> str:
    """Return the aim as it is read aloud: what, for whom, how much, by when."""
    parts = [part.rstrip(" .") for part in (aim.what, aim.for_whom, aim.how_much, aim.by_when)]
    return ". ".join(parts) + "."


def network_of(db: Session, viewer: Viewer) -> Organisation:
    """Return the network to which the viewer's organisation belongs."""
    place = db.get_one(Organisation, viewer.organisation_id)
    while place.parent_id is not None:
        place = db.get_one(Organisation, place.parent_id)
    return place


def diagram_to_edit(db: Session, viewer: Viewer) -> Diagram:
    """Return the diagram of the viewer's network, with nobody else editing it until the transaction ends.

    Two leads who put two drivers below each other at once would make a circle that neither of them sees.
    """
    network = network_of(db, viewer)
    db.execute(select(Organisation.id).where(Organisation.id == network.id).with_for_update())
    return diagram_for(db, viewer)


def diagram_for(db: Session, viewer: Viewer) -> Diagram:
    """Return the diagram of the viewer's network."""
    network = network_of(db, viewer)
    aim = db.scalars(
        select(Aim).where(Aim.organisation_id == network.id).order_by(Aim.created_at.desc()).limit(1)
    ).first()
    drivers: list[Driver] = []
    if aim is not None:
        drivers = list(
            db.scalars(select(Driver).where(Driver.aim_id == aim.id).order_by(Driver.position, Driver.name))
        )
    ideas = list(
        db.scalars(
            select(ChangeIdea)
            .where(ChangeIdea.organisation_id == network.id, ChangeIdea.owner_id.is_(None))
            .order_by(func.lower(ChangeIdea.name))
        )
    )
    return Diagram(
        network,
        aim,
        drivers,
        [one for one in ideas if one.archived_at is None],
        [one for one in ideas if one.archived_at is not None],
    )


def driver_in(diagram: Diagram, driver_id: uuid.UUID) -> Driver:
    """Return a driver of this diagram; any other does not exist."""
    found = next((one for one in diagram.drivers if one.id == driver_id), None)
    if found is None:
        raise NotVisible(driver_id)
    return found


def idea_in(diagram: Diagram, idea_id: uuid.UUID) -> ChangeIdea:
    """Return an idea of this network, archived ones too; any other does not exist."""
    found = next((one for one in [*diagram.ideas, *diagram.archived] if one.id == idea_id), None)
    if found is None:
        raise NotVisible(idea_id)
    return found


def of_these_ideas(idea_ids: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    """Return whether a series is on one of these change ideas, to ask of the series of people in reach.

    It is written so that no index of ideas serves it: by that index, a lead of one school went over nearly
    all series of a network on SQLite, only to leave them out again.
    """
    return func.coalesce(Series.change_idea_id, Series.id).in_(list(idea_ids))


def tried(db: Session, viewer: Viewer, idea_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Tried]:
    """Return how often each idea was tried at a lead's places; lessons before the change do not count."""

    def how_many(decision: str) -> ColumnElement[int]:
        return func.sum(case((Cycle.decision == decision, 1), else_=0)).label(decision)

    # The owner, too, so that cycles are found by ``ix_cycles_standing`` and no row of theirs is read.
    of_series = and_(Cycle.owner_id == Series.owner_id, Cycle.series_id == Series.id)
    one = (
        select(Series.change_idea_id, func.count().label("started"), *map(how_many, DECISIONS))
        .select_from(Person)
        .join(Series, Series.owner_id == Person.id)
        .join(Cycle, of_series)
        .where(
            Person.organisation_id.in_(places_led_by(viewer)),
            of_these_ideas(idea_ids),
            Cycle.set_aside_at.is_(None),
            Cycle.number > 0,
            Cycle.classroom_id.not_in(erased_classrooms()),
        )
        .group_by(Series.change_idea_id, Series.owner_id)
        .subquery("one_teacher")
    )
    sums = [func.sum(one.c[name]) for name in ("started", *DECISIONS)]
    rows = db.execute(select(one.c.change_idea_id, func.count(), *sums).group_by(one.c.change_idea_id))
    return {
        idea_id: Tried(*(int(number) for number in numbers), teachers=teachers)
        for idea_id, teachers, *numbers in rows
    }


def cycles_tried(tried: Mapping[uuid.UUID, Tried]) -> int:
    """Return how many cycles were counted for these ideas together."""
    return sum(one.started for one in tried.values())


def versions(db: Session, organisation_id: uuid.UUID, *, most: int) -> list[tuple[DiagramVersion, str]]:
    """Return the newest versions with who saved them."""
    rows = db.execute(
        select(DiagramVersion, Person.display_name)
        .join(Person, Person.id == DiagramVersion.saved_by_id)
        .where(DiagramVersion.organisation_id == organisation_id)
        .order_by(DiagramVersion.number.desc())
        .limit(most)
    )
    return [(version, name) for version, name in rows]


def version_numbered(db: Session, organisation_id: uuid.UUID, number: int) -> DiagramVersion:
    """Return one version of a network's diagram; any other does not exist."""
    found = db.scalars(
        select(DiagramVersion).where(
            DiagramVersion.organisation_id == organisation_id, DiagramVersion.number == number
        )
    ).one_or_none()
    if found is None:
        raise NotVisible(f"version {number}")
    return found


def person_name(db: Session, person_id: uuid.UUID) -> str:
    """Return who saved a version."""
    return db.scalars(select(Person.display_name).where(Person.id == person_id)).one()


def newest_version(db: Session, organisation_id: uuid.UUID) -> DiagramVersion | None:
    """Return the newest version, if any was kept."""
    return db.scalars(
        select(DiagramVersion)
        .where(DiagramVersion.organisation_id == organisation_id)
        .order_by(DiagramVersion.number.desc())
        .limit(1)
    ).first()
