"""From the YAML of scales and items to objects; used for constructs and for process checks alike."""

import re
from collections.abc import Mapping, Sequence

from measures.definition import Item, ItemVersion
from measures.reading import Section
from measures.translation import Translation, english_wordings
from measures.vocabulary import Band, Comparability, Kind, MissingReason, PpraClass, Status
from measures.wording import Option, Scale

_GRADES = re.compile(r"(K|\d{1,2})-(\d{1,2})")
_GRADES_OF_BAND = {Band.K_2: "K-2", Band.GRADES_3_12: "3-12", Band.ADULT: "adults"}
# Stands in for a scale that does not exist, so that the rest of its item is still checked.
_UNKNOWN_SCALE = Scale("UNKNOWN", 1, "unknown", (Option("low", 1, "Low"), Option("high", 2, "High")))


def read_scales(section: Section) -> dict[str, Scale]:
    """Read every scale of scales.yaml, by key."""
    scales: dict[str, Scale] = {}
    with section:
        for one in section.sections("scales"):
            scale = _read_scale(one)
            if scale is not None and scale.key in scales:
                one.note(f"scale {scale.key} is defined twice.", "key")
            elif scale is not None:
                scales[scale.key] = scale
    return scales


def _read_scale(section: Section) -> Scale | None:
    with section:
        options = [_read_option(one) for one in section.sections("options", required=False)]
        return section.build(
            Scale,
            key=section.text("key", stand_in="MISSING"),
            version=section.whole("version"),
            name=section.text("name"),
            picture=section.text("picture", ""),
            max_length=section.whole("max_length", 0) or None,
            options=tuple(option for option in options if option is not None),
        )


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
    section: Section,
    *,
    construct: str | None,
    position: int,
    scales: Mapping[str, Scale],
    translations: Sequence[Translation],
    source: str,
    licence: str,
) -> Item | None:
    """Read one item with all its versions, in every language there is."""
    with section:
        key = section.text("key", stand_in="MISSING")
        if construct and not re.fullmatch(rf"({re.escape(construct)}\d+|MISSING)", key):
            section.note(f"is {key!r}; items of {construct} are called {construct}1 and so on.", "key")
        versions = [_read_version(one, key, scales, translations) for one in section.sections("versions")]
        return section.build(
            Item,
            key=key,
            name=section.text("name"),
            construct=construct,
            position=position,
            versions=tuple(version for version in versions if version is not None),
            source=section.text("source", source),
            licence=section.text("licence", licence),
            status=section.word("status", Status, Status.PILOTING),
            ppra_class=section.word("ppra_class", PpraClass),
            accepted=section.pairs("accepted", required=False),
        )


def _read_version(
    section: Section, item: str, scales: Mapping[str, Scale], translations: Sequence[Translation]
) -> ItemVersion | None:
    with section:
        band = section.word("band", Band)
        number = section.whole("number")
        scale = _scale(section, scales)
        wordings = dict(english_wordings(section, scale))
        for translation in translations:
            wordings |= translation.wordings(f"{item}.{band}.{number}", scale)
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


def _scale(section: Section, scales: Mapping[str, Scale]) -> Scale:
    key = section.text("scale", stand_in="")
    if key and key not in scales:
        section.note(f"is {key!r}, which scales.yaml does not have; it has {', '.join(scales)}.", "scale")
    return scales.get(key, _UNKNOWN_SCALE)


def _kind(scale: Scale) -> Kind:
    if scale.is_text:
        return Kind.TEXT
    return Kind.RUBRIC if all(option.descriptor for option in scale.options) else Kind.CHOICE


def _missing_reasons(section: Section) -> tuple[MissingReason, ...]:
    offered = (MissingReason.SKIPPED, MissingReason.NOT_UNDERSTOOD)
    return (*offered, MissingReason.NOT_APPLICABLE) if section.has("not_applicable") else offered

