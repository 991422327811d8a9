"""What a teacher hands on herself goes through the release policy too: bands, and a ledger of what they told.

Snapshots are frozen, so what was handed on follows from them, one after the other: a later one that differs
from an earlier one by fewer students than the policy asks for keeps what stood. Only an erasure changes a
snapshot; before it, what the bands told is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from survey_app.models.people import Organisation, Person
from survey_app.models.releases import HandOn, ReleaseSetting
from survey_app.models.surveys import Administration
from survey_app.releases import packing
from survey_app.releases.inputs import Source

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from analytics.release import Ledger, Policy
    from survey_app.models.snapshots import Snapshot

    Tables = Mapping[str, Any]

Bands = dict[str, tuple[int, int]]
"""Students and the low end of the band, in per cent, of each question that may be shown."""


@dataclass(frozen=True)
class Told:
    """What the bands of one administration say, and who stood behind what they ever said."""

    bands: Bands
    ledger: Ledger
    number: int  # of the newest snapshot taken in


def bands_of(
    db: Session, administrations: Sequence[Administration], taken: Mapping[uuid.UUID, Sequence[Snapshot]]
) -> dict[uuid.UUID, Bands]:
    """Return the bands of each administration as it stands: what is not there is too few.

    ``taken`` are the snapshots of each, the first one first.
    """
    given = [one for one in administrations if taken.get(one.id)]
    if not given:
        return {}
    kept = {
        one.administration_id: one
        for one in db.scalars(select(HandOn).where(HandOn.administration_id.in_([a.id for a in given])))
    }
    policy = _policy(db, given[0].owner_id)
    return {
        a.id: _told(a, [(s.number, s.tables) for s in taken[a.id]], kept.get(a.id), policy).bands
        for a in given
    }


def before_an_erasure(
    db: Session, taken: Sequence[Snapshot], label: str
) -> dict[uuid.UUID, tuple[Administration, Told]]:
    """Return what the bands of these snapshots told, for those in which the code has an answer."""
    found: dict[uuid.UUID, list[Snapshot]] = {}
    for one in sorted(taken, key=lambda one: one.number):
        found.setdefault(one.administration_id, []).append(one)
    named = {key for key, own in found.items() if any(_names(one.tables, label) for one in own)}
    if not named:
        return {}
    given = db.scalars(select(Administration).where(Administration.id.in_(named))).all()
    kept = {
        one.administration_id: one
        for one in db.scalars(select(HandOn).where(HandOn.administration_id.in_(named)))
    }
    policy = _policy(db, given[0].owner_id)
    return {
        a.id: (a, _told(a, [(s.number, s.tables) for s in found[a.id]], kept.get(a.id), policy))
        for a in given
    }


def after_an_erasure(
    db: Session,
    before: Mapping[uuid.UUID, tuple[Administration, Told]],
    taken: Sequence[Snapshot],
    label: str,
) -> None:
    """Keep what the bands may still say, with a random mark in place of the code."""
    newest = {one.administration_id: one for one in sorted(taken, key=lambda one: one.number)}
    for administration_id, (administration, told) in before.items():
        ledger = packing.without_student(told.ledger, label)
        snapshot = newest[administration_id]
        step = f"{snapshot.number}, {snapshot.erasures} erased"
        left = _step(administration, [snapshot.tables], step, ledger, _policy(db, administration.owner_id))
        row = db.get(HandOn, administration_id) or HandOn(
            administration_id=administration_id, owner_id=administration.owner_id
        )
        row.snapshot_number = snapshot.number
        row.bands = [[item, *band] for item, band in sorted(left.bands.items())]
        row.ledger = packing.pack(left.ledger.dump())
        db.add(row)
    db.flush()


def _names(tables: Tables, label: str) -> bool:
    return any(row[0] == label for row in tables["answers"])


def _told(
    administration: Administration, taken: Sequence[tuple[int, Tables]], kept: HandOn | None, policy: Policy
) -> Told:
    from analytics.release import Ledger

    told = Told({}, Ledger(), 0)
    if kept is not None:
        bands = {item: (students, low) for item, students, low in kept.bands}
        told = Told(bands, Ledger.load(packing.unpack(kept.ledger)), kept.snapshot_number)
    for place, (number, tables) in enumerate(taken):
        if number <= told.number or tables["too_few"]:
            continue
        upto = [tables for _number, tables in taken[: place + 1]]
        step = _step(administration, upto, str(number), told.ledger, policy)
        told = replace(step, number=number)
    return told


def _step(
    administration: Administration, taken: Sequence[Tables], label: str, ledger: Ledger, policy: Policy
) -> Told:
    """Return what stands after one more snapshot, or after an erasure in the newest."""
    from analytics.release import hand_on, join_ledgers
    from survey_app.releases.contributions import contributions_of

    source = Source(
        administration=str(administration.id),
        number=len(taken),
        content_hash="",
        teacher=str(administration.owner_id),
        classroom=str(administration.classroom_id),
        groups={},
    )
    answers, items = contributions_of([source], {source.administration: taken})
    if answers.empty:
        return Told({}, ledger, 0)
    release = hand_on(answers, items, label=label, policy=policy, ledger=ledger)
    shown = release.cells[release.cells["status"] == "released"]
    bands = {
        str(item): (int(students), int(low))
        for item, students, low in shown[["item", "n", "share_low"]].itertuples(index=False, name=None)
    }
    return Told(bands, join_ledgers([ledger, release.ledger]), 0)


def _policy(db: Session, owner_id: uuid.UUID) -> Policy:
    """Return the thresholds of a teacher's network; in nearly every network they are the product's own."""
    from analytics.release import Policy
    from survey_app.releases.thresholds import policy_of

    if db.scalars(select(ReleaseSetting.organisation_id).limit(1)).first() is None:
        return Policy()
    place = db.get_one(Organisation, db.get_one(Person, owner_id).organisation_id)
    while place.parent_id is not None:
        place = db.get_one(Organisation, place.parent_id)
    return policy_of(db, place.id)
