"""Where cycles stand, counted in the database: by region, by place, one by one. No answer is ever read.

What is counted over all places of a lead goes over one index (``ix_cycles_standing``) and comes back as a few
rows; what stands by place is asked for the places that a page shows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import (
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.surveys import Administration
from survey_app.scope import erased_classrooms

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

DECIDED = "Decided"


@dataclass(frozen=True)
class Cell:
    """How many cycles of one region, and of one number, stand at one stage or had one decision."""

    place_id: uuid.UUID
    number: int
    stage: str
    decision: str | None
    count: int


@dataclass(frozen=True)
class Place:
    """A school, or a team with its school's name beside its own; ``top`` is the place of its region."""

    id: uuid.UUID
    name: str
    top: uuid.UUID


def _led() -> Subquery:
    """Return each place of a lead once, with its region, or else the place at which she is a lead."""
    own = select(RoleGrant.organisation_id.label("id"), RoleGrant.organisation_id.label("top")).where(
        RoleGrant.person_id == bindparam("lead"), RoleGrant.role == "lead"
    )
    below = own.cte("below", recursive=True)
    top = case((Organisation.kind == "region", Organisation.id), else_=below.c.top)
    below = below.union(select(Organisation.id, top).join(below, Organisation.parent_id == below.c.id))
    # Who leads a region and one of its districts reaches that district's schools on two ways.
    way = func.row_number().over(partition_by=below.c.id, order_by=below.c.top).label("way")
    ways = select(below.c.id, below.c.top, way).subquery("ways")
    return select(ways.c.id, ways.c.top).where(ways.c.way == 1).subquery("led")


def led_among(places: Select) -> Select:
    """Return those of a few places that are in reach, looking up from each and never at all places below.

    Who asks is the parameter ``lead``.
    """
    few = places.subquery("few")
    line = select(few.c.id, few.c.id.label("up")).cte("line", recursive=True)
    line = line.union(select(line.c.id, Organisation.parent_id).join(line, Organisation.id == line.c.up))
    leads = and_(
        RoleGrant.organisation_id == line.c.up,
        RoleGrant.person_id == bindparam("lead"),
        RoleGrant.role == "lead",
    )
    return select(line.c.id).join(RoleGrant, leads)


# Every statement here is made once: putting one together takes longer than what it asks in a small network.
_LED = _led()


def _stages(narrowed: Callable[[Select], Select], *columns: ColumnElement) -> tuple[Select, Select]:
    """Return the decided cycles of some people, and one row for each other living one with its stage.

    The first counts; the second has a cycle a row. ``narrowed`` says whose; the stages are those of
    ``cycles.stages``. Few cycles are undecided, and of those alone series, class and surveys are read.
    """
    cycles = and_(Cycle.owner_id == Person.id, Cycle.set_aside_at.is_(None))
    decided = (
        select(*columns, literal(DECIDED).label("stage"), Cycle.decision, func.count().label("cycles"))
        .select_from(Person)
        .join(Cycle, cycles)
        .where(Cycle.decision.is_not(None), Cycle.classroom_id.not_in(erased_classrooms()))
        .group_by(*columns, Cycle.decision)
    )
    given = func.count(Administration.cycle_id)

    def how_many(state: str) -> ColumnElement[int]:
        return func.sum(case((Administration.state == state, 1), else_=0))

    stage = case(
        (or_(given == 0, given == how_many("draft")), "Plan"),
        (given == func.count(Administration.revealed_at), "Decide"),
        (given == func.count(Administration.locked_at), "Look"),
        (how_many("open") > 0, "Teach"),
        else_="Predict",
    ).label("stage")
    living = and_(Administration.cycle_id == Cycle.id, Administration.state != "void")
    undecided = (
        select(*columns, Cycle.id, stage)
        .select_from(Person)
        .join(Cycle, cycles)
        .join(Series, Series.id == Cycle.series_id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .outerjoin(Administration, living)
        .where(
            Cycle.decision.is_(None),
            Series.ended_at.is_(None),
            Classroom.archived_at.is_(None),
            Classroom.erased_at.is_(None),
        )
        .group_by(Cycle.id, *columns)
    )
    return narrowed(decided), narrowed(undecided)


def _counts(narrowed: Callable[[Select], Select], place: ColumnElement) -> CompoundSelect:
    decided, undecided = _stages(narrowed, place.label("place"), Cycle.number.label("number"))
    each = undecided.subquery("each")
    what = (each.c.place, each.c.number, each.c.stage)
    others = select(*what, cast(null(), String), func.count().label("cycles")).group_by(*what)
    return union_all(decided, others)


def _by_stage(counts: CompoundSelect) -> Select:
    """Add up numbers and decisions: what a row of the board shows."""
    each = counts.subquery("each_number")
    return select(each.c.place, each.c.stage, func.sum(each.c.cycles)).group_by(each.c.place, each.c.stage)


def _tops() -> Select:
    own = select(RoleGrant.organisation_id).where(
        RoleGrant.person_id == bindparam("lead"), RoleGrant.role == "lead"
    )
    is_top = or_(
        Organisation.id.in_(own), and_(Organisation.kind == "region", Organisation.parent_id.in_(own))
    )
    above = select(Organisation.id, Organisation.parent_id).where(is_top).cte("above", recursive=True)
    above = above.union(
        select(Organisation.id, Organisation.parent_id).join(above, Organisation.id == above.c.parent_id)
    )
    return select(
        Organisation.id,
        Organisation.parent_id,
        Organisation.kind,
        Organisation.name,
        is_top.label("is_top"),
    ).where(Organisation.id.in_(select(above.c.id)))


_HERE = bindparam("places", expanding=True)
_SCHOOLS_HERE = select(Organisation.id).where(Organisation.id.in_(_HERE))
_MEMBERS_SCHOOLS = select(Person.organisation_id.label("id")).join(
    TeamMember, and_(TeamMember.person_id == Person.id, TeamMember.team_id.in_(_HERE))
)
_IS_HERE = Person.organisation_id.in_(led_among(_SCHOOLS_HERE))
_IS_MEMBERS = Person.organisation_id.in_(led_among(_MEMBERS_SCHOOLS))
_MEMBERS = and_(TeamMember.person_id == Person.id, TeamMember.team_id.in_(_HERE))
_HAS_BEGUN = exists().where(Cycle.owner_id == Person.id, Cycle.set_aside_at.is_(None))
_REGIONS = _tops()
_COUNTED = _counts(lambda query: query.join(_LED, _LED.c.id == Person.organisation_id), _LED.c.top)
_AT_SCHOOLS = _by_stage(_counts(lambda query: query.where(_IS_HERE), Person.organisation_id))
_IN_TEAMS = _by_stage(
    _counts(lambda query: query.join(TeamMember, _MEMBERS).where(_IS_MEMBERS), TeamMember.team_id)
)
_SCHOOLS = (
    select(Organisation.id, Organisation.name, _LED.c.top)
    .join(_LED, _LED.c.id == Organisation.id)
    .where(exists().where(Person.organisation_id == Organisation.id, _HAS_BEGUN))
)
_TEAMS = (
    select(Team.id, Team.name, Organisation.name.label("school"), _LED.c.top)
    .join(Organisation, Organisation.id == Team.organisation_id)
    .join(_LED, _LED.c.id == Organisation.id)
    .where(
        Team.archived_at.is_(None),
        exists().where(
            TeamMember.team_id == Team.id,
            Person.id == TeamMember.person_id,
            Person.organisation_id.in_(select(_LED.c.id)),  # a member from elsewhere shows no team here
            _HAS_BEGUN,
        ),
    )
)
_TEACHERS = (
    select(_LED.c.top, func.count(), func.sum(case((_HAS_BEGUN, 1), else_=0)))
    .select_from(Person)
    .join(_LED, _LED.c.id == Person.organisation_id)
    .where(
        Person.disabled_at.is_(None),
        exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == "teacher"),
    )
    .group_by(_LED.c.top)
)


def regions_of(db: Session, viewer: Viewer) -> dict[uuid.UUID, str]:
    """Return the name of the region of each place under which cycles are counted.

    A place that lies in no region goes by the name of the highest place over it.
    """
    rows = db.execute(_REGIONS, {"lead": viewer.person_id}).all()
    every = {row.id: row for row in rows}
    found = {}
    for row in rows:
        line = [row]
        while line[-1].kind != "region" and line[-1].parent_id in every:
            line.append(every[line[-1].parent_id])
        if row.is_top:
            found[row.id] = line[-1].name
    return found


def counted_by_region(db: Session, viewer: Viewer) -> list[Cell]:
    """Return the counts of all of a lead's places by region, number, stage and decision: a few rows."""
    rows = db.execute(_COUNTED, {"lead": viewer.person_id})
    return [Cell(where, number, stage, decision, count) for where, number, stage, decision, count in rows]


def counted_at(
    db: Session, viewer: Viewer, place_ids: Sequence[uuid.UUID], *, by_team: bool = False
) -> dict[uuid.UUID, Counter[str]]:
    """Return how many cycles stand at which stage in each of these schools or teams, of people in reach."""
    statement = _IN_TEAMS if by_team else _AT_SCHOOLS
    found: dict[uuid.UUID, Counter[str]] = {one: Counter() for one in place_ids}
    for place, stage, count in db.execute(statement, {"lead": viewer.person_id, "places": list(place_ids)}):
        found[place][stage] = int(count)
    return found


def schools_with_cycles(db: Session, viewer: Viewer) -> list[Place]:
    """Return the places of a lead at which somebody has begun a cycle."""
    return [Place(*row) for row in db.execute(_SCHOOLS, {"lead": viewer.person_id})]


def teams_with_cycles(db: Session, viewer: Viewer) -> list[Place]:
    """Return the teams at a lead's places of which somebody has begun a cycle; no archived one."""
    rows = db.execute(_TEAMS, {"lead": viewer.person_id})
    # Many teams have the same name, so the school stands beside it.
    return [Place(team_id, f"{name}, {school}", top) for team_id, name, school, top in rows]


def teachers_by_region(db: Session, viewer: Viewer) -> dict[uuid.UUID, tuple[int, int]]:
    """Return how many teachers each region has, and how many of them have begun a cycle."""
    rows = db.execute(_TEACHERS, {"lead": viewer.person_id})
    return {top: (teachers, int(begun)) for top, teachers, begun in rows}


_SINGLE = _stages(
    lambda query: query.where(Person.organisation_id == bindparam("place")), Person.display_name, Cycle.number
)[1].order_by(func.lower(Person.display_name), Cycle.number, Cycle.id)


def single_rows(db: Session, place_id: uuid.UUID) -> list[tuple[str, int, str]]:
    """Return teacher, number and stage of each undecided cycle of a place, by name; nothing more."""
    rows = db.execute(_SINGLE, {"place": place_id})
    return [(name, number, stage) for name, number, _cycle_id, stage in rows]
