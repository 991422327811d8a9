"""The library as one object: everything that was read, each thing by its key."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType

from measures.chrome import Chrome
from measures.definition import Construct, Instrument, Item, ItemVersion, Measure
from measures.vocabulary import SOURCE_LOCALE, Perspective
from measures.wording import Scale


@dataclass(frozen=True)
class Library:
    """Everything the library holds, each by its key.

    ``item_versions`` are keyed like ``SM1.3-12.1``; ``prompts`` are the sentences of the teacher's forms;
    ``digest`` changes when any file changes.
    """

    digest: str
    scales: Mapping[str, Scale]
    constructs: Mapping[str, Construct]
    measures: Mapping[str, Measure]
    items: Mapping[str, Item]
    instruments: Mapping[str, Instrument]
    chrome: Mapping[str, Chrome]
    prompts: Mapping[str, str]
    translation_locales: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, dict):
                object.__setattr__(self, one.name, MappingProxyType(dict(value)))

    @cached_property
    def item_versions(self) -> Mapping[str, ItemVersion]:
        """Every version of every item, by its key."""
        versions = [version for item in self.items.values() for version in item.versions]
        return MappingProxyType({version.key: version for version in versions})

    @cached_property
    def notices(self) -> Mapping[str, Mapping[str, str]]:
        """What children are told about who sees their answers, by locale."""
        return MappingProxyType({locale: chrome.notices for locale, chrome in self.chrome.items()})

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """The languages a survey can be given in: those without a single hole, English first."""
        known = dict.fromkeys((SOURCE_LOCALE, *self.translation_locales, *self.chrome))
        return tuple(locale for locale in known if not self.holes(locale))

    def holes(self, locale: str) -> list[str]:
        """Return what a student would miss in this language: item versions, messages, or the page words."""
        missing = [
            f"{version.key}: the student's words"
            for version in self.item_versions.values()
            if version.asks(Perspective.STUDENT) and (Perspective.STUDENT, locale) not in version.wordings
        ]
        if locale not in self.chrome:
            return [*missing, f"chrome/{locale}.yaml: the page words"]
        said = self.chrome[locale].messages
        return missing + [f"message {key}" for key in self.chrome[SOURCE_LOCALE].messages if key not in said]
