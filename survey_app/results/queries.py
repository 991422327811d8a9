"""Every select of the results slice. What goes to the analytics leaves as plain rows, through the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func, select

from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.responses import Answer, Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration, Survey

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

Row = TypeVar("Row")


def coded_answers(
    db: Session, administration_id: uuid.UUID
) -> list[tuple[str, uuid.UUID, int | None, str | None, str | None]]:
    """Return label, item version, value, words and missing reason of every answer by code, A first."""
    rows = db.execute(
        select(FocalCode.label, Answer.item_version_id, Answer.value, Answer.words, Answer.missing)
        .join(Response, Response.id == Answer.response_id)
        .join(FocalCode, FocalCode.id == Response.focal_code_id)
        .where(Response.administration_id == administration_id, FocalCode.erased_at.is_(None))
        .order_by(FocalCode.label)
    )
    return [tuple(row) for row in rows]


def pooled_counts(
    db: Session, administration_id: uuid.UUID
) -> list[tuple[uuid.UUID, int | None, str | None, int]]:
    """Return how many picked each value, or had each reason for none, by item version."""
    rows = db.execute(
        select(Answer.item_version_id, Answer.value, Answer.missing, func.count())
        .join(Response, Response.id == Answer.response_id)
        .where(Response.administration_id == administration_id, Answer.words.is_(None))
        .group_by(Answer.item_version_id, Answer.value, Answer.missing)
    )
    return [tuple(row) for row in rows]


def pooled_words(db: Session, administration_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Return what pooled students wrote, in no order that tells who."""
    rows = db.execute(
        select(Answer.item_version_id, Answer.words)
        .join(Response, Response.id == Answer.response_id)
        .where(Response.administration_id == administration_id, Answer.words.is_not(None))
        .order_by(Answer.words)
    )
    return [(item_version_id, words or "") for item_version_id, words in rows]


def sheets_given(db: Session, administration_id: uuid.UUID) -> int:
    """Return how many sheets an administration has."""
    return db.scalar(select(func.count()).where(Response.administration_id == administration_id)) or 0


def snapshots_of(db: Session, administration_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Snapshot]]:
    """Return the snapshots of these administrations, first to last."""
    found: dict[uuid.UUID, list[Snapshot]] = {}
    rows = db.scalars(
        select(Snapshot).where(Snapshot.administration_id.in_(administration_ids)).order_by(Snapshot.number)
    )
    for row in rows:
        found.setdefault(row.administration_id, []).append(row)
    return found


def sheets_of(db: Session, administrations: Sequence[Administration]) -> dict[uuid.UUID, dict]:
    """Return the frozen sheet of each administration."""
    ids = {a.survey_id for a in administrations}
    sheets = dict(db.execute(select(Survey.id, Survey.sheet).where(Survey.id.in_(ids))).all())
    return {a.id: sheets[a.survey_id] for a in administrations if sheets.get(a.survey_id)}


def own_cycles(db: Session, owner_id: uuid.UUID) -> list[Cycle]:
    """Return every cycle of a teacher, in order."""
    return list(
        db.scalars(
            select(Cycle)
            .join(Classroom, Classroom.id == Cycle.classroom_id)
            .where(Cycle.owner_id == owner_id, Classroom.erased_at.is_(None))
            .order_by(Cycle.created_at, Cycle.number)
        )
    )


def revealed_administrations(db: Session, cycle_ids: Sequence[uuid.UUID]) -> list[Administration]:
    """Return the administrations of these cycles whose results were shown, focal groups first."""
    return list(
        db.scalars(
            select(Administration)
            .where(Administration.cycle_id.in_(cycle_ids), Administration.revealed_at.is_not(None))
            .order_by(Administration.opened_at, Administration.part)
        )
    )


def named(db: Session, model: type[Row], ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Row]:
    """Return rows of a model by id."""
    return {row.id: row for row in db.scalars(select(model).where(model.id.in_(list(ids))))}
