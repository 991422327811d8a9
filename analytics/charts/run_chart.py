"""The gap lesson by lesson on a run chart: its line, its runs, and the rule that judges them."""

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

POINTS = Table(
    "run chart",
    (
        Column("lesson", "whole", "order within the series"),
        Column(
            "gap", "number", "teacher minus students in steps; empty where there is none", may_be_empty=True
        ),
        Column("n", "whole", "students behind the gap"),
        Column("centre", "number", "the line in this lesson; empty where there is none", may_be_empty=True),
        Column("frozen", "flag", "true where the line is extended from the baseline", required=False),
        Column("signal", "flag", "true for the points of a run that is a signal", required=False),
        Column("change", "text", "the change idea that started with this lesson", False, True),
        Column("prediction", "number", "the gap that was predicted for this lesson", False, True),
    ),
    ("lesson",),
)
HIGH = 220


def run_chart(
    frame: pd.DataFrame, *, item: str, verdict: str, rule: str, width: theme.Width = "wide"
) -> Picture:
    """Draw the gap over lessons with its centre line, and say what the rule says.

    Parameters
    ----------
    frame : DataFrame
        `POINTS`: one row a lesson, in order.
    item : str
        The question in short words.
    verdict : str
        What the rule says, or why it cannot say anything: one sentence; it becomes the headline.
    rule : str
        The rule's name and its numbers: stands on the chart.
    width : {"wide", "phone"}
        720 or 360 pixels.
    """
    rows = sorted(own_rows(POINTS, frame), key=lambda row: int(row["lesson"]))
    told = describe.run_told(item, verdict, rule, [(row["lesson"], row["gap"], row["n"]) for row in rows])
    return Picture(
        name="run-chart",
        spec=_spec(rows, item, rule, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {
                "Lesson": row["lesson"],
                "Gap in steps": describe.signed(row["gap"]) if row["gap"] is not None else "none",
                "Students": row["n"],
                "Line": describe.signed(row["centre"]) if row["centre"] is not None else "none",
                "Part of a signal": "yes" if row["signal"] else "no",
                "Change": row["change"] or "",
            }
            for row in rows
        ),
        description=told.levels[0],
    )


def _spec(rows: list[dict[str, Any]], item: str, rule: str, width: theme.Width, says: str) -> dict[str, Any]:
    phone = width == "phone"
    sheet = Canvas(theme.PIXELS[width])
    top = draw_legend(sheet, _keys(rows)) + 6
    top += sheet.word(item, x=0, y=top, size=15, bold=True, room=sheet.width, hang=True) + 8
    left, right = (52.0, 346.0) if phone else (64.0, 690.0)
    across = Span((rows[0]["lesson"], max(rows[-1]["lesson"], rows[0]["lesson"] + 1)), (left, right))
    apart = (right - left) / max(len(rows) - 1, 1)
    top, changes = _changes(sheet, rows, across, apart, top)
    gaps = [row[name] for row in rows for name in ("gap", "prediction", "centre") if row[name] is not None]
    ends = _reach(gaps)
    floor = top + HIGH
    plot = sheet.panel(across=across, down=Span(ends, (floor, top)))
    _scale(plot, ends, (left, right))
    for x, start in changes:
        sheet.rules([{}], x=x, y=start, y2=floor, colour=theme.CHANGE, thick=2, dash=(5, 4))
    _lines(plot, rows)
    _marks(plot, rows)
    every = max(1, -(-22 // max(int(apart), 1)))
    labels = [
        {"lesson": row["lesson"], "text": str(row["lesson"])} for k, row in enumerate(rows) if k % every == 0
    ]
    plot.words(labels, x="lesson", y=floor + 6, size=13, colour=theme.QUIET, align="center", hang=True)
    sheet.word("lesson", x=0, y=floor + 13, size=13, colour=theme.QUIET)
    high = sheet.word(rule, x=0, y=floor + 34, size=13, colour=theme.QUIET, room=sheet.width, hang=True)
    return sheet.spec(says, height=floor + 40 + high)


def _keys(rows: list[dict[str, Any]]) -> list[Key]:
    keys = [Key("circle", "gap in one lesson", theme.NEUTRAL)]
    if any(row["signal"] for row in rows):
        keys.append(Key("triangle", "part of a signal", theme.TEACHER))
    if any(row["prediction"] is not None for row in rows):
        keys.append(Key("diamond", "you predicted", theme.TEACHER, hollow=True))
    keys.append(Key("dashes" if any(row["frozen"] for row in rows) else "rule", "middle line", theme.INK))
    return [*keys, Key("dots", "we see it alike", theme.AGREEMENT)]


def _changes(
    sheet: Canvas, rows: list[dict[str, Any]], across: Span, apart: float, top: float
) -> tuple[float, list[tuple[float, float]]]:
    """Write each change idea, the latest on top; return the plot's top and the rules' places."""
    places: list[tuple[float, float]] = []
    for row in reversed(rows):
        if row["change"]:
            x = across.at(row["lesson"]) - apart / 2
            to_the_left = x > sheet.width / 2
            room = (x if to_the_left else sheet.width - x) - 10
            end: dict[str, Any] = {"x": x - 6, "align": "right"} if to_the_left else {"x": x + 6}
            places.append((x, top))
            top += sheet.word(
                row["change"], y=top, size=13, bold=True, colour=theme.CHANGE, room=room, hang=True, **end
            )
    return top + (6 if places else 0), places


def _reach(gaps: list[float]) -> tuple[float, float]:
    """Return the ends of the scale: around 0, with room on the other side only when a gap lies there."""
    reach = max([1.0, *(abs(gap) for gap in gaps)]) * 1.1
    return (-reach if min(gaps, default=0) < 0 else -0.3, reach if max(gaps, default=0) > 0 else 0.3)


def _scale(plot: Canvas, scale: tuple[float, float], ends: tuple[float, float]) -> None:
    left, right = ends
    ticks = [{"gap": k, "text": describe.signed(k)} for k in range(int(scale[0]), int(scale[1]) + 1)]
    plot.rules([tick for tick in ticks if tick["gap"]], x=left - 10, x2=right + 10, y="gap")
    zero = [{"gap": 0}]
    plot.rules(zero, x=left - 10, x2=right + 10, y="gap", colour=theme.AGREEMENT, thick=2, dash=(2, 4))
    plot.words(ticks, x=left - 18, y="gap", size=13, colour=theme.QUIET, align="right")


def _lines(plot: Canvas, rows: list[dict[str, Any]]) -> None:
    """Join the gaps, and draw the centre: solid over the baseline, dashed where it is extended."""
    run, joined = 0, []
    for row in rows:
        run += row["gap"] is None
        if row["gap"] is not None:
            joined.append({"lesson": row["lesson"], "gap": row["gap"], "run": run})
    plot.line(joined, x="lesson", y="gap", colour=theme.EDGE, thick=1.5, by="run")
    for frozen in (False, True):
        part = [row for row in rows if row["centre"] is not None and bool(row["frozen"]) == frozen]
        ends = [
            {"from": row["lesson"] - 0.5, "to": row["lesson"] + 0.5, "centre": row["centre"]} for row in part
        ]
        dash = (6, 3) if frozen else None
        plot.rules(ends, x="from", x2="to", y="centre", colour=theme.INK, thick=1.5, dash=dash)


def _marks(plot: Canvas, rows: list[dict[str, Any]]) -> None:
    predicted = [
        {"lesson": row["lesson"], "gap": row["prediction"]} for row in rows if row["prediction"] is not None
    ]
    plot.points(predicted, x="lesson", y="gap", colour=theme.TEACHER, shape="diamond", size=150, hollow=True)
    for signal, colour, shape in ((False, theme.NEUTRAL, "circle"), (True, theme.TEACHER, "triangle-up")):
        marks = [
            {"lesson": row["lesson"], "gap": row["gap"], "say": _say(row)}
            for row in rows
            if row["gap"] is not None and bool(row["signal"]) == signal
        ]
        plot.points(marks, x="lesson", y="gap", colour=colour, shape=shape, size=110)


def _say(row: dict[str, Any]) -> str:
    signal = ", part of a signal" if row["signal"] else ""
    students = describe.counted(row["n"], "student")
    return f"Lesson {row['lesson']}: gap {describe.signed(row['gap'])} ({students}){signal}"
