"""The one place that decides which rows a viewer may reach. What she may not see does not exist.

Every lookup takes the viewer and raises :class:`NotVisible`, whose page is the same for a foreign id and for
one that was never given out. A teacher's rows are hers alone; what others see of them goes through releases
and shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import exists, select

from survey_app.errors import NotVisible
from survey_app.models.classrooms import Card, Classroom, FocalCode
from survey_app.models.cycles import Cycle, Series
from survey_app.models.people import Organisation, RoleGrant
from survey_app.models.sharing import CycleShare
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

Row = TypeVar("Row")


def classroom_for(db: Session, viewer: Viewer, classroom_id: uuid.UUID) -> Classroom:
    """Return one of the viewer's own classes, archived ones included, erased ones not."""
    return _only(
        db,
        select(Classroom).where(
            Classroom.id == classroom_id,
            Classroom.owner_id == viewer.person_id,
            Classroom.erased_at.is_(None),
        ),
        classroom_id,
    )


def focal_code_for(db: Session, viewer: Viewer, focal_code_id: uuid.UUID) -> FocalCode:
    """Return a focal code of one of the viewer's own classes."""
    return _only(
        db,
        select(FocalCode)
        .join(Classroom, Classroom.id == FocalCode.classroom_id)
        .where(
            FocalCode.id == focal_code_id,
            FocalCode.erased_at.is_(None),
            Classroom.owner_id == viewer.person_id,
            Classroom.erased_at.is_(None),
        ),
        focal_code_id,
    )


def card_for(db: Session, viewer: Viewer, card_id: uuid.UUID) -> Card:
    """Return a card of one of the viewer's own classes."""
    return _only(
        db,
        select(Card)
        .join(Classroom, Classroom.id == Card.classroom_id)
        .where(Card.id == card_id, Classroom.owner_id == viewer.person_id, Classroom.erased_at.is_(None)),
        card_id,
    )


def series_for(db: Session, viewer: Viewer, series_id: uuid.UUID) -> Series:
    """Return one of the viewer's own series."""
    return _only(
        db,
        select(Series)
        .join(Classroom, Classroom.id == Series.classroom_id)
        .where(Series.id == series_id, Series.owner_id == viewer.person_id, Classroom.erased_at.is_(None)),
        series_id,
    )


def cycle_for(db: Session, viewer: Viewer, cycle_id: uuid.UUID) -> Cycle:
    """Return one of the viewer's own cycles."""
    return _only(
        db,
        select(Cycle)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .where(Cycle.id == cycle_id, Cycle.owner_id == viewer.person_id, Classroom.erased_at.is_(None)),
        cycle_id,
    )


def shared_cycle_for(db: Session, viewer: Viewer, cycle_id: uuid.UUID) -> tuple[Cycle, CycleShare]:
    """Return a cycle that its owner shares with the viewer now; taken back, it does not exist."""
    found = db.execute(
        select(Cycle, CycleShare)
        .join(CycleShare, CycleShare.cycle_id == Cycle.id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .where(
            Cycle.id == cycle_id,
            CycleShare.person_id == viewer.person_id,
            CycleShare.revoked_at.is_(None),
            Classroom.erased_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        raise NotVisible(cycle_id)
    return found.Cycle, found.CycleShare


def share_for(db: Session, viewer: Viewer, share_id: uuid.UUID) -> CycleShare:
    """Return a share of one of the viewer's own cycles, taken back or not."""
    return _only(
        db,
        select(CycleShare)
        .join(Cycle, Cycle.id == CycleShare.cycle_id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .where(
            CycleShare.id == share_id, Cycle.owner_id == viewer.person_id, Classroom.erased_at.is_(None)
        ),
        share_id,
    )


def administration_for(db: Session, viewer: Viewer, administration_id: uuid.UUID) -> Administration:
    """Return one of the viewer's own administrations."""
    return _only(
        db,
        select(Administration)
        .join(Classroom, Classroom.id == Administration.classroom_id)
        .where(
            Administration.id == administration_id,
            Administration.owner_id == viewer.person_id,
            Classroom.erased_at.is_(None),
        ),
        administration_id,
    )


def places_led_by(viewer: Viewer) -> Select[tuple[uuid.UUID]]:
    """Return a select of the places at which the viewer is a lead, and of all below, to ask within."""
    led = (
        select(RoleGrant.organisation_id.label("id"))
        .where(RoleGrant.person_id == viewer.person_id, RoleGrant.role == "lead")
        .cte("led", recursive=True)
    )
    led = led.union(select(Organisation.id).join(led, Organisation.parent_id == led.c.id))
    return select(led.c.id)


def places_granted(db: Session, viewer: Viewer) -> frozenset[uuid.UUID]:
    """Return the places at which the viewer is a lead now, without what is below them."""
    granted = select(RoleGrant.organisation_id)
    return frozenset(
        db.scalars(granted.where(RoleGrant.person_id == viewer.person_id, RoleGrant.role == "lead"))
    )


def erased_classrooms() -> Select[tuple[uuid.UUID]]:
    """Return a select of the classes whose cycles count nowhere any more: few, and found by index."""
    return select(Classroom.id).where(Classroom.erased_at.is_not(None))


def led_place_for(db: Session, viewer: Viewer, place_id: uuid.UUID) -> Organisation:
    """Return a place at which, or above which, the viewer is a lead: by looking up, not at all below."""
    line = (
        select(Organisation.id, Organisation.parent_id)
        .where(Organisation.id == place_id)
        .cte("line", recursive=True)
    )
    line = line.union(
        select(Organisation.id, Organisation.parent_id).join(line, Organisation.id == line.c.parent_id)
    )
    leads_it = exists().where(
        RoleGrant.person_id == viewer.person_id,
        RoleGrant.role == "lead",
        RoleGrant.organisation_id.in_(select(line.c.id)),
    )
    return _only(db, select(Organisation).where(Organisation.id == place_id, leads_it), place_id)


def _only(db: Session, query: Select[tuple[Row]], object_id: uuid.UUID) -> Row:
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotVisible(object_id)
    return found
