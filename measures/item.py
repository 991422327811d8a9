"""Items and their versions: one question idea, and the question as it is really asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from measures.fingerprint import fingerprint
from measures.vocabulary import (
    PAIRS,
    SOURCE_LOCALE,
    Band,
    Comparability,
    Kind,
    MissingReason,
    Perspective,
    PpraClass,
    Status,
)
from measures.wording import KEY, Scale, Wording, empty, refuse

LOWEST_GRADE, HIGHEST_GRADE = 0, 12  # 0 is kindergarten
FIRST_GRADE_FOR_REVERSED = 6


def grade_problems(low: int | None, high: int | None) -> list[str]:
    """Return what is wrong with a range of grades; two Nones stand for adults."""
    if low is None and high is None:
        return []
    if low is None or high is None:
        return ["Grades need both ends, or none for adults."]
    if not LOWEST_GRADE <= low <= high <= HIGHEST_GRADE:
        return [f"Grades {low} to {high} are not a range inside K to 12."]
    return []


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """One question as it is asked of one band: scale, direction, rules of use, and words."""

    item: str
    band: Band
    number: int
    kind: Kind
    scale: Scale
    wordings: Mapping[tuple[str, str], Wording]
    reverse: bool = False
    missing_reasons: tuple[MissingReason, ...] = (MissingReason.SKIPPED, MissingReason.NOT_UNDERSTOOD)
    pooled_only: bool = False
    paired: bool = True
    min_grade: int | None = None
    max_grade: int | None = None
    from_cycle: int = 1
    parent: str | None = None
    comparability: Comparability = Comparability.NEW

    def __post_init__(self) -> None:
        problems = self._kind_problems() + self._use_problems() + self._wording_problems()
        if self.number < 1 or self.from_cycle < 1:
            problems.append("Versions and cycles count from 1.")
        if self.parent == self.key:
            problems.append("A version cannot be its own parent.")
        if self.parent is None and self.comparability is not Comparability.NEW:
            problems.append("A version without a parent is 'new': there is nothing to compare it with.")
        refuse(f"item version {self.key}", problems)
        object.__setattr__(self, "wordings", MappingProxyType(dict(self.wordings)))

    def _kind_problems(self) -> list[str]:
        problems = []
        if (self.kind is Kind.TEXT) != self.scale.is_text:
            problems.append(f"Kind {self.kind} and scale {self.scale.reference} do not fit together.")
        if self.kind is Kind.TEXT and self.reverse:
            problems.append("An open question has no direction and cannot be reversed.")
        if self.kind is Kind.RUBRIC and not all(option.descriptor for option in self.scale.options):
            problems.append(f"A rubric needs a descriptor for every level of {self.scale.reference}.")
        offered = set(self.missing_reasons)
        if MissingReason.SKIPPED not in offered or MissingReason.NOT_SHOWN in offered:
            problems.append("Every question may be skipped, and 'not_shown' is recorded, never offered.")
        return problems

    def _use_problems(self) -> list[str]:
        problems = grade_problems(self.min_grade, self.max_grade)
        if (self.band is Band.ADULT) != (self.min_grade is None):
            problems.append("A band of grades needs grades, and the adult band has none.")
        elif self.band is Band.K_2 and (self.max_grade or 0) > 2:
            problems.append("A K-2 version ends at grade 2.")
        elif self.band is Band.GRADES_3_12 and (self.min_grade or 0) < 3:
            problems.append("A 3-12 version starts at grade 3 or later.")
        young = self.min_grade is not None and self.min_grade < FIRST_GRADE_FOR_REVERSED
        if self.reverse and self.asks(Perspective.STUDENT) and young:
            problems.append(f"A reversed question starts at grade {FIRST_GRADE_FOR_REVERSED}.")
        pairs = any(all(self.asks(side) for side in pair) for pair in PAIRS)
        if self.paired and not pairs:
            problems.append("A paired question needs the words of both sides.")
        return problems

    def _wording_problems(self) -> list[str]:
        problems = []
        if not any(locale == SOURCE_LOCALE for _, locale in self.wordings):
            problems.append("No wording in English, the language the library is written in.")
        offers_na = MissingReason.NOT_APPLICABLE in self.missing_reasons
        for (perspective, locale), wording in self.wordings.items():
            where = f"{perspective}/{locale}"
            if perspective not in set(Perspective) or perspective == Perspective.TEACHER_PREDICTION:
                problems.append(f"{where}: no such wording; a prediction shows the student's words.")
            if tuple(wording.option_labels) != self.scale.codes:
                problems.append(f"{where}: the labels are not those of scale {self.scale.reference}.")
            if offers_na != bool(wording.not_applicable_label):
                problems.append(f"{where}: 'does not apply' needs words exactly where it is offered.")
            original = self.wordings.get((perspective, SOURCE_LOCALE))
            if original is None or set(original.placeholders) != set(wording.placeholders):
                problems.append(f"{where}: its {{placeholders}} are not those of the English words.")
        return problems

    def asks(self, perspective: str) -> bool:
        """Whether there are English words for this perspective."""
        return (perspective, SOURCE_LOCALE) in self.wordings

    @property
    def key(self) -> str:
        """The version's own key, ``SM1.3-12.1``: item, band and number."""
        return f"{self.item}.{self.band}.{self.number}"

    @property
    def is_scored(self) -> bool:
        """Whether an answer has a number."""
        return self.kind is not Kind.TEXT

    @property
    def perspectives(self) -> tuple[str, ...]:
        """The perspectives that have English words, in the order of :class:`Perspective`."""
        return tuple(str(perspective) for perspective in Perspective if self.asks(perspective))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Everything the app fills in, over all wordings."""
        names = [name for wording in self.wordings.values() for name in wording.placeholders]
        return tuple(dict.fromkeys(names))

    @property
    def content_hash(self) -> str:
        """A fingerprint of what was asked and how it is scored.

        English words count, because changed words make a new version. Translations do not: a translation is
        mended by a higher revision. Rules of use (grades, pooled only, paired) do not change what an old
        answer meant, and do not count either.
        """
        options = [[option.code, option.score, option.descriptor] for option in self.scale.options]
        words = sorted(
            [perspective, wording.content_hash]
            for (perspective, locale), wording in self.wordings.items()
            if locale == SOURCE_LOCALE
        )
        scale = [self.scale.key, self.scale.version, self.scale.max_length, options]
        origin = [self.parent, self.comparability]
        return fingerprint(
            [self.key, self.kind, scale, self.reverse, sorted(self.missing_reasons), origin, words]
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One question idea with all its versions. ``construct`` is None for a process check."""

    key: str
    name: str
    construct: str | None
    position: int
    versions: tuple[ItemVersion, ...]
    source: str
    licence: str
    status: Status = Status.PILOTING
    ppra_class: PpraClass = PpraClass.UNREVIEWED
    accepted: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = empty({"The name": self.name, "The source": self.source, "The licence": self.licence})
        problems += empty({f"The reason for accepting {rule}": why for rule, why in self.accepted.items()})
        if not KEY.fullmatch(self.key):
            problems.append(f"The key {self.key!r} should be capitals and digits.")
        if self.position < 1:
            problems.append("Positions count from 1.")
        if not self.versions:
            problems.append("An item needs at least one version.")
        keys = [version.key for version in self.versions]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        problems += [f"Version {key} stands twice." for key in twice]
        strangers = [version.key for version in self.versions if version.item != self.key]
        problems += [f"Version {key} is of another item." for key in strangers]
        problems += self._parent_problems()
        refuse(f"item {self.key!r}", problems)
        object.__setattr__(self, "accepted", MappingProxyType(dict(self.accepted)))

    def _parent_problems(self) -> list[str]:
        problems = []
        earlier: dict[str, ItemVersion] = {}
        for version in self.versions:
            parent = earlier.get(version.parent or "")
            if version.parent and parent is None:
                problems.append(f"Parent {version.parent} is no earlier version of this item.")
            if parent and version.comparability is Comparability.SAME and parent.scale != version.scale:
                problems.append(f"{version.key} has another scale than {parent.key}: it is not the 'same'.")
            earlier[version.key] = version
        return problems

    @property
    def is_process_check(self) -> bool:
        """Whether the item asks about the survey itself and belongs to no construct."""
        return self.construct is None

    def latest(self, band: str) -> ItemVersion | None:
        """Return the highest-numbered version for a band, or None when the band has none."""
        of_band = [version for version in self.versions if version.band == band]
        return max(of_band, key=lambda version: version.number, default=None)
