"""How the answers spread, question by question: bars around the scale's middle, with the teacher's mark."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import YOU, Key, draw_legend
from analytics.charts.lettering import text_width
from analytics.charts.picture import Picture
from analytics.charts.steps import Question, questions_of, share_options, steps_table

FEWEST_FOR_SHARES = 15
"""Below this many students the bars carry counts, from it on whole percentages."""
BAR = 26


def distribution_with_mark(
    frame: pd.DataFrame, *, reach: int | None = None, width: theme.Width = "wide"
) -> Picture:
    """Draw each question's answers as a bar, left for less and right for more, the teacher's mark above it.

    Parameters
    ----------
    frame : DataFrame
        `steps.STEPS`: one row an item and option. A column `mean` is not read.
    reach : int, optional
        The longest side of any bar in students; give the same for all cycles of a class so that they compare.
    width : {"wide", "phone"}
        720 or 360 pixels.

    Returns
    -------
    Picture
        Bars are counts of students in every case; the labels on them are counts below 15 students.
    """
    questions = questions_of(frame)
    most = max(question.n for question in questions)
    told = describe.distribution_told(
        [(q.text, q.picked, list(zip(q.options, q.students, strict=True))) for q in questions]
    )
    bars = _Bars(
        questions, reach or max(max(_sides(q)) for q in questions), width, shares=most >= FEWEST_FOR_SHARES
    )
    return Picture(
        name="distribution",
        spec=bars.spec(told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=steps_table(questions),
        description=told.levels[0],
    )


def _sides(question: Question) -> tuple[float, float]:
    """Return the students left and right of the scale's middle; a middle option counts half on each side."""
    half, odd = divmod(len(question.students), 2)
    middle = question.students[half] / 2 if odd else 0
    return sum(question.students[:half]) + middle, sum(question.students[half + odd :]) + middle


class _Bars:
    def __init__(self, questions: list[Question], reach: float, width: theme.Width, *, shares: bool) -> None:
        self.questions, self.reach, self.shares = questions, max(reach, 1), shares
        self.phone = width == "phone"
        self.width = theme.PIXELS[width]
        self.span = Span((-self.reach, self.reach), (0, 360) if self.phone else (264, 644))
        self.shared = share_options(questions)

    def spec(self, description: str) -> dict[str, Any]:
        canvas = Canvas(self.width, across=self.span)
        keys = [YOU]
        if self.shared:
            options = self.questions[0].options
            keys += [Key("box", o, c) for o, c in zip(options, theme.DIVERGING[len(options)], strict=True)]
        top = draw_legend(canvas, keys) + 6
        for question in self.questions:
            canvas.rules([{}], x=0, x2=self.width, y=top)
            top += self._draw(canvas, question, top)
        return canvas.spec(description, height=top)

    def _draw(self, canvas: Canvas, question: Question, top: float) -> float:
        room = self.width if self.phone else 236
        high = canvas.word(question.text, x=0, y=top + 10, size=15, room=room, hang=True)
        above = 10 + high if self.phone else 0
        bar = top + above + 30
        canvas.rules([{"zero": 0}], x="zero", y=bar - 8, y2=bar + BAR + 8, colour=theme.INK)
        parts = self._parts(question)
        fill = theme.DIVERGING[len(question.options)]
        for part, colour in zip(parts, fill, strict=True):
            if part["students"]:
                canvas.boxes([part], x="from", x2="to", y=bar, y2=bar + BAR, colour=colour, edge=theme.EDGE)
        self._labels(canvas, parts, bar)
        if question.teacher:
            mark = {
                "at": parts[question.teacher - 1]["at"],
                "say": f"{question.text}: you picked {question.picked}",
            }
            canvas.points([mark], x="at", y=bar - 10, colour=theme.TEACHER, shape="diamond", size=170)
        below = self._ends(canvas, question, bar + BAR + 6)
        said = describe.counted(question.n, "student" if not self.phone else "answer")
        canvas.word(
            said,
            x=self.width,
            y=bar + BAR / 2 if not self.phone else top + above + 14,
            size=13,
            colour=theme.QUIET,
            align="right",
        )
        return max(above + 30 + BAR + 16 + below, 24 + high)

    def _parts(self, question: Question) -> list[dict[str, Any]]:
        end = -_sides(question)[0]
        parts = []
        for option, students in zip(question.options, question.students, strict=True):
            say = f"{question.text}: {describe.counted(students, 'student')} picked {option}"
            parts.append(
                {
                    "from": end,
                    "to": end + students,
                    "at": end + students / 2,
                    "students": students,
                    "text": self._label(students, question.n),
                    "say": say,
                }
            )
            end += students
        return parts

    def _label(self, students: int, n: int) -> str:
        return f"{round(100 * students / n)}%" if self.shares and n else str(students)

    def _labels(self, canvas: Canvas, parts: list[dict[str, Any]], bar: float) -> None:
        for k, part in enumerate(parts):
            room = self.span.at(part["to"]) - self.span.at(part["from"])
            if text_width(part["text"], 14, bold=True) < room - 4:
                ends = len(parts) > 1 and k in (0, len(parts) - 1)
                colour = theme.ON_DARK if ends else theme.ON_LIGHT
                row = {"at": part["at"], "text": part["text"]}
                canvas.words(
                    [row], x="at", y=bar + BAR / 2, size=14, colour=colour, bold=True, align="center"
                )

    def _ends(self, canvas: Canvas, question: Question, y: float) -> float:
        if self.shared:
            return 0
        left, right = self.span.pixels
        canvas.word(question.options[0], x=left, y=y + 4, size=13, colour=theme.QUIET, hang=True)
        canvas.word(
            question.options[-1], x=right, y=y + 4, size=13, colour=theme.QUIET, align="right", hang=True
        )
        return 20
