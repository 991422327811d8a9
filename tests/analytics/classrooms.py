"""The forty classrooms of golden/gap_prediction_small_n.R, read once for the tests that share them."""

from pathlib import Path

import pandas as pd

GOLDEN = Path(__file__).parent / "golden"


def read(name):
    return pd.read_csv(GOLDEN / f"{name}.csv")


ITEMS = read("classrooms_items_r")
ANSWERS = read("classrooms_answers_r")
RATINGS = read("classrooms_ratings_r")
PREDICTIONS = read("classrooms_predictions_r")
EXPECTED = read("classrooms_expected_r")
