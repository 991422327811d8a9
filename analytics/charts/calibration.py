"""Over many predictions: of those the teacher said would pick a top answer, how many did."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import Key, draw_legend
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

CALIBRATION = Table(
    "calibration",
    (
        Column("said", "number", "mean predicted share of the group, 0 to 1"),
        Column("happened", "number", "share that came true, 0 to 1"),
        Column("low", "number", "low end of its interval, 0 to 1"),
        Column("high", "number", "high end of its interval, 0 to 1"),
        Column("n", "whole", "predictions in the group"),
    ),
    ("said",),
)
FEWEST_PREDICTIONS = 30
"""Below this many predictions the curve is noise (Bröcker and Smith 2007), so none is drawn."""


def calibration_curve(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw what happened against what was said, with the line on which both agree.

    Parameters
    ----------
    frame : DataFrame
        `CALIBRATION`: one row a group of like predictions.
    width : {"wide", "phone"}
        720 or 360 pixels.

    Returns
    -------
    Picture
        With fewer than 30 predictions only the empty field, and the sentence says how many are still needed.
    """
    rows = sorted(own_rows(CALIBRATION, frame), key=lambda row: float(row["said"]))
    n = sum(row["n"] for row in rows)
    shown = rows if n >= FEWEST_PREDICTIONS else []
    told = describe.calibration_told(
        [(row["said"], row["happened"], row["n"]) for row in shown], n=n, needed=FEWEST_PREDICTIONS
    )
    return Picture(
        name="calibration",
        spec=_spec(shown, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(shown),
        description=told.levels[0],
    )


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = ["You said", "Happened", "Likely between", "Predictions"]
    return pd.DataFrame(
        [
            (
                describe.percent(row["said"]),
                describe.percent(row["happened"]),
                f"{describe.percent(row['low'])} and {describe.percent(row['high'])}",
                row["n"],
            )
            for row in rows
        ],
        columns=columns,
    )


def _spec(rows: list[dict[str, Any]], width: theme.Width, description: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    keys = [
        Key("circle", "what happened, with its likely range", theme.STUDENT),
        Key("dots", "just as you said", theme.AGREEMENT),
    ]
    top = draw_legend(sheet, keys) + 34
    left, side = (64.0, 264.0) if width == "phone" else (210.0, 340.0)
    floor = top + side
    plot = sheet.panel(across=Span((0, 1), (left, left + side)), down=Span((0, 1), (floor, top)))
    ticks = [{"at": share, "text": describe.percent(share)} for share in (0, 0.25, 0.5, 0.75, 1)]
    plot.rules(ticks, x="at", y=top, y2=floor)
    plot.rules(ticks, x=left, x2=left + side, y="at")
    plot.words(ticks, x="at", y=floor + 8, size=13, colour=theme.QUIET, align="center", hang=True)
    plot.words(ticks, x=left - 8, y="at", size=13, colour=theme.QUIET, align="right")
    agreed = [{"x": 0, "y": 0, "x2": 1, "y2": 1}]
    plot.rules(agreed, x="x", x2="x2", y="y", y2="y2", colour=theme.AGREEMENT, thick=2, dash=(2, 4))
    plot.rules(
        [_kept(row, "said", "low", "high") for row in rows],
        x="said",
        y="low",
        y2="high",
        colour=theme.STUDENT,
        thick=2,
    )
    marks = [_kept(row, "said", "happened") | {"say": _say(row)} for row in rows]
    plot.points(marks, x="said", y="happened", colour=theme.STUDENT, size=150)
    for row in rows:
        # On the far side of the dotted line, so that no label stands on it.
        above = row["happened"] >= row["said"]
        label = [{"said": row["said"], "end": row["high" if above else "low"], "text": f"n {row['n']}"}]
        lift = 10 if above else -12
        plot.words(label, x="said", y="end", size=12, colour=theme.QUIET, lift=lift, align="center")
    sheet.word("How many picked a top answer", x=left - 40, y=top - 20, size=13, bold=True)
    sheet.word("How many you said would", x=left + side, y=floor + 34, size=13, bold=True, align="right")
    return sheet.spec(description, height=floor + 48)


def _kept(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _say(row: dict[str, Any]) -> str:
    said, happened = describe.percent(row["said"]), describe.percent(row["happened"])
    return f"You said {said}, {happened} happened ({describe.counted(row['n'], 'prediction')})"
