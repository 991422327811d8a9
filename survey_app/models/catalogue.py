"""What is asked: constructs, scales, items, item versions, wordings, ready sets. Nothing used is edited."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
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
    is_core: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]


class ScaleVersion(Base):
    """One set of answer steps, fixed."""

    __tablename__ = "scale_versions"
    __table_args__ = (UniqueConstraint("key", "number"),)
    id: Mapped[Key]
    key: Mapped[Word]
    number: Mapped[int]
    name: Mapped[Line]
    picture: Mapped[Word]  # the drawing beside each step ("cups"), or empty
    max_length: Mapped[int | None]  # of an open text
    content_hash: Mapped[str] = mapped_column(String(64))


class ScaleOption(Base):
    """One answer step. ``value`` is what an answer stores and is worth; ``code`` is its word for exports."""

    __tablename__ = "scale_options"
    __table_args__ = (UniqueConstraint("scale_version_id", "code"),)
    scale_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale_versions.id"), primary_key=True)
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[Word]


class Item(Base):
    """One question idea."""

    __tablename__ = "items"
    id: Mapped[Key]
    key: Mapped[Word] = mapped_column(unique=True)
    construct_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("constructs.id"), index=True)
    name: Mapped[Line]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))  # none: the library's own
    position: Mapped[int]


class ItemVersion(Base):
    """An item's version for a band; lines on charts break where it changes."""

    __tablename__ = "item_versions"
    __table_args__ = (UniqueConstraint("item_id", "band", "number"), one_of("comparability", COMPARABILITIES))
    id: Mapped[Key]
    key: Mapped[Word] = mapped_column(unique=True)  # SM1.3-12.1: item, band, number
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[Word]  # choice, text or rubric
    band: Mapped[Word]
    number: Mapped[int]
    scale_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale_versions.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("item_versions.id"))
    comparability: Mapped[Word]
    reverse_keyed: Mapped[bool] = mapped_column(default=False)
    pooled_only: Mapped[bool] = mapped_column(default=False)
    paired: Mapped[bool] = mapped_column(default=True)
    may_not_apply: Mapped[bool] = mapped_column(default=False)
    min_grade: Mapped[int | None]  # none: for adults
    max_grade: Mapped[int | None]
    from_cycle: Mapped[int] = mapped_column(default=1)
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
    labels: Mapped[dict[str, str]] = mapped_column(JSON)  # answer value (as text) -> words
    not_applicable: Mapped[Line | None]
    state: Mapped[Word]


class Instrument(Base):
    """A ready set, found by the teacher's question and never by a code."""

    __tablename__ = "instruments"
    id: Mapped[Key]
    key: Mapped[Word] = mapped_column(unique=True)
    name: Mapped[Line]
    question: Mapped[Line]
    when: Mapped[Line]
    band: Mapped[Word]
    minutes: Mapped[int]
    is_offered: Mapped[bool]
    position: Mapped[int]


class InstrumentItem(Base):
    """An item's place in a ready set."""

    __tablename__ = "instrument_items"
    instrument_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("instruments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_versions.id"))


class ItemReview(Base):
    """A person's decision on the protected area of one item version (PPRA); the latest one counts."""

    __tablename__ = "item_reviews"
    id: Mapped[Key]
    item_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_versions.id"), index=True)
    number: Mapped[int]  # 1, 2, ... of this version
    ppra_class: Mapped[Word]
    reviewed_at: Mapped[Moment]
    reviewed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    __table_args__ = (
        UniqueConstraint("item_version_id", "number"),
        one_of(
            "ppra_class",
            (
                *("none", "politics", "mental_health", "sex", "illegal_behaviour", "appraisal_of_family"),
                *("privileged_relations", "religion", "income"),
            ),
        ),
        CheckConstraint("number > 0", name="number_positive"),
    )
