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


OF_A_VERSION = (
    "id",
    "key",
    "kind",
    "band",
    "pooled_only",
    "paired",
    "may_not_apply",
    "min_grade",
    "max_grade",
    "from_cycle",
)
"""What a question takes over as it stands in its version."""


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
    # Columns, not rows of the model: the whole library is read for many a page, and nobody changes it here.
    select_versions = (
        select(
            *(getattr(ItemVersion, name) for name in OF_A_VERSION),
            ItemVersion.reverse_keyed,
            ItemVersion.scale_version_id,
            Item.key.label("item_key"),
            Construct.key.label("construct_key"),
            Construct.name.label("construct_name"),
            ScaleVersion.picture,
            ScaleVersion.max_length,
        )
        .join(Item, Item.id == ItemVersion.item_id)
        .join(ScaleVersion, ScaleVersion.id == ItemVersion.scale_version_id)
        .outerjoin(Construct, Construct.id == Item.construct_id)
        .order_by(func.coalesce(Construct.position, 999), Item.position, ItemVersion.band, ItemVersion.number)
    )
    select_words = select(
        Wording.item_version_id,
        Wording.perspective,
        Wording.locale,
        Wording.text,
        Wording.labels,
        Wording.not_applicable,
        Wording.state,
    ).order_by(Wording.revision)
    if chosen is not None:
        select_versions = select_versions.where(ItemVersion.id.in_(chosen))
        select_words = select_words.where(Wording.item_version_id.in_(chosen))
    rows = db.execute(select_versions).all()
    values: dict[uuid.UUID, list[int]] = defaultdict(list)
    options = select(ScaleOption.scale_version_id, ScaleOption.value).order_by(ScaleOption.value)
    for scale, value in db.execute(options):
        values[scale].append(value)
    words: dict[uuid.UUID, dict[tuple[str, str], Words]] = defaultdict(dict)
    for version, perspective, locale, *said in db.execute(select_words):
        words[version][perspective, locale] = Words(*said)  # a later revision replaces the earlier one
    return {
        row.id: Question(
            **{name: getattr(row, name) for name in OF_A_VERSION},
            item_key=row.item_key,
            construct_key=row.construct_key,
            construct_name=row.construct_name,
            reverse=row.reverse_keyed,
            picture=row.picture,
            max_length=row.max_length,
            values=tuple(values[row.scale_version_id]),
            words=words[row.id],
        )
        for row in rows
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
