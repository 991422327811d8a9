"""The weekly release of every network: made once a week, rehearsed, checked; and what erasures ask of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from analytics.release import join_ledgers
from survey_app.audit import record_act
from survey_app.principal import job
from survey_app.releases import making, packing, queries, told
from survey_app.releases.inputs import Inputs
from survey_app.releases.thresholds import policy_used

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.db import Database
    from survey_app.models.releases import Release

log = logging.getLogger("focal")
JOB = job("release")
TRIES = 3


@dataclass(frozen=True)
class Checked:
    """What a look at one release found; ``fault`` is empty where all is as it was."""

    label: str
    says: str
    fault: str = ""


def make_releases(database: Database, *, now: datetime) -> list[str]:
    """Make this week's release of each network that has none yet; return what was done, in words."""
    forget_erased(database)
    with database.reading(JOB) as db:
        waiting = [(one.id, one.name) for one in queries.networks(db)]
    return [
        f"{name}: {_make(database, network_id, now=now) or 'nothing new to release'}"
        for network_id, name in waiting
    ]


def rehearse(database: Database, *, now: datetime) -> list[str]:
    """Return what this week's releases would be, as counts; nothing is written."""
    said = []
    with database.reading(JOB) as db:
        for network in queries.networks(db):
            ready = making.prepare(db, network, now=now)
            said.append(f"{network.name}: {'nothing new to release' if ready is None else ''}".rstrip(": "))
            said += making.told(ready) if ready is not None else []
    return said


def _make(database: Database, network_id: uuid.UUID, *, now: datetime) -> str:
    for _ in range(TRIES):
        try:
            return _make_once(database, network_id, now=now)
        except making.Erased:
            log.warning("something was erased while the release was made; it is made anew")
    raise making.Erased


def _make_once(database: Database, network_id: uuid.UUID, *, now: datetime) -> str:
    with database.reading(JOB) as db:
        ready = making.prepare(db, queries.network(db, network_id), now=now)
    if ready is None:
        return ""
    with database.writing(JOB) as db:
        try:
            release = making.write_down(db, ready, now=now)
        except IntegrityError:
            # Another process was quicker: the week has one release.
            db.rollback()
            return ""
        record_act(
            db,
            "release.made",
            actor_id=None,
            organisation_id=network_id,
            route="weekly",
            object_id=release.id,
            now=now,
        )
        db.commit()
    return f"release {ready.label}, {len(ready.cells)} cells, {sum(ready.reasons.values())} withheld"


def forget_erased(database: Database) -> int:
    """Put marks in place of the students who were erased since; return how many."""
    with database.reading(JOB) as db:
        codes, rooms = queries.erased(db)
    if not codes and not rooms:
        return 0
    with database.writing(JOB) as db:
        rows = [row for one in queries.networks(db) for row in queries.ledgers_of(db, one.id)]
        rows += told.report_ledgers(db)
        count = packing.forget(rows, lambda one: one[1] in rooms or (one[1], one[3]) in codes)
        db.commit()
    return count


def check_releases(database: Database) -> list[Checked]:
    """Make every release anew from its snapshots and the ledger before it, and compare."""
    found = []
    with database.reading(JOB) as db:
        for network in queries.networks(db):
            rows = queries.releases_of(db, network.id)
            found += [_check(db, network.id, rows, place) for place in range(len(rows))]
    return found


def _check(db: Session, network_id: uuid.UUID, rows: list[Release], place: int) -> Checked:
    release = rows[place]
    if queries.stored_digest(db, release) != release.digest:
        return Checked(release.label, "", "its figures are not what they were: put a backup back.")
    ledgers = queries.ledgers_of(db, network_id)[: place + 1]
    inputs = Inputs.load(packing.unpack(ledgers[-1].inputs))
    if inputs.with_reports:
        earlier = told.before_release(db, network_id, release=release)
    else:
        earlier = join_ledgers(packing.ledger_of(row) for row in ledgers[:-1])
    try:
        again = making.work_out(db, network_id, release.label, policy_used(release), inputs, earlier)
    except making.Erased:
        return Checked(
            release.label, "stands as it came out; something was erased since, so it cannot be made again"
        )
    if again.digest != release.digest:
        return Checked(release.label, "", "made again it is another: look at its snapshots and its ledger.")
    return Checked(release.label, "made again, it is the same to the last byte")
