"""The pictures of one cycle, drawn from its snapshots. Loaded only where something is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.charts.distribution import distribution_with_mark
from analytics.charts.gap import gap_of_class, gap_of_focal_students
from analytics.charts.predicted_counts import prediction_by_counts
from analytics.charts.predictions import prediction_by_student
from analytics.charts.shaping import prediction_frame, steps_frame
from analytics.gap import gap_by_item
from analytics.movement import SMALLEST_MOVE, which_side_moved, which_side_moved_pooled
from analytics.prediction import score_student_predictions
from analytics.summary import count_answers, distribution, summarise
from survey_app.results.frames import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics.charts.picture import Picture

    Drawable = tuple[Callable[..., Picture], pd.DataFrame]

HALF_THE_PAIRS = 0.5  # tau-b: three of four comparable pairs in the right order
MOVED = {
    "both": "you both moved",
    "they": "they moved, you stayed",
    "you": "you moved, they stayed",
    "neither": "neither side moved",
}


def gap_picture(tables: Mapping[str, Any]) -> Drawable | None:
    """Return builder and table of the gap picture, or none where there is nothing to show."""
    steps = _steps(tables)
    if steps is None:
        return None
    return (gap_of_focal_students if tables["mode"] == "coded" else gap_of_class), steps


def distribution_picture(tables: Mapping[str, Any]) -> Drawable | None:
    """Return builder and table of the answers with the teacher's mark."""
    steps = _steps(tables)
    return None if steps is None else (distribution_with_mark, steps)


def prediction_picture(tables: Mapping[str, Any]) -> Drawable | None:
    """Return builder and table of prediction beside answer, or none where nothing may be compared.

    Nothing is compared when the prediction was skipped, or when answers were seen first.
    """
    if not may_compare(tables):
        return None
    given = tables_of([("now", tables)])
    if given.answers.empty:
        return None
    if tables["mode"] == "coded":
        return prediction_by_student, prediction_frame(given.answers, given.picked, given.items)
    return prediction_by_counts, _count_frame(given)


def prediction_words(tables: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return, for each question predicted student by student, level, spread and rank in words.

    Fewer than three pairs say nothing about spread or order; the words then stay away.
    """
    if tables["mode"] != "coded" or not may_compare(tables):
        return []
    given = tables_of([("now", tables)])
    if given.answers.empty or given.picked.empty:
        return []
    labels = dict(zip(given.items["item"], given.items["label"], strict=True))
    scored = score_student_predictions(given.answers, given.picked, given.items, smallest_group=3)
    return [
        {
            "question": labels[row["item"]],
            "n": str(row["n"]),
            "level": _level_words(row["bias"]),
            "spread": _spread_words(row["sd_predicted"], row["sd_answered"]),
            "rank": _rank_words(row["rank"]),
        }
        for row in scored.to_dict("records")
        if not pd.isna(row["bias"])
    ]


def _level_words(bias: float) -> str:
    if bias >= SMALLEST_MOVE:
        return "you expected more than they picked"
    return "you expected less than they picked" if bias <= -SMALLEST_MOVE else "you had the level about right"


def _spread_words(predicted: float, answered: float) -> str:
    """Return whether she saw the students as more alike, or less, than they are: half a step or more."""
    if pd.isna(predicted) or pd.isna(answered):
        return ""
    if answered - predicted >= SMALLEST_MOVE:
        return "you saw them as more alike than they are"
    if predicted - answered >= SMALLEST_MOVE:
        return "you saw them as less alike than they are"
    return "you saw how alike they are"


def _rank_words(rank: float) -> str:
    # Everybody predicted alike, or everybody alike in the answers: there is no order to compare.
    if pd.isna(rank):
        return "no order to compare"
    if rank >= HALF_THE_PAIRS:
        return "you knew mostly who feels it more and who less"
    return "you knew partly who feels it more" if rank > 0 else "who feels it more was not whom you thought"


def may_compare(tables: Mapping[str, Any]) -> bool:
    """Tell whether a prediction was made, before anything was seen."""
    skipped = tables["prediction_skipped"] or tables["saw_answers_first"]
    return bool(tables["predictions"]) and not skipped and not tables["too_few"]


def changes_between(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return, for each question asked both times, how the gap changed and which side moved, in words.

    Only students present both times count where they have codes; otherwise the groups as they were.
    """
    given = tables_of([("before", before), ("now", now)])
    if given.answers.empty or given.items.empty:
        return []
    pairs = pd.DataFrame({"administration": ["now"], "earlier": ["before"]})
    if now["mode"] == "coded" and before["mode"] == "coded":
        moved = which_side_moved(given.answers, given.ratings, given.items, pairs)
    else:
        gaps = gap_by_item(count_answers(given.answers, given.items), given.ratings)
        moved = which_side_moved_pooled(gaps, pairs)
    rows = {row["item"]: row for row in moved.to_dict("records")}
    asked_before = {item["key"] for item in before["items"]}
    return [
        {
            "key": item["key"],
            "question": item["label"],
            "n": int(rows[item["key"]]["n"]),
            "gap": "" if rows[item["key"]]["too_few"] else _gap_words(rows[item["key"]]),
            "words": "" if rows[item["key"]]["too_few"] else MOVED[str(rows[item["key"]]["who"])],
            "too_few": str(rows[item["key"]]["too_few"]),
        }
        for item in now["items"]
        if item["key"] in asked_before and item["key"] in rows
    ]


def _gap_words(row: Mapping[str, Any]) -> str:
    """Return whether the gap shrank: half a step or more, so that one answer of a few is no news."""
    change = abs(float(row["gap_after"])) - abs(float(row["gap_before"]))
    return "wider" if change >= SMALLEST_MOVE else "closer" if change <= -SMALLEST_MOVE else "about the same"


def _steps(tables: Mapping[str, Any]) -> pd.DataFrame | None:
    given = tables_of([("now", tables)])
    if given.answers.empty:
        return None
    counted = count_answers(given.answers, given.items)
    gaps = gap_by_item(counted, given.ratings)
    return steps_frame(distribution(counted), gaps, given.items, summary=summarise(counted))


def _count_frame(given: Any) -> pd.DataFrame:
    predicted = {
        (row["item"], int(row["value"])): int(row["count"]) for row in given.counted.to_dict("records")
    }
    found = given.answers.dropna(subset=["value"]).groupby(["item", "value"]).size()
    rows = []
    for item in given.items.to_dict("records"):
        codes = list(range(item["lowest"], item["lowest"] + item["steps"]))
        if not any((item["item"], code) in predicted for code in codes):
            continue
        ordered = list(zip(codes, item["options"], strict=True))
        for step, (code, option) in enumerate(ordered[::-1] if item["reverse"] else ordered, start=1):
            rows.append(
                {
                    "item": item["label"],
                    "step": step,
                    "option": option,
                    "predicted": predicted.get((item["item"], code), 0),
                    "students": float(found.get((item["item"], float(code)), 0)),
                }
            )
    return pd.DataFrame(rows)
