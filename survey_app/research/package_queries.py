"""Every select of agreements and data packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from survey_app.accounts.granting import administered
from survey_app.errors import NotVisible
from survey_app.models.catalogue import Construct, Item, ItemVersion
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.research import (
    Agreement,
    AgreementConstruct,
    AgreementPerson,
    AgreementPlace,
    DataPackage,
)
from survey_app.models.responses import Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


@dataclass(frozen=True)
class Scope:
    """What an agreement covers, by name."""

    people: list[Person]
    places: list[Organisation]
    constructs: list[Construct]


def scope_of(db: Session, agreement: Agreement) -> Scope:
    """Return people, places and constructs of an agreement, by name."""
    return Scope(
        people=list(
            db.scalars(
                select(Person)
                .join(AgreementPerson, AgreementPerson.person_id == Person.id)
                .where(AgreementPerson.agreement_id == agreement.id)
                .order_by(Person.display_name)
            )
        ),
        places=list(
            db.scalars(
                select(Organisation)
                .join(AgreementPlace, AgreementPlace.organisation_id == Organisation.id)
                .where(AgreementPlace.agreement_id == agreement.id)
                .order_by(Organisation.name)
            )
        ),
        constructs=list(
            db.scalars(
                select(Construct)
                .join(AgreementConstruct, AgreementConstruct.construct_id == Construct.id)
                .where(AgreementConstruct.agreement_id == agreement.id)
                .order_by(Construct.position)
            )
        ),
    )


def agreements_of(db: Session, viewer: Viewer) -> list[Agreement]:
    """Return the agreements in which the viewer is named, by title."""
    return list(
        db.scalars(
            select(Agreement)
            .join(AgreementPerson, AgreementPerson.agreement_id == Agreement.id)
            .where(AgreementPerson.person_id == viewer.person_id)
            .order_by(Agreement.title, Agreement.made_at)
        )
    )


def agreements_at(db: Session, place_ids: Iterable[uuid.UUID]) -> list[Agreement]:
    """Return the agreements made at these organisations, by title."""
    return list(
        db.scalars(
            select(Agreement)
            .where(Agreement.organisation_id.in_(list(place_ids)))
            .order_by(Agreement.title, Agreement.made_at)
        )
    )


def packages_of(db: Session, agreement_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[DataPackage]]:
    """Return the packages asked for under these agreements, the latest first."""
    found: dict[uuid.UUID, list[DataPackage]] = {}
    rows = db.scalars(
        select(DataPackage)
        .where(DataPackage.agreement_id.in_(list(agreement_ids)))
        .order_by(DataPackage.requested_at.desc(), DataPackage.id)
    )
    for row in rows:
        found.setdefault(row.agreement_id, []).append(row)
    return found


def names_of(db: Session, person_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Return the names of these people."""
    wanted = {one for one in person_ids if one is not None}
    return dict(db.execute(select(Person.id, Person.display_name).where(Person.id.in_(wanted))).all())


def researchers_near(db: Session, place_ids: Iterable[uuid.UUID]) -> list[Person]:
    """Return researchers of these organisations and of all above them, by name."""
    places = set(place_ids)
    every = {one.id: one.parent_id for one in db.scalars(select(Organisation))}
    line = list(places)
    while line:
        above = every.get(line.pop())
        if above is not None and above not in places:
            places.add(above)
            line.append(above)
    return list(
        db.scalars(
            select(Person)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .where(
                RoleGrant.role == "researcher",
                RoleGrant.organisation_id.in_(places),
                Person.disabled_at.is_(None),
            )
            .distinct()
            .order_by(Person.display_name, Person.email)
        )
    )


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


def constructs(db: Session) -> list[Construct]:
    """Return the constructs that students are asked about."""
    return list(db.scalars(select(Construct).where(~Construct.for_adults).order_by(Construct.position)))


def waiting_packages(db: Session, agreement_ids: Iterable[uuid.UUID]) -> int:
    """Return how many packages wait for a second person."""
    return (
        db.scalar(
            select(func.count()).where(
                DataPackage.state == "asked", DataPackage.agreement_id.in_(list(agreement_ids))
            )
        )
        or 0
    )


def agreement_for(db: Session, viewer: Viewer, agreement_id: uuid.UUID) -> Agreement:
    """Return an agreement in which the viewer is named; any other does not exist."""
    found = next((one for one in agreements_of(db, viewer) if one.id == agreement_id), None)
    if found is None:
        raise NotVisible(agreement_id)
    return found


def own_package_for(db: Session, viewer: Viewer, package_id: uuid.UUID) -> tuple[DataPackage, Agreement]:
    """Return a package that the viewer asked for, under an agreement that still names her."""
    return _package(db, viewer, DataPackage.id == package_id, package_id)


def package_of_link(db: Session, viewer: Viewer, token_hash: bytes) -> tuple[DataPackage, Agreement]:
    """Return the viewer's own package that a link opens; nobody else's link opens anything for her."""
    return _package(db, viewer, DataPackage.token_hash == token_hash, None)


def _package(
    db: Session, viewer: Viewer, which: ColumnElement[bool], named: object
) -> tuple[DataPackage, Agreement]:
    found = db.execute(
        select(DataPackage, Agreement)
        .join(Agreement, Agreement.id == DataPackage.agreement_id)
        .join(AgreementPerson, AgreementPerson.agreement_id == Agreement.id)
        .where(
            which,
            DataPackage.requested_by_id == viewer.person_id,
            AgreementPerson.person_id == viewer.person_id,
        )
        .with_for_update(of=DataPackage)
    ).one_or_none()
    if found is None:
        raise NotVisible(named)
    return found.DataPackage, found.Agreement


def erasures(db: Session) -> tuple[int, int]:
    """Return how many codes and how many classes were ever erased: another number says that rows went."""
    codes, rooms = (
        db.scalar(select(func.count()).select_from(model).where(model.erased_at.is_not(None))) or 0
        for model in (FocalCode, Classroom)
    )
    return codes, rooms


def kept_agreement_for(db: Session, viewer: Viewer, agreement_id: uuid.UUID) -> Agreement:
    """Return an agreement made at an organisation that the viewer looks after."""
    own = [one.id for one in administered(db, viewer.person_id)]
    found = db.scalar(
        select(Agreement).where(Agreement.id == agreement_id, Agreement.organisation_id.in_(own))
    )
    if found is None:
        raise NotVisible(agreement_id)
    return found


def kept_package_for(db: Session, viewer: Viewer, package_id: uuid.UUID) -> tuple[DataPackage, Agreement]:
    """Return a package asked for under such an agreement."""
    found = db.scalar(select(DataPackage).where(DataPackage.id == package_id).with_for_update())
    if found is None:
        raise NotVisible(package_id)
    return found, kept_agreement_for(db, viewer, found.agreement_id)
