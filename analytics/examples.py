"""One worked example for each picture: invented classrooms in, pictures out; for docs, demo, tests, gallery.

The teacher's pictures start from answers and go the whole way that the product goes: counts, gap, movement,
then the chart. Nothing here is drawn from a real class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from analytics import gap, movement, summary
from analytics.charts import (
    calibration,
    cycles,
    decision_study,
    distribution,
    icons,
    item_panel,
    predicted_counts,
    predictions,
    shaping,
    shaping_items,
    students,
    theme,
)
from analytics.charts import gap as gap_charts
from analytics.charts import run_chart as run_charts
from analytics.charts.picture import Picture
from analytics.class_icc import icc_classes
from analytics.classrooms import AMOUNT, QUESTIONS, Classroom, classroom, question_items
from analytics.dependability import Components
from analytics.dependability import decision_study as dependability_of
from analytics.examples_drivers import driver_diagram, driver_diagram_of_60
from analytics.examples_released import heat_table, released_experience, released_for_a_wall, small_multiples
from analytics.intervals import wilson_interval
from analytics.items import describe_items, use_of_options
from analytics.mdc import classify
from analytics.reliability import item_rest
from analytics.runchart import analyse

FOCAL_SEED, CLASS_SEED, SMALL_SEED, NETWORK_SEED = 86, 5, 3, 29
SMALLEST_POOLED = 5
BIJLSMA = Components(teacher=1.0, lesson=0.368, student=0.275, teacher_by_lesson=0.423, residual=0.411)
"""Variance components of repeated student ratings: Bijlsma, thesis, Table 2.2."""


def all_pictures(width: theme.Width = "wide") -> list[tuple[str, str, Picture]]:
    """Return name, title and picture of every example, in the order in which a teacher meets them."""
    return [(name, title, build(width)) for name, (title, build) in EXAMPLES.items()]


def _counted(room: Classroom, lesson: int, *, smallest: int = 1) -> pd.DataFrame:
    """Return the steps table of one lesson, the whole way from answers to chart."""
    counts = summary.count_answers(_of(room.answers, lesson), room.items)
    gaps = gap.gap_by_item(counts, _of(room.ratings, lesson), smallest_group=smallest)
    shown = summary.distribution(counts, smallest_group=smallest)
    means = summary.summarise(counts, smallest_group=smallest)
    return shaping.steps_frame(shown, gaps, room.items, summary=means)


def _of(table: pd.DataFrame, lesson: int) -> pd.DataFrame:
    return table[table["administration"] == lesson]


def gap_focal(width: theme.Width = "wide") -> Picture:
    """Return the gap of five focal students."""
    return gap_charts.gap_of_focal_students(
        _counted(classroom(FOCAL_SEED), 1), about="voice", students=5, width=width
    )


def gap_class(width: theme.Width = "wide") -> Picture:
    """Return the gap of a pooled class of 26."""
    room = classroom(CLASS_SEED, students=26, coded=False)
    return gap_charts.gap_of_class(
        _counted(room, 1, smallest=SMALLEST_POOLED), about="voice", students=26, width=width
    )


def gap_small_class(width: theme.Width = "wide") -> Picture:
    """Return the gap of a pooled class of 7: dots, no mean."""
    room = classroom(SMALL_SEED, students=7, coded=False)
    return gap_charts.gap_of_class(_counted(room, 1, smallest=SMALLEST_POOLED), about="voice", width=width)


def distribution_focal(width: theme.Width = "wide") -> Picture:
    """Return the distribution of five focal students, in counts."""
    return distribution.distribution_with_mark(_counted(classroom(FOCAL_SEED), 1), width=width)


def distribution_class(width: theme.Width = "wide") -> Picture:
    """Return the distribution of a class of 26, in percentages."""
    room = classroom(CLASS_SEED, students=26, coded=False)
    return distribution.distribution_with_mark(_counted(room, 1, smallest=SMALLEST_POOLED), width=width)


def prediction_by_student(width: theme.Width = "wide") -> Picture:
    """Return predictions beside answers, two questions, five students."""
    room = classroom(FOCAL_SEED)
    asked = _of(room.predictions, 1)
    frame = shaping.prediction_frame(
        _of(room.answers, 1), asked[asked["item"].isin(["WC5", "AG1"])], room.items
    )
    return predictions.prediction_by_student(frame, width=width)


def prediction_by_counts(width: theme.Width = "wide") -> Picture:
    """Return predicted counts beside what a class of 26 picked."""
    room = classroom(CLASS_SEED, students=26, coded=False)
    frame = _counted(room, 1, smallest=SMALLEST_POOLED)
    frame = frame[frame["item"].isin([QUESTIONS[item][0] for item in ("WC5", "OW1")])]
    return predicted_counts.prediction_by_counts(
        frame.assign(predicted=[1, 5, 12, 8, 2, 7, 11, 6]), width=width
    )


def lines(width: theme.Width = "wide") -> Picture:
    """Return both lines over four cycles of one series, and which side moved."""
    room = classroom(FOCAL_SEED)
    counts = summary.count_answers(room.answers, room.items)
    last = pd.DataFrame({"administration": [3], "earlier": [0]})
    frame = shaping.lines_frame(
        summary.summarise(counts),
        gap.gap_by_item(counts, room.ratings),
        room.items.head(2),
        room.cycles,
        moved=movement.which_side_moved(room.answers, room.ratings, room.items, last),
    )
    return cycles.lines_over_cycles(frame, width=width)


def lines_broken(width: theme.Width = "wide") -> Picture:
    """Return a series whose question changed its words, with late answers and a cycle too few to show."""
    rows = [
        ("Before", 3, 2.0, 6, 1, "", "", "", False),
        ("Cycle 1", 4, 2.0, 6, 1, "", "Talk moves in the launch", "adapt", False),
        ("Cycle 2", 4, None, 4, 1, "", "", "adapt", False),
        ("Cycle 3", 3, 2.0, 7, 2, "new question words", "", "adapt", True),
        ("Cycle 4", 3, 3.0, 7, 2, "", "Partner talk before the class talks", "adopt", False),
    ]
    columns = ["label", "teacher", "students", "n", "line", "reason", "change", "decision", "late"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["options"] = pd.Series([AMOUNT] * len(rows), dtype=object)
    frame = frame.assign(
        item=QUESTIONS["OW1"][0], cycle=range(len(rows)), moved="they rose a step, you stayed"
    )
    return cycles.lines_over_cycles(frame, width=width)


def student_rows(width: theme.Width = "wide") -> Picture:
    """Return one row for each of five focal students over four cycles."""
    room = classroom(FOCAL_SEED, away=0.15)
    frame = shaping.student_rows_frame(room.answers, room.items, room.cycles, item="WC5")
    return students.student_rows(frame, item=QUESTIONS["WC5"][0], width=width)


def run_chart(width: theme.Width = "wide") -> Picture:
    """Return the gap of fourteen lessons, the line taken from the six before the change."""
    gaps = [1.2, 1.0, 1.4, 1.1, 1.3, 1.2, 0.6, None, 0.5, 0.7, 0.3, 0.6, 0.5, 0.4]
    students_there = [5, 5, 4, 5, 5, 5, 4, 0, 5, 5, 5, 4, 5, 5]
    chart = analyse(gaps, baseline=6)
    verdict, rule = shaping.run_chart_words(chart)
    frame = shaping.run_chart_frame(
        gaps, students_there, chart, baseline=6, changes={7: "Talk moves in the launch"}
    )
    item = QUESTIONS["WC5"][0]
    return run_charts.run_chart(frame, item=item, verdict=verdict, rule=rule, width=width)


def calibration_curve(width: theme.Width = "wide") -> Picture:
    """Return how a teacher's predictions came true over a season, in four groups."""
    draw = np.random.default_rng(FOCAL_SEED)
    said = np.sort(draw.beta(2.2, 1.4, size=64))
    came = draw.binomial(5, np.clip(0.1 + 0.7 * said, 0, 1)) / 5
    rows = []
    for group in np.array_split(np.arange(64), 4):
        agreed = round(5 * came[group].sum())
        found = wilson_interval(agreed, 5 * len(group))
        rows.append((said[group].mean(), found.value, found.low, found.high, len(group)))
    frame = pd.DataFrame(rows, columns=["said", "happened", "low", "high", "n"])
    return calibration.calibration_curve(frame, width=width)


def network_answers(classes: int = 40, students_each: int = 20) -> pd.DataFrame:
    """Return ANSWERS of many pooled classes, one lesson each, for item statistics and benchmarks."""
    parts = [
        _of(
            classroom(NETWORK_SEED + k, students=students_each, lessons=2, coded=False, level=level).answers,
            1,
        ).assign(administration=k)
        for k, level in enumerate(np.random.default_rng(NETWORK_SEED).normal(0, 0.5, size=classes))
    ]
    answers: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return answers


def item_report(width: theme.Width = "wide") -> Picture:
    """Return the panel of one question from forty classes."""
    items, answers = question_items(), network_answers()
    wide = answers.pivot_table(
        index=["administration", "student"], columns="item", values="value"
    ).reset_index()
    rest = item_rest(wide[list(QUESTIONS)])
    iccs = {item: icc_classes(wide[item], wide["administration"]).icc1 for item in QUESTIONS}
    frame = shaping_items.item_panel_frame(
        use_of_options(answers, items),
        describe_items(answers, items),
        item="AG1",
        item_rest=dict(zip(rest["item"], rest["item_rest"], strict=True)),
        icc1={item: value for item, value in iccs.items() if value is not None},
    )
    wording = "How much did you get to use your own way to figure it out?"
    return item_panel.item_panel(frame, version="AG1", wording=wording, width=width)


def decision_curve(width: theme.Width = "wide") -> Picture:
    """Return the decision study of published variance components."""
    frame = dependability_of(BIJLSMA).rename(columns={"relative": "dependability"})
    source = (
        "Published components of student ratings of teaching (Bijlsma, Table 2.2), whole classes, a scale."
    )
    return decision_study.decision_study_curve(frame, source=source, width=width)


def data_count_icons(width: theme.Width = "wide") -> Picture:
    """Return the two icons of sixteen lessons whose gap closed."""
    gaps = [1.0, 1.2, 0.9, 1.1, 1.3, 1.0, 1.2, 0.8, 1.1, 0.6, 0.5, 0.6, 0.4, 0.5, 0.4, 0.5]
    return icons.making_data_count_icons(
        icons_frame(classify(gaps, direction="low", target=0.5)), width=width
    )


def icons_frame(chart: Any) -> pd.DataFrame:
    """Return `charts.icons.ICONS` for a Making-Data-Count chart."""
    reason = str(chart.too_few) if chart.too_few else ""
    aim = reason or "No aim was set."
    return pd.DataFrame(
        {
            "variation": [chart.variation or ""],
            "variation_says": [chart.variation_says or reason],
            "assurance": [chart.assurance or ""],
            "assurance_says": [chart.assurance_says or aim],
            "n": [chart.n],
        }
    )


EXAMPLES: dict[str, tuple[str, Callable[[theme.Width], Picture]]] = {
    "gap-focal": ("The gap, five focal students", gap_focal),
    "gap-class": ("The gap, a class of 26", gap_class),
    "gap-small-class": ("The gap, a class of 7", gap_small_class),
    "distribution": ("The answers, five focal students", distribution_focal),
    "distribution-class": ("The answers, a class of 26", distribution_class),
    "prediction-by-student": ("What you predicted, student by student", prediction_by_student),
    "prediction-by-counts": ("What you predicted, in counts", prediction_by_counts),
    "lines": ("Both lines over a series", lines),
    "lines-broken": ("A series with a new question, late answers and a cycle too small", lines_broken),
    "student-rows": ("One row for each student", student_rows),
    "run-chart": ("The gap, lesson by lesson", run_chart),
    "calibration": ("How predictions came true", calibration_curve),
    "heat-table": ("Released gaps of regions and questions", heat_table),
    "released-experience": ("Released shares of the same", released_experience),
    "small-multiples": ("Both lines of each region, from releases", small_multiples),
    "released-wall": ("Released figures of one region, for a wall", released_for_a_wall),
    "item-panel": ("One question", item_report),
    "decision-study": ("How sure are we yet", decision_curve),
    "driver-diagram": ("A driver diagram", driver_diagram),
    "driver-diagram-60": ("A driver diagram of a network", driver_diagram_of_60),
    "icons": ("Did it change, does it meet its aim", data_count_icons),
}
