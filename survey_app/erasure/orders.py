"""An administrator's orders: erase every class of an organisation, or of one adult, and accounts of adults.

She sees no answers, so she sees none here either: what she orders has a day, its teachers are told, and each
saves what is hers until then. What stays of an adult is an id without a name, for the record of acts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from survey_app.accounts.granting import only_administrator_of
from survey_app.classrooms.service import archive_class
from survey_app.erasure import service
from survey_app.errors import NotYet
from survey_app.models.classrooms import Classroom, Consent, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.keeping import ErasureOrder
from survey_app.models.people import (
    Invitation,
    Organisation,
    PasswordLink,
    Person,
    RoleGrant,
    StaffSession,
    TeamMember,
)
from survey_app.models.sharing import CycleShare

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

NOTICE = timedelta(days=30)
NAME_AFTERWARDS = "Somebody who left"
SMALLEST_SHOWN = 5


@dataclass(frozen=True)
class Erased:
    """What an order took away, by id."""

    classes: list[uuid.UUID]
    people: list[uuid.UUID]


def places_below(db: Session, organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """Return an organisation and everything below it."""
    own = select(Organisation.id).where(Organisation.id == organisation_id).cte("below", recursive=True)
    below = own.union(select(Organisation.id).join(own, Organisation.parent_id == own.c.id))
    return set(db.scalars(select(below.c.id)))


def standing_order(
    db: Session, organisation_id: uuid.UUID, *, person_id: uuid.UUID | None = None
) -> ErasureOrder | None:
    """Return the order that waits for its day, or none."""
    return db.scalars(
        select(ErasureOrder).where(
            ErasureOrder.organisation_id == organisation_id,
            ErasureOrder.person_id.is_(None) if person_id is None else ErasureOrder.person_id == person_id,
            ErasureOrder.done_at.is_(None),
            ErasureOrder.withdrawn_at.is_(None),
        )
    ).first()


def order_erasure(
    db: Session,
    viewer: Viewer,
    *,
    organisation_id: uuid.UUID,
    person: Person | None = None,
    with_accounts: bool,
    due_at: datetime,
    now: datetime,
) -> tuple[ErasureOrder, bool]:
    """Keep an order; sent twice, it is the same one. Tell whether it is new.

    Raises
    ------
    NotYet
        If an organisation would be left without an administrator.
    """
    db.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    if person is not None:
        alone = only_administrator_of(db, person.id)
        if alone:
            raise NotYet(
                f"{person.display_name} is the only administrator of {alone[0].name}."
                " Make somebody else administrator first."
            )
    standing = standing_order(db, organisation_id, person_id=person.id if person else None)
    if standing is not None:
        return standing, False
    order = ErasureOrder(
        organisation_id=organisation_id,
        person_id=person.id if person else None,
        with_accounts=with_accounts,
        ordered_by_id=viewer.person_id,
        ordered_at=now,
        due_at=due_at,
    )
    db.add(order)
    db.flush()
    return order, True


def withdraw(db: Session, order: ErasureOrder, *, now: datetime) -> None:
    """Take an order back before its day."""
    order.withdrawn_at = now
    db.flush()


def due_orders(db: Session, *, now: datetime) -> list[uuid.UUID]:
    """Return the orders whose day has come, the oldest first."""
    return list(
        db.scalars(
            select(ErasureOrder.id)
            .where(
                ErasureOrder.due_at <= now,
                ErasureOrder.done_at.is_(None),
                ErasureOrder.withdrawn_at.is_(None),
            )
            .order_by(ErasureOrder.ordered_at)
        )
    )


def carry_out(db: Session, order: ErasureOrder, *, now: datetime) -> Erased:
    """Erase what an order names: surveys close first, so that no answer comes in meanwhile."""
    classes = classes_of(db, order)
    for classroom in classes:
        archive_class(db, classroom, now=now)
        service.erase_class(db, classroom, now=now)
    people = accounts_of(db, order) if order.with_accounts else []
    for person in people:
        erase_person(db, person, now=now)
    order.done_at = now
    db.flush()
    return Erased([one.id for one in classes], [one.id for one in people])


def classes_of(db: Session, order: ErasureOrder) -> list[Classroom]:
    """Return the classes that an order names, those of places below too."""
    owners = (
        Classroom.owner_id == order.person_id
        if order.person_id
        else Classroom.owner_id.in_(
            select(Person.id).where(Person.organisation_id.in_(places_below(db, order.organisation_id)))
        )
    )
    query = select(Classroom).where(owners, Classroom.erased_at.is_(None)).order_by(Classroom.created_at)
    return list(db.scalars(query))


def accounts_of(db: Session, order: ErasureOrder) -> list[Person]:
    """Return the accounts that an order names: nobody with a role elsewhere, and not who gave the order."""
    if order.person_id:
        return [one for one in [db.get_one(Person, order.person_id)] if one.erased_at is None]
    places = places_below(db, order.organisation_id)
    elsewhere = select(RoleGrant.person_id).where(RoleGrant.organisation_id.not_in(places))
    query = select(Person).where(
        Person.organisation_id.in_(places),
        Person.id.not_in(elsewhere),
        Person.id != order.ordered_by_id,
        Person.erased_at.is_(None),
    )
    return list(db.scalars(query.order_by(Person.created_at)))


def erase_person(db: Session, person: Person, *, now: datetime) -> None:
    """Take an adult's name and address out of every table, and end every way in. The id stays."""
    for model, where in (
        (StaffSession, StaffSession.person_id == person.id),
        (PasswordLink, PasswordLink.person_id == person.id),
        (Invitation, func.lower(Invitation.email) == person.email.lower()),
        (RoleGrant, RoleGrant.person_id == person.id),
        (TeamMember, TeamMember.person_id == person.id),
        (CycleShare, CycleShare.person_id == person.id),
    ):
        db.execute(delete(model).where(where).execution_options(synchronize_session=False))
    db.execute(
        update(Invitation)
        .where(Invitation.inviter_id == person.id, Invitation.accepted_at.is_(None))
        .values(revoked_at=func.coalesce(Invitation.revoked_at, now))
        .execution_options(synchronize_session=False)
    )
    person.display_name = NAME_AFTERWARDS
    person.email = f"{person.id.hex}@erased.invalid"
    person.password_hash = None
    person.erased_at = now
    person.disabled_at = person.disabled_at or now
    db.flush()


def living_classes(db: Session, person_id: uuid.UUID) -> int:
    """Return how many classes of a person are held."""
    living = (Classroom.owner_id == person_id, Classroom.erased_at.is_(None))
    return db.scalar(select(func.count()).select_from(Classroom).where(*living)) or 0


def counts_of_places(db: Session, places: Iterable[uuid.UUID]) -> dict[str, int]:
    """Return how much is held: adults, classes, cycles. Nothing of what is in them."""
    people = select(Person.id).where(Person.organisation_id.in_(list(places)), Person.erased_at.is_(None))
    living = (Classroom.owner_id.in_(people), Classroom.erased_at.is_(None))
    return {
        "adults": db.scalar(select(func.count()).select_from(people.subquery())) or 0,
        "classes": db.scalar(select(func.count()).select_from(Classroom).where(*living)) or 0,
        "cycles": db.scalar(
            select(func.count())
            .select_from(Cycle)
            .join(Classroom, Classroom.id == Cycle.classroom_id)
            .where(*living)
        )
        or 0,
    }


def consents_of_places(db: Session, places: Iterable[uuid.UUID]) -> dict[str, str]:
    """Return how many focal students have which record, together; a few are never told apart."""
    people = select(Person.id).where(Person.organisation_id.in_(list(places)))
    rows = db.execute(
        select(Consent.kind, func.count())
        .select_from(FocalCode)
        .join(Classroom, Classroom.id == FocalCode.classroom_id)
        .outerjoin(Consent, Consent.focal_code_id == FocalCode.id)
        .where(
            Classroom.owner_id.in_(people),
            Classroom.erased_at.is_(None),
            FocalCode.erased_at.is_(None),
            FocalCode.retired_at.is_(None),
        )
        .group_by(Consent.kind)
    )
    return {
        kind or "": str(count) if count >= SMALLEST_SHOWN else f"fewer than {SMALLEST_SHOWN}"
        for kind, count in rows
    }
