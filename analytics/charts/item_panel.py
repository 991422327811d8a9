"""One question as researchers see it: options used, answers missing, and how it does beside the others."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import text_width, wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, FrameError, Table

ITEM_PANEL = Table(
    "item panel",
    (
        Column("part", "text", "'use' (an option), 'missing' (a reason) or 'quality' (an index)"),
        Column("label", "text", "the option, the reason or the index, in words"),
        Column("version", "text", "the item version that the row speaks of"),
        Column(
            "value", "number", "share 0 to 1, or the index; empty when too few answered", may_be_empty=True
        ),
        Column("n", "whole", "answers behind the value"),
        Column("low", "number", "low end of the range that is fine, for an index", False, True),
        Column("high", "number", "high end of the range that is fine, for an index", False, True),
        Column("axis_low", "number", "where the index's axis starts", False, True),
        Column("axis_high", "number", "where the index's axis ends", False, True),
    ),
    ("part", "label", "version"),
)
PARTS = {
    "use": "Which answers are used",
    "missing": "What is missing",
    "quality": "Beside the other questions",
}
LINE = 30


def item_panel(frame: pd.DataFrame, *, version: str, wording: str, width: theme.Width = "wide") -> Picture:
    """Draw one item version: use of options, missing answers, each index on its axis beside other items.

    Parameters
    ----------
    frame : DataFrame
        `ITEM_PANEL`: rows of this version in all parts, and of other versions in 'quality' only.
    version : str
        The version to look at.
    wording : str
        Its words as a child sees them; they stand on top.
    width : {"wide", "phone"}
        720 or 360 pixels.

    Raises
    ------
    FrameError
        If a part has another name, or the version has no row.
    """
    rows = own_rows(ITEM_PANEL, frame)
    strange = next((row["part"] for row in rows if row["part"] not in PARTS), None)
    if strange is not None:
        raise FrameError(
            ITEM_PANEL.name, f"Expected one of {', '.join(PARTS)}.", column="part", value=strange
        )
    own = [row for row in rows if row["version"] == version]
    if not own:
        raise FrameError(ITEM_PANEL.name, f"No row speaks of version {version!r}.", column="version")
    parts = {part: [row for row in own if row["part"] == part] for part in PARTS}
    others = [row for row in rows if row["version"] != version and row["part"] == "quality"]
    told = describe.item_told(
        wording,
        {part: [(r["label"], shown(r), r["n"]) for r in part_rows] for part, part_rows in parts.items()},
        [(r["label"], verdict(r)) for r in parts["quality"]],
    )
    return Picture(
        name="item-panel",
        spec=_spec(parts, others, wording, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {"Part": PARTS[part], "What": r["label"], "Value": shown(r), "n": r["n"], "In words": verdict(r)}
            for part, part_rows in parts.items()
            for r in part_rows
        ),
        description=told.levels[0],
    )


def shown(row: dict[str, Any]) -> str:
    """Return a row's value as it is written: a percentage for a share, two decimals for an index."""
    if row["value"] is None:
        return "too few"
    return f"{row['value']:.2f}" if row["part"] == "quality" else describe.percent(row["value"])


def verdict(row: dict[str, Any]) -> str:
    """Return whether an index lies where it should, in words; nothing for shares."""
    if row["part"] != "quality" or row["value"] is None:
        return ""
    if row["low"] is not None and row["value"] < row["low"]:
        return f"below {row['low']:g}"
    if row["high"] is not None and row["value"] > row["high"]:
        return f"above {row['high']:g}"
    return "fine"


def _spec(
    parts: dict[str, list[dict[str, Any]]],
    others: list[dict[str, Any]],
    wording: str,
    width: theme.Width,
    says: str,
) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    top = sheet.word(f"“{wording}”", x=0, y=4, size=18, bold=True, room=sheet.width, hang=True) + 22
    if width == "phone":
        for part in ("use", "missing"):
            top = _bars(sheet, part, parts[part], (0, sheet.width), top) + 18
    else:
        half = sheet.width / 2
        floors = [
            _bars(sheet, "use", parts["use"], (0, half - 20), top),
            _bars(sheet, "missing", parts["missing"], (half + 10, sheet.width), top),
        ]
        top = max(floors) + 22
    return sheet.spec(says, height=_strip(sheet, parts["quality"], others, top, phone=width == "phone"))


def _bars(
    sheet: Canvas, part: str, rows: list[dict[str, Any]], ends: tuple[float, float], top: float
) -> float:
    left, right = ends
    answers = max((row["n"] for row in rows), default=0)
    sheet.word(f"{PARTS[part]} (n {answers})", x=left, y=top + 8, size=15, bold=True)
    top += 26
    label = min(130.0, max((text_width(row["label"], 13) for row in rows), default=0)) + 10
    plot = sheet.panel(across=Span((0, 1), (left + label, right - 44)))
    for row in rows:
        sheet.word(row["label"], x=left, y=top + LINE / 2, size=13, room=label - 8)
        if row["value"] is not None:
            say = f"{row['label']}: {shown(row)} of {row['n']}"
            bar = [{"zero": 0, "value": row["value"], "say": say}]
            plot.boxes(
                bar,
                x="zero",
                x2="value",
                y=top + 5,
                y2=top + LINE - 5,
                colour=theme.STUDENT_TINT,
                edge=theme.STUDENT,
            )
        end = row["value"] or 0
        plot.words([{"value": end, "text": shown(row)}], x="value", y=top + LINE / 2, size=13, shift=6)
        top += LINE
    return top


def _strip(
    sheet: Canvas, rows: list[dict[str, Any]], others: list[dict[str, Any]], top: float, *, phone: bool
) -> float:
    sheet.word(PARTS["quality"], x=0, y=top + 8, size=15, bold=True)
    keys = [
        Key("circle", "this question", theme.STUDENT),
        Key("ring", "other questions", theme.NEUTRAL),
        Key("box", "fine", theme.SHADE),
    ]
    top = draw_legend(sheet, keys, top=top + 24) + 6
    for row in rows:
        top = _index(sheet, row, [o for o in others if o["label"] == row["label"]], top, phone=phone)
    return top


def _index(
    sheet: Canvas, row: dict[str, Any], others: list[dict[str, Any]], top: float, *, phone: bool
) -> float:
    low, high = row["axis_low"] or 0.0, 1.0 if row["axis_high"] is None else row["axis_high"]
    left, right = (10.0, 230.0) if phone else (220.0, 540.0)
    if phone:
        top += sheet.word(row["label"], x=0, y=top + 4, size=14, room=sheet.width, hang=True)
    else:
        sheet.word(row["label"], x=0, y=top + 20, size=14, room=left - 20)
    plot = sheet.panel(across=Span((low, high), (left, right)))
    fine = {
        "from": max(low, low if row["low"] is None else row["low"]),
        "to": min(high, high if row["high"] is None else row["high"]),
    }
    plot.boxes([fine], x="from", x2="to", y=top + 8, y2=top + 32, colour=theme.SHADE)
    sheet.rules([{}], x=left, x2=right, y=top + 20)
    spread = [{"value": o["value"]} for o in others if o["value"] is not None]
    plot.points(spread, x="value", y=top + 20, colour=theme.NEUTRAL, size=60, outline=True)
    if row["value"] is not None:
        say = f"{row['label']}: {shown(row)}, {verdict(row)}, n {row['n']}"
        plot.points(
            [{"value": row["value"], "say": say}], x="value", y=top + 20, colour=theme.STUDENT, size=150
        )
    words = ", ".join(filter(None, [shown(row), verdict(row)]))
    bold = verdict(row) not in ("fine", "")
    room = sheet.width - right - 18
    sheet.words(
        [{"text": wrapped(words, room, size=14, bold=bold), "y": top + 20}],
        x=right + 18,
        y="y",
        size=14,
        bold=bold,
    )
    return top + 42
