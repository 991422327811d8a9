"""What is asked: constructs, scales, items, item versions, wordings, ready sets. Nothing used is edited."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from survey_app.db import Base, Key, Line, Moment, Prose, Word, one_of

PERSPECTIVES = ("student", "teacher_own", "teacher_prediction", "observer", "adult_self", "matched_other")
COMPARABILITIES = ("same", "linked", "new")
WORDING_STATES = ("machine_draft", "reviewed", "source")


class LibraryRelease(Base):
    """Which content of the measures library the database last took in."""

    __tablename__ = "library_releases"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    synced_at: Mapped[Moment]


class Construct(Base):
    """What is measured: SM Sense-making, AG Agency..."""

    __tablename__ = "constructs"
    id: Mapped[Key]
    key: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    question: Mapped[Line]  # the teacher's own: "Do my students have a voice?"
    definition: Mapped[Prose]
    if_low_try: Mapped[Prose]
    source: Mapped[Prose]
    for_adults: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]


class ScaleVersion(Base):
    """One set of answer steps, fixed."""

    __tablename__ = "scale_versions"
    __table_args__ = (UniqueConstraint("key", "number"),)
    id: Mapped[Key]
    key: Mapped[Word]
    number: Mapped[int]
    kind: Mapped[Word]  # choice, text or rubric
    name: Mapped[Line]
    content_hash: Mapped[str] = mapped_column(String(64))


class ScaleOption(Base):
    """One answer step and the score it is worth."""

    __tablename__ = "scale_options"
    scale_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale_versions.id"), primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    score: Mapped[int]


class Item(Base):
    """One question idea."""

    __tablename__ = "items"
    id: Mapped[Key]
    key: Mapped[Word] = mapped_column(unique=True)
    construct_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("constructs.id"), index=True)
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))  # none: the library's own
    position: Mapped[int]


class ItemVersion(Base):
    """An item's version for a band; lines on charts break where it changes."""

    __tablename__ = "item_versions"
    __table_args__ = (UniqueConstraint("item_id", "band", "number"), one_of("comparability", COMPARABILITIES))
    id: Mapped[Key]
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("items.id"))
    band: Mapped[Word]
    number: Mapped[int]
    scale_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale_versions.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("item_versions.id"))
    comparability: Mapped[Word]
    reverse_keyed: Mapped[bool] = mapped_column(default=False)
    pooled_only: Mapped[bool] = mapped_column(default=False)
    paired: Mapped[bool] = mapped_column(default=True)
    may_not_apply: Mapped[bool] = mapped_column(default=False)
    min_grade: Mapped[int] = mapped_column(default=0)
    max_grade: Mapped[int] = mapped_column(default=12)
    for_adults: Mapped[bool] = mapped_column(default=False)
    ppra_class: Mapped[Word] = mapped_column(default="unreviewed")
    status: Mapped[Word]  # piloting, adopted, retired
    content_hash: Mapped[str] = mapped_column(String(64))


class Wording(Base):
    """The exact words for one perspective and locale, with the labels of every step."""

    __tablename__ = "wordings"
    __table_args__ = (
        UniqueConstraint("item_version_id", "perspective", "locale", "revision"),
        one_of("perspective", PERSPECTIVES),
        one_of("state", WORDING_STATES),
    )
    id: Mapped[Key]
    item_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_versions.id"))
    perspective: Mapped[Word]
    locale: Mapped[Word]
    revision: Mapped[int]
    text: Mapped[Prose]
    labels: Mapped[dict[str, str]] = mapped_column(JSON)  # option code (as text) -> words
    not_applicable: Mapped[Line | None]
    state: Mapped[Word]


class Instrument(Base):
    """A ready set, found by the teacher's question and never by a code."""

    __tablename__ = "instruments"
    id: Mapped[Key]
    key: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    question: Mapped[Line]
    about: Mapped[dict[str, Any]] = mapped_column(JSON)  # minutes, words for the card
    for_adults: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]


class InstrumentItem(Base):
    """An item's place in a ready set."""

    __tablename__ = "instrument_items"
    instrument_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("instruments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("items.id"))
