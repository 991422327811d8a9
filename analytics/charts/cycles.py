"""A series as one story: the teacher's line and the students', the gap between them shaded."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas
from analytics.charts.cycles_panel import Panel, Plot
from analytics.charts.legend import STUDENTS, YOU, Key, draw_legend
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

LINES = Table(
    "both lines",
    (
        Column("item", "text", "the question in short words; one panel each, in the order asked"),
        Column("cycle", "whole", "order within the series"),
        Column("label", "text", "what stands under the cycle: 'Before', 'Cycle 2', '3 March'"),
        Column("teacher", "number", "the teacher's own step; empty when she gave none", may_be_empty=True),
        Column(
            "students",
            "number",
            "the students' step: the middle one below 10, the mean from 10 on",
            True,
            True,
        ),
        Column("n", "whole", "students who answered"),
        Column("options", "labels", "the option words from step 1 to K; the same in each row of an item"),
        Column("line", "key", "changes where the line must break", required=False),
        Column("reason", "text", "why the line breaks at this cycle: 'new question words'", False, True),
        Column("change", "text", "the change idea that started with this cycle", False, True),
        Column("decision", "text", "adopt, adapt or abandon", False, True),
        Column("late", "flag", "true when late answers made a second snapshot", required=False),
        Column("moved", "text", "which side moved, in words; the same in each row of an item", False, True),
    ),
    ("item", "cycle"),
)


def lines_over_cycles(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw both lines over the cycles of a series, one panel a question, with changes, decisions and breaks.

    Parameters
    ----------
    frame : DataFrame
        `LINES`: one row an item and cycle. An empty `students` draws no mark and says "too few".
    width : {"wide", "phone"}
        720 or 360 pixels.

    Notes
    -----
    Three cycles make a line, not a signal: run-chart rules are another picture and need ten points.
    """
    panels = _panels(own_rows(LINES, frame))
    told = describe.lines_told([(p.item, p.moved, p.points()) for p in panels])
    return Picture(
        name="lines",
        spec=_spec(panels, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(panels),
        description=told.levels[0],
    )


def _panels(rows: list[dict[str, Any]]) -> list[Panel]:
    items: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        items.setdefault(row["item"], []).append(row)
    return [Panel(item, part[0]["options"], part[0]["moved"] or "", part) for item, part in items.items()]


def _table(panels: list[Panel]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Question": panel.item,
            "Cycle": label,
            "You": you or "no rating",
            "Students": they or "too few",
            "Students answered": n,
            "Change": row["change"] or "",
            "Decision": row["decision"] or "",
            "Note": "; ".join(filter(None, [row["reason"], "late answers" if row["late"] else ""])),
        }
        for panel in panels
        for row, (label, you, they, n) in zip(panel.rows, panel.points(), strict=True)
    )


def _spec(panels: list[Panel], width: theme.Width, description: str) -> dict[str, Any]:
    canvas = Canvas(theme.PIXELS[width])
    keys = [YOU, STUDENTS, Key("box", "gap", theme.SHADE)]
    if any(row["change"] for panel in panels for row in panel.rows):
        keys.append(Key("dashes", "change", theme.CHANGE))
    if any(row["late"] for panel in panels for row in panel.rows):
        keys.append(Key("circle", "with late answers", theme.STUDENT, hollow=True))
    top = draw_legend(canvas, keys) + 4
    for panel in panels:
        top = Plot(canvas, panel, top, phone=width == "phone").draw()
    return canvas.spec(description, height=top)
