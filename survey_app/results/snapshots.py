"""Freeze what every chart of the teacher reads: answers, rating and prediction as they stood at one close.

A pooled snapshot holds counts by question and nothing that joins one child's answers; below five sheets it
holds no count at all.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_app.models.snapshots import Snapshot
from survey_app.predictions import queries as prediction_queries
from survey_app.results import queries
from survey_app.surveys import queries as survey_queries
from survey_app.surveys.service import FEWEST_POOLED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.predictions import OwnRating, Prediction
    from survey_app.models.surveys import Administration

FORM = 1  # raised when the shape of ``tables`` changes


@dataclass(frozen=True)
class Taken:
    """What is read once for all administrations of a cycle: sheets given, ratings, predictions, labels."""

    given: Mapping[uuid.UUID, int]
    ratings: Sequence[OwnRating]
    predictions: Sequence[Prediction]
    labels: Mapping[uuid.UUID, str]


def take(db: Session, administrations: Sequence[Administration]) -> Taken:
    """Read what the snapshots of one cycle's administrations have in common."""
    ids = [a.id for a in administrations]
    return Taken(
        given=survey_queries.answers_so_far(db, ids),
        ratings=list(prediction_queries.own_ratings(db, ids).values()),
        predictions=prediction_queries.predictions(db, ids),
        labels=dict(survey_queries.focal_labels(db, administrations[0].cycle_id)),
    )


def freeze(
    db: Session,
    administration: Administration,
    sheet: Mapping[str, Any],
    earlier: Sequence[Snapshot],
    taken: Taken,
    *,
    now: datetime,
) -> Snapshot | None:
    """Write the next snapshot, or nothing when it would show too few new answers or no new one.

    A pooled administration needs five sheets that no earlier snapshot has shown: the difference between two
    snapshots must never be a few children.
    """
    given = taken.given.get(administration.id, 0)
    shown = max((s.tables["n"] for s in earlier if not s.tables.get("too_few")), default=0)
    if earlier and given <= earlier[-1].tables["n"]:
        return None
    if earlier and administration.mode == "pooled" and given - shown < FEWEST_POOLED:
        return None
    tables = _tables(db, administration, sheet, taken, given)
    snapshot = Snapshot(
        administration_id=administration.id,
        owner_id=administration.owner_id,
        number=len(earlier) + 1,
        tables=tables,
        content_hash=hash_of(tables),
        late=bool(earlier),
        made_at=now,
    )
    db.add(snapshot)
    return snapshot


def hash_of(tables: Mapping[str, Any]) -> str:
    """Return the hash that tells whether a snapshot is still what it was."""
    return hashlib.sha256(json.dumps(tables, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _tables(
    db: Session, administration: Administration, sheet: Mapping[str, Any], taken: Taken, given: int
) -> dict[str, Any]:
    keys = {item["id"]: item["key"] for item in sheet["items"]}
    tables: dict[str, Any] = {
        "form": FORM,
        "mode": administration.mode,
        "n": given,
        "too_few": administration.mode == "pooled" and given < FEWEST_POOLED,
        "items": _items(sheet),
        "ratings": _ratings(administration, taken, keys),
        "prediction_skipped": administration.prediction_skipped_at is not None,
        "saw_answers_first": administration.saw_answers_first,
        "predictions": _predictions(administration, taken, keys),
    }
    if administration.mode == "coded":
        # By code, then as asked: the same answers give the same tables, and the same hash, on every database.
        asked = {item_id: place for place, item_id in enumerate(keys)}
        rows = sorted(
            queries.coded_answers(db, administration.id), key=lambda row: (row[0], asked[str(row[1])])
        )
        tables["students"] = list(taken.labels.values())
        tables["answers"] = [
            [label, keys[str(i)], value, missing] for label, i, value, words, missing in rows if words is None
        ]
        tables["words"] = [[label, keys[str(i)], words] for label, i, _v, words, _m in rows if words]
    elif not tables["too_few"]:
        counts = queries.pooled_counts(db, administration.id)
        tables["counts"] = sorted(([keys[str(i)], *row] for i, *row in counts), key=str)
        asks_words = any(item["kind"] == "text" for item in sheet["items"])
        said = queries.pooled_words(db, administration.id) if asks_words else []
        tables["words"] = [["", keys[str(i)], words] for i, words in said]
    return tables


def _items(sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    words = sheet["words"]["en"]["items"]
    return [
        {
            "key": item["key"],
            "construct": item["construct"],
            "kind": item["kind"],
            "label": words[item["id"]]["student"]["text"],
            "values": item["values"],
            "options": [words[item["id"]]["student"]["labels"][str(v)] for v in item["values"]],
            "reverse": item["reverse"],
            "paired": item["paired"],
        }
        for item in sheet["items"]
    ]


def _ratings(administration: Administration, taken: Taken, keys: Mapping[str, str]) -> list[list[Any]]:
    return sorted(
        [keys[str(row.item_version_id)], row.value, row.missing]
        for row in taken.ratings
        if row.administration_id == administration.id
    )


def _predictions(administration: Administration, taken: Taken, keys: Mapping[str, str]) -> list[list[Any]]:
    return sorted(
        [
            keys[str(row.item_version_id)],
            taken.labels.get(row.focal_code_id, "") if row.focal_code_id else "",
            row.option,
            row.count,
        ]
        for row in taken.predictions
        if row.administration_id == administration.id
    )
