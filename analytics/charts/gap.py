"""The perception gap of one cycle: students as dots, the teacher as a diamond, the distance shaded."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.legend import STUDENTS, YOU, Key, draw_legend
from analytics.charts.lettering import wrapped
from analytics.charts.picture import Picture
from analytics.charts.steps import Question, questions_of, share_options, steps_table

FEWEST_FOR_A_MEAN = 10
"""Below this many students a picture shows each of them and no mean."""


def gap_of_focal_students(
    frame: pd.DataFrame, *, about: str = "", students: int | None = None, width: theme.Width = "wide"
) -> Picture:
    """Draw each focal student as a dot and the teacher as a diamond, question by question.

    Parameters
    ----------
    frame : DataFrame
        `steps.STEPS`: one row an item and option, items in the order asked. A column `mean` is not read.
    about : str
        What the questions are about, as a noun ("voice"); used in the headline.
    students : int, optional
        How many students were there to answer; by default the largest n of a question.
    width : {"wide", "phone"}
        720 or 360 pixels.

    Returns
    -------
    Picture
        Counts and steps only: no share, mean or interval, whatever the number of students.
    """
    questions = questions_of(frame)
    return _picture("gap-focal", questions, _Dots(questions, students, width), about)


def gap_of_class(
    frame: pd.DataFrame, *, about: str = "", students: int | None = None, width: theme.Width = "wide"
) -> Picture:
    """Draw a pooled class: a mean and bars with counts from 10 students on, below that a dot for each.

    Parameters are those of `gap_of_focal_students`; from 10 students on each item needs its `mean`.
    """
    questions = questions_of(frame)
    n = max(question.n for question in questions)
    dots = n < FEWEST_FOR_A_MEAN or any(question.mean is None for question in questions)
    return _picture("gap-class", questions, (_Dots if dots else _Bars)(questions, students, width), about)


def _picture(name: str, questions: list[Question], rows: _Dots, about: str) -> Picture:
    told = describe.gap_told(
        [(q.text, q.word, q.picked, q.beside, q.n) for q in questions],
        about=about,
        students=max(q.n for q in questions),
        marks=rows.SAYS,
    )
    return Picture(
        name=name,
        spec=rows.spec(told.levels[0]),
        sentence=told.sentence,
        sentences=told.levels,
        table=steps_table(questions),
        description=told.levels[0],
    )


class _Dots:
    """Lays the questions out: question, scale and words side by side, or one above the other on a phone."""

    SAYS = "Each dot is one student's answer, each diamond yours:"
    KEYS = (STUDENTS, YOU, Key("box", "to the middle student", theme.SHADE))
    DOT = 16

    def __init__(self, questions: list[Question], students: int | None, width: theme.Width) -> None:
        self.questions = questions
        self.students = students or max(q.n for q in questions)
        self.phone = width == "phone"
        self.width = theme.PIXELS[width]
        self.left, self.right = (42, 318) if self.phone else (282, 540)
        self.steps = max(len(q.options) for q in questions)
        self.apart = (self.right - self.left) / (self.steps - 1)
        self.in_a_row = max(1, int((self.apart - 4) // self.DOT))
        self.shared = share_options(questions)

    def spec(self, description: str) -> dict[str, Any]:
        canvas = Canvas(self.width, across=Span((1, self.steps), (self.left, self.right)))
        top = draw_legend(canvas, list(self.KEYS))
        if self.shared:
            self._options(canvas, self.questions[0], top + 4)
            top += self._options_height(self.questions[0]) + 10
        for question in self.questions:
            canvas.rules([{}], x=0, x2=self.width, y=top)
            self._scale(canvas, question, top + self._above_scale(question))
            self._words(canvas, question, top)
            top += self._height(question)
        return canvas.spec(description, height=top)

    def _height(self, question: Question) -> float:
        scale = self._scale_height(question) + (0 if self.shared else self._options_height(question) + 4)
        if self.phone:
            return self._above_scale(question) + scale + 20 * len(self._right(question)) + 14
        return max(scale + 10, 19 * len(self._left(question)) + 26, 18 * len(self._right(question)) + 42)

    def _scale_height(self, question: Question) -> float:
        return 46 + self._levels(question) * self.DOT

    def _above_scale(self, question: Question) -> float:
        return 8 + 19 * len(self._left(question)) if self.phone else 4

    def _left(self, question: Question) -> list[str]:
        return wrapped(question.text, self.width if self.phone else self.left - 50, size=15)

    def _right(self, question: Question) -> list[str]:
        absent = f"{question.n} of {self.students} answered" if question.n < self.students else ""
        if not self.phone:
            return [line for part in (question.word, absent) if part for line in wrapped(part, 132, size=13)]
        return wrapped(
            " · ".join(filter(None, [question.beside, question.word, absent])), self.width, size=14, bold=True
        )

    def _levels(self, question: Question) -> int:
        return max(1, max(-(-count // self.in_a_row) for count in question.students))

    def _options_height(self, question: Question) -> float:
        return 17 * max(len(self._option(question, step)) for step in range(1, len(question.options) + 1))

    def _option(self, question: Question, step: int) -> list[str]:
        # The first and the last option stand half outside the scale, and may not leave the sheet.
        room = min(self.apart - 4, 2 * self.left - 2) if self.phone else self.apart - 4
        return wrapped(question.options[step - 1], room, size=13)

    def _options(self, canvas: Canvas, question: Question, y: float) -> None:
        rows = [
            {"step": step, "text": self._option(question, step)}
            for step in range(1, len(question.options) + 1)
        ]
        canvas.words(rows, x="step", y=y, size=13, colour=theme.QUIET, align="center", hang=True)

    def _scale(self, canvas: Canvas, question: Question, top: float) -> None:
        bottom = top + self._scale_height(question) - 4
        steps = [{"step": step} for step in range(1, len(question.options) + 1)]
        canvas.rules(steps, x="step", y=top + 8, y2=self._ruled_to(top, bottom))
        self._shade(canvas, question, top + 8, bottom)
        self._students(canvas, question, top, bottom)
        if question.teacher is not None:
            say = f"{question.text}: you picked {question.picked}; {question.beside}"
            mark = [{"step": question.teacher, "say": say}]
            canvas.points(mark, x="step", y=top + 18, colour=theme.TEACHER, shape="diamond", size=190)
        if not self.shared:
            self._options(canvas, question, bottom + 4)

    def _ruled_to(self, top: float, bottom: float) -> float:
        return bottom

    def _centre(self, question: Question) -> float | None:
        return question.middle

    def _shade(self, canvas: Canvas, question: Question, top: float, bottom: float) -> None:
        centre, teacher = self._centre(question), question.teacher
        if centre is not None and teacher is not None and centre != teacher:
            canvas.boxes(
                [{"from": teacher, "to": centre}], x="from", x2="to", y=top, y2=bottom, colour=theme.SHADE
            )

    def _students(self, canvas: Canvas, question: Question, top: float, bottom: float) -> None:
        dots = []
        for step, count in enumerate(question.students, 1):
            say = f"{question.text}: {describe.counted(count, 'student')} picked {question.options[step - 1]}"
            for k, (shift, level) in enumerate(self._cluster(count)):
                spoken = {"say": say} if k == 0 else {}
                dots.append({"x": step + shift / self.apart, "y": top + 42 + level * self.DOT, **spoken})
        canvas.points(dots, x="x", y="y", colour=theme.STUDENT)

    def _cluster(self, count: int) -> list[tuple[float, int]]:
        """Return the place of each dot that shares a step: pixels from the step's centre, and its line."""
        lines = -(-count // self.in_a_row)
        full = -(-count // lines) if lines else 0
        places = []
        for k in range(count):
            line, place = divmod(k, full)
            here = min(full, count - line * full)
            places.append(((place - (here - 1) / 2) * self.DOT, line))
        return places

    def _words(self, canvas: Canvas, question: Question, top: float) -> None:
        canvas.words([{"text": self._left(question)}], x=0, y=top + 10, size=15, hang=True)
        right = self._right(question)
        if self.phone:
            y = top + self._height(question) - 20 * len(right) - 8
            canvas.words([{"text": right}], x=0, y=y, size=14, bold=True, hang=True)
            return
        canvas.word(question.beside, x=586, y=top + 10, size=15, bold=True, hang=True)
        if right:
            canvas.words([{"text": right}], x=586, y=top + 31, size=13, colour=theme.QUIET, hang=True)


class _Bars(_Dots):
    """The same rows with a bar for each option and the students' mean in place of their dots."""

    SAYS = "Bars count the students on each option, the circle is their mean, the diamond is yours:"
    KEYS = (Key("circle", "students on average", theme.STUDENT), YOU, Key("box", "gap", theme.SHADE))
    TALLEST = 44

    def _scale_height(self, question: Question) -> float:
        return 70 + self.TALLEST

    def _ruled_to(self, top: float, bottom: float) -> float:
        return top + 46

    def _centre(self, question: Question) -> float | None:
        return question.mean

    def _shade(self, canvas: Canvas, question: Question, top: float, bottom: float) -> None:
        super()._shade(canvas, question, top, top + 38)

    def _students(self, canvas: Canvas, question: Question, top: float, bottom: float) -> None:
        most = max(count for q in self.questions for count in q.students)
        half = min(26.0, self.apart / 2 - 4) / self.apart
        bars = []
        for step, count in enumerate(question.students, 1):
            say = f"{question.text}: {describe.counted(count, 'student')} picked {question.options[step - 1]}"
            height = self.TALLEST * count / most
            bars.append(
                {
                    "from": step - half,
                    "to": step + half,
                    "step": step,
                    "text": str(count),
                    "top": bottom - height,
                    "students": count,
                    "label": bottom - height - 9,
                    "say": say,
                }
            )
        filled = [bar for bar in bars if bar["students"]]
        canvas.boxes(filled, x="from", x2="to", y="top", y2=bottom, colour=theme.STUDENT_TINT)
        canvas.words(bars, x="step", y="label", size=13, align="center")
        canvas.points([{"mean": question.mean}], x="mean", y=top + 36, colour=theme.STUDENT)
