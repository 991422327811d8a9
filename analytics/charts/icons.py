"""The two icons of a Making-Data-Count chart, drawn plainly, with the words that must stand beside them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, FrameError, Table

ICONS = Table(
    "icons",
    (
        Column(
            "variation",
            "text",
            "name of the variation icon; empty where it may not be shown",
            may_be_empty=True,
        ),
        Column("variation_says", "text", "its words, or why there is no icon"),
        Column(
            "assurance", "text", "name of the assurance icon; empty where there is none", may_be_empty=True
        ),
        Column("assurance_says", "text", "its words, or why there is no icon"),
        Column("n", "whole", "lessons on the chart"),
    ),
    ("variation_says",),
)
_WANDER = (0.1, -0.35, 0.3, -0.2, 0.35, -0.1)
_RISE = (-0.5, -0.35, -0.45, -0.1, 0.25, 0.55)
_CLEAR = (0.45, 0.3, 0.55, 0.35, 0.6, 0.4)
VARIATION: dict[str, tuple[tuple[float, ...], str, str]] = {
    "common_cause": (_WANDER, "", theme.NEUTRAL),
    "improvement_high": (_RISE, "H", theme.TEACHER),
    "improvement_low": (tuple(-y for y in _RISE), "L", theme.TEACHER),
    "concern_high": (_RISE, "H", theme.STUDENT),
    "concern_low": (tuple(-y for y in _RISE), "L", theme.STUDENT),
    "neither_high": (_RISE, "H", theme.CHANGE),
    "neither_low": (tuple(-y for y in _RISE), "L", theme.CHANGE),
}
ASSURANCE: dict[str, tuple[tuple[float, ...], str, str]] = {
    "pass": (_CLEAR, "P", theme.TEACHER),
    "hit_or_miss": (_WANDER, "?", theme.NEUTRAL),
    "fail": (tuple(-y for y in _CLEAR), "F", theme.STUDENT),
}
ROUND = 36


def making_data_count_icons(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw the variation and the assurance icon with their words.

    Parameters
    ----------
    frame : DataFrame
        `ICONS`: one row, the names and words of `analytics.mdc.MdcChart`.
    width : {"wide", "phone"}
        720 pixels side by side, or 360 one above the other.

    Raises
    ------
    FrameError
        If there is more than one row or an icon has another name.
    """
    rows = own_rows(ICONS, frame)
    if len(rows) > 1:
        raise FrameError(ICONS.name, f"Expected one row, found {len(rows)}.")
    row = rows[0]
    for column, known in (("variation", VARIATION), ("assurance", ASSURANCE)):
        if row[column] and row[column] not in known:
            raise FrameError(
                ICONS.name, f"Expected one of {', '.join(known)}.", column=column, value=row[column]
            )
    told = describe.icons_told(row["variation_says"], row["assurance_says"], row["n"])
    return Picture(
        name="making-data-count-icons",
        spec=_spec(row, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {
                "Icon": ["Variation", "Assurance"],
                "Says": [row["variation_says"], row["assurance_says"]],
                "Lessons": [row["n"], row["n"]],
            }
        ),
        description=told.levels[0],
    )


def _spec(row: dict[str, Any], width: theme.Width, says: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    step = (0, 100) if width == "phone" else (360, 0)
    for k, (name, looks) in enumerate((("variation", VARIATION), ("assurance", ASSURANCE))):
        x, y = k * step[0] + ROUND + 4, k * step[1] + ROUND + 8
        words = row[f"{name}_says"]
        if not row[name]:
            circle = [{"x": x - ROUND, "x2": x + ROUND, "say": words}]
            sheet.withheld(circle, x="x", x2="x2", y=y - ROUND, y2=y + ROUND, corner=ROUND)
        else:
            _icon(sheet, x, y, looks[row[name]], target=name == "assurance", says=words)
        sheet.word(words, x=x + ROUND + 16, y=y, size=14, room=360 - 2 * ROUND - 32)
    return sheet.spec(says, height=2 * ROUND + 16 + step[1])


def _icon(
    sheet: Canvas, x: float, y: float, look: tuple[tuple[float, ...], str, str], *, target: bool, says: str
) -> None:
    heights, letter, colour = look
    circle = [{"x": x - ROUND, "x2": x + ROUND, "say": says}]
    sheet.boxes(
        circle, x="x", x2="x2", y=y - ROUND, y2=y + ROUND, colour=theme.PAPER, edge=colour, corner=ROUND
    )
    inside = sheet.panel(across=Span((0, 5), (x - 24, x + 24)), down=Span((-1, 1), (y + 24 + 6, y - 24 + 6)))
    if target:
        aim = [{"place": place, "height": 0} for place in (-0.4, 5.4)]
        inside.line(aim, x="place", y="height", colour=theme.CHANGE, thick=2, dash=(4, 3))
    path = [{"place": k, "height": height} for k, height in enumerate(heights)]
    inside.line(path, x="place", y="height", colour=colour, thick=1.5)
    inside.points(path, x="place", y="height", colour=colour, size=32)
    if letter:
        sheet.word(letter, x=x, y=y - 23, size=14, bold=True, align="center", colour=colour)
