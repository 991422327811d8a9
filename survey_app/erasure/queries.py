"""Every select of the erasure slice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from survey_app.models.classrooms import Card, Classroom, Consent, FocalCode
from survey_app.models.cycles import Cycle, CycleFocal
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.models.responses import Answer, Response
from survey_app.models.sharing import Comment
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration, Survey

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


def hold_class(db: Session, classroom_id: uuid.UUID) -> list[str]:
    """Hold a class and its administrations until the commit; return the states of the administrations."""
    db.execute(select(Classroom.id).where(Classroom.id == classroom_id).with_for_update())
    return list(
        db.scalars(
            select(Administration.state).where(Administration.classroom_id == classroom_id).with_for_update()
        )
    )


def is_erased(db: Session, viewer: Viewer, row_id: uuid.UUID) -> bool:
    """Tell whether this was a code, or a class, of the viewer's own that she has erased before."""
    own = Classroom.owner_id == viewer.person_id
    room = select(Classroom.id).where(Classroom.id == row_id, Classroom.erased_at.is_not(None), own)
    code = (
        select(FocalCode.id)
        .join(Classroom, Classroom.id == FocalCode.classroom_id)
        .where(FocalCode.id == row_id, FocalCode.erased_at.is_not(None), own)
    )
    return db.scalar(code) is not None or db.scalar(room) is not None


def coded_snapshots(db: Session, classroom_id: uuid.UUID) -> Sequence[Snapshot]:
    """Return the snapshots of a class that name codes."""
    return db.scalars(
        select(Snapshot)
        .join(Administration, Administration.id == Snapshot.administration_id)
        .where(Administration.classroom_id == classroom_id, Administration.mode == "coded")
    ).all()


def codes_of(db: Session, classroom_id: uuid.UUID) -> list[FocalCode]:
    """Return the codes of a class about which something may be held, A first."""
    codes = db.scalars(
        select(FocalCode).where(FocalCode.classroom_id == classroom_id, FocalCode.erased_at.is_(None))
    )
    return sorted(codes, key=lambda code: (len(code.label), code.label))


def cycles_of(db: Session, classroom_id: uuid.UUID) -> dict[uuid.UUID, Cycle]:
    """Return the cycles of a class, oldest first."""
    cycles = db.scalars(select(Cycle).where(Cycle.classroom_id == classroom_id).order_by(Cycle.created_at))
    return {cycle.id: cycle for cycle in cycles}


def focal_rows(db: Session, code_ids: Iterable[uuid.UUID]) -> Sequence[CycleFocal]:
    """Return what cycles say of these codes."""
    return db.scalars(select(CycleFocal).where(CycleFocal.focal_code_id.in_(list(code_ids)))).all()


def cards_of(db: Session, classroom_id: uuid.UUID) -> Sequence[Card]:
    """Return every card of a class, revoked ones too."""
    return db.scalars(select(Card).where(Card.classroom_id == classroom_id).order_by(Card.made_at)).all()


def consents_of(db: Session, classroom_id: uuid.UUID) -> Sequence[Consent]:
    """Return what families of a class were told or have said."""
    return db.scalars(select(Consent).where(Consent.classroom_id == classroom_id)).all()


def administrations_of(db: Session, classroom_id: uuid.UUID) -> dict[uuid.UUID, Administration]:
    """Return every administration of a class, void ones too."""
    given = db.scalars(
        select(Administration)
        .where(Administration.classroom_id == classroom_id)
        .order_by(Administration.opened_at, Administration.part)
    )
    return {one.id: one for one in given}


def coded_answers(db: Session, code_ids: Iterable[uuid.UUID]) -> Sequence[Row[Any]]:
    """Return (response, answer) of these codes."""
    return db.execute(
        select(Response, Answer)
        .join(Answer, Answer.response_id == Response.id)
        .where(Response.focal_code_id.in_(list(code_ids)))
    ).all()


def predictions_about(db: Session, classroom_id: uuid.UUID) -> Sequence[Prediction]:
    """Return every prediction of a class."""
    return db.scalars(select(Prediction).where(Prediction.classroom_id == classroom_id)).all()


def ratings_of(db: Session, administration_ids: Iterable[uuid.UUID]) -> Sequence[OwnRating]:
    """Return the teacher's own ratings of these administrations."""
    return db.scalars(
        select(OwnRating).where(OwnRating.administration_id.in_(list(administration_ids)))
    ).all()


def comments_of(db: Session, cycle_ids: Iterable[uuid.UUID]) -> Sequence[Comment]:
    """Return the comments on these cycles, in order."""
    return db.scalars(
        select(Comment).where(Comment.cycle_id.in_(list(cycle_ids))).order_by(Comment.written_at)
    ).all()


def sheets_of(db: Session, administrations: Iterable[Administration]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return the frozen sheet of each administration by its survey's id."""
    ids = {one.survey_id for one in administrations}
    rows = db.execute(select(Survey.id, Survey.sheet).where(Survey.id.in_(ids)))
    return {survey_id: sheet for survey_id, sheet in rows if sheet}


def counts_of_code(db: Session, code_id: uuid.UUID) -> dict[str, int]:
    """Return how much is held about a code: sheets, predictions, cycles in which she is planned, cards."""
    return {
        "sheets": _count(db, Response, Response.focal_code_id == code_id),
        "predictions": _count(db, Prediction, Prediction.focal_code_id == code_id),
        "cycles": _count(db, CycleFocal, CycleFocal.focal_code_id == code_id),
        "cards": _count(db, Card, Card.focal_code_id == code_id),
    }


def counts_of_class(db: Session, classroom_id: uuid.UUID) -> dict[str, int]:
    """Return how much is held about a class: cycles, sheets, codes, cards."""
    return {
        "cycles": _count(db, Cycle, Cycle.classroom_id == classroom_id),
        "sheets": _count(db, Response, Response.classroom_id == classroom_id),
        "codes": len(codes_of(db, classroom_id)),
        "cards": _count(db, Card, Card.classroom_id == classroom_id),
    }


def _count(db: Session, model: type, where: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(model).where(where)) or 0
