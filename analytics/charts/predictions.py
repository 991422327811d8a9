"""What the teacher predicted beside what was picked: student by student, or in counts for a pooled class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.rows import own_rows
from analytics.columns import Column, Table

BY_STUDENT = Table(
    "prediction by student",
    (
        Column("item", "text", "the question in short words, in the order asked"),
        Column("student", "key", "focal code"),
        Column(
            "predicted", "number", "the step the teacher predicted; empty when she predicted none", True, True
        ),
        Column(
            "picked", "number", "the step that was picked; empty when there is no answer", may_be_empty=True
        ),
        Column("missing", "text", "why there is no answer, in words: 'away', 'skipped'", False, True),
        Column("options", "labels", "the option words from step 1 to K; the same in each row of an item"),
    ),
    ("item", "student"),
)
PREDICTED = Key("diamond", "you predicted", theme.TEACHER, hollow=True)
PICKED = Key("circle", "they picked", theme.STUDENT)
ROW = 34


def prediction_by_student(frame: pd.DataFrame, *, width: theme.Width = "wide") -> Picture:
    """Draw prediction and answer of each focal student, one block a question.

    Parameters
    ----------
    frame : DataFrame
        `BY_STUDENT`: one row an item and student.
    width : {"wide", "phone"}
        720 or 360 pixels.
    """
    blocks = _blocks(own_rows(BY_STUDENT, frame))
    told = describe.prediction_told([(block.item, block.spoken()) for block in blocks])
    return Picture(
        name="prediction-by-student",
        spec=_spec(blocks, width, told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=_table(blocks),
        description=told.levels[0],
        own_view=True,
    )


@dataclass(frozen=True)
class _Block:
    item: str
    options: tuple[str, ...]
    rows: list[dict[str, Any]]

    def said(self) -> list[tuple[str, str, str, int | None]]:
        """Return code, predicted words, picked words and the steps between for each student."""
        return [
            (str(row["student"]), self._word(row["predicted"]), self._picked(row), _steps(row))
            for row in self.rows
        ]

    def spoken(self) -> list[tuple[str, str, int | None]]:
        """Return code, prediction and answer in words, and the steps between, for each student."""
        return [
            (code, f"predicted {predicted or 'nothing'}, {self._did(row)}", steps)
            for row, (code, predicted, _, steps) in zip(self.rows, self.said(), strict=True)
        ]

    def _did(self, row: dict[str, Any]) -> str:
        return self._picked(row) if row["picked"] is None else f"picked {self._picked(row)}"

    def _word(self, step: float | None) -> str:
        return "" if step is None else self.options[int(step) - 1]

    def _picked(self, row: dict[str, Any]) -> str:
        return self._word(row["picked"]) or row["missing"] or "no answer"


def _steps(row: dict[str, Any]) -> int | None:
    return None if None in (row["predicted"], row["picked"]) else int(row["picked"] - row["predicted"])


def _blocks(rows: list[dict[str, Any]]) -> list[_Block]:
    items: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        items.setdefault(row["item"], []).append(row)
    return [
        _Block(item, part[0]["options"], sorted(part, key=lambda row: str(row["student"])))
        for item, part in items.items()
    ]


def _table(blocks: list[_Block]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Question": block.item,
            "Student": code,
            "You predicted": predicted or "no prediction",
            "Picked": picked,
            "In words": _compared(steps, picked, predicted),
        }
        for block in blocks
        for code, predicted, picked, steps in block.said()
    )


def _compared(steps: int | None, picked: str, predicted: str) -> str:
    if steps is not None:
        return describe.moved_words(steps)
    return picked if predicted else "not predicted"


def _spec(blocks: list[_Block], width: theme.Width, description: str) -> dict[str, Any]:
    sheet = Canvas(theme.PIXELS[width])
    top = draw_legend(sheet, [PREDICTED, PICKED])
    for block in blocks:
        top = _draw(sheet, block, top + 4, phone=width == "phone")
    return sheet.spec(description, height=top)


def _draw(sheet: Canvas, block: _Block, top: float, *, phone: bool) -> float:
    left, right = (58, 238) if phone else (90, 500)
    across = Span((1, len(block.options)), (left, right))
    top += 12 + sheet.word(block.item, x=0, y=top + 6, size=15, bold=True, room=sheet.width, hang=True)
    plot = sheet.panel(across=across)
    top = _option_words(plot, block.options, across, top, phone=phone)
    bottom = top + ROW * len(block.rows)
    plot.rules([{"step": step} for step in range(1, len(block.options) + 1)], x="step", y=top, y2=bottom)
    rows = zip(block.rows, block.said(), block.spoken(), strict=True)
    for row, (code, predicted, picked, steps), (_, spoken, _) in rows:
        _student(plot, row, f"{block.item}, {code}: {spoken}", top)
        y = top + ROW / 2
        sheet.word(code, x=0, y=y, size=18, bold=True)
        words = _compared(steps, picked, predicted)
        colour, bold = (theme.INK, steps != 0) if steps is not None else (theme.QUIET, False)
        sheet.word(words, x=right + 26, y=y, size=14, colour=colour, bold=bold, room=sheet.width - right - 26)
        top += ROW
    return bottom + 14


def _option_words(plot: Canvas, options: tuple[str, ...], across: Span, top: float, *, phone: bool) -> float:
    """Write the options above their steps; on a phone, where they would meet, only the two ends."""
    apart = across.at(2) - across.at(1)
    shown = (1, len(options)) if phone else range(1, len(options) + 1)
    room = apart * (len(options) - 1) / 2 - 4 if phone else apart - 6
    words = [{"step": step, "text": wrapped(options[step - 1], max(room, 70), size=13)} for step in shown]
    return (
        6 + top + plot.words(words, x="step", y=top, size=13, colour=theme.QUIET, align="center", hang=True)
    )


def _student(plot: Canvas, row: dict[str, Any], say: str, top: float) -> None:
    y = top + ROW / 2
    predicted, picked = row["predicted"], row["picked"]
    plot.rules([{}], x=0, x2=plot.width, y=top)
    if predicted is not None and picked is not None:
        plot.rules([{"from": predicted, "to": picked}], x="from", x2="to", y=y, colour=theme.QUIET, thick=2)
    if picked is not None:
        plot.points([{"step": picked, "say": say}], x="step", y=y, colour=theme.STUDENT, size=150)
    if predicted is not None:
        mark = {"step": predicted} | ({} if picked is not None else {"say": say})
        # Larger than the circle, so that a prediction that came true shows as a ring around it.
        plot.points([mark], x="step", y=y, colour=theme.TEACHER, shape="diamond", size=420, outline=True)
