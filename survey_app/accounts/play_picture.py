"""The gap picture of the round to play: through the same functions as every teacher's own results."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analytics.charts.gap import gap_of_focal_students
from analytics.charts.shaping import steps_frame
from analytics.gap import gap_by_item
from analytics.prediction import score_student_predictions
from analytics.summary import count_answers, distribution
from survey_app.accounts.play import CHANCE, OPTIONS, QUESTIONS, STUDENTS
from survey_app.ui.figures import draw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from survey_app.ui.figures import Drawing

ITEMS = pd.DataFrame(
    {
        "item": [question.key for question in QUESTIONS],
        "steps": len(OPTIONS),
        "label": [question.label for question in QUESTIONS],
        "options": [OPTIONS for _ in QUESTIONS],
    }
)
ANSWERS = pd.DataFrame(
    {"administration": 1, "item": question.key, "student": one.code, "value": one.picked[question.name]}
    for question in QUESTIONS
    for one in STUDENTS
)


def gap_drawing(rating: Mapping[str, int]) -> Drawing:
    """Return the gap picture for a rating of the two questions."""
    counted = count_answers(ANSWERS, ITEMS)
    ratings = pd.DataFrame(
        {"administration": 1, "item": question.key, "value": rating[question.name]} for question in QUESTIONS
    )
    steps = steps_frame(distribution(counted), gap_by_item(counted, ratings), ITEMS)
    return draw(gap_of_focal_students, steps, about="voice and choice")


def predicted_exactly(predicted: Mapping[str, int]) -> tuple[int, int]:
    """Return how many of the five were predicted exactly, and how many at most one step off."""
    values = [predicted[f"student_{one.code}"] for one in STUDENTS]
    codes = [one.code for one in STUDENTS]
    predictions = pd.DataFrame({"administration": 1, "item": CHANCE.key, "student": codes, "value": values})
    scores = score_student_predictions(ANSWERS, predictions, ITEMS).iloc[0]
    return int(scores["exact"]), int(scores["within_one"])
