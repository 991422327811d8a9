"""Other languages: one file a locale with the words of scales and items, keyed by item version."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from measures.reading import STAND_IN, Section, did_you_mean
from measures.vocabulary import ABOUT_OTHERS, SOURCE_LOCALE, Perspective, WordingState
from measures.wording import Option, Scale, Wording

Wordings = Mapping[tuple[str, str], Wording]
# Stands in for a scale that cannot be known, so that the rest of its item is still checked.
UNKNOWN_SCALE = Scale("UNKNOWN", 1, "unknown", (Option("low", 1, "Low"), Option("high", 2, "High")))
_WORDED = tuple(p for p in Perspective if p is not Perspective.TEACHER_PREDICTION)


@dataclass(frozen=True, slots=True)
class Translation:
    """One locale's words as written, not yet joined to the items; ``entries`` by item version key."""

    locale: str
    state: WordingState
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels_about_others: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    entries: Mapping[str, Section] = field(default_factory=dict)

    def wordings(self, version_key: str, scale: Scale, english: Wordings) -> Wordings:
        """Return this locale's wordings of one item version; none where it has no words.

        A wording that does not fit its English original is a fault of this file, and is left out.
        """
        entry = self.entries.get(version_key)
        if entry is None:
            return {}
        with entry:
            return self._read_entry(entry, scale, english)

    def _read_entry(self, entry: Section, scale: Scale, english: Wordings) -> Wordings:
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
                entry.note(f"the labels of scale {scale.reference} are not all translated.")
                continue
            wording = entry.build(
                Wording,
                at=perspective,
                text=text,
                option_labels=with_adjective(scale, labels, adjective, entry),
                not_applicable_label=does_not_apply,
                revision=revision,
                state=state,
            )
            original = english.get((perspective, SOURCE_LOCALE))
            if wording is not None and _fits(wording, original, entry, perspective):
                found[(str(perspective), self.locale)] = wording
        return found

    def _labels(self, scale: Scale, perspective: str) -> Mapping[str, str]:
        labels = dict(self.labels.get(scale.reference, {}))
        if perspective in ABOUT_OTHERS:
            labels |= self.labels_about_others.get(scale.reference, {})
        return labels


def _fits(wording: Wording, original: Wording | None, entry: Section, perspective: str) -> bool:
    """Note what a translation has more or less than its original."""
    if original is None:
        entry.note("English has no words for this perspective.", perspective)
        return False
    if set(wording.placeholders) != set(original.placeholders):
        wanted = ", ".join(f"{{{name}}}" for name in original.placeholders) or "none"
        entry.note(f"its placeholders differ from the English ones, which are: {wanted}.", perspective)
        return False
    if bool(wording.not_applicable_label) != bool(original.not_applicable_label):
        offered = "offers" if original.not_applicable_label else "does not offer"
        entry.note(f"the English question {offered} 'does not apply'.", "not_applicable")
        return False
    return True


def with_adjective(scale: Scale, labels: Mapping[str, str], adjective: str, place: Section) -> dict[str, str]:
    """Return the labels in the scale's order with the item's adjective written in."""
    wanted = any("{adj}" in label for label in labels.values())
    if wanted and not adjective:
        place.note(f"scale {scale.reference} needs the item's adjective.", "adjective")
    if adjective and not wanted and scale is not UNKNOWN_SCALE:
        place.note(f"scale {scale.reference} has no place for an adjective.", "adjective")
    return {code: labels[code].replace("{adj}", adjective or "…") for code in scale.codes}


def _does_not_apply(entry: Section, perspective: str) -> str:
    own = entry.text("not_applicable", "")
    about_others = entry.text("not_applicable_about_others", "")
    return about_others if perspective in ABOUT_OTHERS and about_others else own


def english_wordings(version: Section, scale: Scale) -> Wordings:
    """Return the English wordings that an item version brings with it in its own file."""
    adjective = version.text("adjective", "")
    found = {}
    for perspective in _WORDED:
        text = version.text(perspective, "")
        does_not_apply = _does_not_apply(version, perspective)
        if not text:
            continue
        written = {option.code: option.label_for(perspective) for option in scale.options}
        labels = with_adjective(scale, written, adjective, version)
        wording = version.build(
            Wording, at=perspective, text=text, option_labels=labels, not_applicable_label=does_not_apply
        )
        # A stand-in keeps one bad wording from looking like a missing one.
        found[(str(perspective), SOURCE_LOCALE)] = wording or Wording(STAND_IN, labels, does_not_apply)
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
                if scales:  # without any scale, scales.yaml itself could not be read
                    _check_codes(one, scales.get(key), labels[key] | about_others[key])
        items = section.section("items")
        entries = {key: items.section(key) for key in items.names()}
    return Translation(locale, state, labels, about_others, entries)


def _check_codes(section: Section, scale: Scale | None, labels: Mapping[str, str]) -> None:
    if scale is None:
        section.note("no such scale.")
        return
    for code in labels if scale is not UNKNOWN_SCALE else ():
        if code not in scale.codes:
            section.note(f"scale {scale.reference} has no option {code!r}.", "labels")


def check_entries(
    translation: Translation, version_keys: Collection[str], is_excused: Callable[[str], bool]
) -> None:
    """Note words for item versions that do not exist; a new version needs a new translation."""
    for key, entry in translation.entries.items():
        if key not in version_keys and not is_excused(key.split(".")[0]):
            entry.note(f"no such item version{did_you_mean(key, list(version_keys))}.")
