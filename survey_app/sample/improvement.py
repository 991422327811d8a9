"""Aim, drivers and change ideas of the sample network, and one question of its own in two versions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.models.catalogue import Construct, Item, ItemVersion, ScaleVersion, Wording
from survey_app.models.improvement import Aim, ChangeIdea, Driver
from survey_app.sample.material import network

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session


def make_driver_diagram(db: Session, organisation_id: uuid.UUID, *, now: datetime) -> None:
    """Write down what the network is after, and what it tries."""
    aim = Aim(organisation_id=organisation_id, created_at=now, **network()["aim"])
    db.add(aim)
    db.flush()
    for place, primary in enumerate(network()["drivers"], start=1):
        above = _driver(db, aim.id, None, primary["name"], place)
        for below_place, secondary in enumerate(primary["secondary"], start=1):
            below = _driver(db, aim.id, above, secondary["name"], below_place)
            db.add_all(
                ChangeIdea(
                    organisation_id=organisation_id,
                    driver_id=below,
                    name=idea["name"],
                    description=idea["description"],
                    created_at=now,
                )
                for idea in secondary["ideas"]
            )
    db.flush()


def _driver(db: Session, aim_id: uuid.UUID, parent_id: uuid.UUID | None, name: str, place: int) -> uuid.UUID:
    driver = Driver(aim_id=aim_id, parent_id=parent_id, name=name, position=place)
    db.add(driver)
    db.flush()
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
