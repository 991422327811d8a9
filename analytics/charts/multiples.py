"""One small chart a region, the network's middle behind each; from releases only, with withheld cells."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, FrameError, Table

MULTIPLES = Table(
    "small multiples",
    (
        Column("region", "text", "the region's name"),
        Column("cycle", "whole", "cycle number, the same for all regions"),
        Column(
            "gap", "number", "released gap in steps, teacher minus student; empty where withheld", True, True
        ),
        Column("teachers", "number", "teachers behind it; empty where withheld", may_be_empty=True),
        Column(
            "network", "number", "the network's released gap in this cycle; empty where withheld", True, True
        ),
    ),
    ("region", "cycle"),
)
MOST_REGIONS = 12
KEYS = [
    Key("circle", "gap in this region", theme.STUDENT),
    Key("rule", "all regions", theme.NEUTRAL),
    Key("dots", "both alike", theme.AGREEMENT),
]
HIGH = 96


def small_multiples(frame: pd.DataFrame, *, item: str, width: theme.Width = "wide") -> Picture:
    """Draw the gap over cycles once for each region, on one scale, in alphabetical order.

    Parameters
    ----------
    frame : DataFrame
        `MULTIPLES`: one row a region and cycle, as `analytics.release` let it through.
    item : str
        The question in short words.
    width : {"wide", "phone"}
        720 pixels with four regions beside each other, or 360 with two.

    Raises
    ------
    FrameError
        If there are more than 12 regions: show them on several pages.
    """
    rows = own_rows(MULTIPLES, frame)
    regions: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row["region"], row["cycle"])):
        regions.setdefault(row["region"], []).append(row)
    if len(regions) > MOST_REGIONS:
        raise FrameError(
            MULTIPLES.name, f"{len(regions)} regions; show at most {MOST_REGIONS} on a page.", column="region"
        )
    told = describe.multiples_told(
        item,
        {
            name: [(r["cycle"], r["gap"], int(r["teachers"] or 0)) for r in part]
            for name, part in regions.items()
        },
    )
    return Picture(
        name="small-multiples",
        spec=_spec(regions, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(regions),
        description=told.levels[0],
    )


def _table(regions: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Region": name,
            "Cycle": row["cycle"],
            "Gap in steps": describe.signed(row["gap"]) if row["gap"] is not None else "too few",
            "Teachers": str(int(row["teachers"])) if row["gap"] is not None else "too few",
        }
        for name, part in regions.items()
        for row in part
    )


def _spec(regions: dict[str, list[dict[str, Any]]], width: theme.Width, says: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    top = draw_legend(sheet, KEYS) + 8
    beside = 2 if width == "phone" else min(4, len(regions))
    wide = sheet.width / beside
    rows = [row for part in regions.values() for row in part]
    gaps = [row[name] for row in rows for name in ("gap", "network") if row[name] is not None]
    reach = max([1.0, *(abs(gap) for gap in gaps)]) * 1.15
    cycles = (min(row["cycle"] for row in rows), max(row["cycle"] for row in rows))
    names = list(regions)
    for start in range(0, len(names), beside):
        line = names[start : start + beside]
        heads = [
            {"x": wide * k, "text": wrapped(name, wide - 20, size=14, bold=True)}
            for k, name in enumerate(line)
        ]
        top += sheet.words(heads, x="x", y=top, size=14, bold=True, hang=True) + 6
        for k, name in enumerate(line):
            _panel(sheet, name, regions[name], (wide * k, wide * (k + 1) - 16), top, reach, cycles)
        top += HIGH + 52
    return sheet.spec(says, height=top)


def _panel(
    sheet: Canvas,
    name: str,
    rows: list[dict[str, Any]],
    ends: tuple[float, float],
    top: float,
    reach: float,
    cycles: tuple[int, int],
) -> None:
    left, right = ends
    floor = top + HIGH
    across = Span((cycles[0], max(cycles[1], cycles[0] + 1)), (left + 34, right - 12))
    plot = sheet.panel(across=across, down=Span((-reach, reach), (floor, top)))
    plot.boxes([{}], x=left, x2=right, y=top, y2=floor, edge=theme.GRID)
    plot.rules([{"zero": 0}], x=left, x2=right, y="zero", colour=theme.AGREEMENT, thick=2, dash=(2, 4))
    ends_of = [{"gap": gap, "text": describe.signed(gap)} for gap in (-1, 1)]
    plot.words(ends_of, x=left + 4, y="gap", size=12, colour=theme.QUIET)
    network = [
        {"cycle": row["cycle"], "network": row["network"]} for row in rows if row["network"] is not None
    ]
    plot.line(network, x="cycle", y="network", colour=theme.NEUTRAL, thick=2)
    run, shown = 0, []
    for row in rows:
        run += row["gap"] is None
        if row["gap"] is not None:
            say = (
                f"{name}, cycle {row['cycle']}: {describe.gap_in_words(row['gap'])} "
                f"({describe.counted(int(row['teachers']), 'teacher')})"
            )
            shown.append({"cycle": row["cycle"], "gap": row["gap"], "run": run, "say": say})
    lines = [{key: row[key] for key in ("cycle", "gap", "run")} for row in shown]
    plot.line(lines, x="cycle", y="gap", colour=theme.STUDENT, by="run")
    plot.points(shown, x="cycle", y="gap", colour=theme.STUDENT, size=90)
    _withheld(sheet, name, [row["cycle"] for row in rows if row["gap"] is None], across, (top, floor))
    labels = [{"cycle": row["cycle"], "text": str(row["cycle"])} for row in rows]
    plot.words(labels, x="cycle", y=floor + 4, size=12, colour=theme.QUIET, align="center", hang=True)
    sheet.word("cycle", x=left, y=floor + 10, size=12, colour=theme.QUIET)
    most = max((int(row["teachers"] or 0) for row in rows if row["gap"] is not None), default=0)
    said = f"up to {describe.counted(most, 'teacher')}" if most else "too few to show"
    sheet.word(said, x=left, y=floor + 28, size=12, colour=theme.QUIET)


def _withheld(sheet: Canvas, name: str, cycles: list[int], across: Span, ends: tuple[float, float]) -> None:
    """Mark each withheld cycle with an empty dashed box and the words, in place of a point."""
    middle = (ends[0] + ends[1]) / 2
    half = min(11.0, (across.at(1) - across.at(0)) / 2 - 1)
    rows = [
        {
            "x": across.at(c) - half,
            "x2": across.at(c) + half,
            "at": across.at(c),
            "text": ["too", "few"],
            "y": middle,
            "say": f"{name}, cycle {c}: too few to show",
        }
        for c in cycles
    ]
    sheet.withheld(rows, x="x", x2="x2", y=middle - 18, y2=middle + 18)
    words = [{key: row[key] for key in ("at", "text", "y")} for row in rows]
    sheet.words(words, x="at", y="y", size=12, colour=theme.QUIET, align="center")
