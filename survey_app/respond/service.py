"""Rules of the student's minute: what a code opens, and how a sheet is stored, once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, literal, select, update

from survey_app.catalogue.library import chromes
from survey_app.classrooms import codes
from survey_app.db import insert_of
from survey_app.models.classrooms import Card
from survey_app.models.cycles import PlanPrediction
from survey_app.models.responses import Answer, Receipt, Response
from survey_app.models.surveys import Administration, SurveyItem
from survey_app.models.turnout import Turnout
from survey_app.respond import queries
from survey_app.respond.answers import Value, answer_rows, content_hash
from survey_app.respond.refusals import ChangedAfterSending, Late, Told, UsedBefore

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.classrooms.codes import CardKeys
    from survey_app.respond.keys import SheetKey
    from survey_app.respond.queries import Offer, Place

GRACE = timedelta(minutes=10)
JUST_CLOSED = timedelta(days=1)


def find_place(
    db: Session, code: str, *, keys: CardKeys, administration_id: uuid.UUID | None = None
) -> Place:
    """Return where a code leads, or refuse a code that leads nowhere any more.

    Parameters
    ----------
    code : str
        As :func:`survey_app.classrooms.codes.read_code` gives it.
    keys : CardKeys
        The server's keys, under which cards are stored.
    administration_id : uuid.UUID, optional
        The administration that a page was rendered for, which may have closed since.
    """
    place = None
    if codes.is_card_code(code):
        place = queries.place_of_card(db, keys.all_hashes(code), administration_id)
    elif codes.is_class_code(code):
        place = queries.place_of_class(db, code, administration_id)
    if place is None:
        raise Told("code_unknown", status=404)
    if place.is_over:
        raise Told("class_over", status=410)
    if place.is_revoked:
        raise Told("code_old_card", status=410)
    if place.is_opted_out:
        raise Told("not_taking_part", status=403)
    return place


def store_card_anew(db: Session, place: Place, card_hash: bytes) -> None:
    """Store a card that was found under an earlier key under today's."""
    db.execute(update(Card).where(Card.id == place.card_id).values(token_hash=card_hash))


def choose_offer(db: Session, place: Place, *, now: datetime) -> Offer:
    """Return the sheet that this code opens now, or say what to do instead.

    A focal card opens the coded sheet of a cycle that planned for it, every other card the pooled one. The
    class code opens the pooled sheet only while no coded one is open: otherwise each child has a card.
    """
    coded, pooled = place.offer("coded"), place.offer("pooled")
    if place.card_id is None and coded is not None:
        raise Told("card_needed", status=404)
    if coded is not None and coded.is_planned:
        return coded
    if pooled is not None:
        return pooled
    raise _nothing_open(db, place, now)


def offer_of_page(place: Place, administration_id: uuid.UUID) -> Offer | None:
    """Return what a page was rendered for, open or closed since; none if this code may not answer it."""
    for offer in place.offers:
        if offer.administration.id == administration_id and offer.administration.state in ("open", "closed"):
            is_coded = offer.administration.mode == "coded"
            return offer if offer.is_planned or not is_coded else None
    return None


def _nothing_open(db: Session, place: Place, now: datetime) -> Told:
    if any(offer.administration.state == "open" for offer in place.offers):
        return Told("nothing_open", status=404)  # for others of the class
    latest = queries.latest_administration(db, place.classroom_id)
    if latest is not None and latest.state == "draft":
        return Told("not_open_yet", status=404)
    if latest is not None and latest.closed_at is not None and now - latest.closed_at < JUST_CLOSED:
        return Told("closed", status=410)
    return Told("nothing_open", status=404)


def notices_of(administration: Administration, sheet: Mapping[str, Any]) -> dict[str, str]:
    """Return what children are told about who sees their answers, by locale: frozen, or from the settings.

    Pooled answers are told of as the teacher's alone, whatever the settings: nobody may see more than that.
    """
    if administration.notice is not None:
        return administration.notice
    coded = administration.mode == "coded"
    return {
        locale: chromes()[locale].notice(
            administration.mode,
            may_be_shared=coded and administration.may_be_shared,
            for_research=coded and administration.under_research,
        )
        for locale in sheet["words"]
    }


def record_response(
    db: Session,
    administration: Administration,
    *,
    focal_code_id: uuid.UUID | None,
    card_id: uuid.UUID | None,
    answers: Mapping[str, Value],
    locale: str | None,
    entry: str,
    key: SheetKey,
    now: datetime,
) -> None:
    """Store one child's sheet, once, however often it is sent; the caller commits, or rolls back a refusal.

    Parameters
    ----------
    focal_code_id : uuid.UUID or None
        Whose sheet it is; needed in coded mode and never stored in pooled mode.
    card_id : uuid.UUID or None
        The card that opened the page. A pooled sheet notes apart that the card was used, and nothing else.
    answers : mapping
        See :func:`survey_app.respond.answers.answer_rows`.
    entry : str
        ``screen``, or ``paper`` when the teacher keys it in.
    key : SheetKey
        The key of the page that was sent; ``SheetKey.fresh`` for a sheet that comes from no page.

    Raises
    ------
    Late
        After the close, except within ten minutes from a page loaded before it, and never after the reveal.
    UsedBefore
        If the focal code or the card has answered with another key.
    ChangedAfterSending
        If this key was used with other answers.
    BadInput
        For answers that the sheet does not offer.

    Notes
    -----
    Seven statements at most; the first holds the administration's row, so that close, reveal and answers come
    one after the other. The first answer of all freezes the notice and the plan predictions.
    """
    administration, sheet = queries.lock_administration(db, administration.id)
    if administration.state == "void":
        raise Late
    rows = answer_rows(sheet, answers, administration.survey_id)
    if _was_taken(db, administration, rows, (focal_code_id, card_id), key):
        return
    _refuse_late(administration, entry, key, now)
    response_id = _add_response(db, administration, focal_code_id, card_id, locale, entry)
    # The table and not the class: the ORM would send one statement for each pattern of empty columns.
    db.execute(insert(Answer.__table__), [{"response_id": response_id, **row} for row in rows])
    if not administration.has_answers:
        _freeze(db, administration, sheet)


def _was_taken(
    db: Session, administration: Administration, rows: list[dict[str, Any]], who: tuple, key: SheetKey
) -> bool:
    content = content_hash(rows, who, key=key.random)
    receipt = {"key_hash": key.hash, "administration_id": administration.id, "content_hash": content}
    fresh = _add_once(db, Receipt, receipt)
    if fresh:
        return False
    if queries.content_of_receipt(db, key.hash) != content:
        raise ChangedAfterSending
    return True


def _refuse_late(administration: Administration, entry: str, key: SheetKey, now: datetime) -> None:
    if administration.state == "open":
        return
    closed_at = administration.closed_at
    if administration.state != "closed" or administration.revealed_at is not None or closed_at is None:
        raise Late
    # What stood on paper before the close may be keyed in until the reveal.
    in_grace = key.rendered_at <= closed_at and now <= closed_at + GRACE
    if entry != "paper" and not in_grace:
        raise Late


def _add_response(
    db: Session,
    administration: Administration,
    focal_code_id: uuid.UUID | None,
    card_id: uuid.UUID | None,
    locale: str | None,
    entry: str,
) -> uuid.UUID:
    response_id = uuid.uuid4()
    row: dict[str, Any] = {
        "id": response_id,
        "administration_id": administration.id,
        "survey_id": administration.survey_id,
        "classroom_id": administration.classroom_id,
        "mode": administration.mode,
        "late": administration.revealed_at is not None,
    }
    if administration.mode == "coded":
        row |= {"focal_code_id": focal_code_id, "locale": locale, "entry": entry}
    elif card_id is not None:
        used = {"administration_id": administration.id, "card_id": card_id}
        if not _add_once(db, Turnout, {**used, "classroom_id": administration.classroom_id}):
            raise UsedBefore
    if not _add_once(db, Response, row):
        raise UsedBefore
    return response_id


def _freeze(db: Session, administration: Administration, sheet: Mapping[str, Any]) -> None:
    """Fix the notice, and every plan prediction: made by now, or missing for good."""
    db.execute(
        update(Administration)
        .where(Administration.id == administration.id)
        .values(has_answers=True, notice=notices_of(administration, sheet))
        .execution_options(synchronize_session="evaluate")
    )
    freezing = _freezing(db.get_bind().dialect.name)
    whose = {name: getattr(administration, name) for name in ("cycle_id", "owner_id", "survey_id")}
    db.execute(freezing, whose)


def _add_once(db: Session, model: type, row: dict[str, Any]) -> bool:
    """Add a row, unless one with its key is there; tell whether it was added."""
    return db.execute(_adding(db.get_bind().dialect.name, model), row).first() is not None


# Statements are built once for each database: building them costs more than running them.
@cache
def _adding(dialect: str, model: type) -> Any:
    table = model.__table__
    added = insert_of(dialect)(table).on_conflict_do_nothing()
    return added.returning(*table.primary_key.columns)


@cache
def _freezing(dialect: str) -> Any:
    asked = select(
        bindparam("cycle_id", type_=PlanPrediction.cycle_id.type),
        bindparam("owner_id", type_=PlanPrediction.owner_id.type),
        SurveyItem.item_version_id,
        literal(""),
        literal(value=True),
    ).where(SurveyItem.survey_id == bindparam("survey_id"))
    return (
        insert_of(dialect)(PlanPrediction.__table__)
        .from_select(["cycle_id", "owner_id", "item_version_id", "words", "frozen"], asked)
        .on_conflict_do_update(
            index_elements=[PlanPrediction.cycle_id, PlanPrediction.item_version_id],
            set_={"frozen": True},
            where=PlanPrediction.frozen.is_(False),
        )
    )
