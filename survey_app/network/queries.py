"""Every select about change ideas of the network slice. No answer is ever read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, case, func, literal_column, or_, select, union_all

from survey_app.improvement.queries import of_these_ideas
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Person
from survey_app.models.releases import ReleaseGroup
from survey_app.network.pages import Page, last_page
from survey_app.network.standing import led_among
from survey_app.scope import erased_classrooms, places_led_by

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

FEWEST_TEACHERS = 3
Reason = tuple[str, int, str]  # decision, cycle number, reason


@dataclass(frozen=True)
class Chosen:
    """How many reasons are shared for one idea, and the cycles of those that come first of each decision.

    Which they are follows from the order of cycles in an index, never from what was written.
    """

    total: int = 0
    cycle_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True)
class Reasons:
    """Reasons that teachers share for one idea: some of each decision, and how many there are in all."""

    total: int = 0
    some: list[Reason] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many are not among these."""
        return self.total - len(self.some)


def _is_shared(*columns: ColumnElement) -> Select:
    """Return a select of the cycles whose reasons are shared, of no erased class."""
    return (
        select(*columns)
        .select_from(Person)
        # Over the series alone, so that cycles are found by ``ix_cycles_shared``, which has only these.
        .join(Series, Series.owner_id == Person.id)
        .join(Cycle, Cycle.series_id == Series.id)
        .where(
            Cycle.shares_with_region.is_(True),
            Cycle.reason != literal_column("''"),
            Cycle.decision.is_not(None),
            Cycle.classroom_id.not_in(erased_classrooms()),
        )
    )


def _shared_in_reach(viewer: Viewer, idea_ids: Iterable[uuid.UUID], *columns: ColumnElement) -> Select:
    return _is_shared(*columns).where(
        Person.organisation_id.in_(places_led_by(viewer)), of_these_ideas(idea_ids)
    )


def choose_reasons(
    db: Session, viewer: Viewer, idea_ids: Iterable[uuid.UUID], *, most: int
) -> dict[uuid.UUID, Chosen]:
    """Return how many reasons are shared at a lead's places, by idea, and the first cycles of each decision.

    They are twice as many as a page shows: some may be taken back while the totals stand.
    """
    turn = func.row_number().over(partition_by=(Series.change_idea_id, Cycle.decision), order_by=Cycle.id)
    total = func.count().over(partition_by=Series.change_idea_id)
    columns = (Series.change_idea_id, Cycle.id, turn.label("turn"), total.label("total"))
    every = _shared_in_reach(viewer, idea_ids, *columns).subquery("every")
    rows = db.execute(
        select(every.c.change_idea_id, every.c.total, every.c.id).where(every.c.turn <= 2 * most)
    )
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    totals = {}
    for idea_id, counted, cycle_id in rows:
        totals[idea_id] = counted
        found[idea_id].append(cycle_id)
    return {idea_id: Chosen(totals[idea_id], tuple(found[idea_id])) for idea_id in found}


def all_reasons(db: Session, viewer: Viewer, idea_id: uuid.UUID) -> Chosen:
    """Return the cycles of all reasons shared for an idea, decision by decision: what pages are cut from."""
    ids = db.scalars(
        _shared_in_reach(viewer, [idea_id], Cycle.id).order_by(Cycle.decision, Cycle.id)
    ).all()
    return Chosen(len(ids), tuple(ids))


_THESE = bindparam("cycles", expanding=True)
_THEIR_SCHOOLS = (
    select(Person.organisation_id.label("id"))
    .join(Cycle, Cycle.owner_id == Person.id)
    .where(Cycle.id.in_(_THESE))
)
_SHARED_NOW = (
    _is_shared(Series.change_idea_id, Cycle.decision, Cycle.number, Cycle.reason)
    .where(Cycle.id.in_(_THESE), Person.organisation_id.in_(led_among(_THEIR_SCHOOLS)))
    .order_by(Cycle.decision, Cycle.id)
)


def shared_reasons(
    db: Session, viewer: Viewer, chosen: Mapping[uuid.UUID, Chosen], *, most: int
) -> dict[uuid.UUID, Reasons]:
    """Return those of the chosen reasons that are shared at this moment, by idea: so many of a decision."""
    ids = [cycle_id for one in chosen.values() for cycle_id in one.cycle_ids]
    said: dict[uuid.UUID, dict[str, list[Reason]]] = defaultdict(lambda: defaultdict(list))
    rows = db.execute(_SHARED_NOW, {"lead": viewer.person_id, "cycles": ids})
    for idea_id, decision, number, reason in rows:
        if idea_id in chosen and len(said[idea_id][decision]) < most:
            said[idea_id][decision].append((decision, number, reason))
    return {
        idea_id: Reasons(one.total, sorted(row for rows in said[idea_id].values() for row in rows))
        for idea_id, one in chosen.items()
    }


def page_of_reasons(
    db: Session, viewer: Viewer, every: Chosen, wished: int, *, size: int
) -> Page[Reason]:
    """Return one page of an idea's reasons: those of its cycles that are shared at this moment."""
    number = min(wished, last_page(every.total, size))
    here = list(every.cycle_ids[(number - 1) * size : number * size])
    rows = db.execute(_SHARED_NOW, {"lead": viewer.person_id, "cycles": here})
    return Page([(decision, turn, reason) for _, decision, turn, reason in rows], number, size, every.total)


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
    db: Session, viewer: Viewer, idea_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """Return the grades and subjects in which at least three teachers tried each idea; no smaller one."""
    band = case(
        (Classroom.grade <= 2, "grades K-2"),
        (Classroom.grade <= 5, "grades 3-5"),
        (Classroom.grade <= 8, "grades 6-8"),
        (Classroom.grade <= 12, "grades 9-12"),
        else_="",
    )
    subject = func.lower(func.trim(func.coalesce(Classroom.subject, "")))
    # Read once, counted twice.
    tried = (
        select(
            Series.change_idea_id.label("idea"), Series.owner_id, band.label("band"), subject.label("subject")
        )
        .select_from(Person)
        .join(Series, Series.owner_id == Person.id)
        .join(Classroom, Classroom.id == Series.classroom_id)
        .where(
            Person.organisation_id.in_(places_led_by(viewer)),
            of_these_ideas(idea_ids),
            Classroom.erased_at.is_(None),
        )
        .distinct()
        .cte("tried")
    )
    teachers = func.count(func.distinct(tried.c.owner_id))
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    counted = (
        select(tried.c.idea, what)
        .where(what != "")
        .group_by(tried.c.idea, what)
        .having(teachers >= FEWEST_TEACHERS)
        for what in (tried.c.band, tried.c.subject)
    )
    for idea_id, name in db.execute(union_all(*counted)):
        found[idea_id].append(name)
    return {idea_id: sorted(names) for idea_id, names in found.items()}


_GROUPS_NAMED = (
    ReleaseGroup.release_id == bindparam("release"),
    ReleaseGroup.grouping == bindparam("grouping"),
    ReleaseGroup.key.in_(bindparam("keys", expanding=True)),
)
_IN_REACH_NOW = select(ReleaseGroup.key).where(
    *_GROUPS_NAMED,
    or_(
        ReleaseGroup.place_id.is_(None),
        ReleaseGroup.place_id.in_(led_among(select(ReleaseGroup.place_id.label("id")).where(*_GROUPS_NAMED))),
    ),
)


def groups_in_reach(
    db: Session, viewer: Viewer, release_id: uuid.UUID, grouping: str, keys: Sequence[str]
) -> set[str]:
    """Return those of a few groups of a release that are in a lead's reach at this moment."""
    given = {"lead": viewer.person_id, "release": release_id, "grouping": grouping, "keys": keys}
    return set(db.scalars(_IN_REACH_NOW, given))
