"""The door: read every file of the library, and give objects or every fault at once.

Source of the format: ``library/README.md``.
"""

from dataclasses import dataclass, field
from pathlib import Path

from measures.chrome import Chrome, compare_with_source, read_chrome
from measures.contents import Library
from measures.definition import Construct, Instrument, Item, ItemVersion, LookFor, Measure
from measures.fingerprint import folder_digest
from measures.questions import Shelf, read_grades, read_item, read_scales, unknown_version
from measures.reading import Fault, LibraryError, Section, did_you_mean, read_file
from measures.translation import UNKNOWN_SCALE, check_entries, read_translation
from measures.vocabulary import SOURCE_LOCALE, Band, Perspective, Status, Tier

LIBRARY_FOLDER = Path(__file__).parent / "library"


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and what was found to be wrong."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Shelf)
    unread_items: bool = False
    constructs: dict[str, Construct] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    chrome: dict[str, Chrome] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)

    def one(self, name: str) -> Section | None:
        """Read one file at the top of the library."""
        return read_file(self.folder / name, self.folder, self.faults)

    def each(self, subfolder: str) -> list[tuple[str, Section]]:
        """Read every file of a subfolder, with its name without ending."""
        paths = sorted((self.folder / subfolder).glob("*.yaml"))
        if not paths:
            self.faults.append(Fault(subfolder, 0, "", "no .yaml file here."))
        read = [(path.stem, read_file(path, self.folder, self.faults)) for path in paths]
        if subfolder == "constructs":
            self.unread_items = any(section is None for _, section in read)
        return [(stem, section) for stem, section in read if section is not None]

    def is_excused(self, item: str) -> bool:
        """Whether an unknown item is no second fault: it, or the file it may be in, is already told."""
        construct = item.rstrip("0123456789")
        return item in self.shelf.damaged or (self.unread_items and construct not in self.constructs)


def load_library(path: Path | str | None = None) -> Library:
    """Read the measures library.

    Parameters
    ----------
    path : Path or str, optional
        A folder shaped like ``measures/library``; the library that ships with the package by default.

    Raises
    ------
    LibraryError
        With every fault of every file: file, line, key and what to do.

    Examples
    --------
    >>> library = load_library()
    >>> library.item_versions["SM1.3-12.1"].wordings["student", "en"].text
    'By the end, how much did the main idea make sense to you?'
    """
    folder = Path(path) if path is not None else LIBRARY_FOLDER
    reading = _Reading(folder)
    if not folder.is_dir():
        raise LibraryError([Fault(str(folder), 0, "", "there is no such folder.")])
    _read_everything(reading)
    if reading.faults:
        raise LibraryError(reading.faults)
    return Library(
        digest=folder_digest(folder),
        scales=reading.shelf.scales,
        constructs=reading.constructs,
        measures=reading.measures,
        items=reading.items,
        instruments=reading.instruments,
        chrome=reading.chrome,
        prompts=reading.prompts,
        translation_locales=tuple(translation.locale for translation in reading.shelf.translations),
    )


def _read_everything(reading: _Reading) -> None:
    shelf = reading.shelf
    scales = reading.one("scales.yaml")
    shelf.scales = read_scales(scales) if scales else {}
    for locale, section in reading.each("translations"):
        shelf.translations.append(read_translation(section, locale, shelf.scales))
    for _, section in reading.each("constructs"):
        _read_construct(reading, section)
    checks = reading.one("process_checks.yaml")
    reading.unread_items |= checks is None
    if checks:
        with checks:
            _read_items(reading, checks, None, checks.text("source"), checks.text("licence"))
    for _, section in reading.each("instruments"):
        _read_instrument(reading, section)
    _read_chrome(reading)
    prompts = reading.one("prompts.yaml")
    if prompts:
        with prompts:
            reading.prompts = prompts.pairs("prompts")
    keys = [version.key for item in reading.items.values() for version in item.versions]
    for translation in shelf.translations:
        check_entries(translation, keys, reading.is_excused)


def load_chrome(path: Path | str | None = None) -> dict[str, Chrome]:
    """Return :attr:`Library.chrome` alone: reading it takes a twentieth of what the whole library takes.

    Parameters
    ----------
    path : Path or str, optional
        As of :func:`load_library`.

    Raises
    ------
    LibraryError
        With every fault of these files.
    """
    reading = _Reading(Path(path) if path is not None else LIBRARY_FOLDER)
    _read_chrome(reading)
    if reading.faults:
        raise LibraryError(reading.faults)
    return reading.chrome


def library_digest(path: Path | str | None = None) -> str:
    """Return :attr:`Library.digest` without parsing anything, to see whether a sync is due."""
    return folder_digest(Path(path) if path is not None else LIBRARY_FOLDER)


def _read_construct(reading: _Reading, section: Section) -> None:
    with section:
        key = section.text("key", stand_in="MISSING")
        source, licence = section.text("source"), section.text("licence")
        items = _read_items(reading, section, key, source, licence)
        low, high = read_grades(section)
        construct = section.build(
            Construct,
            key=key,
            name=section.text("name"),
            tier=section.word("tier", Tier),
            definition=section.text("definition"),
            question=section.text("question"),
            source=source,
            licence=licence,
            status=section.word("status", Status),
            perspectives=_perspectives(section),
            if_low=section.texts("if_low"),
            items=tuple(item.key for item in items) or ("MISSING",),
            min_grade=low,
            max_grade=high,
            look_fors=_read_look_fors(section, reading.shelf),
        )
        if key in reading.constructs:
            section.note(f"construct {key!r} appears twice.", "key")
        if construct is not None:
            reading.constructs[key] = construct
        _read_measure(reading, section, construct, items)


def _read_items(
    reading: _Reading, section: Section, construct: str | None, source: str, licence: str
) -> list[Item]:
    items = []
    for position, one in enumerate(section.sections("items"), start=1):
        item = read_item(
            one, reading.shelf, construct=construct, position=position, source=source, licence=licence
        )
        if item is None:
            continue
        if item.key in reading.items and item.key != "MISSING":
            one.note(f"item {item.key!r} appears twice.", "key")
        reading.items.setdefault(item.key, item)
        items.append(item)
    return items


def _read_measure(
    reading: _Reading, section: Section, construct: Construct | None, items: list[Item]
) -> None:
    with section.section("measure") as one:
        purpose, evidence, minutes = one.text("purpose"), one.text("evidence"), one.whole("minutes")
        scales = {v.scale.reference: v.scale for item in items for v in item.versions}
        if construct is None or not scales:
            return
        measure = one.build(
            Measure,
            construct=construct,
            scales=tuple(scales.values()),
            purpose=purpose,
            evidence=evidence,
            minutes=minutes,
        )
        if measure is not None:
            reading.measures[construct.key] = measure


def _perspectives(section: Section) -> tuple[Perspective, ...]:
    found = []
    for name in section.texts("perspectives"):
        if name in set(Perspective):
            found.append(Perspective(name))
        else:
            known = [str(perspective) for perspective in Perspective]
            section.note(f"{name!r} is no perspective{did_you_mean(name, known)}.", "perspectives")
    return tuple(found) or (Perspective.STUDENT,)


def _read_look_fors(section: Section, shelf: Shelf) -> tuple[LookFor, ...]:
    found = []
    for one in section.sections("look_fors", required=False):
        with one:
            reference = one.text("scale", "")
            scale = shelf.scale(one, reference) if reference else None
            options = scale.options if scale else ()
            look_for = one.build(
                LookFor,
                text=one.text("text"),
                scale=scale,
                option_labels={option.code: option.label_for(Perspective.OBSERVER) for option in options},
                is_weak=one.flag("weak", default=False),
            )
            found += [look_for] if look_for else []
    return tuple(found)


def _read_instrument(reading: _Reading, section: Section) -> None:
    with section:
        key = section.text("key", stand_in="missing")
        band = section.word("band", Band)
        instrument = section.build(
            Instrument,
            key=key,
            name=section.text("name"),
            question=section.text("question"),
            when=section.text("when"),
            band=band,
            items=_versions(reading, section, "items", band, section.texts("items")),
            after_send=_versions(
                reading, section, "after_send", band, section.texts("after_send", required=False)
            ),
            minutes=section.whole("minutes"),
            source=section.text("source"),
            licence=section.text("licence"),
            is_offered=section.flag("offered", default=True),
        )
        if key in reading.instruments:
            section.note(f"instrument {key!r} appears twice.", "key")
        if instrument is not None:
            reading.instruments[key] = instrument


def _versions(
    reading: _Reading, section: Section, where: str, band: Band, names: tuple[str, ...]
) -> tuple[ItemVersion, ...]:
    found = []
    for name in names:
        item = reading.items.get(name)
        version = item.latest(band) if item else None
        if item is None and not reading.is_excused(name):
            section.note(f"no item {name!r}{did_you_mean(name, list(reading.items))}.", where)
        elif version is None and not reading.is_excused(name):
            section.note(f"item {name} has no version for {band}.", where)
        if version is None or version.scale is UNKNOWN_SCALE:  # told already
            version = unknown_version(name, band, is_text=where == "after_send")
        found.append(version)
    return tuple(found)


def _read_chrome(reading: _Reading) -> None:
    sections = dict(reading.each("chrome"))
    for locale, section in sections.items():
        chrome = read_chrome(section, locale)
        if chrome is not None:
            reading.chrome[locale] = chrome
    source = reading.chrome.get(SOURCE_LOCALE)
    if source is None:
        reading.faults.append(Fault("chrome/en.yaml", 0, "", "English is the source and has to be there."))
        return
    for locale, chrome in reading.chrome.items():
        compare_with_source(chrome, source, sections[locale])
