"""Every select of item reports. Rows leave it only for the job that makes the reports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from survey_app.models.catalogue import Construct, Item, ItemVersion
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.research import ItemReport, ItemReportRun
from survey_app.models.responses import Answer, Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration, SurveyItem

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

FEWEST_POOLED = 5


@dataclass(frozen=True)
class Asked:
    """One administration whose results were shown: who was asked what, and which question needed help."""

    id: uuid.UUID
    owner_id: uuid.UUID
    classroom_id: uuid.UUID
    mode: str
    asked_about_id: uuid.UUID | None
    is_logged: bool


def shown_administrations(db: Session) -> list[Asked]:
    """Return every closed administration that its teacher has seen, of classes that were not erased."""
    rows = db.execute(
        select(
            Administration.id,
            Administration.owner_id,
            Administration.classroom_id,
            Administration.mode,
            Cycle.asked_about_id,
            Cycle.logged_at,
        )
        .join(Cycle, Cycle.id == Administration.cycle_id)
        .where(Administration.id.in_(_shown()))
    )
    return [Asked(*row[:5], row[5] is not None) for row in rows]


def _shown() -> Select[tuple[uuid.UUID]]:
    return (
        select(Administration.id)
        .join(Classroom, Classroom.id == Administration.classroom_id)
        .where(
            Administration.revealed_at.is_not(None),
            Administration.state == "closed",
            Classroom.erased_at.is_(None),
        )
    )


def _counted() -> Select[tuple[uuid.UUID]]:
    """Choose the administrations whose sheets may be counted at all.

    A pooled class with fewer than five sheets is shown to nobody, and what came after the first look counts
    only once it made a snapshot of its own: otherwise a report would know more than the teacher.
    """
    sheets = (
        select(Response.administration_id, func.count().label("given"))
        .group_by(Response.administration_id)
        .subquery()
    )
    return (
        _shown()
        .join(sheets, sheets.c.administration_id == Administration.id)
        .where(or_(Administration.mode == "coded", sheets.c.given >= FEWEST_POOLED))
    )


def answer_rows(db: Session) -> list[tuple]:
    """Return administration, mode, sheet, label, item version, value and missing reason of every answer.

    Only answers that have steps; words of their own stay with the teacher.
    """
    twice = select(Snapshot.administration_id).where(Snapshot.number > 1)
    rows = db.execute(
        select(
            Response.administration_id,
            Response.mode,
            Response.id,
            FocalCode.label,
            Answer.item_version_id,
            Answer.value,
            Answer.missing,
        )
        .join(Answer, Answer.response_id == Response.id)
        .outerjoin(FocalCode, FocalCode.id == Response.focal_code_id)
        .where(
            Response.administration_id.in_(_counted()),
            Answer.words.is_(None),
            or_(
                Response.mode == "coded",
                Response.late.is_(False),
                Response.administration_id.in_(twice),
            ),
        )
    )
    return [tuple(row) for row in rows]


def questions_asked(db: Session) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return the item versions of each administration that was shown."""
    rows = db.execute(
        select(Administration.id, SurveyItem.item_version_id)
        .join(SurveyItem, SurveyItem.survey_id == Administration.survey_id)
        .where(Administration.id.in_(_shown()))
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for administration_id, version_id in rows:
        found[administration_id].add(version_id)
    return found


def reports(db: Session) -> dict[tuple[str, str], ItemReport]:
    """Return every stored report, by subject and mode."""
    return {(row.subject, row.mode): row for row in db.scalars(select(ItemReport))}


def runs(db: Session) -> int:
    """Return how many times reports were worked out."""
    return db.scalar(select(func.count()).select_from(ItemReportRun)) or 0


def last_run_at(db: Session) -> datetime | None:
    """Return when reports were last worked out."""
    return db.scalar(select(func.max(ItemReportRun.made_at)))


@dataclass(frozen=True)
class Version:
    """An item version as a researcher lists it: where it stands in the library, and where it comes from."""

    id: uuid.UUID
    key: str
    number: int
    status: str
    comparability: str
    parent_id: uuid.UUID | None
    item_id: uuid.UUID
    item_name: str


def versions(db: Session) -> dict[uuid.UUID, Version]:
    """Return every item version that students may be asked, in the library's order; one statement."""
    rows = db.execute(
        select(
            ItemVersion.id,
            ItemVersion.key,
            ItemVersion.number,
            ItemVersion.status,
            ItemVersion.comparability,
            ItemVersion.parent_id,
            ItemVersion.item_id,
            Item.name,
        )
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Construct, Construct.id == Item.construct_id)
        .where(Construct.for_adults.is_(False))
        .order_by(Construct.position, Item.position, ItemVersion.band.desc(), ItemVersion.number)
    )
    return {row[0]: Version(*row) for row in rows}
