"""The published and R cases that the tests of cycles and items share."""

import json
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "golden"
R = json.loads((FOLDER / "over_cycles_items_r.json").read_text())


def expected(case):
    """Return the expected values of a published case."""
    return json.loads((FOLDER / f"{case}.expected.json").read_text())["expected"]


def table(name):
    """Return a golden table."""
    return pd.read_csv(FOLDER / f"{name}.csv")
