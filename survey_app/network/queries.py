"""Every select of the network slice. Stages are counted in the database; no answer is ever read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from survey_app.errors import NotVisible
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

DECIDED = "Decided"
FEWEST_TEACHERS = 3


@dataclass(frozen=True)
class Reach:
    """The organisations of which a lead sees where cycles stand, and the region of each."""

    places: dict[uuid.UUID, Organisation]
    region: dict[uuid.UUID, str]

    @property
    def names(self) -> list[str]:
        """The regions, in alphabetical order."""
        return sorted({self.region[one] for one in self.places}, key=str.casefold)


@dataclass(frozen=True)
class Cell:
    """How many cycles of one place and one number stand at one stage, or had one decision."""

    place_id: uuid.UUID | None  # none: of all places together
    number: int
    stage: str
    decision: str | None
    count: int


def reach_of(db: Session, viewer: Viewer) -> Reach:
    """Return the organisations at which the viewer is a lead, and all below, in one statement."""
    own = (
        select(RoleGrant.organisation_id.label("id"))
        .where(RoleGrant.person_id == viewer.person_id, RoleGrant.role == "lead")
        .subquery("own")
    )
    below = select(own.c.id).cte("below", recursive=True)
    below = below.union(select(Organisation.id).join(below, Organisation.parent_id == below.c.id))
    above = select(own.c.id).cte("above", recursive=True)
    above = above.union(select(Organisation.parent_id).join(above, Organisation.id == above.c.id))
    is_below = Organisation.id.in_(select(below.c.id))
    found = db.execute(
        select(Organisation, is_below).where(is_below | Organisation.id.in_(select(above.c.id)))
    ).all()
    every = {one.id: one for one, _ in found}
    places = {one.id: one for one, mine in found if mine}
    region: dict[uuid.UUID, str] = {}
    for one in places.values():
        line = [one]
        while line[-1].parent_id is not None:
            line.append(every[line[-1].parent_id])
        region[one.id] = next((higher.name for higher in line if higher.kind == "region"), line[-1].name)
    return Reach(places, region)


def place_in(reach: Reach, place_id: uuid.UUID) -> Organisation:
    """Return an organisation in reach; any other does not exist."""
    if place_id not in reach.places:
        raise NotVisible(place_id)
    return reach.places[place_id]


def _administered(places: Iterable[uuid.UUID]) -> Subquery:
    """Count, for each cycle of teachers of these places, its living administrations and how far they are."""

    def how_many(what: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((what, 1), else_=0))

    return (
        select(
            Administration.cycle_id,
            func.count().label("given"),
            how_many(Administration.state == "draft").label("drafts"),
            how_many(Administration.state == "open").label("opened"),
            how_many(Administration.locked_at.is_not(None)).label("locked"),
            how_many(Administration.revealed_at.is_not(None)).label("revealed"),
        )
        .join(Person, Person.id == Administration.owner_id)
        .where(Administration.state != "void", Person.organisation_id.in_(list(places)))
        .group_by(Administration.cycle_id)
        .subquery("administered")
    )


def _stages(places: Iterable[uuid.UUID], *columns: object) -> tuple[Select, ColumnElement[str]]:
    """Return a select of these places' living cycles with their stage, as ``cycles.stages`` names it."""
    far = _administered(places)
    stage = case(
        (Cycle.decided_at.is_not(None), DECIDED),
        (far.c.given.is_(None) | (far.c.given == far.c.drafts), "Plan"),
        (far.c.given == far.c.revealed, "Decide"),
        (far.c.given == far.c.locked, "Look"),
        (far.c.opened > 0, "Teach"),
        else_="Predict",
    ).label("stage")
    waits_for_nobody = and_(
        Cycle.decided_at.is_(None), Classroom.archived_at.is_not(None) | Series.ended_at.is_not(None)
    )
    query = (
        select(*columns, stage)
        .select_from(Cycle)
        .join(Series, Series.id == Cycle.series_id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .join(Person, Person.id == Cycle.owner_id)
        .outerjoin(far, far.c.cycle_id == Cycle.id)
        .where(
            Person.organisation_id.in_(list(places)),
            Cycle.set_aside_at.is_(None),
            Classroom.erased_at.is_(None),
            ~waits_for_nobody,
        )
    )
    return query, stage


def cells(db: Session, places: Iterable[uuid.UUID], *, by_team: bool = False) -> list[Cell]:
    """Return the counts by place (school or team), number, stage and decision, in one statement."""
    place = TeamMember.team_id if by_team else Person.organisation_id
    query, stage = _stages(places, place, Cycle.number, Cycle.decision, func.count())
    if by_team:
        query = query.join(TeamMember, TeamMember.person_id == Person.id)
    rows = db.execute(query.group_by(place, Cycle.number, Cycle.decision, stage))
    return [Cell(where, number, stage, decision, count) for where, number, decision, count, stage in rows]


def cells_in_all(db: Session, places: Iterable[uuid.UUID]) -> list[Cell]:
    """Return the counts of all these places together: a few rows, however many places there are."""
    query, stage = _stages(places, Cycle.number, Cycle.decision, func.count())
    rows = db.execute(query.group_by(Cycle.number, Cycle.decision, stage))
    return [Cell(None, number, stage, decision, count) for number, decision, count, stage in rows]


def teams_of(db: Session, places: Iterable[uuid.UUID]) -> dict[uuid.UUID, Team]:
    """Return the teams of these organisations that are not archived."""
    rows = db.scalars(select(Team).where(Team.organisation_id.in_(list(places)), Team.archived_at.is_(None)))
    return {one.id: one for one in rows}


def teachers_by_place(db: Session, places: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """Return how many teachers each organisation has, and how many of them have begun a cycle."""
    begun = select(Cycle.owner_id).where(Cycle.set_aside_at.is_(None)).distinct().subquery("begun")
    rows = db.execute(
        select(
            Person.organisation_id,
            func.count(func.distinct(Person.id)),
            func.count(func.distinct(begun.c.owner_id)),
        )
        .join(RoleGrant, and_(RoleGrant.person_id == Person.id, RoleGrant.role == "teacher"))
        .outerjoin(begun, begun.c.owner_id == Person.id)
        .where(Person.organisation_id.in_(list(places)), Person.disabled_at.is_(None))
        .group_by(Person.organisation_id)
    )
    return {place: (teachers, begun_by) for place, teachers, begun_by in rows}


def single_rows(db: Session, place_id: uuid.UUID) -> list[tuple[str, int, str]]:
    """Return teacher, number and stage of each undecided cycle of a place, by name; nothing more."""
    query, _stage = _stages([place_id], Person.display_name, Cycle.number)
    rows = db.execute(
        query.where(Cycle.decided_at.is_(None)).order_by(
            func.lower(Person.display_name), Cycle.number, Cycle.id
        )
    )
    return [tuple(row) for row in rows]


@dataclass(frozen=True)
class Reasons:
    """Reasons that teachers share for one idea: some of each decision, and how many there are in all."""

    total: int = 0
    some: list[tuple[str, int, str]] = field(default_factory=list)  # decision, cycle number, reason

    @property
    def more(self) -> int:
        """How many are not among these."""
        return self.total - len(self.some)


def shared_reasons(
    db: Session, places: Iterable[uuid.UUID], idea_ids: Iterable[uuid.UUID], *, most: int
) -> dict[uuid.UUID, Reasons]:
    """Return the reasons that teachers of these places share, by idea: at most so many a decision."""
    place = func.row_number().over(
        partition_by=(Series.change_idea_id, Cycle.decision), order_by=(Cycle.reason, Cycle.id)
    )
    total = func.count().over(partition_by=Series.change_idea_id)
    every = (
        select(
            Series.change_idea_id,
            Cycle.decision,
            Cycle.number,
            Cycle.reason,
            place.label("place"),
            total.label("total"),
        )
        .join(Cycle, Cycle.series_id == Series.id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .join(Person, Person.id == Cycle.owner_id)
        .where(
            Cycle.shares_with_region.is_(True),
            Cycle.decided_at.is_not(None),
            Cycle.reason != "",
            Series.change_idea_id.in_(list(idea_ids)),
            Classroom.erased_at.is_(None),
            Person.organisation_id.in_(list(places)),
        )
        .subquery()
    )
    rows = db.execute(
        select(every).where(every.c.place <= most).order_by(every.c.decision, every.c.reason, every.c.place)
    )
    found: dict[uuid.UUID, Reasons] = {}
    for row in rows:
        own = found.setdefault(row.change_idea_id, Reasons(row.total))
        own.some.append((row.decision, row.number, row.reason))
    return found


def networks_ideas(db: Session, organisation_id: uuid.UUID) -> list[ChangeIdea]:
    """Return the network's own change ideas by name, those off the diagram too."""
    return list(
        db.scalars(
            select(ChangeIdea)
            .where(ChangeIdea.organisation_id == organisation_id, ChangeIdea.owner_id.is_(None))
            .order_by(func.lower(ChangeIdea.name))
        )
    )


def contexts(
    db: Session, idea_ids: Iterable[uuid.UUID], places: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """Return the grades and subjects in which at least three teachers tried each idea; no smaller one."""
    band = case(
        (Classroom.grade <= 2, "grades K-2"),
        (Classroom.grade <= 5, "grades 3-5"),
        (Classroom.grade <= 8, "grades 6-8"),
        (Classroom.grade <= 12, "grades 9-12"),
        else_="",
    )
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for what in (band, func.lower(func.trim(func.coalesce(Classroom.subject, "")))):
        rows = db.execute(
            select(Series.change_idea_id, what, func.count(func.distinct(Series.owner_id)))
            .join(Classroom, Classroom.id == Series.classroom_id)
            .join(Person, Person.id == Series.owner_id)
            .where(
                Series.change_idea_id.in_(list(idea_ids)),
                Classroom.erased_at.is_(None),
                Person.organisation_id.in_(list(places)),
            )
            .group_by(Series.change_idea_id, what)
        )
        for idea_id, name, teachers in rows:
            if name and teachers >= FEWEST_TEACHERS:
                found[idea_id].append(name)
    return {idea_id: sorted(names) for idea_id, names in found.items()}
