"""Every select of agreements and data packages; what goes into one stands in ``lesson_queries``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.accounts.granting import administered
from survey_app.errors import NotVisible
from survey_app.models.catalogue import Construct
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.research import (
    Agreement,
    AgreementConstruct,
    AgreementPerson,
    AgreementPlace,
    DataPackage,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

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
