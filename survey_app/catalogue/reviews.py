"""Which protected area a question touches (PPRA), as people decided it; the library decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.accounts.granting import administered
from survey_app.errors import BadInput
from survey_app.models.catalogue import ItemReview, ItemVersion
from survey_app.models.people import Person

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

NONE, UNREVIEWED = "none", "unreviewed"
# 20 U.S.C. 1232h(b), in its order and shortened.
AREAS = {
    NONE: "None of the eight protected areas",
    "politics": "Political affiliations or beliefs of the student or the family",
    "mental_health": "Mental or psychological problems of the student or the family",
    "sex": "Sex behavior or attitudes",
    "illegal_behaviour": "Illegal, anti-social, self-incriminating or demeaning behavior",
    "appraisal_of_family": "Critical appraisals of people with close family ties",
    "privileged_relations": "Privileged relationships, as with lawyers, physicians or ministers",
    "religion": "Religious practices, affiliations or beliefs of the student or the family",
    "income": "Income, beyond what a program needs to know",
}


@dataclass(frozen=True)
class Review:
    """The latest decision on an item version."""

    area: str
    reviewed_at: datetime
    reviewed_by: str


def reviews(db: Session, item_version_ids: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, Review]:
    """Return the latest review of each item version that has one."""
    newest = select(ItemReview.item_version_id, func.max(ItemReview.number).label("number")).group_by(
        ItemReview.item_version_id
    )
    if item_version_ids is not None:
        newest = newest.where(ItemReview.item_version_id.in_(list(item_version_ids)))
    last = newest.subquery()
    rows = db.execute(
        select(ItemReview, Person.display_name)
        .join(
            last,
            (last.c.item_version_id == ItemReview.item_version_id) & (last.c.number == ItemReview.number),
        )
        .join(Person, Person.id == ItemReview.reviewed_by_id)
    )
    return {one.item_version_id: Review(one.ppra_class, one.reviewed_at, who) for one, who in rows}


@dataclass(frozen=True)
class Reviewed:
    """How it stands with some questions together: a ready set, or one survey."""

    waiting: int  # how many nobody has reviewed
    areas: tuple[str, ...]  # the protected areas that some of them touch, in words


def reviewed(found: Mapping[uuid.UUID, Review], item_version_ids: Iterable[uuid.UUID]) -> Reviewed:
    """Sum up some questions."""
    ids = list(item_version_ids)
    areas = [found[one].area for one in ids if one in found and found[one].area != NONE]
    return Reviewed(sum(one not in found for one in ids), tuple(AREAS[one] for one in dict.fromkeys(areas)))


def protected(db: Session, item_version_ids: Iterable[uuid.UUID]) -> tuple[str, ...]:
    """Return the protected areas, in words, that these questions touch according to their reviewers."""
    ids = list(item_version_ids)
    return reviewed(reviews(db, ids), ids).areas


def may_review(db: Session, viewer: Viewer) -> bool:
    """Tell whether the viewer reviews questions: a researcher, or who looks after the whole network.

    A review counts for everybody here, so an administrator of one school among many does not make one.
    """
    if "researcher" in viewer.roles:
        return True
    return any(place.parent_id is None for place in administered(db, viewer.person_id))


def review_items(
    db: Session, viewer: Viewer, said: Mapping[uuid.UUID, str], *, now: datetime
) -> list[tuple[str, str]]:
    """Keep decisions on item versions; return (key, area) of those that changed.

    A decision stays in the record and is undone by the next one. Sent twice, it is kept once.
    """
    if any(area not in AREAS for area in said.values()):
        raise BadInput("Nothing is kept yet.", {"area": "Choose an area from the list."})
    rows = db.execute(
        select(ItemVersion.id, ItemVersion.key)
        .where(ItemVersion.id.in_(list(said)))
        .order_by(ItemVersion.key)
        .with_for_update()
    ).all()
    known = reviews(db, said)
    numbers = dict(
        db.execute(
            select(ItemReview.item_version_id, func.max(ItemReview.number))
            .where(ItemReview.item_version_id.in_(list(said)))
            .group_by(ItemReview.item_version_id)
        ).all()
    )
    changed = []
    for version_id, key in rows:
        area = said[version_id]
        if version_id in known and known[version_id].area == area:
            continue
        db.add(
            ItemReview(
                item_version_id=version_id,
                number=numbers.get(version_id, 0) + 1,
                ppra_class=area,
                reviewed_at=now,
                reviewed_by_id=viewer.person_id,
            )
        )
        changed.append((key, area))
    db.flush()
    return changed
