"""What a student's visit, the reveal and the series page cost, beside a Flask route that does nothing.

Everything runs in this process, without a network: the median wall time, the processor time, and how many
times the plain route that is.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import event

from bench.walk import Stuck, Teacher, installation, send_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

CYCLES = 3
STUDENTS = 5
REPEATS = 60
PLAIN_REPEATS = 600


class Timer:
    """Collects how long one kind of request took, by the clock and by the processor."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wall: list[float] = []
        self.processor: list[float] = []
        self.statements: list[int] = []

    def time(self, act: Callable[[], TestResponse], counter: list[int]) -> None:
        """Do it once and note what it cost; a page that fails is not a fast page."""
        before, wall, processor = counter[0], time.perf_counter(), time.process_time()
        answer = act()
        if answer.status_code != 200:
            raise Stuck(f"{answer.request.path} answered {answer.status_code}")
        self.processor.append(time.process_time() - processor)
        self.wall.append(time.perf_counter() - wall)
        self.statements.append(counter[0] - before)

    def line(self, plain: float) -> str:
        """Return one line of the table."""
        wall, processor = statistics.median(self.wall), statistics.median(self.processor)
        worst = max(self.wall)
        return (
            f"  {self.name:34}{wall * 1e3:8.2f} ms {worst * 1e3:8.2f} ms {processor * 1e3:8.2f} ms"
            f" {wall / plain:8.1f} x {statistics.median(self.statements):6.0f}   n={len(self.wall)}"
        )


def main() -> None:
    """Walk three cycles and print what each page cost."""
    timers = {name: Timer(name) for name in NAMES}
    with installation() as app:
        counter = _count_statements(app)
        teacher = Teacher(app, STUDENTS)
        for number in range(1, CYCLES + 1):
            _students(teacher, timers, counter)
            teacher.predict()
            timers["the reveal: press and picture"].time(teacher.reveal, counter)
            look = f"/cycles/{teacher.cycle_id}/look"
            _pages(teacher, look, timers["the picture again"], counter)
            if number < CYCLES:
                teacher.open_next()
        _pages(teacher, teacher.series_path, timers["the series after three cycles"], counter)
        _pages(teacher, "/cycles", timers["a teacher's list of cycles"], counter)
        kind = "SQLite" if app.config["FOCAL"].on_sqlite else "PostgreSQL"
    plain = _plain_route()
    print(f"  on {kind}; a plain Flask route: {plain * 1e3:.3f} ms\n")
    print(f"  {'':34}{'median':>11} {'worst':>11} {'processor':>11} {'to plain':>10} {'SQL':>6}")
    for timer in timers.values():
        print(timer.line(plain))


NAMES = (
    "a student opens the page",
    "a student opens and sends",
    "the reveal: press and picture",
    "the picture again",
    "the series after three cycles",
    "a teacher's list of cycles",
)


def _students(teacher: Teacher, timers: dict[str, Timer], counter: list[int]) -> None:
    for token in teacher.cards:
        visitor = teacher.app.test_client()
        for _turn in range(REPEATS // STUDENTS):
            timers["a student opens the page"].time(partial(visitor.get, f"/s/{token}"), counter)
        timers["a student opens and sends"].time(partial(send_form, visitor, f"/s/{token}"), counter)


def _pages(teacher: Teacher, path: str, timer: Timer, counter: list[int]) -> None:
    for _turn in range(REPEATS // CYCLES):
        timer.time(lambda: teacher.client.get(path), counter)


def _plain_route() -> float:
    app = Flask("plain")
    app.add_url_rule("/", view_func=lambda: "<!doctype html><title>Plain</title><h1>Plain</h1>")
    client = app.test_client()
    times = []
    for _turn in range(PLAIN_REPEATS):
        started = time.perf_counter()
        client.get("/")
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _count_statements(app: Flask) -> list[int]:
    counter = [0]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counter[0] += not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))

    event.listen(app.extensions["focal_db"].engine, "before_cursor_execute", note)
    return counter
