"""From the YAML of scales and items to objects; used for constructs and for process checks alike."""

import re
from dataclasses import dataclass, field
from typing import Any

from measures.definition import Item, ItemVersion
from measures.reading import STAND_IN, Section
from measures.translation import UNKNOWN_SCALE, Translation, english_wordings
from measures.vocabulary import (
    SOURCE_LOCALE,
    Band,
    Comparability,
    Kind,
    MissingReason,
    Perspective,
    PpraClass,
    Status,
)
from measures.wording import Option, Scale, Wording

_GRADES = re.compile(r"(K|\d{1,2})-(\d{1,2})")
_GRADES_OF_BAND = {Band.K_2: "K-2", Band.GRADES_3_12: "3-12", Band.ADULT: "adults"}


@dataclass(slots=True)
class Shelf:
    """What items are read against. ``damaged`` gathers the keys of items that are told to be at fault.

    Whatever refers to a damaged item is not at fault for that.
    """

    scales: dict[str, Scale] = field(default_factory=dict)
    translations: list[Translation] = field(default_factory=list)
    damaged: set[str] = field(default_factory=set)

    def scale(self, section: Section, reference: str) -> Scale:
        """Return a scale by reference; an unknown one is a fault, unless scales.yaml could not be read."""
        if reference and self.scales and reference not in self.scales:
            known = ", ".join(self.scales)
            section.note(f"is {reference!r}, which scales.yaml does not have; it has {known}.", "scale")
        return self.scales.get(reference, UNKNOWN_SCALE)


def read_scales(section: Section) -> dict[str, Scale]:
    """Read every scale of scales.yaml, by its reference; a scale at fault is there as unknown."""
    scales: dict[str, Scale] = {}
    with section:
        for one in section.sections("scales"):
            reference, scale = _read_scale(one)
            if reference in scales:
                one.note(f"scale {reference} is defined twice.", "key")
            scales.setdefault(reference, scale)
    return scales


def _read_scale(section: Section) -> tuple[str, Scale]:
    with section:
        options = [_read_option(one) for one in section.sections("options", required=False)]
        key, version = section.text("key", stand_in="MISSING"), section.whole("version")
        name, picture = section.text("name"), section.text("picture", "")
        max_length = section.whole("max_length", 0) or None
        reference = key if version == 1 else f"{key}.{version}"
        if None in options:
            return reference, UNKNOWN_SCALE
        scale = section.build(
            Scale,
            key=key,
            version=version,
            name=name,
            picture=picture,
            max_length=max_length,
            options=tuple(option for option in options if option is not None),
        )
        return reference, scale or UNKNOWN_SCALE


def _read_option(section: Section) -> Option | None:
    with section:
        return section.build(
            Option,
            code=section.text("code", stand_in="missing"),
            score=section.whole("score"),
            label=section.text("label"),
            label_about_others=section.text("label_about_others", ""),
            descriptor=section.text("descriptor", ""),
        )


def read_grades(section: Section, default: str | None = None) -> tuple[int | None, int | None]:
    """Read ``grades``: K-2, 3-12, ... as two numbers (kindergarten is 0), or ``adults`` as two Nones."""
    written = section.text("grades", default, stand_in="3-12")
    if written == "adults":
        return None, None
    found = _GRADES.fullmatch(written)
    if found is None:
        section.note(f"is {written!r}; write K-2, 3-12, 6-12 or adults.", "grades")
        return 3, 12
    return (0 if found[1] == "K" else int(found[1])), int(found[2])


def read_item(
    section: Section, shelf: Shelf, *, construct: str | None, position: int, source: str, licence: str
) -> Item | None:
    """Read one item with all its versions, in every language there is."""
    faults_before = len(section.faults)
    with section:
        key = section.text("key", stand_in="MISSING")
        if construct and not re.fullmatch(rf"({re.escape(construct)}\d+|MISSING)", key):
            section.note(f"is {key!r}; items of {construct} are called {construct}1 and so on.", "key")
        versions = [_read_version(one, key, shelf) for one in section.sections("versions")]
        about: dict[str, Any] = {
            "name": section.text("name"),
            "source": section.text("source", source),
            "licence": section.text("licence", licence),
            "status": section.word("status", Status, Status.PILOTING),
            "ppra_class": section.word("ppra_class", PpraClass),
            "accepted": section.pairs("accepted", required=False),
        }
        item = None
        if versions and None not in versions:
            whole = tuple(version for version in versions if version is not None)
            item = section.build(
                Item, key=key, construct=construct, position=position, versions=whole, **about
            )
    if len(section.faults) > faults_before:
        shelf.damaged.add(key)
    return item


def _read_version(section: Section, item: str, shelf: Shelf) -> ItemVersion | None:
    with section:
        faults_before = len(section.faults)
        band = section.word("band", Band)
        number = section.whole("number")
        is_identified = len(section.faults) == faults_before
        scale = shelf.scale(section, section.text("scale", stand_in=""))
        wordings = dict(english_wordings(section, scale))
        if is_identified and scale is not UNKNOWN_SCALE:
            for translation in shelf.translations:
                wordings |= translation.wordings(f"{item}.{band}.{number}", scale, wordings)
        low, high = read_grades(section, _GRADES_OF_BAND[band])
        return section.build(
            ItemVersion,
            item=item,
            band=band,
            number=number,
            kind=_kind(scale),
            scale=scale,
            wordings=wordings,
            reverse=section.flag("reverse", default=False),
            missing_reasons=_missing_reasons(section),
            pooled_only=section.flag("pooled_only", default=False),
            paired=section.flag("paired", default=True),
            min_grade=low,
            max_grade=high,
            from_cycle=section.whole("from_cycle", 1),
            parent=section.text("parent", "") or None,
            comparability=section.word("comparability", Comparability, Comparability.NEW),
        )


def _kind(scale: Scale) -> Kind:
    if scale.is_text:
        return Kind.TEXT
    return Kind.RUBRIC if all(option.descriptor for option in scale.options) else Kind.CHOICE


def _missing_reasons(section: Section) -> tuple[MissingReason, ...]:
    offered = (MissingReason.SKIPPED, MissingReason.NOT_UNDERSTOOD)
    return (*offered, MissingReason.NOT_APPLICABLE) if section.has("not_applicable") else offered



def unknown_version(item: str, band: Band, *, is_text: bool) -> ItemVersion:
    """Return a stand-in for an item that is told to be missing, so that its instrument is still checked."""
    scale = Scale("UNKNOWN", 1, "unknown", max_length=1) if is_text else UNKNOWN_SCALE
    words = Wording(STAND_IN, {option.code: option.label for option in scale.options})
    low, high = {Band.K_2: (0, 2), Band.GRADES_3_12: (3, 12), Band.ADULT: (None, None)}[band]
    perspective = Perspective.ADULT_SELF if band is Band.ADULT else Perspective.STUDENT
    return ItemVersion(
        item=item,
        band=band,
        number=1,
        kind=_kind(scale),
        scale=scale,
        wordings={(perspective, SOURCE_LOCALE): words},
        paired=False,
        min_grade=low,
        max_grade=high,
    )
