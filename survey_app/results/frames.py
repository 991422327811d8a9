"""From frozen snapshots to the tables that the analytics take. Loaded only where something is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ANSWER_COLUMNS = ["administration", "item", "student", "value", "missing"]


@dataclass(frozen=True)
class Tables:
    """What the analytics take for one administration, or for all of a series."""

    items: pd.DataFrame
    answers: pd.DataFrame
    ratings: pd.DataFrame
    picked: pd.DataFrame  # predictions by student
    counted: pd.DataFrame  # predictions by count


def tables_of(frozen: Sequence[tuple[str, Mapping[str, Any]]]) -> Tables:
    """Return the analytics' tables for administrations given as (key, snapshot tables)."""
    return Tables(
        items=_items(tables for _key, tables in frozen),
        answers=_frame(ANSWER_COLUMNS, (row for key, tables in frozen for row in _answers(key, tables))),
        ratings=_frame(
            ["administration", "item", "value", "missing"],
            ([key, *row] for key, tables in frozen for row in tables["ratings"]),
        ),
        picked=_frame(
            ["administration", "item", "student", "value"],
            (
                [key, item, label, option]
                for key, tables in frozen
                if tables["mode"] == "coded"
                for item, label, option, _count in tables["predictions"]
                if label
            ),
        ),
        counted=_frame(
            ["administration", "item", "value", "count"],
            (
                [key, item, option, count]
                for key, tables in frozen
                if tables["mode"] == "pooled"
                for item, _label, option, count in tables["predictions"]
            ),
        ),
    )


def _items(given: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    known: dict[str, dict[str, Any]] = {}
    for tables in given:
        for item in tables["items"]:
            if item["values"]:
                known[item["key"]] = {
                    "item": item["key"],
                    "steps": len(item["values"]),
                    "lowest": item["values"][0],
                    "reverse": item["reverse"],
                    "paired": item["paired"],
                    "label": item["label"],
                    "options": tuple(item["options"]),
                    "construct": item["construct"],
                }
    return pd.DataFrame(list(known.values()))


def _answers(key: str, tables: Mapping[str, Any]) -> Iterable[list[Any]]:
    scored = {item["key"] for item in tables["items"] if item["values"]}
    if tables["mode"] == "coded":
        for label, item, value, missing in tables["answers"]:
            if item in scored:
                yield [key, item, label, value, missing]
        return
    # Counts only: each question is numbered on its own, so that nothing joins one child's answers.
    place: dict[str, int] = {}
    for item, value, missing, count in tables.get("counts", ()):
        if item not in scored:
            continue
        for _ in range(count):
            place[item] = place.get(item, 0) + 1
            yield [key, item, f"{key}-{place[item]}", value, missing]


def _frame(columns: list[str], rows: Iterable[list[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns)
    for name in ("value", "count"):
        if name in frame:
            frame[name] = frame[name].astype(float)
    return frame
