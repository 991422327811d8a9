"""The pictures of a series: both lines over the cycles, one row for each focal student. Drawn when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.charts.cycles import lines_over_cycles
from analytics.charts.shaping import lines_frame, student_rows_frame
from analytics.charts.students import student_rows
from analytics.gap import gap_by_item
from analytics.summary import count_answers, summarise
from survey_app.results.frames import tables_of
from survey_app.results.pictures import changes_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Turn:
    """One cycle of a series as a picture needs it, newest snapshot first chosen by the caller."""

    number: int
    label: str
    tables: Mapping[str, Any]
    change: str
    decision: str
    late: bool


def lines(turns: Sequence[Turn]) -> tuple[Any, pd.DataFrame] | None:
    """Return builder and table of both lines over the cycles, or none before the second cycle."""
    shown = [turn for turn in turns if not turn.tables["too_few"]]
    if len(shown) < 2:
        return None
    given = tables_of([(str(turn.number), turn.tables) for turn in shown])
    if given.answers.empty:
        return None
    counted = count_answers(given.answers, given.items)
    # Named by their keys until versions of one idea have been brought together.
    keyed = given.items.assign(label=given.items["item"])
    frame = lines_frame(summarise(counted), gap_by_item(counted, given.ratings), keyed, _cycles(shown))
    moved = _moved(shown)
    frame["moved"] = [moved.get(key, "") for key in frame["item"]]
    return lines_over_cycles, _joined_versions(frame, given.items)


def _moved(shown: Sequence[Turn]) -> dict[str, str]:
    """Return which side moved from the first cycle to the last, and of whom that is said, by question."""
    first, last = shown[0].tables, shown[-1].tables
    is_coded = first["mode"] == last["mode"] == "coded"
    return {
        change["key"]: f"from first to last, {change['words']}"
        + (f" (the {change['n']} there both times)" if is_coded else "")
        for change in changes_between(first, last)
        if change["words"]
    }


def rows_by_student(turns: Sequence[Turn]) -> list[tuple[str, Any, pd.DataFrame, str]]:
    """Return, for each question asked by code, its key, builder, table and words."""
    coded = [turn for turn in turns if turn.tables["mode"] == "coded"]
    if len(coded) < 2:
        return []
    given = tables_of([(str(turn.number), turn.tables) for turn in coded])
    if given.answers.empty:
        return []
    cycles = _cycles(coded)[["administration", "cycle", "label"]]
    times = given.answers.groupby("item")["administration"].nunique()
    found = []
    for item in given.items.to_dict("records"):
        if times.get(item["item"], 0) >= 2:
            frame = student_rows_frame(given.answers, given.items, cycles, item=item["item"])
            found.append((item["item"], student_rows, frame, item["label"]))
    return found


def _cycles(turns: Sequence[Turn]) -> pd.DataFrame:
    """Return one row a cycle; ``line`` changes where the planned set of codes changed."""
    rows = []
    line, planned = 1, None
    for turn in turns:
        codes = tuple(turn.tables.get("students", ()))
        reason = ""
        if planned is not None and codes != planned:
            line, reason = line + 1, "other focal students"
        planned = codes
        rows.append(
            {
                "administration": str(turn.number),
                "cycle": turn.number,
                "label": turn.label,
                "line": line,
                "reason": reason,
                "change": turn.change,
                "decision": turn.decision,
                "late": turn.late,
            }
        )
    return pd.DataFrame(rows)


def _joined_versions(frame: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with versions of one idea in one panel, named by the newest words, broken between.

    Versions whose options differ stay panels of their own: their steps mean different things.
    """
    labels = dict(zip(items["item"], items["label"], strict=True))
    joined = frame.assign(version=frame["item"])
    joined["panel"] = [
        (key.rpartition(".")[0], tuple(options))
        for key, options in zip(joined["item"], joined["options"], strict=True)
    ]
    parts = []
    for _panel, part in joined.groupby("panel", sort=False):
        part = part.sort_values("cycle")
        is_new = (part["version"] != part["version"].shift()) & part["version"].shift().notna()
        part["line"] = [f"{line} {key}" for line, key in zip(part["line"], part["version"], strict=True)]
        part["reason"] = part["reason"].where(~is_new, "new question words")
        part["item"] = labels[part["version"].iloc[-1]]
        parts.append(part.drop(columns=["version", "panel"]))
    together: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return together
