"""Released figures for a wall: one group, a few questions, in letters that are read from two metres.

Students and teachers stand on one scale where the release gave a mean; where it gave a band alone, its words
stand there instead, and where it gave nothing, a dashed box. Shapes and words say what grey cannot.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, FrameError, Table

WALL = Table(
    "released figures for a wall",
    (
        Column("item", "text", "the question in short words, in the order of the library"),
        Column("students", "number", "the students' released mean, 0 to 100; empty without one", True, True),
        Column("teacher", "number", "the same plus the released gap; empty without one", True, True),
        Column("words", "text", "the released share of top answers; empty where withheld", may_be_empty=True),
        Column("n", "number", "students behind it; empty where withheld", may_be_empty=True),
    ),
    ("item",),
)
TOO_FEW = "too few to show"
MOST_ITEMS = 8
QUESTION, FIGURE, SMALL = 25, 23, 19
MARK = 420
ROW = 44


def released_wall(frame: pd.DataFrame, *, group: str, width: theme.Width = "wide") -> Picture:
    """Draw one group's released figures, a question a row.

    Parameters
    ----------
    frame : DataFrame
        `WALL`: one row a question. Empty `words` are a withheld figure.
    group : str
        Whose figures they are: "North Bay".
    width : {"wide", "phone"}
        720 pixels, a printed page; or 360.

    Raises
    ------
    FrameError
        If there are more than 8 questions: a page holds no more that can be read from a distance.
    """
    rows = [_firewalled(row) for row in own_rows(WALL, frame)]
    if len(rows) > MOST_ITEMS:
        says = f"{len(rows)} questions; show at most {MOST_ITEMS} on a page."
        raise FrameError(WALL.name, says, column="item")
    told = describe.released_wall_told(
        group, [(row["item"], row["students"], row["teacher"], row["words"], row["n"]) for row in rows]
    )
    return Picture(
        name="released-wall",
        spec=_sheet(rows, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=pd.DataFrame(
            {
                "Question": row["item"],
                "Students": _of_100(row, "students"),
                "Teachers": _of_100(row, "teacher"),
                "Picked a top answer": row["words"] or "too few",
                "Students behind it": "too few" if row["n"] is None else str(int(row["n"])),
            }
            for row in rows
        ),
        description=told.levels[0],
    )


def _firewalled(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with nothing in it where it is withheld, and no rating where there is no mean."""
    if not row["words"]:
        return {**row, "students": None, "teacher": None, "words": None, "n": None}
    return row if row["students"] is not None else {**row, "teacher": None}


def _of_100(row: dict[str, Any], who: str) -> str:
    if not row["words"]:
        return "too few"
    return "–" if row[who] is None else str(int(row[who]))


def _sheet(rows: list[dict[str, Any]], width: theme.Width, says: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    big = width == "wide"
    size = QUESTION if big else 17
    right = sheet.width - (230 if big else 122)
    across = Span((0, 100), (14, right - 14))
    top = _keys(sheet, size - 4) + 18
    for row in rows:
        top += sheet.word(row["item"], x=0, y=top, size=size, bold=True, room=sheet.width, hang=True) + 4
        middle = top + ROW / 2
        if row["students"] is None:
            _without_a_mean(sheet, row, middle, size)
        else:
            _on_the_scale(sheet, row, across, middle)
            _beside(sheet, row, right + 14, middle, FIGURE if big else 15)
        top += ROW + 6
        sheet.rules([{}], x=0, x2=sheet.width, y=top - 4)
        top += 5
    return sheet.spec(says, height=top)


def _smaller(size: int) -> int:
    return max(size - 4, 12)


def _keys(sheet: Canvas, size: int) -> float:
    middle = size * 0.7
    sheet.points([{}], x=12, y=middle, colour=theme.STUDENT, size=300)
    sheet.word("students", x=30, y=middle, size=size, bold=True)
    start = 30 + size * 5.4
    sheet.points([{}], x=start + 12, y=middle, colour=theme.TEACHER, shape="diamond", size=360)
    sheet.word("their teachers", x=start + 32, y=middle, size=size, bold=True)
    low = 2 * middle + 6
    words = "0: the least favourable answer · 100: the most"
    return low + sheet.word(
        words, x=0, y=low, size=_smaller(size), colour=theme.QUIET, room=sheet.width, hang=True
    )


def _on_the_scale(sheet: Canvas, row: dict[str, Any], across: Span, middle: float) -> None:
    plot = sheet.panel(across=across)
    sheet.rules([{}], x=across.at(0), x2=across.at(100), y=middle, colour=theme.EDGE, thick=3)
    for end in (0, 50, 100):
        sheet.rules([{}], x=across.at(end), y=middle - 9, y2=middle + 9, colour=theme.EDGE, thick=3)
    students, teacher = row["students"], row["teacher"]
    if teacher is not None and teacher != students:
        ends = [{"low": min(students, teacher), "high": max(students, teacher)}]
        plot.boxes(ends, x="low", x2="high", y=middle - 8, y2=middle + 8, colour=theme.GRID)
    if teacher is not None:
        say = f"{row['item']}: teachers {int(teacher)} of 100"
        plot.points(
            [{"at": teacher, "say": say}],
            x="at",
            y=middle,
            colour=theme.TEACHER,
            shape="diamond",
            size=2.6 * MARK,
        )
    say = f"{row['item']}: students {int(students)} of 100 ({describe.counted(int(row['n']), 'student')})"
    # Alike, the circle stands inside the diamond.
    plot.points([{"at": students, "say": say}], x="at", y=middle, colour=theme.STUDENT, size=MARK)


def _beside(sheet: Canvas, row: dict[str, Any], left: float, middle: float, size: int) -> None:
    sheet.word(_which_way(row), x=left, y=middle - size * 0.62, size=size, bold=True)
    n = describe.counted(int(row["n"]), "student")
    sheet.word(n, x=left, y=middle + size * 0.62, size=_smaller(size), colour=theme.QUIET)


def _which_way(row: dict[str, Any]) -> str:
    """Say which side saw more, in the few words that fit beside a row."""
    students, teacher = row["students"], row["teacher"]
    if teacher is None:
        return f"students {int(students)}"
    if teacher == students:
        return "both alike"
    apart = int(abs(teacher - students))
    return f"teachers +{apart}" if teacher > students else f"students +{apart}"


def _without_a_mean(sheet: Canvas, row: dict[str, Any], middle: float, size: int) -> None:
    if not row["words"]:
        box = [{"x": 2, "x2": sheet.width - 2, "say": f"{row['item']}: {TOO_FEW}"}]
        sheet.withheld(box, x="x", x2="x2", y=middle - 20, y2=middle + 20)
        sheet.word(TOO_FEW, x=14, y=middle, size=_smaller(size), colour=theme.QUIET)
        return
    n = describe.counted(int(row["n"]), "student")
    words = f"top answers: {row['words']} ({n})"
    sheet.word(words, x=2, y=middle, size=_smaller(size), room=sheet.width - 4)
