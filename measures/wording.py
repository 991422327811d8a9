"""Scales and wordings: what can be answered, and the exact words that ask."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from measures.fingerprint import fingerprint
from measures.vocabulary import ABOUT_OTHERS, WordingState

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KEY = re.compile(r"[A-Z][A-Z0-9_]*")
SLUG = re.compile(r"[a-z][a-z0-9_]*")
ITEM_PLACEHOLDERS = frozenset({"goal", "n"})  # what the app can fill inside a question


class DefinitionError(ValueError):
    """An object of the library cannot exist as described; ``problems`` holds every reason."""

    def __init__(self, what: str, problems: Iterable[str]) -> None:
        self.what = what
        self.problems = tuple(problems)
        super().__init__(f"{what}: {' '.join(self.problems)}")


def refuse(what: str, problems: list[str]) -> None:
    """Raise one :class:`DefinitionError` with every problem, or do nothing when there is none."""
    if problems:
        raise DefinitionError(what, problems)


def empty(pairs: Mapping[str, str]) -> list[str]:
    """Return a sentence for every named text that has no words."""
    return [f"{name} is empty." for name, words in pairs.items() if not words.strip()]


def placeholders(text: str) -> tuple[str, ...]:
    """Return the named placeholders of a text, each once, in order.

    >>> placeholders("Our goal: {goal}. How close did a typical one of these {n} get?")
    ('goal', 'n')
    """
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def fill(text: str, **values: str | int) -> str:
    """Return the text with its placeholders filled, in one pass.

    What is filled in is never read again, so a lesson called ``{goal}`` stays just that.

    Raises
    ------
    KeyError
        If a placeholder of the text got no value.

    Examples
    --------
    >>> fill("Our goal: {goal}. How close did you get?", goal="say why {n} works")
    'Our goal: say why {n} works. How close did you get?'
    """
    missing = [name for name in placeholders(text) if name not in values]
    if missing:
        raise KeyError(f"No value for {', '.join(missing)} in {text!r}.")
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


@dataclass(frozen=True, slots=True)
class Option:
    """One step of a scale: its code in the database, its score, and its words.

    ``label`` is said by the person about herself; ``label_about_others`` by an adult about a typical one of
    them (empty means: the same words). ``descriptor`` says what a rubric's level looks like.
    """

    code: str
    score: int
    label: str
    label_about_others: str = ""
    descriptor: str = ""

    def __post_init__(self) -> None:
        problems = empty({"The label": self.label})
        if not SLUG.fullmatch(self.code):
            problems.append(f"The code {self.code!r} should be lower-case letters, digits and underscores.")
        refuse(f"option {self.code!r}", problems)

    def label_for(self, perspective: str) -> str:
        """Return the words for this perspective, an adjective's place still open."""
        about_others = perspective in ABOUT_OTHERS and self.label_about_others
        return about_others or self.label


@dataclass(frozen=True, slots=True)
class Scale:
    """A set of ordered answers, or (without options) a short text of at most ``max_length`` characters."""

    key: str
    version: int
    name: str
    options: tuple[Option, ...] = ()
    picture: str = ""
    max_length: int | None = None

    def __post_init__(self) -> None:
        problems = empty({"The name": self.name})
        if not KEY.fullmatch(self.key):
            problems.append(f"The key {self.key!r} should be capitals and digits.")
        if self.version < 1:
            problems.append("Versions count from 1.")
        problems += self._option_problems()
        refuse(f"scale {self.key!r}", problems)

    def _option_problems(self) -> list[str]:
        if not self.options:
            is_text = self.max_length is not None and self.max_length > 0
            return [] if is_text else ["A scale needs two options, or max_length for a text."]
        problems = []
        if self.max_length is not None:
            problems.append("A scale has options or max_length, not both.")
        if len(self.options) < 2:
            problems.append("One option is no choice; a scale needs two.")
        for what, values in (
            ("code", [option.code for option in self.options]),
            ("label", [option.label for option in self.options]),
        ):
            twice = sorted({value for value in values if values.count(value) > 1})
            problems += [f"The {what} {value!r} stands twice." for value in twice]
        scores = [option.score for option in self.options]
        if scores[:1] < [0]:
            problems.append("Scores start at 0 or 1; negative numbers mean missing in exports.")
        if scores != sorted(set(scores)):
            problems.append("Scores must rise from the first option to the last.")
        if len({"{adj}" in option.label for option in self.options}) > 1:
            problems.append("Either every label has a place for {adj}, or none has.")
        return problems

    @property
    def reference(self) -> str:
        """How files name it: ``F1``, and from the second version on ``F1.2``."""
        return self.key if self.version == 1 else f"{self.key}.{self.version}"

    @property
    def is_text(self) -> bool:
        """Whether the answer is words instead of a step."""
        return not self.options

    @property
    def wants_adjective(self) -> bool:
        """Whether the item has to bring the adjective of the labels."""
        return any("{adj}" in option.label for option in self.options)

    @property
    def codes(self) -> tuple[str, ...]:
        """The option codes, lowest score first."""
        return tuple(option.code for option in self.options)

    @property
    def lowest(self) -> int:
        """The smallest score."""
        return self.options[0].score

    @property
    def highest(self) -> int:
        """The largest score."""
        return self.options[-1].score

    def option(self, code: str) -> Option:
        """Return the option with this code, or raise ``KeyError`` with the codes that exist."""
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(f"Scale {self.key} has no option {code!r}; it has {', '.join(self.codes) or 'none'}.")


@dataclass(frozen=True, slots=True)
class Wording:
    """The exact words of one item version for one perspective and locale, labels fully written out."""

    text: str
    option_labels: Mapping[str, str] = field(default_factory=dict)
    not_applicable_label: str = ""
    revision: int = 1
    state: WordingState = WordingState.SOURCE

    def __post_init__(self) -> None:
        problems = empty({"The question": self.text})
        problems += empty({f"The label of {code}": label for code, label in self.option_labels.items()})
        labels = list(self.option_labels.values())
        if len(set(labels)) < len(labels):
            problems.append("Two options read the same.")
        if any("{adj}" in label for label in labels):
            problems.append("A label still waits for its adjective.")
        unknown = sorted(set(placeholders(self.text)) - ITEM_PLACEHOLDERS)
        problems += [f"Nobody fills {{{name}}}; a question may use {{goal}} and {{n}}." for name in unknown]
        if self.revision < 1:
            problems.append("Revisions count from 1.")
        refuse(f"wording {self.text!r}", problems)
        object.__setattr__(self, "option_labels", MappingProxyType(dict(self.option_labels)))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What the app fills in before showing the question."""
        return placeholders(self.text)

    @property
    def content_hash(self) -> str:
        """A fingerprint of the words alone; same words, same hash."""
        return fingerprint([self.text, list(self.option_labels.items()), self.not_applicable_label])
