"""Regions, districts and schools: add, rename, move, archive. Kinds stand above each other: nothing loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.accounts.granting import administered
from survey_app.accounts.invitations import revoke_invitation
from survey_app.admin.queries import open_invitations_at
from survey_app.errors import BadInput, NotVisible
from survey_app.models.people import Organisation, Person

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

# What may stand right below what. A small network needs no districts, and a region is optional, too.
KINDS_BELOW: dict[str, tuple[str, ...]] = {
    "network": ("region", "district", "school"),
    "region": ("district", "school"),
    "district": ("school",),
    "school": (),
}
NOT_SAVED = "Nothing is saved yet."


def place_for(db: Session, viewer: Viewer, place_id: uuid.UUID) -> Organisation:
    """Return an organisation that the viewer looks after, archived or not; any other does not exist."""
    found = next((one for one in administered(db, viewer.person_id) if one.id == place_id), None)
    if found is None:
        raise NotVisible(place_id)
    return found


def add_place(
    db: Session,
    viewer: Viewer,
    *,
    new_id: uuid.UUID,
    kind: str,
    name: str,
    parent_id: uuid.UUID,
    now: datetime,
) -> Organisation | None:
    """Add a region, a district or a school; return none when the same form comes a second time.

    Raises
    ------
    NotVisible
        If the viewer does not look after the place above.
    BadInput
        If such a place does not stand below such a one, or one of this name stands there already.
    """
    parent = place_for(db, viewer, parent_id)
    if db.get(Organisation, new_id) is not None:
        place_for(db, viewer, new_id)
        return None
    _check_fits(db, kind, name, parent, None)
    place = Organisation(
        id=new_id, kind=kind, parent_id=parent.id, name=name, time_zone=parent.time_zone, created_at=now
    )
    db.add(place)
    db.flush()
    return place


def change_place(
    db: Session, viewer: Viewer, place: Organisation, *, name: str, parent_id: uuid.UUID | None
) -> bool:
    """Rename a place, or put it below another one; tell whether anything changed.

    Raises
    ------
    NotVisible
        If the viewer does not look after the place above, before and after.
    BadInput
        If it does not stand below such a place, or one of this name stands there already.
    """
    if (place.name, place.parent_id) == (name, parent_id):
        return False
    if place.parent_id != parent_id:
        if place.parent_id is None or parent_id is None:
            raise BadInput(NOT_SAVED, {"parent": "The network itself stands below nothing."})
        place_for(db, viewer, place.parent_id)
    if parent_id is not None:
        # Who looks after a school alone may rename it, though she does not look after what is above.
        parent = db.get_one(Organisation, parent_id)
        if place.parent_id != parent_id:
            parent = place_for(db, viewer, parent_id)
        _check_fits(db, place.kind, name, parent, place)
    place.name, place.parent_id = name, parent_id
    db.flush()
    return True


def _check_fits(
    db: Session, kind: str, name: str, parent: Organisation, place: Organisation | None
) -> None:
    if kind not in KINDS_BELOW[parent.kind]:
        words = f"A {kind} does not stand below a {parent.kind}. Choose another place above it."
        raise BadInput(NOT_SAVED, {"parent": words})
    if parent.archived_at is not None:
        raise BadInput(NOT_SAVED, {"parent": f"{parent.name} is archived. Take it out of the archive first."})
    # Two forms at once wait here for each other, so that the second finds the name that the first has taken.
    db.execute(select(Organisation.id).where(Organisation.id == parent.id).with_for_update())
    same = select(Organisation).where(
        Organisation.parent_id == parent.id, func.lower(Organisation.name) == name.lower()
    )
    if any(one is not place for one in db.scalars(same)):
        raise BadInput(NOT_SAVED, {"name": f"{parent.name} has a place of this name already."})


def archive_place(db: Session, place: Organisation, *, now: datetime) -> bool:
    """Archive a place where nobody is any more, and take back what was invited there.

    Raises
    ------
    BadInput
        If somebody with an open sign-in belongs there, or a place below it is not archived.
    """
    if place.archived_at is not None:
        return False
    if place.parent_id is None:
        raise BadInput("The network itself cannot be archived.", {"archive": "The network itself stays."})
    below = db.scalar(
        select(func.count()).where(Organisation.parent_id == place.id, Organisation.archived_at.is_(None))
    )
    people = db.scalar(
        select(func.count()).where(Person.organisation_id == place.id, Person.disabled_at.is_(None))
    )
    if below or people:
        counts = ((people, "person", "people"), (below, "place below it", "places below it"))
        found = " and ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)
        words = f"{place.name} still has {found}. Move them, or close their sign-ins, first."
        raise BadInput(words, {"archive": words})
    for invitation in open_invitations_at(db, place.id):
        revoke_invitation(db, invitation, now=now)
    place.archived_at = now
    db.flush()
    return True


def unarchive_place(db: Session, place: Organisation) -> bool:
    """Take a place out of the archive; tell whether it was in it.

    Raises
    ------
    BadInput
        If the place above it is archived.
    """
    if place.archived_at is None:
        return False
    above = db.get(Organisation, place.parent_id) if place.parent_id else None
    if above is not None and above.archived_at is not None:
        words = f"{above.name}, above it, is archived. Take that out of the archive first."
        raise BadInput(words, {"archive": words})
    place.archived_at = None
    db.flush()
    return True
