"""What a data package is made of: places, lessons, codes, ways of entry, item versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from survey_app.models.catalogue import Construct, Item, ItemVersion
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.people import Organisation, Person
from survey_app.models.research import AgreementConstruct, AgreementPlace
from survey_app.models.responses import Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from survey_app.models.research import Agreement


def places_below(db: Session, agreement_id: uuid.UUID) -> dict[uuid.UUID, Organisation]:
    """Return the organisations that an agreement covers: those it names, and all below them."""
    every = {one.id: one for one in db.scalars(select(Organisation))}
    named = set(
        db.scalars(select(AgreementPlace.organisation_id).where(AgreementPlace.agreement_id == agreement_id))
    )
    return {one.id: one for one in every.values() if named & set(_line(every, one.id))}


def _line(every: dict[uuid.UUID, Organisation], place_id: uuid.UUID | None) -> list[uuid.UUID]:
    line = []
    while place_id is not None:
        line.append(place_id)
        place_id = every[place_id].parent_id
    return line


def regions_of(db: Session) -> dict[uuid.UUID, uuid.UUID]:
    """Return the region of each organisation; the highest one above where there is none."""
    every = {one.id: one for one in db.scalars(select(Organisation))}
    return {
        one: next(
            (above for above in _line(every, one) if every[above].kind == "region"), _line(every, one)[-1]
        )
        for one in every
    }


@dataclass(frozen=True)
class Lesson:
    """One coded administration that may be in a package, with its snapshot as of the request."""

    administration: Administration
    cycle: Cycle
    classroom: Classroom
    place_id: uuid.UUID
    tables: dict[str, Any]


def lessons_for(db: Session, rows: Session, agreement: Agreement, *, as_of: datetime) -> list[Lesson]:
    """Return the lessons of a package: told to children as research, shown to the teacher by ``as_of``.

    A class without codes was told that its teacher alone sees counts, so none is ever among them. ``rows``
    reads no account, so ``db`` says who teaches where.
    """
    places = places_below(db, agreement.id)
    teachers = select(Person.id, Person.organisation_id).where(Person.organisation_id.in_(list(places)))
    place_of = dict(db.execute(teachers).all())
    found = rows.execute(
        select(Administration, Cycle, Classroom)
        .join(Cycle, Cycle.id == Administration.cycle_id)
        .join(Classroom, Classroom.id == Administration.classroom_id)
        .where(
            Administration.under_research,
            Administration.mode == "coded",
            Administration.notice.is_not(None),
            Administration.revealed_at <= as_of,
            Administration.state != "void",
            Classroom.erased_at.is_(None),
        )
    ).all()

    def day(given: Administration) -> date:
        return given.opened_at.astimezone(ZoneInfo(places[place_of[given.owner_id]].time_zone)).date()

    inside = [
        (given, cycle, room)
        for given, cycle, room in found
        if given.owner_id in place_of and agreement.lessons_from <= day(given) <= agreement.lessons_until
    ]
    frozen = _snapshots(rows, [given.id for given, _cycle, _room in inside], as_of)
    return [
        Lesson(given, cycle, room, place_of[given.owner_id], frozen[given.id])
        for given, cycle, room in inside
        if given.id in frozen
    ]


def _snapshots(db: Session, ids: Sequence[uuid.UUID], as_of: datetime) -> dict[uuid.UUID, dict[str, Any]]:
    rows = db.execute(
        select(Snapshot.administration_id, Snapshot.tables)
        .where(Snapshot.administration_id.in_(ids), Snapshot.made_at <= as_of)
        .order_by(Snapshot.number)
    )
    return dict(rows.all())  # a later one replaces the earlier one


def focal_codes(db: Session, classroom_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    """Return the focal code behind each label of these classes; erased ones left out."""
    rows = db.execute(
        select(FocalCode.classroom_id, FocalCode.label, FocalCode.id).where(
            FocalCode.classroom_id.in_(set(classroom_ids)), FocalCode.erased_at.is_(None)
        )
    )
    return {(room, label): code for room, label, code in rows}


def ways_of_entry(
    db: Session, administration_ids: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], tuple[str, str, bool]]:
    """Return language, way of entry and lateness of each coded sheet, by administration and focal code."""
    rows = db.execute(
        select(
            Response.administration_id, Response.focal_code_id, Response.locale, Response.entry, Response.late
        ).where(Response.administration_id.in_(administration_ids), Response.mode == "coded")
    )
    return {(given, code): (locale or "", entry or "", late) for given, code, locale, entry, late in rows}


def versions_in_scope(db: Session, agreement_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Return the item versions of an agreement's constructs that have answer steps: key -> id, in order."""
    rows = db.execute(
        select(ItemVersion.key, ItemVersion.id)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(Construct, Construct.id == Item.construct_id)
        .join(AgreementConstruct, AgreementConstruct.construct_id == Construct.id)
        .where(AgreementConstruct.agreement_id == agreement_id, ItemVersion.kind == "choice")
        .order_by(Construct.position, Item.position, ItemVersion.band.desc(), ItemVersion.number)
    )
    return dict(rows.all())


def erasures(db: Session) -> tuple[int, int]:
    """Return how many codes and how many classes were ever erased: another number says that rows went."""
    codes, rooms = (
        db.scalar(select(func.count()).select_from(model).where(model.erased_at.is_not(None))) or 0
        for model in (FocalCode, Classroom)
    )
    return codes, rooms
