"""The reveal: close, freeze, show. The database refuses it before the lock; so does this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from survey_app.errors import NotYet
from survey_app.models.catalogue import Construct, ItemVersion
from survey_app.models.cycles import Cycle, PlanPrediction
from survey_app.results import queries, snapshots
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys
from survey_app.surveys.order import shuffle_pooled_rows
from survey_app.surveys.sheet import favourable_values, favourable_words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.cycles import CycleFocal
    from survey_app.models.snapshots import Snapshot
    from survey_app.models.surveys import Administration

NOT_LOCKED = "First say what you saw and lock it. Then you see what they said."


class NotRevealed(NotYet):
    """Results, or what rests on them, were asked for before they were shown."""

    def __init__(self) -> None:
        super().__init__(NOT_LOCKED)


def reveal(db: Session, cycle: Cycle, *, now: datetime) -> list[Administration]:
    """Close the cycle's surveys, end any grace, write snapshot 1 and show it; sent twice, do it once.

    Raises
    ------
    NotYet
        If the view is not locked.
    """
    given = survey_queries.administrations_of(db, cycle.id, lock=True)
    if not given or any(a.locked_at is None for a in given):
        raise NotYet(NOT_LOCKED)
    revealing = [a for a in given if a.revealed_at is None]
    if not revealing:
        return []
    for administration in revealing:
        administration.revealed_at = now
    # What is still open closes, and its close makes the snapshot; the rest was closed before.
    closing = surveys.close_surveys(db, cycle, given, now=now)
    closed_before = [a for a in revealing if a not in closing]
    for administration in closed_before:
        # Sheets that came in the ten minutes after the close still stand in the order of their arrival.
        shuffle_pooled_rows(db, administration)
    make_snapshots(db, closed_before, now=now)
    return revealing


def make_snapshots(
    db: Session, administrations: Sequence[Administration], *, now: datetime
) -> list[Snapshot]:
    """Freeze each revealed administration that has something new to show."""
    shown = [a for a in administrations if a.revealed_at is not None]
    if not shown:
        return []
    sheets = queries.sheets_of(db, shown)
    earlier = queries.snapshots_of(db, [a.id for a in shown])
    taken = snapshots.take(db, shown)
    made = [snapshots.freeze(db, a, sheets[a.id], earlier.get(a.id, []), taken, now=now) for a in shown]
    db.flush()
    return [snapshot for snapshot in made if snapshot is not None]


def revealed_snapshots(db: Session, cycle: Cycle) -> list[tuple[Administration, list[Snapshot]]]:
    """Return each administration of a cycle with its snapshots, or refuse before the reveal."""
    given = survey_queries.administrations_of(db, cycle.id)
    if not given or any(a.revealed_at is None for a in given):
        raise NotRevealed
    found = queries.snapshots_of(db, [a.id for a in given])
    return [(a, found.get(a.id, [])) for a in given]


def save_noticings(db: Session, rows: Sequence[CycleFocal], words: Mapping[uuid.UUID, str]) -> None:
    """Keep what the teacher notices about a focal student, now that she has looked."""
    for row in rows:
        if row.focal_code_id in words:
            row.noticing = words[row.focal_code_id]
    db.flush()


def snapshots_before(db: Session, cycle: Cycle) -> dict[str, dict[str, Any]]:
    """Return the newest snapshot tables of the cycle before this one, by part; nothing for a first cycle."""
    previous = db.scalars(
        select(Cycle)
        .where(Cycle.series_id == cycle.series_id, Cycle.number < cycle.number, Cycle.set_aside_at.is_(None))
        .order_by(Cycle.number.desc())
        .limit(1)
    ).first()
    if previous is None:
        return {}
    given = survey_queries.administrations_of(db, previous.id)
    found = queries.snapshots_of(db, [a.id for a in given if a.revealed_at is not None])
    return {a.part: found[a.id][-1].tables for a in given if found.get(a.id)}


def plan_predictions_scored(
    db: Session, cycle: Cycle, shown: Sequence[tuple[Administration, list[Snapshot]]]
) -> list[dict[str, Any]]:
    """Return each plan prediction beside how many picked a favourable answer: "4 of 5; 3 of 5 did"."""
    rows = db.execute(
        select(ItemVersion.key, PlanPrediction.k, PlanPrediction.n, PlanPrediction.words)
        .join(ItemVersion, ItemVersion.id == PlanPrediction.item_version_id)
        .where(PlanPrediction.cycle_id == cycle.id, PlanPrediction.k.is_not(None))
    ).all()
    if not rows or not shown or not shown[0][1]:
        return []
    tables = shown[0][1][0].tables
    items = {item["key"]: item for item in tables["items"]}
    scored = []
    for key, k, n, words in rows:
        if key in items and not tables["too_few"]:
            did, answered = top_two(tables, items[key])
            scored.append(
                {
                    "question": items[key]["label"],
                    "top": favourable_words(
                        items[key], dict(zip(items[key]["values"], items[key]["options"], strict=True))
                    ),
                    "k": k,
                    "n": n,
                    "words": words,
                    "did": did,
                    "answered": answered,
                }
            )
    return scored


def top_two(tables: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many picked one of the two most favourable answers, and how many answered."""
    favourable = set(favourable_values(item))
    if tables["mode"] == "coded":
        given = [
            value for _label, key, value, _m in tables["answers"] if key == item["key"] and value is not None
        ]
        return sum(value in favourable for value in given), len(given)
    rows = [
        (value, count)
        for key, value, _m, count in tables.get("counts", ())
        if key == item["key"] and value is not None
    ]
    return sum(count for value, count in rows if value in favourable), sum(count for _v, count in rows)


def low_constructs(
    db: Session, shown: Sequence[tuple[Administration, list[Snapshot]]]
) -> list[dict[str, Any]]:
    """Return "if this is low, try" for each construct where half or fewer picked a favourable answer."""
    low: dict[str, None] = {}
    for _administration, taken in shown:
        if not taken or taken[-1].tables["too_few"]:
            continue
        tables = taken[-1].tables
        for item in tables["items"]:
            if item["values"]:
                did, answered = top_two(tables, item)
                if answered and 2 * did <= answered and item["construct"]:
                    low[item["construct"]] = None
    if not low:
        return []
    rows = db.execute(select(Construct.name, Construct.if_low_try).where(Construct.name.in_(low)))
    return [{"name": name, "lines": lines.splitlines()} for name, lines in rows]


# Closing a survey that was reopened after the reveal makes the late snapshot, in the same transaction.
surveys.after_close(make_snapshots)
