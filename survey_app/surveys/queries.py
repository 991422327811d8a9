"""Every select of the surveys slice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from survey_app.models.classrooms import FocalCode
from survey_app.models.cycles import Cycle, CycleFocal
from survey_app.models.people import Organisation, Person
from survey_app.models.research import Agreement, AgreementPlace
from survey_app.models.responses import Response
from survey_app.models.surveys import Administration, Survey, SurveyItem

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session


def administrations_of(db: Session, cycle_id: uuid.UUID, *, lock: bool = False) -> list[Administration]:
    """Return the cycle's one or two administrations, the focal group first; void ones are left out.

    ``lock`` holds the rows until the commit, so that an answer, a close and a lock come one after the other.
    """
    query = (
        select(Administration)
        .where(Administration.cycle_id == cycle_id, Administration.state != "void")
        .order_by(Administration.part)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(db.scalars(query))


def surveys_of(db: Session, administrations: list[Administration]) -> dict[uuid.UUID, Survey]:
    """Return the surveys of these administrations by id."""
    ids = {administration.survey_id for administration in administrations}
    return {survey.id: survey for survey in db.scalars(select(Survey).where(Survey.id.in_(ids)))}


def item_version_ids_of(db: Session, survey_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the item versions of a survey in the order asked."""
    return list(
        db.scalars(
            select(SurveyItem.item_version_id)
            .where(SurveyItem.survey_id == survey_id)
            .order_by(SurveyItem.position)
        )
    )


def agreements_that_ask(db: Session, teacher_id: uuid.UUID, *, now: datetime) -> list[Agreement]:
    """Return the agreements under which a lesson of this teacher could be studied today, by title."""
    line = (
        select(Organisation.id, Organisation.parent_id, Organisation.time_zone)
        .join(Person, Person.organisation_id == Organisation.id)
        .where(Person.id == teacher_id)
        .cte("line", recursive=True)
    )
    above = line.union_all(
        select(Organisation.id, Organisation.parent_id, line.c.time_zone).join(
            line, Organisation.id == line.c.parent_id
        )
    )
    rows = db.execute(
        select(Agreement, above.c.time_zone)
        .join(AgreementPlace, AgreementPlace.agreement_id == Agreement.id)
        .join(above, above.c.id == AgreementPlace.organisation_id)
        .where(Agreement.ended_at.is_(None))
        .order_by(Agreement.title, Agreement.id)
    )
    found = {}
    for agreement, zone in rows:
        today = now.astimezone(ZoneInfo(zone)).date()
        if (
            agreement.starts_on <= today <= agreement.ends_on
            and agreement.lessons_from <= today <= agreement.lessons_until
        ):
            found[agreement.id] = agreement
    return list(found.values())


def open_elsewhere(db: Session, classroom_id: uuid.UUID, *, cycle_id: uuid.UUID) -> Administration | None:
    """Return another cycle's administration that is open in this class, or none."""
    return db.scalars(
        select(Administration)
        .where(
            Administration.classroom_id == classroom_id,
            Administration.cycle_id != cycle_id,
            Administration.state == "open",
        )
        .limit(1)
    ).first()


def cycles_with_open_survey(db: Session, classroom_id: uuid.UUID) -> list[Cycle]:
    """Return the cycles whose survey is open in this class."""
    return list(
        db.scalars(
            select(Cycle)
            .join(Administration, Administration.cycle_id == Cycle.id)
            .where(Administration.classroom_id == classroom_id, Administration.state == "open")
            .distinct()
        )
    )


def focal_labels(db: Session, cycle_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Return the focal codes of a cycle in label order; erased ones are gone."""
    rows = db.execute(
        select(FocalCode.id, FocalCode.label)
        .join(CycleFocal, CycleFocal.focal_code_id == FocalCode.id)
        .where(CycleFocal.cycle_id == cycle_id, FocalCode.erased_at.is_(None))
        .order_by(FocalCode.label)
    )
    return [(row.id, row.label) for row in rows]


def answers_so_far(db: Session, administration_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many sheets each administration has: the one number that is visible while it is open."""
    rows = db.execute(
        select(Response.administration_id, func.count())
        .where(Response.administration_id.in_(administration_ids))
        .group_by(Response.administration_id)
    )
    return {administration_id: count for administration_id, count in rows}
