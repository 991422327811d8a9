"""Worked examples of released figures: four invented regions, as a release lets them through."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts import released_cells, released_lines, released_wall, theme
from analytics.charts.picture import Picture
from analytics.classrooms import QUESTIONS

SEED = 29
REGIONS = ("Bay Area", "Central Valley", "Far North", "South Coast")


def heat_table(width: theme.Width = "wide") -> Picture:
    """Return released gaps in points of four regions: some withheld, one without a gap."""
    return released_cells.released_cells(_released_cells("gap"), measure="gap", kind="Region", width=width)


def released_experience(width: theme.Width = "wide") -> Picture:
    """Return what students picked in the same regions: bands, steps of ten, and whole percentages."""
    frame = _released_cells("experience")
    return released_cells.released_cells(frame, measure="experience", kind="Region", width=width)


def _released_cells(measure: str) -> pd.DataFrame:
    draw = np.random.default_rng(SEED)
    bands = ((10, "20 % or less", 7), (50, "20 to 80 %", 8), (45, "40 to 50 %", 14), (63, "63 %", 84))
    rows: list[tuple[str, str, float | None, str | None, int | None, int | None]] = []
    for region in REGIONS:
        for place, (label, _, seen) in enumerate(QUESTIONS.values()):
            if region == "Far North" and place < 2:
                rows.append((region, label, None, None, None, None))
            elif measure == "gap" and place == 3 and region == "South Coast":
                rows.append((region, label, None, "not known", 8, 3))
            elif measure == "gap":
                gap = 5 * round((24 * seen + draw.normal(0, 8)) / 5)
                words = f"{'+' if gap > 0 else '−' if gap < 0 else ''}{abs(gap)}"
                n, teachers = int(draw.integers(12, 90)), int(draw.integers(3, 15))
                rows.append((region, label, gap, words, n, teachers))
            else:
                middle, words, n = bands[(place + REGIONS.index(region)) % 4]
                rows.append((region, label, middle, words, n, int(draw.integers(3, 15))))
    return pd.DataFrame(rows, columns=["group", "item", "place", "words", "n", "teachers"])


def small_multiples(width: theme.Width = "wide") -> Picture:
    """Return both lines of four regions: one withheld at first, one without ratings."""
    draw = np.random.default_rng(SEED)
    rows: list[tuple[str, int, int | None, int | None, int | None]] = []
    for region in REGIONS:
        for cycle in range(4):
            students = 5 * round((35 + 8 * cycle + draw.normal(0, 4)) / 5)
            hidden = region == "Far North" and cycle < 2
            rated = None if hidden or region == "South Coast" else students + max(5, 25 - 5 * cycle)
            n = int(draw.integers(12, 60))
            rows.append((region, cycle, None if hidden else students, rated, None if hidden else n))
    frame = pd.DataFrame(rows, columns=["group", "cycle", "students", "teacher", "n"])
    return released_lines.released_lines(frame, item=QUESTIONS["WC5"][0], kind="Region", width=width)


def released_for_a_wall(width: theme.Width = "wide") -> Picture:
    """Return one region's released figures for a wall: gaps both ways, alike, a band, one withheld."""
    labels = [label for label, *_ in QUESTIONS.values()]
    figures = ((55, 80, "47 %", 84), (70, 60, "66 %", 84), (None, None, "20 to 80 %", 8), (None,) * 4)
    rows = [(label, *figure) for label, figure in zip(labels, figures, strict=False)]
    rows.append(("Built on what others said", 62, 62, "58 %", 61))
    frame = pd.DataFrame(rows, columns=["item", "students", "teacher", "words", "n"])
    return released_wall.released_wall(frame, group="North Valley", width=width)
