"""Other languages: one file a locale with the words of scales and items, keyed by item version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from measures.reading import Section, did_you_mean
from measures.vocabulary import ABOUT_OTHERS, SOURCE_LOCALE, Perspective, WordingState
from measures.wording import Scale, Wording

_WORDED = tuple(p for p in Perspective if p is not Perspective.TEACHER_PREDICTION)


@dataclass(frozen=True, slots=True)
class Translation:
    """One locale's words as written, not yet joined to the items; ``entries`` by item version key."""

    locale: str
    state: WordingState
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels_about_others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    entries: Mapping[str, Section] = field(default_factory=dict)

    def wordings(self, version_key: str, scale: Scale) -> dict[tuple[str, str], Wording]:
        """Return this locale's wordings of one item version; none where it has no words."""
        entry = self.entries.get(version_key)
        if entry is None:
            return {}
        with entry:
            return self._read_entry(entry, scale)

    def _read_entry(self, entry: Section, scale: Scale) -> dict[tuple[str, str], Wording]:
        adjective = entry.text("adjective", "")
        own_labels = entry.pairs("labels", required=False)
        state = entry.word("state", WordingState, self.state)
        revision = entry.whole("revision", 1)
        found = {}
        for perspective in _WORDED:
            text = entry.text(perspective, "")
            labels = own_labels or self._labels(scale, perspective)
            does_not_apply = _does_not_apply(entry, perspective)
            if not text:
                continue
            if set(labels) != set(scale.codes):
                entry.note(f"the labels of scale {scale.key} are not all translated.", line=entry.line)
                continue
            wording = entry.build(
                Wording,
                text=text,
                option_labels=with_adjective(scale, labels, adjective, entry),
                not_applicable_label=does_not_apply,
                revision=revision,
                state=state,
            )
            if wording is not None:
                found[(str(perspective), self.locale)] = wording
        return found

    def _labels(self, scale: Scale, perspective: str) -> Mapping[str, str]:
        about_others = self.labels_about_others.get(scale.key, {}) if perspective in ABOUT_OTHERS else {}
        return dict(self.labels.get(scale.key, {})) | dict(about_others)


def with_adjective(scale: Scale, labels: Mapping[str, str], adjective: str, place: Section) -> dict[str, str]:
    """Return the labels in the scale's order with the item's adjective written in."""
    wanted = any("{adj}" in label for label in labels.values())
    if wanted and not adjective:
        place.note(f"scale {scale.key} needs the item's adjective.", "adjective")
    if adjective and not wanted:
        place.note(f"scale {scale.key} has no place for an adjective.", "adjective")
    return {code: labels[code].replace("{adj}", adjective or "…") for code in scale.codes}


def _does_not_apply(entry: Section, perspective: str) -> str:
    own = entry.text("not_applicable", "")
    about_others = entry.text("not_applicable_about_others", "")
    return about_others if perspective in ABOUT_OTHERS and about_others else own


def english_wordings(version: Section, scale: Scale) -> dict[tuple[str, str], Wording]:
    """Return the English wordings that an item version brings with it in its own file."""
    adjective = version.text("adjective", "")
    found = {}
    for perspective in _WORDED:
        text = version.text(perspective, "")
        does_not_apply = _does_not_apply(version, perspective)
        if not text:
            continue
        labels = {option.code: option.label_for(perspective) for option in scale.options}
        wording = version.build(
            Wording,
            text=text,
            option_labels=with_adjective(scale, labels, adjective, version),
            not_applicable_label=does_not_apply,
        )
        if wording is not None:
            found[(str(perspective), SOURCE_LOCALE)] = wording
    return found


def read_translation(section: Section, locale: str, scales: Mapping[str, Scale]) -> Translation:
    """Read one locale's file; words for a scale or option nobody has are faults."""
    with section:
        if section.text("locale", stand_in=locale) != locale:
            section.note(f"does not fit the file name, which says {locale!r}.", "locale")
        state = section.word("state", WordingState)
        words = section.section("scales")
        labels, about_others = {}, {}
        for key in words.names():
            with words.section(key) as one:
                labels[key] = one.pairs("labels")
                about_others[key] = one.pairs("labels_about_others", required=False)
                _check_codes(one, scales.get(key), labels[key] | about_others[key])
        items = section.section("items")
        entries = {key: items.section(key) for key in items.names()}
    return Translation(locale, state, labels, about_others, entries)


def _check_codes(section: Section, scale: Scale | None, labels: Mapping[str, str]) -> None:
    if scale is None:
        section.note("no such scale.")
        return
    for code in labels:
        if code not in scale.codes:
            section.note(f"scale {scale.key} has no option {code!r}.", "labels")


def check_entries(translation: Translation, version_keys: Collection[str]) -> None:
    """Note words for item versions that do not exist; a new version needs a new translation."""
    for key, entry in translation.entries.items():
        if key not in version_keys:
            entry.note(f"no such item version{did_you_mean(key, list(version_keys))}.")
