"""The row of marks with their meaning that stands above a picture, wrapped where the sheet is narrow."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.charts import theme
from analytics.charts.canvas import Canvas
from analytics.charts.lettering import text_width

LINE = 24


@dataclass(frozen=True)
class Key:
    """One mark and its meaning; `mark` is circle, ring, triangle, diamond, box, rule, dashes or dots."""

    mark: str
    words: str
    colour: str
    hollow: bool = False


STUDENTS = Key("circle", "students", theme.STUDENT)
YOU = Key("diamond", "you", theme.TEACHER)


def draw_legend(canvas: Canvas, keys: list[Key], *, top: float = 0) -> float:
    """Draw the keys from the left, in lines as wide as the sheet; return where the next thing may start."""
    left, y = 0.0, top + 10
    for key in keys:
        wide = 24 + text_width(key.words, 14, bold=True)
        if left and left + wide > canvas.width:
            left, y = 0.0, y + LINE
        _draw(canvas, key, left, y)
        colour = key.colour if key.mark in ("circle", "diamond", "triangle") else theme.QUIET
        canvas.word(key.words, x=left + 24, y=y, size=14, colour=colour, bold=colour != theme.QUIET)
        left += wide + 14
    return y + LINE - 10


def _draw(canvas: Canvas, key: Key, left: float, y: float) -> None:
    if key.mark == "triangle":
        canvas.points([{}], x=left + 9, y=y, colour=key.colour, shape="triangle-up", size=110)
    elif key.mark == "ring":
        canvas.points([{}], x=left + 9, y=y, colour=key.colour, size=60, outline=True)
    elif key.mark in ("circle", "diamond"):
        size = 150 if key.mark == "diamond" else 130
        canvas.points([{}], x=left + 9, y=y, colour=key.colour, shape=key.mark, size=size, hollow=key.hollow)
    elif key.mark == "box":
        canvas.boxes([{}], x=left, x2=left + 18, y=y - 7, y2=y + 7, colour=key.colour, edge=theme.EDGE)
    else:
        dash = {"dashes": (5, 4), "dots": (2, 4)}.get(key.mark)
        canvas.rules([{}], x=left, x2=left + 18, y=y, colour=key.colour, thick=2, dash=dash)
