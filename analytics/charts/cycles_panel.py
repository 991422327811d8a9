"""One question of a series: the teacher's line and the students', what changed, and what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics import describe
from analytics.charts import theme
from analytics.charts.canvas import Canvas, Span
from analytics.charts.lettering import wrapped

STEP = 34


@dataclass(frozen=True)
class Panel:
    """One question: its words, its options, which side moved, and one row a cycle."""

    item: str
    options: Sequence[str]
    moved: str
    rows: list[dict[str, Any]]

    def points(self) -> list[tuple[str, str, str, int]]:
        """Return each cycle's label, the teacher's and the students' place on the scale in words, and n."""
        return [
            (
                row["label"],
                place_in_words(row["teacher"], self.options),
                place_in_words(row["students"], self.options),
                row["n"],
            )
            for row in self.rows
        ]


def place_in_words(step: float | None, options: Sequence[str]) -> str:
    """Return a place on the scale in the options' own words.

    Examples
    --------
    >>> options = ["Not at all", "A little", "Some", "A lot"]
    >>> place_in_words(2, options), place_in_words(2.5, options), place_in_words(None, options)
    ('A little', 'between A little and Some', '')
    """
    if step is None:
        return ""
    below = int(step)
    return options[below - 1] if step == below else f"between {options[below - 1]} and {options[below]}"


class Plot:
    """One panel: option words at the left, cycles below, the two lines and what happened between."""

    def __init__(self, canvas: Canvas, panel: Panel, top: float, *, phone: bool) -> None:
        self.sheet, self.panel, self.phone = canvas, panel, phone
        self.top = top
        first, last = panel.rows[0]["cycle"], panel.rows[-1]["cycle"]
        self.left, self.right = (112, 326) if phone else (150, 560)
        self.across = Span((first, max(last, first + 1)), (self.left, self.right))
        self.apart = (self.right - self.left) / max(last - first, 1)

    def draw(self) -> float:
        """Draw it; return where the next one may begin."""
        room = self.sheet.width
        high = self.sheet.word(self.panel.item, x=0, y=self.top + 6, size=15, bold=True, room=room, hang=True)
        start = self._changes(self.top + 14 + high)
        steps = len(self.panel.options)
        most = max(len(self._option(option)) for option in self.panel.options)
        end = start + (steps - 1) * max(STEP, 16 * most + 4) + 20
        self.plot = self.sheet.panel(across=self.across, down=Span((steps, 1), (start + 10, end - 10)))
        self._gap()
        self._scale()
        self._rules(start, end)
        self._lines()
        self._marks()
        return self._below(end)

    def _option(self, option: str) -> list[str]:
        return wrapped(option, self.left - 24, size=13)

    def _changes(self, top: float) -> float:
        """Write each change idea on a line of its own, the latest on top, so that no rule crosses a label."""
        self.changes: list[tuple[float, float]] = []
        until = float(self.sheet.width)
        for row in reversed(self.panel.rows):
            if row["change"]:
                x = self.across.at(row["cycle"]) - min(self.apart / 2, 40)
                last_and_far = not self.changes and x > self.sheet.width / 2
                room = (x if last_and_far else until - x) - 10
                side: dict[str, Any] = {"x": x - 6, "align": "right"} if last_and_far else {"x": x + 6}
                self.changes.append((x, top))
                top += self.sheet.word(
                    row["change"],
                    y=top,
                    size=13,
                    colour=theme.CHANGE,
                    bold=True,
                    hang=True,
                    room=room,
                    **side,
                )
                until = x
        return top + (6 if self.changes else 0)

    def _gap(self) -> None:
        both = _runs(self.panel.rows, "teacher", "students")
        self.plot.area(both, x="cycle", y="teacher", y2="students", colour=theme.SHADE, by="line")

    def _scale(self) -> None:
        for step, option in enumerate(self.panel.options, 1):
            self.plot.rules([{"step": step}], x=self.left - 14, x2=self.right + 14, y="step")
            row = [{"step": step, "text": self._option(option)}]
            self.plot.words(row, x=self.left - 22, y="step", size=13, colour=theme.QUIET, align="right")

    def _rules(self, start: float, end: float) -> None:
        for x, top in self.changes:
            self.sheet.rules([{}], x=x, y=top, y2=end, colour=theme.CHANGE, thick=2, dash=(5, 4))
        for row in self.panel.rows:
            if row["reason"]:
                x = self.across.at(row["cycle"]) - self.apart / 2
                self.sheet.rules([{}], x=x, y=start, y2=end, colour=theme.EDGE, dash=(2, 3))

    def _lines(self) -> None:
        for who, colour in (("students", theme.STUDENT), ("teacher", theme.TEACHER)):
            self.plot.line(_runs(self.panel.rows, who), x="cycle", y=who, colour=colour, by="line")

    def _marks(self) -> None:
        for late in (False, True):
            self._points("students", "students", theme.STUDENT, "circle", 210, late=late, hollow=late)
        self._points("teacher", "you", theme.TEACHER, "diamond", 110)

    def _points(
        self,
        who: str,
        name: str,
        colour: str,
        shape: str,
        size: int,
        *,
        late: bool | None = None,
        hollow: bool = False,
    ) -> None:
        rows = [
            {"cycle": row["cycle"], who: row[who], "say": self._say(row, who, name)}
            for row in self.panel.rows
            if row[who] is not None and late in (None, bool(row["late"]))
        ]
        self.plot.points(rows, x="cycle", y=who, colour=colour, shape=shape, size=size, hollow=hollow)

    def _say(self, row: dict[str, Any], who: str, name: str) -> str:
        where = place_in_words(row[who], self.panel.options)
        n = f" ({describe.counted(row['n'], 'student')})" if who == "students" else ""
        return f"{self.panel.item}, {row['label']}: {name} {where}{n}"

    def _below(self, end: float) -> float:
        """Write label, n and decision under each cycle; where cycles stand close, label only some."""
        rows = self.panel.rows
        every = max(1, -(-44 // max(int(self.apart), 1)))
        y = end + 6
        labels = [
            {"cycle": row["cycle"], "text": wrapped(row["label"], max(self.apart * every - 6, 40), size=13)}
            for place, row in enumerate(rows)
            if place % every == 0
        ]
        y += self.plot.words(labels, x="cycle", y=y, size=13, align="center", hang=True) + 3
        y = self._line_below(y, "students", {row["cycle"]: _shown(row) for row in rows})
        if any(row["decision"] for row in rows):
            y = self._line_below(y, "decision", {row["cycle"]: row["decision"] or "" for row in rows})
        return self._notes(y)

    def _line_below(self, y: float, name: str, cells: dict[int, str]) -> float:
        self.sheet.word(name, x=0, y=y, size=13, colour=theme.QUIET, hang=True)
        rows = [
            {"cycle": cycle, "text": wrapped(text, max(self.apart - 4, 24), size=13)}
            for cycle, text in cells.items()
        ]
        return (
            y
            + 3
            + self.plot.words(rows, x="cycle", y=y, size=13, colour=theme.QUIET, align="center", hang=True)
        )

    def _notes(self, y: float) -> float:
        notes = [
            f"{row['label']}: {row['reason']}, so the line starts anew."
            for row in self.panel.rows
            if row["reason"]
        ]
        moved = describe.capital(self.panel.moved)
        for note in filter(None, [*notes, moved]):
            bold = note == moved
            y += 4 + self.sheet.word(note, x=0, y=y + 8, size=14, bold=bold, room=self.sheet.width, hang=True)
        return y + 22


def _shown(row: dict[str, Any]) -> str:
    return str(row["n"]) if row["students"] is not None else "too few"


def _runs(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Return the rows that have all these numbers; `line` changes where one is missing or the line breaks."""
    kept, run, before = [], 0, None
    for row in rows:
        there = all(row[name] is not None for name in names)
        if not there or row["line"] != before:
            run += 1
        if there:
            kept.append({name: row[name] for name in ("cycle", *names)} | {"line": run})
        before = row["line"]
    return kept
