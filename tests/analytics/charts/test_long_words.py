"""The longest options and questions of the library fit at both widths, whatever the picture."""

import pandas as pd
import pytest

from analytics.charts.cycles import lines_over_cycles
from analytics.charts.distribution import distribution_with_mark
from analytics.charts.gap import gap_of_class, gap_of_focal_students
from analytics.charts.predicted_counts import prediction_by_counts
from analytics.charts.predictions import prediction_by_student
from analytics.charts.students import student_rows
from analytics.gap import THEY_FELT_MORE, YOU_SAW_MORE

SCALES = [
    ("I stopped right away", "I tried a little longer", "I tried a lot longer", "I kept trying to the end"),
    ("Nada", "Un poco", "Más o menos lo que esperaba", "Muchísimo"),
    ("No", "Some", "Yes, a lot"),
    ("Not at all", "Slightly", "Somewhat", "Quite", "Extremely"),
]
QUESTION = (
    "When you got help from a classmate or from your teacher, how much of the thinking was still yours?"
)
WIDTHS = ("wide", "phone")

pytestmark = [
    pytest.mark.parametrize("width", WIDTHS),
    pytest.mark.parametrize("options", SCALES, ids=lambda o: o[0]),
]


def steps(options, each, **more):
    return pd.DataFrame(
        [
            {
                "item": item,
                "step": k,
                "option": option,
                "students": each,
                "teacher": k == teacher,
                "word": word,
                **more,
            }
            for item, teacher, word in (
                (QUESTION, 1, THEY_FELT_MORE),
                (f"{QUESTION} Again.", 2, YOU_SAW_MORE),
            )
            for k, option in enumerate(options, 1)
        ]
    )


def test_a_gap_of_focal_students(options, width, label_faults):
    assert label_faults(gap_of_focal_students(steps(options, 2), width=width, students=12)) == []


def test_a_gap_of_a_class(options, width, label_faults):
    assert label_faults(gap_of_class(steps(options, 8, mean=2.5), width=width)) == []


def test_a_distribution(options, width, label_faults):
    assert label_faults(distribution_with_mark(steps(options, 5), width=width)) == []


def test_both_lines(options, width, label_faults):
    rows = [
        {
            "item": QUESTION,
            "cycle": k,
            "label": f"Cycle {k}, 3 March",
            "teacher": 2,
            "students": 1.5,
            "n": 5,
            "options": options,
            "change": "Talk moves in the launch of the lesson" if k in (2, 4) else "",
            "decision": "abandon",
            "reason": "",
            "line": 1,
            "moved": "they rose a step and a half, you fell a step",
        }
        for k in range(1, 6)
    ]
    assert label_faults(lines_over_cycles(pd.DataFrame(rows), width=width)) == []


def test_rows_of_students(options, width, label_faults):
    rows = [
        {"student": code, "cycle": k, "label": f"Cycle {k}", "step": 1 + k % 3, "options": options}
        for code in "ABCDEF"
        for k in range(1, 6)
    ]
    assert label_faults(student_rows(pd.DataFrame(rows), item=QUESTION, width=width)) == []


def test_predictions_by_student(options, width, label_faults):
    rows = [
        {
            "item": QUESTION,
            "student": code,
            "predicted": 1,
            "picked": step,
            "missing": reason,
            "options": options,
        }
        for code, step, reason in zip(
            "ABCDEF",
            (1, 2, 3, None, None, 3),
            ("", "", "", "did not understand", "did not apply", ""),
            strict=True,
        )
    ]
    assert label_faults(prediction_by_student(pd.DataFrame(rows), width=width)) == []


def test_predicted_counts(options, width, label_faults):
    frame = steps(options, 12).assign(predicted=3)
    assert label_faults(prediction_by_counts(frame, width=width)) == []
