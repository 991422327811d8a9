"""The words beside every picture: what is drawn, the numbers, the pattern; never why: that is the teacher's.

The levels are those of Lundgard and Satyanarayan (2022), Accessible Visualization via Natural Language
Descriptions. The four words of the gap come with the numbers (`analytics.gap`); here they are only put into
sentences. Every headline says how many students it rests on, and below ten students all numbers are counts.
"""

from __future__ import annotations

from analytics.describe.cycle import (
    SPLIT,
    beside_the_mark,
    counts_told,
    distribution_told,
    foreseen_words,
    gap_told,
    moved_words,
    prediction_told,
)
from analytics.describe.released import released_lines_told, released_told, released_wall_told
from analytics.describe.research import decision_told, drivers_told, icons_told, item_told
from analytics.describe.series import calibration_told, lines_told, run_told, students_told, who_moved
from analytics.describe.words import Told, between, capital, counted, listed, percent, signed

__all__ = [
    "SPLIT",
    "Told",
    "beside_the_mark",
    "between",
    "calibration_told",
    "capital",
    "counted",
    "counts_told",
    "decision_told",
    "distribution_told",
    "drivers_told",
    "foreseen_words",
    "gap_told",
    "icons_told",
    "item_told",
    "lines_told",
    "listed",
    "moved_words",
    "percent",
    "prediction_told",
    "released_lines_told",
    "released_told",
    "released_wall_told",
    "run_told",
    "signed",
    "students_told",
    "who_moved",
]
