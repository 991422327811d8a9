"""From the results of the analytics to the small table that a chart declares; no number is made here.

A step on a picture counts from 1 at the least favourable option, whatever codes the item uses; reversed items
are already flipped in the results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analytics import describe
from analytics.codes import coded
from analytics.frames import ANSWERS, PREDICTIONS_BY_STUDENT, check_items
from analytics.runchart import RunChart

SAID_MISSING = {
    "skipped": "skipped",
    "not_applicable": "did not apply",
    "not_understood": "did not understand",
    "not_shown": "not asked",
    "": "",
}
"""Why an answer is missing, in words short enough for a picture."""


def steps_frame(
    distribution: pd.DataFrame,
    gaps: pd.DataFrame,
    items: pd.DataFrame,
    *,
    summary: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return `charts.steps.STEPS` for one administration: for gap, class and distribution pictures.

    Parameters
    ----------
    distribution, gaps : DataFrame
        From `analytics.summary.distribution` and `analytics.gap.gap_by_item`, one administration.
    items : DataFrame
        `analytics.frames.ITEMS`, in the order asked; `label` says the question in short words.
    summary : DataFrame, optional
        From `analytics.summary.summarise`; brings the means that a class of ten or more may show.
    """
    known = check_items(items).set_index("item")
    gap = gaps.set_index("item")
    means = {} if summary is None else _means(summary)
    rows = []
    for item in [item for item in known.index if (distribution["item"] == item).any()]:
        asked = known.loc[item]
        beside = gap.loc[item] if item in gap.index else None
        for row in distribution[distribution["item"] == item].to_dict("records"):
            rows.append(
                {
                    "item": asked["label"],
                    "step": int(row["code"] - asked["lowest"] + 1),
                    "option": row["option"],
                    "students": row["count"],
                    "teacher": beside is not None and _is(beside["rating"], row["code"]),
                    "word": "" if beside is None else str(beside["word"]),
                    "split": beside is not None and bool(beside["split"]),
                    "too_few": str(row["too_few"]),
                    "mean": means.get(item, float("nan")) - asked["lowest"] + 1,
                }
            )
    return pd.DataFrame(rows).astype({"students": "Float64"})


def prediction_frame(answers: pd.DataFrame, predictions: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return `charts.predictions.BY_STUDENT` for the answers and predictions of one administration."""
    picked, expected = coded(ANSWERS, answers, items), coded(PREDICTIONS_BY_STUDENT, predictions, items)
    keys = ["item", "student"]
    both = (
        picked.rows[[*keys, "missing"]]
        .assign(picked=picked.step + 1)
        .merge(expected.rows[keys].assign(predicted=expected.step + 1), on=keys, how="outer")
    )
    predicted = set(expected.rows["item"])
    known = picked.items[picked.items["item"].isin(predicted)].set_index("item")
    both = both[both["item"].isin(known.index)].sort_values(
        keys,
        key=lambda column: column.map(
            {item: k for k, item in enumerate(known.index)} if column.name == "item" else str
        ),
    )
    return pd.DataFrame(
        {
            "item": known.loc[both["item"], "label"].to_list(),
            "student": both["student"].to_list(),
            "predicted": both["predicted"].to_list(),
            "picked": both["picked"].to_list(),
            "missing": [SAID_MISSING.get(reason, "away") for reason in both["missing"].astype(object)],
            "options": [_favourable_last(known.loc[item]) for item in both["item"]],
        }
    )


def student_rows_frame(
    answers: pd.DataFrame, items: pd.DataFrame, cycles: pd.DataFrame, *, item: Any
) -> pd.DataFrame:
    """Return `charts.students.STUDENT_ROWS` for one item over the cycles of a series.

    Parameters
    ----------
    answers, items : DataFrame
        `ANSWERS` of all administrations of the series, and `ITEMS`.
    cycles : DataFrame
        `administration`, `cycle` (order) and `label` (what stands under it).
    item : key
        The item version to follow.

    Notes
    -----
    A student who has no row in an administration was not there: her place is empty, and the words say "away".
    """
    given = coded(ANSWERS, answers, items)
    asked = given.items.set_index("item").loc[item]
    rows = given.rows.assign(step=given.step + 1)
    rows = rows[rows["item"] == item].set_index(["administration", "student"])
    students = sorted({student for _, student in rows.index}, key=str)
    shown = []
    for cycle in cycles.sort_values("cycle").to_dict("records"):
        for student in students:
            key = (cycle["administration"], student)
            there = key in rows.index
            shown.append(
                {
                    "student": student,
                    "cycle": cycle["cycle"],
                    "label": cycle["label"],
                    "step": rows.at[key, "step"] if there else float("nan"),
                    "missing": SAID_MISSING[str(rows.at[key, "missing"])] if there else "away",
                    "options": _favourable_last(asked),
                }
            )
    return pd.DataFrame(shown)


def lines_frame(
    summary: pd.DataFrame,
    gaps: pd.DataFrame,
    items: pd.DataFrame,
    cycles: pd.DataFrame,
    *,
    moved: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return `charts.cycles.LINES` for the items of a series.

    Parameters
    ----------
    summary, gaps : DataFrame
        From `summarise` and `gap_by_item`, all administrations of the series.
    items : DataFrame
        `ITEMS`, in the order asked.
    cycles : DataFrame
        `administration`, `cycle`, `label`; optional, as in `LINES`: `line`, `reason`, `change`, `decision`,
        `late`.
    moved : DataFrame, optional
        From `analytics.movement`: the last cycle against the first, one row an item; says which side moved.

    Notes
    -----
    The students' line is their middle answer; it is their mean where every cycle has ten or more students.
    """
    known = check_items(items).set_index("item")
    lowest = dict(zip(known.index, known["lowest"], strict=True))
    both = summary.merge(gaps[["administration", "item", "rating"]], on=["administration", "item"]).merge(
        cycles, on="administration"
    )
    words = {} if moved is None else _moved_words(moved)
    parts = []
    for item in [item for item in known.index if (both["item"] == item).any()]:
        part = both[both["item"] == item].sort_values("cycle")
        number = "mean" if (part["n"] >= 10).all() else "median"
        base = int(lowest[item]) - 1
        parts.append(
            part[[*cycles.columns.drop("administration"), "n"]].assign(
                item=known.at[item, "label"],
                teacher=part["rating"].astype("Float64") - base,
                students=part[number].astype("Float64") - base,
                options=[_favourable_last(known.loc[item])] * len(part),
                moved=words.get(item, ""),
            )
        )
    lines: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return lines


def run_chart_frame(
    gaps: Sequence[float | None],
    n: Sequence[int],
    chart: RunChart,
    *,
    baseline: int = 0,
    changes: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    """Return `charts.run_chart.POINTS` for one series.

    Parameters
    ----------
    gaps, n : sequence
        One gap and number of students a lesson.
    chart : RunChart
        From `analytics.runchart.analyse` of the same gaps.
    baseline : int
        Lessons that the line was taken from; it is drawn as extended after them. 0 for a line of all lessons.
    changes : mapping of lesson -> change idea, optional
        Lessons count from 1.
    """
    first, last = chart.longest_at if chart.signal and chart.longest_at else (len(gaps), -1)
    ran = chart.longest_run_limit is not None and chart.longest_run > chart.longest_run_limit
    empty = float("nan")
    return pd.DataFrame(
        {
            "lesson": k + 1,
            "gap": empty if gap is None else gap,
            "n": students,
            "centre": empty if chart.centre is None else chart.centre,
            "frozen": bool(baseline) and k >= baseline,
            "signal": ran and first <= k <= last and gap is not None,
            "change": (changes or {}).get(k + 1, ""),
        }
        for k, (gap, students) in enumerate(zip(gaps, n, strict=True))
    )


def run_chart_words(chart: RunChart) -> tuple[str, str]:
    """Return what a run chart's rule says and which rule it is, for `charts.run_chart`.

    Examples
    --------
    >>> from analytics.runchart import analyse
    >>> run_chart_words(analyse([1.0, 0.8, 1.2]))[0]
    'Too early for run rules: 2 useful lessons, and they need 10'
    """
    counts = (
        f"{chart.method}: {chart.useful} useful of {describe.counted(chart.n, 'lesson')}, longest run "
        f"{chart.longest_run}{_limit(chart.longest_run_limit, 'longer than')}, crossings "
        f"{chart.crossings}{_limit(chart.crossings_limit, 'fewer than')}."
    )
    if chart.too_few is not None:
        need = chart.too_few.need
        useful = describe.counted(chart.useful, "useful lesson")
        return f"Too early for run rules: {useful}, and they need {need}", counts
    if not chart.signal:
        return "No sign of change: the gap wanders as it did", counts
    return "Something changed: a gap that only wanders seldom does this", counts


def _limit(limit: int | None, words: str) -> str:
    return "" if limit is None else f" (a signal when {words} {limit})"


def _means(summary: pd.DataFrame) -> dict[Any, float]:
    enough = summary[summary["n"] >= 10]
    return dict(zip(enough["item"], enough["mean"], strict=True))


def _moved_words(moved: pd.DataFrame) -> dict[Any, str]:
    return {
        row["item"]: describe.who_moved(str(row["who"]), row["teacher_change"], row["students_change"])
        for row in moved.to_dict("records")
    }


def _is(rating: Any, code: Any) -> bool:
    return bool(pd.notna(rating) and rating == code)


def _favourable_last(asked: Any) -> tuple[str, ...]:
    """Return the option words from the least to the most favourable."""
    return tuple(asked["options"][::-1] if asked["reverse"] else asked["options"])
