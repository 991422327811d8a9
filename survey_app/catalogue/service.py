"""Take the library's files into the database: what is missing is inserted, what changed is refused."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from measures import LibraryError
from survey_app.errors import Refusal
from survey_app.models.catalogue import (
    Construct,
    Instrument,
    InstrumentItem,
    Item,
    ItemVersion,
    LibraryRelease,
    ScaleOption,
    ScaleVersion,
    Wording,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    import measures

__all__ = ["LibraryError", "PublishedVersionChanged", "is_synced", "sync_library"]


class PublishedVersionChanged(Refusal):
    """A file changed something that was already published."""

    title = "A published version was edited"


def is_synced(db: Session, digest: str) -> bool:
    """Tell whether the database holds the library of files with this digest."""
    return db.get(LibraryRelease, digest) is not None


def sync_library(db: Session, library: measures.Library, *, now: datetime) -> bool:
    """Insert the versions and wordings that the database lacks; tell whether anything had to be done.

    Raises
    ------
    PublishedVersionChanged
        If a scale, item version or wording of the files differs from the one published under the same
        number. All of them are named at once.
    """
    if is_synced(db, library.digest):
        return False
    changed: list[str] = []
    scales = _sync_scales(db, library, changed)
    constructs = _sync_constructs(db, library)
    versions = _sync_items(db, library, constructs, scales, changed)
    _sync_instruments(db, library, versions)
    if changed:
        raise PublishedVersionChanged(
            "The library's files differ from what is published already. Nothing was changed. Raise the "
            "version (or, for a translation, the revision) of: " + ", ".join(sorted(changed)) + "."
        )
    db.add(LibraryRelease(digest=library.digest, synced_at=now))
    db.flush()
    return True


def _sync_scales(db: Session, library: measures.Library, changed: list[str]) -> dict[str, uuid.UUID]:
    known = {(row.key, row.number): row for row in db.scalars(select(ScaleVersion))}
    ids: dict[str, uuid.UUID] = {}
    used = {v.scale.reference: v.scale for v in library.item_versions.values()}
    for scale in used.values():
        content = [[option.code, option.score] for option in scale.options]
        fingerprint = _fingerprint([content, scale.max_length])
        row = known.get((scale.key, scale.version))
        if row is None:
            row = ScaleVersion(
                key=scale.key,
                number=scale.version,
                name=scale.name,
                picture=scale.picture,
                max_length=scale.max_length,
                content_hash=fingerprint,
            )
            db.add(row)
            db.flush()
            db.add_all(
                ScaleOption(scale_version_id=row.id, value=option.score, code=option.code)
                for option in scale.options
            )
        elif row.content_hash != fingerprint:
            changed.append(f"scale {scale.key} {scale.version}")
        ids[scale.reference] = row.id
    return ids


def _sync_constructs(db: Session, library: measures.Library) -> dict[str, uuid.UUID]:
    known = {row.key: row for row in db.scalars(select(Construct))}
    ids: dict[str, uuid.UUID] = {}
    for position, construct in enumerate(library.constructs.values()):
        row = known.get(construct.key)
        if row is None:
            row = Construct(key=construct.key)
            db.add(row)
        # What is said *about* a construct may be improved at any time: no answer depends on it.
        row.name, row.question, row.definition = construct.name, construct.question, construct.definition
        row.if_low_try, row.source = "\n".join(construct.if_low), construct.source
        row.for_adults, row.is_core, row.position = (
            construct.is_for_adults,
            construct.tier == "core",
            position,
        )
        db.flush()
        ids[construct.key] = row.id
    return ids


def _sync_items(
    db: Session,
    library: measures.Library,
    constructs: Mapping[str, uuid.UUID],
    scales: Mapping[str, uuid.UUID],
    changed: list[str],
) -> dict[str, uuid.UUID]:
    items = {row.key: row for row in db.scalars(select(Item))}
    known = {row.key: row for row in db.scalars(select(ItemVersion))}
    words = {
        (row.item_version_id, row.perspective, row.locale, row.revision): row
        for row in db.scalars(select(Wording))
    }
    ids: dict[str, uuid.UUID] = {}
    for item in library.items.values():
        row = items.get(item.key)
        if row is None:
            row = Item(
                key=item.key,
                name=item.name,
                position=item.position,
                construct_id=constructs[item.construct] if item.construct else None,
            )
            db.add(row)
            db.flush()
        for version in sorted(item.versions, key=lambda v: (v.band, v.number)):
            version_row = known.get(version.key)
            if version_row is None:
                version_row = _new_version(version, item, row.id, scales, ids)
                db.add(version_row)
                db.flush()
            elif version_row.content_hash != version.content_hash:
                changed.append(version.key)
            # Rules of use and review state do not change what an old answer meant.
            version_row.status, version_row.ppra_class = str(item.status), str(item.ppra_class)
            version_row.pooled_only, version_row.paired = version.pooled_only, version.paired
            ids[version.key] = version_row.id
            _sync_wordings(db, version, version_row.id, words, changed)
    db.flush()
    return ids


def _new_version(
    version: measures.ItemVersion,
    item: measures.Item,
    item_id: uuid.UUID,
    scales: Mapping[str, uuid.UUID],
    ids: Mapping[str, uuid.UUID],
) -> ItemVersion:
    return ItemVersion(
        key=version.key,
        item_id=item_id,
        kind=str(version.kind),
        band=str(version.band),
        number=version.number,
        scale_version_id=scales[version.scale.reference],
        parent_id=ids.get(version.parent or ""),
        comparability=str(version.comparability),
        reverse_keyed=version.reverse,
        may_not_apply="not_applicable" in version.missing_reasons,
        min_grade=version.min_grade,
        max_grade=version.max_grade,
        from_cycle=version.from_cycle,
        status=str(item.status),
        content_hash=version.content_hash,
    )


def _sync_wordings(
    db: Session,
    version: measures.ItemVersion,
    version_id: uuid.UUID,
    known: Mapping[tuple[uuid.UUID, str, str, int], Wording],
    changed: list[str],
) -> None:
    value_of = {option.code: str(option.score) for option in version.scale.options}
    for (perspective, locale), wording in version.wordings.items():
        labels = {value_of[code]: label for code, label in wording.option_labels.items()}
        row = known.get((version_id, str(perspective), locale, wording.revision))
        if row is None:
            db.add(
                Wording(
                    item_version_id=version_id,
                    perspective=str(perspective),
                    locale=locale,
                    revision=wording.revision,
                    text=wording.text,
                    labels=labels,
                    not_applicable=wording.not_applicable_label or None,
                    state=str(wording.state),
                )
            )
        elif (row.text, row.labels, row.not_applicable or "") != (
            wording.text,
            labels,
            wording.not_applicable_label,
        ):
            changed.append(f"{version.key} ({perspective}, {locale}, revision {wording.revision})")
        else:
            row.state = str(wording.state)


def _sync_instruments(db: Session, library: measures.Library, versions: Mapping[str, uuid.UUID]) -> None:
    known = {row.key: row for row in db.scalars(select(Instrument))}
    for position, instrument in enumerate(library.instruments.values()):
        row = known.get(instrument.key) or Instrument(key=instrument.key)
        row.name, row.question, row.when = instrument.name, instrument.question, instrument.when
        row.band, row.minutes, row.is_offered = (
            str(instrument.band),
            instrument.minutes,
            instrument.is_offered,
        )
        row.position = position
        db.add(row)
        db.flush()
        wanted = [versions[version.key] for version in (*instrument.items, *instrument.after_send)]
        placed = db.scalars(select(InstrumentItem).where(InstrumentItem.instrument_id == row.id)).all()
        if [place.item_version_id for place in sorted(placed, key=lambda p: p.position)] != wanted:
            for place in placed:
                db.delete(place)
            db.flush()
            db.add_all(
                InstrumentItem(instrument_id=row.id, position=place, item_version_id=version_id)
                for place, version_id in enumerate(wanted, start=1)
            )
    db.flush()


def _fingerprint(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
