"""Aim, drivers and change ideas of the sample network, and one question of its own in two versions."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.improvement import queries, service
from survey_app.models.catalogue import Construct, Item, ItemVersion, ScaleVersion, Wording
from survey_app.sample.material import network

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer
    from survey_app.sample.acts import Acts


def make_driver_diagram(db: Session, acts: Acts, lead: Viewer, *, now: datetime) -> None:
    """Write down what the network is after and what it tries, one primary driver after the other."""
    service.save_aim(db, queries.diagram_for(db, lead), network()["aim"], now=now)
    for place, primary in enumerate(network()["drivers"]):
        then = now + timedelta(minutes=5 * place)
        above = _driver(db, lead, primary["name"], None)
        for secondary in primary["secondary"]:
            below = _driver(db, lead, secondary["name"], above)
            for idea in secondary["ideas"]:
                service.save_idea(
                    db,
                    queries.diagram_for(db, lead),
                    None,
                    new_id=uuid.uuid4(),
                    name=idea["name"],
                    description=idea["description"],
                    driver_id=below,
                    is_archived=False,
                    now=then,
                )
        service.keep_version(db, lead, now=then)
        acts.note("diagram.changed", lead, "/aim/drivers/new", above, then)


def _driver(db: Session, lead: Viewer, name: str, parent_id: uuid.UUID | None) -> uuid.UUID:
    driver = service.save_driver(
        db,
        queries.diagram_for(db, lead),
        None,
        new_id=uuid.uuid4(),
        name=name,
        parent_id=parent_id,
        place=None,
    )
    return driver.id


def add_own_question(db: Session, owner_id: uuid.UUID) -> list[uuid.UUID]:
    """Add the question that the network wrote itself; return its versions, the first words first."""
    question = network()["own_question"]
    scale = db.scalars(select(ScaleVersion).where(ScaleVersion.key == question["scale"])).first()
    construct = db.scalars(select(Construct).where(Construct.key == question["construct"])).one()
    if scale is None:
        raise LookupError(f"The library has no scale {question['scale']!r} for the network's own question.")
    item = Item(
        key=question["key"], construct_id=construct.id, name=question["name"], owner_id=owner_id, position=90
    )
    db.add(item)
    db.flush()
    labels = _labels(db, scale.id)
    made: list[uuid.UUID] = []
    for number, words in enumerate(question["versions"], start=1):
        version = ItemVersion(
            key=f"{question['key']}.3-12.{number}",
            item_id=item.id,
            kind="choice",
            band="3-12",
            number=number,
            scale_version_id=scale.id,
            parent_id=made[-1] if made else None,
            comparability="linked" if made else "new",
            min_grade=question["grades"][0],
            max_grade=question["grades"][1],
            status="piloting",
            content_hash=hashlib.sha256(words["student"].encode()).hexdigest(),
        )
        db.add(version)
        db.flush()
        made.append(version.id)
        for perspective, locale, text in (
            ("student", "en", words["student"]),
            ("teacher_own", "en", words["teacher_own"]),
            ("student", "es", words["es"]),
        ):
            db.add(
                Wording(
                    item_version_id=version.id,
                    perspective=perspective,
                    locale=locale,
                    revision=1,
                    text=text,
                    labels=labels[locale],
                    state="source" if locale == "en" else "machine_draft",
                )
            )
    db.flush()
    return made


def _labels(db: Session, scale_id: uuid.UUID) -> dict[str, dict[str, str]]:
    """Return the scale's own labels in both languages, as another question of the library has them."""
    found: dict[str, dict[str, str]] = {}
    for wording in db.scalars(
        select(Wording)
        .join(ItemVersion, ItemVersion.id == Wording.item_version_id)
        .where(
            ItemVersion.scale_version_id == scale_id,
            ItemVersion.band == "3-12",
            Wording.perspective == "student",
        )
        .order_by(ItemVersion.key)
    ):
        found.setdefault(wording.locale, wording.labels)
    return found
