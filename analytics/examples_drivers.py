"""Worked examples of driver diagrams: a teacher's small one, and a network's with sixty boxes."""

from __future__ import annotations

import pandas as pd

from analytics.charts import drivers, theme
from analytics.charts.picture import Picture


def driver_diagram(width: theme.Width = "wide") -> Picture:
    """Return a small driver diagram."""
    rows = [
        ("aim", None, "By May every student has a chance to share an idea in each lesson", ""),
        ("talk", "aim", "Students talk to each other", ""),
        ("choice", "aim", "Tasks leave room for choice", ""),
        ("time", "talk", "Time to think before talk", ""),
        ("moves", "time", "Talk moves in the launch", "3 cycles, adopted"),
        ("quiet", "time", "One minute of quiet writing", ""),
    ]
    return drivers.driver_diagram(pd.DataFrame(rows, columns=["node", "parent", "text", "note"]), width=width)


def driver_diagram_of_60(width: theme.Width = "wide") -> Picture:
    """Return a network's driver diagram with sixty boxes."""
    return drivers.driver_diagram(_sixty_boxes(), width=width)


def _sixty_boxes() -> pd.DataFrame:
    primary = (
        "Students talk to each other",
        "Tasks leave room for choice",
        "Mistakes are used",
        "Teachers listen",
    )
    secondary = ("Time to think", "More than one way in", "Ideas are named", "Groups need each person")
    ideas = (
        "Talk moves in the launch",
        "One minute of quiet writing",
        "Two problems, pick one",
        "Exit ticket read aloud",
    )
    rows: list[tuple[str, str | None, str, str]] = [
        ("aim", None, "Every student has a voice in math and science", "")
    ]
    for p, driver in enumerate(primary):
        rows.append((f"p{p}", "aim", driver, ""))
        for s in range(3 if p < 3 else 2):
            rows.append((f"p{p}s{s}", f"p{p}", secondary[(p + s) % 4], ""))
            for c in range(4):
                note = "2 cycles, adapt" if (p + s + c) % 3 == 0 else ""
                rows.append((f"p{p}s{s}c{c}", f"p{p}s{s}", ideas[(s + c) % 4], note))
    return pd.DataFrame(rows, columns=["node", "parent", "text", "note"])
