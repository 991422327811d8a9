"""Every select of the classrooms slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.models.classrooms import Card, Classroom, FocalCode
from survey_app.models.keeping import ErasureOrder
from survey_app.models.people import Organisation, Person
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session


def hold_class(db: Session, classroom_id: uuid.UUID) -> None:
    """Hold a class until the commit, so that two presses of one button come one after the other."""
    db.execute(select(Classroom.id).where(Classroom.id == classroom_id).with_for_update())


def own_classes(db: Session, owner_id: uuid.UUID) -> Sequence[Classroom]:
    """Return a teacher's classes by name, the archived ones last."""
    return db.scalars(
        select(Classroom)
        .where(Classroom.owner_id == owner_id, Classroom.erased_at.is_(None))
        .order_by(Classroom.archived_at.is_not(None), func.lower(Classroom.nickname), Classroom.created_at)
    ).all()


def own_class(db: Session, owner_id: uuid.UUID, classroom_id: uuid.UUID) -> Classroom | None:
    """Return one of a teacher's own classes, or none."""
    return db.scalars(
        select(Classroom).where(
            Classroom.id == classroom_id, Classroom.owner_id == owner_id, Classroom.erased_at.is_(None)
        )
    ).one_or_none()


def live_focal_codes(db: Session, classroom_id: uuid.UUID) -> list[FocalCode]:
    """Return the planned set: focal codes neither retired nor erased, A first."""
    codes = db.scalars(
        select(FocalCode).where(
            FocalCode.classroom_id == classroom_id,
            FocalCode.retired_at.is_(None),
            FocalCode.erased_at.is_(None),
        )
    )
    return sorted(codes, key=lambda code: (len(code.label), code.label))


def retired_focal_codes(db: Session, classroom_id: uuid.UUID) -> list[FocalCode]:
    """Return the codes that once belonged to the planned set, erased ones not."""
    codes = db.scalars(
        select(FocalCode).where(
            FocalCode.classroom_id == classroom_id,
            FocalCode.retired_at.is_not(None),
            FocalCode.erased_at.is_(None),
        )
    )
    return sorted(codes, key=lambda code: (len(code.label), code.label))


def labels_ever_used(db: Session, classroom_id: uuid.UUID) -> set[str]:
    """Return every label of a class, retired and erased ones too: none is given to another child."""
    return set(db.scalars(select(FocalCode.label).where(FocalCode.classroom_id == classroom_id)))


def is_class_code_taken(db: Session, code: str) -> bool:
    """Tell whether another class has this code."""
    return db.scalar(select(Classroom.id).where(Classroom.class_code == code)) is not None


def cards_with_hashes(db: Session, classroom_id: uuid.UUID, hashes: Iterable[bytes]) -> dict[bytes, Card]:
    """Return a class's cards by their hash, revoked ones too."""
    rows = db.scalars(
        select(Card).where(Card.classroom_id == classroom_id, Card.token_hash.in_(list(hashes)))
    )
    return {card.token_hash: card for card in rows}


def hashes_taken(db: Session, hashes: Iterable[bytes]) -> set[bytes]:
    """Return which of these card hashes exist already."""
    return set(db.scalars(select(Card.token_hash).where(Card.token_hash.in_(list(hashes)))))


def live_cards(db: Session, classroom_id: uuid.UUID) -> Sequence[Card]:
    """Return a class's cards that still open the form."""
    return db.scalars(select(Card).where(Card.classroom_id == classroom_id, Card.revoked_at.is_(None))).all()


def live_cards_of_codes(db: Session, focal_code_ids: Iterable[uuid.UUID]) -> Sequence[Card]:
    """Return the living cards of these focal codes."""
    return db.scalars(
        select(Card).where(Card.focal_code_id.in_(list(focal_code_ids)), Card.revoked_at.is_(None))
    ).all()


def focal_counts(db: Session, owner_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return how many focal codes are in the planned set of each of a teacher's classes."""
    rows = db.execute(
        select(FocalCode.classroom_id, func.count())
        .join(Classroom, Classroom.id == FocalCode.classroom_id)
        .where(Classroom.owner_id == owner_id, FocalCode.retired_at.is_(None), FocalCode.erased_at.is_(None))
        .group_by(FocalCode.classroom_id)
    )
    return {classroom_id: count for classroom_id, count in rows}


def has_open_survey(db: Session, classroom_id: uuid.UUID) -> bool:
    """Tell whether something can be answered in this class now."""
    return (
        db.scalar(
            select(Administration.id)
            .where(Administration.classroom_id == classroom_id, Administration.state == "open")
            .limit(1)
        )
        is not None
    )


def erased_on(db: Session, classroom: Classroom) -> datetime | None:
    """Return the day on which an order erases a class, or none."""
    owner = db.get_one(Person, classroom.owner_id)
    above, here = [], owner.organisation_id
    while here is not None and here not in above:
        above.append(here)
        place = db.get(Organisation, here)
        here = place.parent_id if place else None
    return db.scalar(
        select(func.min(ErasureOrder.due_at)).where(
            ErasureOrder.done_at.is_(None),
            ErasureOrder.withdrawn_at.is_(None),
            (ErasureOrder.person_id == owner.id)
            | (ErasureOrder.person_id.is_(None) & ErasureOrder.organisation_id.in_(above)),
        )
    )
