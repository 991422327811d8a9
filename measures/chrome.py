"""The words around the questions: buttons, errors, thanks and notices, one file a locale."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from measures.reading import Section, did_you_mean
from measures.vocabulary import WordingState
from measures.wording import empty, fill, placeholders, refuse

NOTICES = ("coded", "pooled", "shared", "research")
DIRECTIONS = ("ltr", "rtl")


@dataclass(frozen=True, slots=True)
class Chrome:
    """Everything a student's page says in one language apart from the questions.

    ``name`` is the language's name for itself, as the language switch shows it.
    """

    locale: str
    name: str
    english_name: str
    direction: str
    revision: int
    state: WordingState
    messages: Mapping[str, str]
    notices: Mapping[str, str]

    def __post_init__(self) -> None:
        problems = empty({"The name": self.name, "The English name": self.english_name})
        problems += empty({f"Message {key}": words for key, words in self.messages.items()})
        if self.direction not in DIRECTIONS:
            problems.append(f"The direction is {self.direction!r}; it can be {' or '.join(DIRECTIONS)}.")
        if tuple(self.notices) != NOTICES:
            problems.append(f"The notices should be {', '.join(NOTICES)}, in this order.")
        refuse(f"chrome {self.locale!r}", problems)
        object.__setattr__(self, "messages", MappingProxyType(dict(self.messages)))
        object.__setattr__(self, "notices", MappingProxyType(dict(self.notices)))

    def say(self, key: str, **values: str | int) -> str:
        """Return a message with its placeholders filled.

        Raises
        ------
        KeyError
            If there is no such message, or a placeholder got no value.
        """
        if key not in self.messages:
            raise KeyError(f"No message {key!r} in {self.locale}{did_you_mean(key, list(self.messages))}.")
        return fill(self.messages[key], **values)

    def header(self, *, lesson: str = "", math: str = "", science: str = "") -> str:
        """Return the line above the questions; blanks the teacher left open are left out."""
        lines = [self.say("header_lesson", lesson=lesson) if lesson else self.say("header")]
        lines += [self.say("header_math", math=math)] if math else []
        lines += [self.say("header_science", science=science)] if science else []
        return " ".join(lines)

    def notice(self, mode: str, *, may_be_shared: bool = False, for_research: bool = False) -> str:
        """Return what a child is told about who will see the answers, made from the settings.

        Raises
        ------
        ValueError
            If the mode is unknown, or pooled answers were to be shown to more people than the pooled notice
            names: nobody may see more than the notice said.
        """
        if mode not in {"coded", "pooled"}:
            raise ValueError(f"A survey is coded or pooled, not {mode!r}.")
        if mode == "pooled" and (may_be_shared or for_research):
            raise ValueError("The pooled notice names the teacher only; single answers cannot be shared.")
        parts = [self.notices[mode]]
        parts += [self.notices["shared"]] if may_be_shared else []
        parts += [self.notices["research"]] if for_research else []
        return " ".join(parts)


def read_chrome(section: Section, locale: str) -> Chrome | None:
    """Read one locale's page words."""
    with section:
        if section.text("locale", stand_in=locale) != locale:
            section.note(f"does not fit the file name, which says {locale!r}.", "locale")
        messages = section.pairs("messages")
        notices = section.pairs("notices")
        return section.build(
            Chrome,
            locale=locale,
            name=section.text("name"),
            english_name=section.text("english_name"),
            direction=section.text("direction", stand_in="ltr"),
            revision=section.whole("revision"),
            state=section.word("state", WordingState),
            messages=messages,
            notices=notices,
        )


def compare_with_source(chrome: Chrome, source: Chrome, section: Section) -> None:
    """Note messages the source does not have, and placeholders that differ from the source's."""
    inner = section.section("messages")
    for key, words in chrome.messages.items():
        if key not in source.messages:
            hint = did_you_mean(key, list(source.messages))
            inner.note(f"{source.locale} has no such message{hint}.", key)
        elif set(placeholders(words)) != set(placeholders(source.messages[key])):
            wanted = ", ".join(f"{{{name}}}" for name in placeholders(source.messages[key])) or "none"
            inner.note(f"its placeholders differ from {source.locale}'s, which are: {wanted}.", key)
