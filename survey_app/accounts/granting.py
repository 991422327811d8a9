"""Who may give which role, and where: an administrator looks after her organisation and those below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from survey_app.models.people import Organisation, Person, RoleGrant

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

# A lead sees a region's releases, a researcher a network's questions: no school gives that away.
ROLES_GIVEN_AT: dict[str, tuple[str, ...]] = {
    "school": ("teacher", "coach", "administrator"),
    "district": ("teacher", "coach", "administrator"),
    "region": ("teacher", "coach", "lead", "researcher", "administrator"),
    "network": ("teacher", "coach", "lead", "researcher", "administrator"),
}


def administered(db: Session, person_id: uuid.UUID) -> list[Organisation]:
    """Return the organisations that a person looks after, those above first; none once she may not."""
    own = (
        select(Organisation.id)
        .join(RoleGrant, RoleGrant.organisation_id == Organisation.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == "administrator",
            Person.disabled_at.is_(None),
        )
        .cte("looked_after", recursive=True)
    )
    below = own.union(select(Organisation.id).join(own, Organisation.parent_id == own.c.id))
    found = db.scalars(select(Organisation).where(Organisation.id.in_(select(below.c.id)))).all()
    return sorted(found, key=lambda one: (list(ROLES_GIVEN_AT)[::-1].index(one.kind), one.name.casefold()))


def open_places(db: Session, person_id: uuid.UUID) -> list[Organisation]:
    """Return the organisations that a person looks after and that are not archived."""
    return [one for one in administered(db, person_id) if one.archived_at is None]


def may_give(db: Session, person_id: uuid.UUID, role: str, organisation_id: uuid.UUID) -> bool:
    """Tell whether a person may give this role at this organisation, as things stand now."""
    return any(
        one.id == organisation_id and role in ROLES_GIVEN_AT[one.kind] for one in open_places(db, person_id)
    )


def looks_after(db: Session, person_id: uuid.UUID, other: Person) -> bool:
    """Tell whether a person may change somebody else's roles, sign-in and password.

    She looks after every organisation in which the other has a role. Otherwise an administrator of a school
    could take over a colleague who is administrator of the whole network.
    """
    return _covers({one.id for one in administered(db, person_id)}, other, _places(db, other.id))


def _places(db: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    return set(db.scalars(select(RoleGrant.organisation_id).where(RoleGrant.person_id == person_id)))


def _covers(own: set[uuid.UUID], other: Person, places: Iterable[uuid.UUID]) -> bool:
    return {other.organisation_id, *places} <= own


def only_administrator_of(db: Session, person_id: uuid.UUID) -> list[Organisation]:
    """Return the organisations that would have no administrator left without this person."""
    others = (
        select(RoleGrant.organisation_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == "administrator",
            RoleGrant.person_id != person_id,
            Person.disabled_at.is_(None),
        )
    )
    return list(
        db.scalars(
            select(Organisation)
            .join(RoleGrant, RoleGrant.organisation_id == Organisation.id)
            .where(
                RoleGrant.person_id == person_id,
                RoleGrant.role == "administrator",
                Organisation.id.not_in(others),
            )
            .order_by(Organisation.name)
        )
    )


def people_in(db: Session, organisation_ids: Iterable[uuid.UUID]) -> list[Person]:
    """Return everybody who belongs to one of these organisations or has a role there, by name."""
    places = list(organisation_ids)
    with_role = select(RoleGrant.person_id).where(RoleGrant.organisation_id.in_(places))
    return list(
        db.scalars(
            select(Person)
            .where(
                or_(Person.organisation_id.in_(places), Person.id.in_(with_role)), Person.erased_at.is_(None)
            )
            .order_by(Person.display_name, Person.email)
        )
    )
