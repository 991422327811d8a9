"""Every select of the respond slice. None of them joins what was answered to the card that answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, exists, literal, null, or_, select

from survey_app.models.classrooms import Card, Classroom, Consent
from survey_app.models.cycles import Cycle, CycleFocal
from survey_app.models.responses import Receipt, Response
from survey_app.models.surveys import Administration, Survey
from survey_app.models.turnout import Turnout

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Offer:
    """An administration that a code may lead to, with its frozen sheet."""

    administration: Administration
    sheet: dict[str, Any]
    is_planned: bool  # the card's focal code belongs to the group of this cycle
    is_used: bool  # this card, or its focal code, has answered


@dataclass(frozen=True)
class Place:
    """Whose door a code opens: a class, perhaps by a card, and what can be answered there."""

    classroom_id: uuid.UUID
    class_code: str
    is_over: bool
    card_id: uuid.UUID | None
    focal_code_id: uuid.UUID | None
    locale: str | None
    is_revoked: bool
    is_opted_out: bool  # the family has said no: the card opens nothing, and nothing is stored
    is_stored_anew: bool  # a card under today's key; one that was found under an older one moves when used
    offers: tuple[Offer, ...]

    def offer(self, mode: str) -> Offer | None:
        """Return what is open in this mode, or none; one mode is open once at most in a class."""
        return next(
            (o for o in self.offers if o.administration.mode == mode and o.administration.state == "open"),
            None,
        )


def place_of_card(
    db: Session, card_hashes: Sequence[bytes], administration_id: uuid.UUID | None = None
) -> Place | None:
    """Return where a card leads, in one statement.

    Parameters
    ----------
    card_hashes : sequence of bytes
        Everything that a card with this code may be stored as, today's form first.
    administration_id : uuid.UUID, optional
        Is looked at whatever its state.
    """
    sought = {"card_hashes": list(card_hashes), "administration_id": administration_id}
    found = db.execute(_OFFERS_TO_CARD, sought).all()
    # The same code stored in two forms (a page of cards that was made again): today's counts.
    forms = {row[1].token_hash for row in found}
    today = next((one for one in card_hashes if one in forms), None)
    place = _place([row for row in found if row[1].token_hash == today])
    return replace(place, is_stored_anew=today == card_hashes[0]) if place else None


def place_of_class(db: Session, class_code: str, administration_id: uuid.UUID | None = None) -> Place | None:
    """Return where a class code leads, in one statement."""
    sought = {"class_code": class_code, "administration_id": administration_id}
    return _place(db.execute(_OFFERS_TO_CLASS, sought).all())


def _offers(query: Select[Any]) -> Select[Any]:
    is_wanted = or_(
        Administration.state == "open",
        # None is equal to nothing: a page that names no administration gets what is open.
        Administration.id == bindparam("administration_id", type_=Administration.id.type),
    )
    return query.outerjoin(
        Administration, and_(Administration.classroom_id == Classroom.id, is_wanted)
    ).outerjoin(Survey, Survey.id == Administration.survey_id)


# Built once: thirty children open the page in one minute, and building a select costs more than running it.
_IS_PLANNED = exists().where(
    CycleFocal.cycle_id == Administration.cycle_id, CycleFocal.focal_code_id == Card.focal_code_id
)
_HAS_ANSWERED = exists().where(
    Response.administration_id == Administration.id, Response.focal_code_id == Card.focal_code_id
)
_WAS_THERE = exists().where(Turnout.administration_id == Administration.id, Turnout.card_id == Card.id)
_IS_OPTED_OUT = exists().where(Consent.focal_code_id == Card.focal_code_id, Consent.kind == "opted_out")
_OFFERS_TO_CARD = _offers(
    select(
        Classroom,
        Card,
        Administration,
        Survey.sheet,
        _IS_PLANNED.label("is_planned"),
        case((Administration.mode == "coded", _HAS_ANSWERED), else_=_WAS_THERE).label("is_used"),
        _IS_OPTED_OUT.label("is_opted_out"),
    )
    .select_from(Card)
    .join(Classroom, Classroom.id == Card.classroom_id)
).where(Card.token_hash.in_(bindparam("card_hashes", expanding=True)))
_OFFERS_TO_CLASS = _offers(
    select(
        Classroom,
        null().label("card"),
        Administration,
        Survey.sheet,
        literal(value=False).label("is_planned"),
        literal(value=False).label("is_used"),
        literal(value=False).label("is_opted_out"),
    ).select_from(Classroom)
).where(Classroom.class_code == bindparam("class_code"))
_LOCKED = (
    select(Administration, Survey.sheet)
    .join(Survey, Survey.id == Administration.survey_id)
    .where(Administration.id == bindparam("administration_id"))
    .with_for_update(of=Administration, key_share=True)
    .execution_options(populate_existing=True)
)


def _place(rows: Sequence[Row[Any]]) -> Place | None:
    if not rows:
        return None
    classroom, card = rows[0][0], rows[0][1]
    return Place(
        classroom_id=classroom.id,
        class_code=classroom.class_code,
        is_over=classroom.archived_at is not None or classroom.erased_at is not None,
        card_id=card.id if card else None,
        focal_code_id=card.focal_code_id if card else None,
        locale=card.locale if card else None,
        is_revoked=bool(card and card.revoked_at is not None),
        is_opted_out=bool(rows[0].is_opted_out),
        is_stored_anew=True,
        offers=tuple(
            Offer(administration, sheet, bool(is_planned), bool(is_used))
            for _classroom, _card, administration, sheet, is_planned, is_used, *_ in rows
            if administration is not None and sheet is not None
        ),
    )


def latest_administration(db: Session, classroom_id: uuid.UUID) -> Administration | None:
    """Return what the class was asked last, or will be asked next."""
    return db.scalars(
        select(Administration)
        .join(Cycle, Cycle.id == Administration.cycle_id)
        .where(Administration.classroom_id == classroom_id, Administration.state != "void")
        .order_by(Cycle.created_at.desc(), Administration.part)
        .limit(1)
    ).first()


def lock_administration(db: Session, administration_id: uuid.UUID) -> tuple[Administration, dict[str, Any]]:
    """Return an administration as it is now, held until the commit, with its sheet.

    A close takes the same row FOR UPDATE, so an answer is before it or after it, never beside it. Answers
    point at the row by foreign keys, so it is held FOR NO KEY UPDATE. SQLite's one write lock needs neither.
    """
    row = db.execute(_LOCKED, {"administration_id": administration_id}).one()
    return row[0], row[1]


def content_of_receipt(db: Session, key_hash: bytes) -> bytes | None:
    """Return the fingerprint of what was taken with this key."""
    return db.scalar(select(Receipt.content_hash).where(Receipt.key_hash == key_hash))
