"""Every select about change ideas of the network slice. No answer is ever read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal_column, select, union_all

from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Person
from survey_app.network.pages import Page, last_page
from survey_app.scope import erased_classrooms, places_led_by

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

FEWEST_TEACHERS = 3


@dataclass(frozen=True)
class Reasons:
    """Reasons that teachers share for one idea: some of each decision, and how many there are in all."""

    total: int = 0
    some: list[tuple[str, int, str]] = field(default_factory=list)  # decision, cycle number, reason

    @property
    def more(self) -> int:
        """How many are not among these."""
        return self.total - len(self.some)


def _shared(viewer: Viewer, idea_ids: Iterable[uuid.UUID]) -> Select:
    """Return a select of the cycles at a lead's places whose reasons are shared, found by index."""
    return (
        select(Series.change_idea_id, Cycle.id)
        .join(Cycle, Cycle.series_id == Series.id)
        .join(Person, Person.id == Cycle.owner_id)
        .where(
            Cycle.shares_with_region.is_(True),
            Cycle.reason != literal_column("''"),
            Cycle.decision.is_not(None),
            Series.change_idea_id.in_(list(idea_ids)),
            Cycle.classroom_id.not_in(erased_classrooms()),
            Person.organisation_id.in_(places_led_by(viewer)),
        )
    )


def shared_reasons(
    db: Session, viewer: Viewer, idea_ids: Iterable[uuid.UUID], *, most: int
) -> dict[uuid.UUID, Reasons]:
    """Return the reasons that teachers of a lead's places share, by idea: at most so many a decision.

    Which they are follows from the order of cycles in an index, never from what was written.
    """
    turn = func.row_number().over(partition_by=(Series.change_idea_id, Cycle.decision), order_by=Cycle.id)
    total = func.count().over(partition_by=Series.change_idea_id)
    every = _shared(viewer, idea_ids).add_columns(turn.label("turn"), total.label("total")).subquery("every")
    rows = db.execute(
        select(every.c.change_idea_id, every.c.total, Cycle.decision, Cycle.number, Cycle.reason)
        .join(Cycle, Cycle.id == every.c.id)
        .where(every.c.turn <= most)
        .order_by(Cycle.decision, Cycle.reason, Cycle.id)
    )
    found: dict[uuid.UUID, Reasons] = {}
    for idea_id, total, decision, number, reason in rows:
        found.setdefault(idea_id, Reasons(total)).some.append((decision, number, reason))
    return found


def page_of_reasons(
    db: Session, viewer: Viewer, idea_id: uuid.UUID, wished: int, *, size: int
) -> Page[tuple[str, int, str]]:
    """Return one page of all reasons shared for an idea, decision by decision."""
    every = _shared(viewer, [idea_id]).subquery("every")
    total = db.scalar(select(func.count()).select_from(every)) or 0
    number = min(wished, last_page(total, size))
    rows = db.execute(
        select(Cycle.decision, Cycle.number, Cycle.reason)
        .join(every, every.c.id == Cycle.id)
        .order_by(Cycle.decision, Cycle.id)
        .offset((number - 1) * size)
        .limit(size)
    )
    return Page([tuple(row) for row in rows], number, size, total)


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
        .join(Classroom, Classroom.id == Series.classroom_id)
        .join(Person, Person.id == Series.owner_id)
        .where(
            Series.change_idea_id.in_(list(idea_ids)),
            Classroom.erased_at.is_(None),
            Person.organisation_id.in_(places_led_by(viewer)),
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
