"""What the library is made of: frozen objects, and an impossible one cannot be constructed.

Every constructor checks the whole object and raises one :class:`DefinitionError` that carries *all* of its
problems, so that the loader can tell an author everything at once. Scales and wordings live in
:mod:`measures.wording`, items in :mod:`measures.item`; this page adds what is built from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from measures.item import Item, ItemVersion, grade_problems
from measures.vocabulary import Band, Kind, Perspective, Status, Tier
from measures.wording import KEY, SLUG, DefinitionError, Option, Scale, Wording, empty, refuse

__all__ = [
    "Construct",
    "DefinitionError",
    "Instrument",
    "Item",
    "ItemVersion",
    "LookFor",
    "Measure",
    "Option",
    "Scale",
    "Wording",
]

FEWEST_QUESTIONS, MOST_QUESTIONS = 2, 8


@dataclass(frozen=True, slots=True)
class LookFor:
    """One line of an observer's form; without a scale it is answered in words."""

    text: str
    scale: Scale | None = None
    option_labels: Mapping[str, str] = field(default_factory=dict)
    is_weak: bool = False

    def __post_init__(self) -> None:
        problems = empty({"The look-for": self.text})
        if tuple(self.option_labels) != (self.scale.codes if self.scale else ()):
            problems.append("The labels are not those of the scale.")
        refuse(f"look-for {self.text!r}", problems)
        object.__setattr__(self, "option_labels", MappingProxyType(dict(self.option_labels)))


@dataclass(frozen=True, slots=True)
class Construct:
    """What is measured, said for a teacher: her question, the meaning, and what to try when it is low."""

    key: str
    name: str
    tier: Tier
    definition: str
    question: str
    source: str
    licence: str
    status: Status
    perspectives: tuple[Perspective, ...]
    if_low: tuple[str, ...]
    items: tuple[str, ...]
    min_grade: int | None = None
    max_grade: int | None = None
    look_fors: tuple[LookFor, ...] = ()

    def __post_init__(self) -> None:
        problems = empty({"The name": self.name, "The definition": self.definition})
        problems += empty({"The source": self.source, "The licence": self.licence})
        if not KEY.fullmatch(self.key):
            problems.append(f"The key {self.key!r} should be capitals and digits.")
        if not self.question.endswith("?"):
            problems.append("The teacher's question should end with a question mark.")
        if not self.if_low or not all(line.strip() for line in self.if_low):
            problems.append("'if_low' needs at least one thing to try.")
        if not self.items:
            problems.append("A construct needs items.")
        if not self.perspectives:
            problems.append("A construct needs at least one perspective.")
        problems += grade_problems(self.min_grade, self.max_grade)
        refuse(f"construct {self.key!r}", problems)

    @property
    def is_for_adults(self) -> bool:
        """Whether only adults answer."""
        return self.min_grade is None


@dataclass(frozen=True, slots=True)
class Measure:
    """A construct made usable: the scales it is asked on, what it is for, and what is known about it."""

    construct: Construct
    scales: tuple[Scale, ...]
    purpose: str
    evidence: str
    minutes: int

    def __post_init__(self) -> None:
        problems = empty({"The purpose": self.purpose, "The evidence": self.evidence})
        if not self.scales:
            problems.append("A measure needs a scale.")
        if not 1 <= self.minutes <= 10:
            problems.append(f"{self.minutes} minutes is not a practical measure; 1 to 10 is.")
        refuse(f"measure {self.construct.key!r}", problems)


@dataclass(frozen=True, slots=True)
class Instrument:
    """A ready set: question, items in order, and open questions offered after Send."""

    key: str
    name: str
    question: str
    when: str
    band: Band
    items: tuple[ItemVersion, ...]
    after_send: tuple[ItemVersion, ...]
    minutes: int
    source: str
    licence: str
    is_offered: bool = True

    def __post_init__(self) -> None:
        problems = empty({"The name": self.name, "The source": self.source, "The licence": self.licence})
        if not SLUG.fullmatch(self.key):
            problems.append(f"The key {self.key!r} should be lower-case letters, digits and underscores.")
        if not self.question.endswith("?"):
            problems.append("The teacher's question should end with a question mark.")
        if not FEWEST_QUESTIONS <= len(self.items) <= MOST_QUESTIONS:
            limits = f"{FEWEST_QUESTIONS} to {MOST_QUESTIONS}"
            problems.append(f"{len(self.items)} questions; a survey has {limits} before Send.")
        if not 1 <= self.minutes <= 10:
            problems.append(f"{self.minutes} minutes is not a practical measure; 1 to 10 is.")
        problems += self._item_problems()
        refuse(f"instrument {self.key!r}", problems)

    def _item_problems(self) -> list[str]:
        everything = self.items + self.after_send
        names = [version.item for version in everything]
        problems = [f"{name} is asked twice." for name in sorted({n for n in names if names.count(n) > 1})]
        problems += [f"{v.key} is not of band {self.band}." for v in everything if v.band is not self.band]
        problems += [f"{v.key} is not an open question; only those wait until after Send."
                     for v in self.after_send if v.kind is not Kind.TEXT]
        if sum(version.reverse for version in everything) > 1:
            problems.append("At most one reversed question in a survey.")
        return problems

    @property
    def pooled_only(self) -> bool:
        """Whether some question may be asked in pooled mode only."""
        return any(version.pooled_only for version in self.items + self.after_send)

    @property
    def min_grade(self) -> int | None:
        """The lowest grade that every question suits; None for adults."""
        return max((v.min_grade for v in self.items if v.min_grade is not None), default=None)
