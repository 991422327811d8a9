"""One cycle, lived through the services that a teacher's pages call, with the clock moved on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from survey_app.cycles import service
from survey_app.models.cycles import Series
from survey_app.sample.chance import chance_for
from survey_app.sample.lessons import close_lesson, give_late, key_in, open_lesson
from survey_app.sample.looking import decide, lock, look, save_view
from survey_app.sample.planning import begin_series, plan
from survey_app.sample.rooms import change_roster
from survey_app.sample.school_year import moment
from survey_app.surveys import queries as survey_queries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from random import Random

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration
    from survey_app.sample.material import Idea
    from survey_app.sample.rooms import Room, World
    from survey_app.sample.stories import SeriesPlot, TurnPlot
    from survey_app.sample.students import Lesson

MOST_STEPS = 3  # a change does not go on lifting answers for ever


@dataclass
class Thread:
    """A series on its way: what the next turn needs of those before it."""

    world: World
    room: Room
    plot: SeriesPlot
    place: str
    series_id: uuid.UUID | None = None
    lessons: Sequence[dict[str, str]] = ()
    tables: list[dict[str, Any]] | None = None  # what was shown last time


@dataclass
class Turn:
    """One cycle while it is made."""

    thread: Thread
    plot: TurnPlot
    number: int  # its place in the series, from 0
    cycle: Cycle = field(init=False)
    sheet: dict[str, Any] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)

    @property
    def world(self) -> World:
        """Return what everything is made with."""
        return self.thread.world

    @property
    def room(self) -> Room:
        """Return the class."""
        return self.thread.room

    @property
    def idea(self) -> Idea:
        """Return the change idea of the series."""
        return self.thread.plot.idea

    @property
    def day(self) -> date:
        """Return the day of the lesson."""
        return self.world.year.day(self.plot.place)

    @property
    def hour(self) -> int:
        """Return the hour of the lesson, the same all year."""
        return chance_for(self.world.seed, self.thread.place, "hour").choice((8, 9, 10, 11, 13))

    @property
    def lesson(self) -> dict[str, str]:
        """Return what the lesson is about."""
        return self.thread.lessons[self.number % len(self.thread.lessons)]

    @property
    def steps(self) -> int:
        """Return how often the change was tried by now."""
        return min(self.number + (0 if self.thread.plot.turns[0].is_baseline else 1), MOST_STEPS)

    @property
    def happened(self) -> Lesson:
        """Return what the lesson was like for the students."""
        return self.room.model.lesson(self.number, change=self.thread.plot.arc.students * self.steps)

    @property
    def view(self) -> float:
        """Return how far the teacher's own view has moved."""
        return self.thread.plot.arc.view * self.steps

    @property
    def is_on_paper(self) -> bool:
        """Tell whether the children answered on paper."""
        return bool({"paper", "paper first"} & self.plot.marks)

    @property
    def given(self) -> list[Administration]:
        """Return the cycle's administrations as they are now."""
        return survey_queries.administrations_of(self.world.db, self.cycle.id)

    def at(self, hour: int, minute: int = 0, day: date | None = None) -> datetime:
        """Return a moment of the lesson's day."""
        return moment(day or self.day, hour, minute)

    def chance(self, *place: object) -> Random:
        """Return the chance of one part of this turn."""
        return chance_for(self.world.seed, self.thread.place, "turn", self.number, *place)

    def note(self, act: str, page: str, at: datetime) -> None:
        """Note an act of the teacher for the audit."""
        self.world.acts.note(act, self.room.owner, f"/cycles/<uuid:cycle_id>/{page}", self.cycle.id, at)


def live(turn: Turn) -> None:
    """Let one cycle happen, as far as its plot says."""
    new_label = _new_student(turn)
    _begin(turn)
    plan(turn, new_label)
    _choose_absent(turn)
    for stage, go_on in STAGES:
        if turn.plot.ends == stage:
            return
        if turn.plot.ends == "aside" and stage == "closed":
            service.set_aside(turn.world.db, turn.cycle, now=turn.at(16, 10))
            turn.note("cycle.set_aside", "aside", turn.at(16, 10))
            return
        go_on(turn)


def _teach(turn: Turn) -> None:
    close_lesson(turn)
    if "paper first" in turn.plot.marks:
        key_in(turn, turn.at(15, 10))
    save_view(turn)


def _lock(turn: Turn) -> None:
    lock(turn)
    if "paper" in turn.plot.marks:
        key_in(turn, turn.at(15, 32))


def _look(turn: Turn) -> None:
    look(turn)
    if "late" in turn.plot.marks and turn.absent:
        give_late(turn)


# Where a cycle may wait, and what happens when it goes on.
STAGES = (
    ("planned", open_lesson),
    ("open", _teach),
    ("closed", _lock),
    ("locked", _look),
    ("revealed", decide),
)


def _new_student(turn: Turn) -> str:
    if "roster" not in turn.plot.marks or not turn.room.codes:
        return ""
    return change_roster(turn.world, turn.room, now=turn.at(7, 30))


def _begin(turn: Turn) -> None:
    db, thread = turn.world.db, turn.thread
    now = turn.at(7, 35)
    if thread.series_id is None:
        turn.cycle = begin_series(turn, now=now)
        thread.series_id = turn.cycle.series_id
        return
    series = db.get_one(Series, thread.series_id)
    turn.cycle = service.start_next(db, turn.room.owner, series, now=now)


def _choose_absent(turn: Turn) -> None:
    labels = sorted(turn.room.codes)
    if labels and ({"somebody absent", "late"} & turn.plot.marks):
        turn.absent = {turn.chance("absent").choice(labels)}

