"""Every select of the catalogue slice."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.models.catalogue import (
    Construct,
    Instrument,
    InstrumentItem,
    Item,
    ItemVersion,
    ScaleOption,
    ScaleVersion,
    Wording,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Words:
    """The newest revision of an item version's words for one perspective and locale."""

    text: str
    labels: dict[str, str]
    not_applicable: str | None
    state: str


@dataclass(frozen=True)
class Question:
    """An item version with everything that is needed to offer it and to freeze it on a sheet."""

    id: uuid.UUID
    key: str
    item_key: str
    kind: str
    band: str
    construct_key: str | None
    construct_name: str | None
    reverse: bool
    pooled_only: bool
    paired: bool
    may_not_apply: bool
    min_grade: int | None
    max_grade: int | None
    from_cycle: int
    picture: str
    max_length: int | None
    values: tuple[int, ...]
    words: dict[tuple[str, str], Words] = field(repr=False)

    def says(self, perspective: str = "student", locale: str = "en") -> Words | None:
        """Return the words for a perspective and locale, or none."""
        return self.words.get((perspective, locale))

    def is_complete_in(self, locale: str) -> bool:
        """Tell whether a student could be asked in this language."""
        return ("student", locale) in self.words


@dataclass(frozen=True)
class ReadySet:
    """A ready set as a teacher meets it: by her question."""

    id: uuid.UUID
    key: str
    name: str
    question: str
    when: str
    band: str
    minutes: int
    item_version_ids: tuple[uuid.UUID, ...]


def questions(db: Session, item_version_ids: Iterable[uuid.UUID] | None = None) -> dict[uuid.UUID, Question]:
    """Return questions by id in the library's order; three statements, however many there are."""
    chosen = None if item_version_ids is None else list(item_version_ids)
    select_versions = (
        select(ItemVersion, Item, Construct.key, Construct.name, ScaleVersion)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(ScaleVersion, ScaleVersion.id == ItemVersion.scale_version_id)
        .outerjoin(Construct, Construct.id == Item.construct_id)
        .order_by(func.coalesce(Construct.position, 999), Item.position, ItemVersion.band, ItemVersion.number)
    )
    select_words = select(Wording).order_by(Wording.revision)
    if chosen is not None:
        select_versions = select_versions.where(ItemVersion.id.in_(chosen))
        select_words = select_words.where(Wording.item_version_id.in_(chosen))
    rows = db.execute(select_versions).all()
    values: dict[uuid.UUID, list[int]] = defaultdict(list)
    for option in db.scalars(select(ScaleOption).order_by(ScaleOption.value)):
        values[option.scale_version_id].append(option.value)
    words: dict[uuid.UUID, dict[tuple[str, str], Words]] = defaultdict(dict)
    for row in db.scalars(select_words):  # a later revision replaces the earlier one
        words[row.item_version_id][row.perspective, row.locale] = Words(
            row.text, row.labels, row.not_applicable, row.state
        )
    return {
        version.id: Question(
            id=version.id,
            key=version.key,
            item_key=item.key,
            kind=version.kind,
            band=version.band,
            construct_key=construct_key,
            construct_name=construct_name,
            reverse=version.reverse_keyed,
            pooled_only=version.pooled_only,
            paired=version.paired,
            may_not_apply=version.may_not_apply,
            min_grade=version.min_grade,
            max_grade=version.max_grade,
            from_cycle=version.from_cycle,
            picture=scale.picture,
            max_length=scale.max_length,
            values=tuple(values[version.scale_version_id]),
            words=words[version.id],
        )
        for version, item, construct_key, construct_name, scale in rows
    }


def ready_sets(db: Session, *, band: str | None = None) -> list[ReadySet]:
    """Return the ready sets on offer, in the library's order."""
    placed: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for place in db.scalars(select(InstrumentItem).order_by(InstrumentItem.position)):
        placed[place.instrument_id].append(place.item_version_id)
    query = select(Instrument).where(Instrument.is_offered).order_by(Instrument.position)
    if band is not None:
        query = query.where(Instrument.band == band)
    return [
        ReadySet(
            row.id, row.key, row.name, row.question, row.when, row.band, row.minutes, tuple(placed[row.id])
        )
        for row in db.scalars(query)
    ]


def constructs(db: Session) -> list[Construct]:
    """Return the constructs that students are asked about, in the library's order."""
    return list(db.scalars(select(Construct).where(~Construct.for_adults).order_by(Construct.position)))
