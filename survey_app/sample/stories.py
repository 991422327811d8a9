"""Who tries what, and how it goes: the plot of every teacher's year, before a single row is written.

A teacher's number decides what she must meet (a roster change, paper, a class of four ...), so that every
kind of cycle is there in a network of forty teachers; chance decides the rest. The forty-first begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.sample.chance import chance_for
from survey_app.sample.material import Idea, ideas
from survey_app.sample.people import SCHOOL_KINDS, TEACHERS

if TYPE_CHECKING:
    from random import Random

SHOWN_FIRST = 0  # the teacher who has met nearly everything
LONG = {1: 12, 28: 11}  # more than ten cycles: the run chart begins to speak
CLASS_OF_FOUR, ARCHIVED, SET_ASIDE = {2}, {3}, {25}
ON_PAPER, PAPER_FIRST = {4, 33}, {5}
VOIDED, LATE, ROSTER = {0, 17}, {0, 18, 24, 36}, {0, 20, 29}
OTHER_QUESTION, OWN_QUESTION = {21, 30, 38}, {1, 22, 32, 37}
YOUNG = {9, 15, 23, 27, 31, 35}
POOLED = {2, 6, 26, 33}
ENDS = {
    0: "revealed", 6: "open", 7: "planned", 8: "open", 9: "closed", 10: "locked", 11: "revealed", 12: "open",
    13: "planned", 14: "closed", 15: "revealed", 16: "locked", 23: "planned", 27: "revealed", 34: "open",
}  # fmt: skip


@dataclass(frozen=True)
class Arc:
    """How students and teacher move from one cycle to the next, on the latent scale of an answer."""

    name: str
    students: float
    view: float
    optimism: float | None  # none: the teacher's own, drawn
    level: float
    final: str


ARCS = (
    Arc("rose", 0.42, -0.40, 0.9, -0.6, "adopt"),
    Arc("came closer", 0.0, -0.35, 1.1, 0.0, "adopt"),
    Arc("both rose", 0.35, 0.0, None, -0.4, "adopt"),
    Arc("flat", 0.0, 0.0, None, 0.2, "abandon"),
    Arc("rose late", 0.25, -0.1, 0.7, 0.1, "adapt"),
    Arc("both low", 0.10, 0.0, 0.1, -1.3, "adapt"),
    Arc("felt more than seen", 0.10, 0.15, -0.9, 0.5, "adopt"),
    Arc("worse", -0.35, 0.0, 0.6, 0.3, "abandon"),
)


@dataclass(frozen=True)
class RoomPlot:
    """A class to be made."""

    nickname: str
    grade: int
    subject: str
    students: int
    focal: int
    is_archived: bool = False

    @property
    def band(self) -> str:
        """The band of the grade."""
        return "K-2" if self.grade <= 2 else "3-12"


@dataclass(frozen=True)
class TurnPlot:
    """One cycle: its place in the year from 0 to 1, how far it came, and what is special about it."""

    place: float
    is_baseline: bool
    ends: str  # planned, open, closed, locked, revealed, decided or aside
    decision: str
    marks: frozenset[str]


@dataclass(frozen=True)
class SeriesPlot:
    """One change idea in one class, turn by turn."""

    room: int
    idea: Idea
    arc: Arc
    asks_focal: bool
    asks_rest: bool
    turns: tuple[TurnPlot, ...]


@dataclass(frozen=True)
class TeacherPlot:
    """A teacher's classes and series."""

    rooms: tuple[RoomPlot, ...]
    series: tuple[SeriesPlot, ...]


def plot_of(number: int, *, seed: int) -> TeacherPlot:
    """Return the year of one teacher."""
    chance = chance_for(seed, "plot", number)
    kind = SCHOOL_KINDS[number % len(SCHOOL_KINDS)]
    part = number % TEACHERS
    rooms = [_room(chance, kind, part, 0)]
    series = [_series(chance, part, rooms[0], 0)]
    if (kind != "Elementary" and chance.random() < 0.6) or part in (SHOWN_FIRST, *ARCHIVED):
        rooms.append(_room(chance, kind, part, 1))
        series.append(_second_series(chance, part, rooms[1], series[0]))
    return TeacherPlot(tuple(rooms), tuple(series))


def _room(chance: Random, kind: str, part: int, place: int) -> RoomPlot:
    if part in YOUNG:
        grade = chance.choice((0, 1, 2))
    else:
        grade = chance.choice({"Elementary": (3, 4, 5), "Middle": (6, 7, 8), "High": (9, 10, 11)}[kind])
    if part == SHOWN_FIRST:
        grade = 7
    four = part in CLASS_OF_FOUR and place == 0
    students = 4 if four else chance.randint(18, 32)
    if kind == "Elementary":
        nickname = f"Room {chance.randint(2, 30)}"
    else:
        nickname = f"Period {chance.choice((1, 2, 3) if place == 0 else (4, 5, 6))}"
    is_archived = part in ARCHIVED and place == 1
    subject = chance.choice(("Science", "Mathematics")) if grade > 5 else "Mathematics and science"
    focal = 0 if four else chance.choice((3, 4, 5, 5, 5, 6))
    if part in ROSTER or part == SHOWN_FIRST:
        focal = 5
    return RoomPlot(
        "Bridge class" if is_archived else "Reading nook" if four else nickname,
        grade, subject, students, focal, is_archived,
    )  # fmt: skip


def _series(chance: Random, part: int, room: RoomPlot, place: int) -> SeriesPlot:
    ready_set = "mist_short" if part == SHOWN_FIRST else "whole_class" if part in OWN_QUESTION else None
    asks_focal = part not in POOLED
    asks_rest = not asks_focal or part % 4 == 0
    ends = ENDS.get(part, "aside" if part in SET_ASIDE else "decided")
    arc = ARCS[0] if part == SHOWN_FIRST else ARCS[part % len(ARCS)]
    length = 6 if part == SHOWN_FIRST else LONG.get(part) or chance.choice((3, 3, 4, 4, 5))
    has_baseline = part == SHOWN_FIRST or chance.random() < 0.6
    turns = _turns(chance, part, arc, length=length, has_baseline=has_baseline, ends=ends)
    return SeriesPlot(place, _idea(chance, room.grade, ready_set), arc, asks_focal, asks_rest, turns)


def _second_series(chance: Random, part: int, room: RoomPlot, first: SeriesPlot) -> SeriesPlot:
    """Return a shorter series in the other class, often the idea that was adopted in the first."""
    arc = chance.choice(ARCS)
    again = first.idea.fits(room.grade) and first.arc.final == "adopt" and part and chance.random() < 0.4
    idea = first.idea if again else _idea(chance, room.grade, None)
    begin = 0.02 if room.is_archived else 0.35
    turns = _turns(
        chance,
        -1,
        arc,
        length=1 if room.is_archived else chance.choice((1, 2, 3)),
        has_baseline=False,
        ends="decided",
        begin=begin,
    )
    asks_focal = chance.random() < 0.7
    return SeriesPlot(1, idea, arc, asks_focal, not asks_focal or chance.random() < 0.3, turns)


def _idea(chance: Random, grade: int, ready_set: str | None) -> Idea:
    fitting = [one for one in ideas() if one.fits(grade) and ready_set in (None, one.ready_set)]
    return chance.choice(fitting)


def _turns(
    chance: Random, part: int, arc: Arc, *, length: int, has_baseline: bool, ends: str, begin: float = 0.0
) -> tuple[TurnPlot, ...]:
    count = length + has_baseline
    first = begin + chance.uniform(0.02, 0.12)
    last = 1.0 if ends in ("planned", "open", "closed", "locked", "revealed") else chance.uniform(0.75, 0.96)
    pace = (last - first) / max(1, count - 1)
    if arc.final == "abandon" and ends == "decided":
        count = min(count, 3 + has_baseline)
    turns = []
    for place in range(count):
        is_baseline, is_last = has_baseline and place == 0, place == count - 1
        turns.append(
            TurnPlot(
                place=min(1.0, first + place * pace),
                is_baseline=is_baseline,
                ends=ends if is_last else "decided",
                decision=_decision(chance, arc, is_baseline=is_baseline, is_last=is_last),
                marks=_marks(chance, part, place, count),
            )
        )
    return tuple(turns)


def _decision(chance: Random, arc: Arc, *, is_baseline: bool, is_last: bool) -> str:
    if is_last and not is_baseline:
        return arc.final
    return "adapt" if is_baseline or chance.random() < 0.8 else "adopt"


def _marks(chance: Random, part: int, place: int, count: int) -> frozenset[str]:
    """Return what is special about a turn: by the teacher's number where it must be there, else by chance."""
    middle = max(1, count // 2)
    fixed = {
        "voided": part in VOIDED and place == 1,
        "late": part in LATE and place == 1,
        "roster": part in ROSTER and place == middle,
        "other question": part in OTHER_QUESTION and place == middle,
        "own question": part in OWN_QUESTION and place < middle,
        "own question reworded": part in OWN_QUESTION and place >= middle,
        "paper": part in ON_PAPER and place == 1,
        "paper first": part in PAPER_FIRST and place == 1,
    }
    drawn = {
        "no plan prediction": 0.3,
        "skips prediction": 0.12,
        "predicts all": 0.4,
        "somebody absent": 0.3,
        "question asked about": 0.3,
        "told": 0.7,
        "shares with region": 0.35,
        "plan unfinished": 0.1,
    }
    marks = {name for name, chosen in fixed.items() if chosen}
    # Every draw is made, so that one mark never moves the next.
    marks |= {name for name, likely in drawn.items() if chance.random() < likely}
    return frozenset(marks)
