"""Every select of the cycles slice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle, CycleFocal, PlanPrediction, Series
from survey_app.models.improvement import ChangeIdea, Driver
from survey_app.models.people import Organisation
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class CycleRow:
    """A cycle with its living administrations."""

    cycle: Cycle
    administrations: list[Administration]


@dataclass(frozen=True)
class SeriesRow:
    """A series with its class and its cycles, first to last; those set aside stand apart."""

    series: Series
    classroom: Classroom
    cycles: list[CycleRow]
    aside: list[Cycle]

    @property
    def latest(self) -> CycleRow | None:
        """The newest cycle."""
        return self.cycles[-1] if self.cycles else None

    @property
    def next_number(self) -> int:
        """The number of the next cycle: one that was set aside keeps its own."""
        return max((c.number for c in (*(row.cycle for row in self.cycles), *self.aside)), default=0) + 1


def own_series(db: Session, owner_id: uuid.UUID) -> list[SeriesRow]:
    """Return a teacher's series, the newest first; three statements, however many there are."""
    found = db.execute(
        select(Series, Classroom)
        .join(Classroom, Classroom.id == Series.classroom_id)
        .where(Series.owner_id == owner_id, Classroom.erased_at.is_(None))
        .order_by(Series.created_at.desc())
    ).all()
    cycles = db.scalars(select(Cycle).where(Cycle.owner_id == owner_id).order_by(Cycle.number)).all()
    given = _administrations_by_cycle(
        db.scalars(
            select(Administration)
            .where(Administration.owner_id == owner_id, Administration.state != "void")
            .order_by(Administration.part)
        ).all()
    )
    rows: dict[uuid.UUID, list[CycleRow]] = defaultdict(list)
    aside: dict[uuid.UUID, list[Cycle]] = defaultdict(list)
    for cycle in cycles:
        if cycle.set_aside_at is None:
            rows[cycle.series_id].append(CycleRow(cycle, given[cycle.id]))
        else:
            aside[cycle.series_id].append(cycle)
    return [
        SeriesRow(series, classroom, rows[series.id], aside[series.id]) for series, classroom in found
    ]


def cycles_of_series(db: Session, series_id: uuid.UUID) -> list[CycleRow]:
    """Return the cycles of a series, first to last; those set aside are left out."""
    cycles = db.scalars(
        select(Cycle).where(Cycle.series_id == series_id, Cycle.set_aside_at.is_(None)).order_by(Cycle.number)
    ).all()
    given = _administrations_by_cycle(
        db.scalars(
            select(Administration)
            .where(Administration.cycle_id.in_([c.id for c in cycles]), Administration.state != "void")
            .order_by(Administration.part)
        ).all()
    )
    return [CycleRow(cycle, given[cycle.id]) for cycle in cycles]


def _administrations_by_cycle(rows: Sequence[Administration]) -> dict[uuid.UUID, list[Administration]]:
    grouped: dict[uuid.UUID, list[Administration]] = defaultdict(list)
    for row in rows:
        grouped[row.cycle_id].append(row)
    return grouped


def highest_number(db: Session, series_id: uuid.UUID) -> int | None:
    """Return the number of the newest cycle, set aside or not, so that a number is never given twice."""
    return db.scalar(select(func.max(Cycle.number)).where(Cycle.series_id == series_id))


def is_latest(db: Session, cycle: Cycle) -> bool:
    """Tell whether no later cycle of the series was begun and kept."""
    later = select(Cycle.id).where(
        Cycle.series_id == cycle.series_id, Cycle.number > cycle.number, Cycle.set_aside_at.is_(None)
    )
    return db.scalar(later.limit(1)) is None


def previous_cycle(db: Session, cycle: Cycle) -> Cycle | None:
    """Return the cycle before this one in its series: its lines open the next plan."""
    return db.scalars(
        select(Cycle)
        .where(Cycle.series_id == cycle.series_id, Cycle.number < cycle.number, Cycle.set_aside_at.is_(None))
        .order_by(Cycle.number.desc())
        .limit(1)
    ).first()


def undecided_cycle(db: Session, series_id: uuid.UUID) -> Cycle | None:
    """Return the one cycle of a series that still waits for its decision, or none."""
    return db.scalars(
        select(Cycle).where(
            Cycle.series_id == series_id, Cycle.decided_at.is_(None), Cycle.set_aside_at.is_(None)
        )
    ).one_or_none()


def focal_rows(db: Session, cycle_id: uuid.UUID) -> list[tuple[CycleFocal, str]]:
    """Return what the plan says of each focal student, with her label, A first; erased ones are gone."""
    rows = db.execute(
        select(CycleFocal, FocalCode.label)
        .join(FocalCode, FocalCode.id == CycleFocal.focal_code_id)
        .where(CycleFocal.cycle_id == cycle_id, FocalCode.erased_at.is_(None))
        .order_by(FocalCode.label)
    )
    return [(row, label) for row, label in rows]


def plan_predictions(db: Session, cycle_id: uuid.UUID) -> dict[uuid.UUID, PlanPrediction]:
    """Return the plan predictions of a cycle by item version."""
    rows = db.scalars(select(PlanPrediction).where(PlanPrediction.cycle_id == cycle_id))
    return {row.item_version_id: row for row in rows}


def offered_ideas(
    db: Session, organisation_id: uuid.UUID, owner_id: uuid.UUID
) -> list[tuple[str, list[ChangeIdea]]]:
    """Return the ideas a teacher can choose from below what they work on; those on no diagram come last."""
    ideas = change_ideas(db, organisation_id, owner_id)
    drivers = {
        row.id: row.name
        for row in db.execute(
            select(Driver.id, Driver.name).where(Driver.id.in_({one.driver_id for one in ideas}))
        )
    }
    groups: dict[str, list[ChangeIdea]] = {}
    for one in ideas:
        groups.setdefault(drivers.get(one.driver_id, ""), []).append(one)
    return sorted(groups.items(), key=lambda group: (group[0] == "", group[0].casefold()))


def has_decided_turn(db: Session, series_id: uuid.UUID) -> bool:
    """Tell whether a turn with the change was decided; a lesson before the change does not count."""
    decided = select(Cycle.id).where(
        Cycle.series_id == series_id, Cycle.number > 0, Cycle.decided_at.is_not(None)
    )
    return db.scalar(decided.limit(1)) is not None


def driver_name(db: Session, driver_id: uuid.UUID | None) -> str:
    """Return the words of a driver; nothing for none."""
    driver = db.get(Driver, driver_id) if driver_id else None
    return driver.name if driver else ""


def change_ideas(db: Session, organisation_id: uuid.UUID, owner_id: uuid.UUID) -> list[ChangeIdea]:
    """Return the ideas a teacher can choose from: her organisation's, those above it and her own, by name."""
    above = (
        select(Organisation.id, Organisation.parent_id)
        .where(Organisation.id == organisation_id)
        .cte("above", recursive=True)
    )
    above = above.union_all(
        select(Organisation.id, Organisation.parent_id).join(above, Organisation.id == above.c.parent_id)
    )
    return list(
        db.scalars(
            select(ChangeIdea)
            .where(
                ChangeIdea.organisation_id.in_(select(above.c.id)),
                (ChangeIdea.owner_id == owner_id) | ChangeIdea.owner_id.is_(None),
                ChangeIdea.archived_at.is_(None),
            )
            .order_by(func.lower(ChangeIdea.name))
        )
    )
