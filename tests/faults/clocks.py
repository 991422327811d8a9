"""The server's clock jumps: a day back, a day on, over the change to summer time, onto 29 February."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.faults.children import Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS
from tests.faults.outside import Browser, Teacher, fill
from tests.faults.reckoning import reckon, rows
from tests.faults.shifted import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LASTS_AT_MOST = 14  # days, a session; docs/trust/threat-model.md
STRANGE_MOMENTS = (
    datetime(2026, 3, 8, 9, 59, 58, tzinfo=UTC),  # 1:59:58 in California; two seconds later it is 3 o'clock
    datetime(2026, 3, 8, 10, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 8, 59, 58, tzinfo=UTC),  # 1:59:58, and then 1 o'clock once more
    datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 18, 0, tzinfo=UTC),
    datetime(2028, 12, 31, 23, 59, 59, tzinfo=UTC),
)


def jumping_clock(folder: Path, size: Mapping[str, int]) -> Tally:
    """Sign in, answer and act while the clock jumps; see which sessions live, in which order acts stand."""
    tally, ledger, clock = Tally(), Ledger(), Clock(folder / "clock")
    with clock.server(folder / "instance") as server:
        Teacher(server.start().port).open_the_first_account()

        def jump(**amount: float) -> None:
            clock.set(**amount)
            tally.add({"jumps": 1})

        def child(path: str, mark: str) -> None:
            answer = ledger.send(Browser(server.port), fill(Browser(server.port).get(path), path, mark))
            tally.add({"children not thanked": int(not answer.is_thanks)})

        for turn in range(size["turns"]):
            # A survey of its own: the night of 2028 closes what is open since 2026.
            teacher = Teacher(server.port).sign_in()
            path = f"/s/{teacher.class_code(teacher.open_survey(nickname=f'Turn {turn}', rest=30))}"
            page = fill(Browser(server.port).get(path), path, f"before-{turn}")
            for days in (-1, 0, 1):
                jump(days=days)
                child(path, f"day-{turn}-{days}")
            early = Teacher(server.port).sign_in()  # a day ahead of the true time
            jump()
            tally.add({"children not thanked": int(not ledger.send(Browser(server.port), page).is_thanks)})
            tally.add({"sessions that the clock broke": int(not _is_in(early))})
            teacher = Teacher(server.port).sign_in()
            jump(days=-1)
            tally.add({"sessions that the clock broke": int(not _is_in(teacher))})
            teacher.open_survey(nickname=f"Yesterday {turn}", rest=20)
            # Somebody who comes every six hours: her session is renewed, and still ends.
            for hours in range(0, 24 * (LASTS_AT_MOST + 1), 6):
                clock.set(hours=hours)
                early.browser.get("/cycles")
            jump(days=LASTS_AT_MOST + 1, hours=1)
            tally.add({"sessions tried": 2, "immortal sessions": int(_is_in(early)) + int(_is_in(teacher))})
            for moment in STRANGE_MOMENTS:
                clock.stand_at(moment)
                tally.add({"jumps": 1})
                visitor = Teacher(server.port).sign_in()
                strange = visitor.open_survey(nickname=f"{moment:%d %B %H:%M} {turn}", rest=20)
                shown = [visitor.browser.get(one) for one in ("/cycles", strange, f"{strange}/plan", path)]
                tally.add({"pages that broke": sum(one.status != 200 for one in shown)})
                visitor.post(f"{strange}/close")
                if moment.month == 2 or size["turns"] > 1:
                    tally.add({"nights that failed": _night(clock, server)})
            jump()
        tally.add(_audit(server.database_url))
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _is_in(teacher: Teacher) -> bool:
    return teacher.browser.get("/cycles").status == 200


def _night(clock: Clock, server) -> int:
    done = clock.run("survey_app.erasure.nightly", server)
    if done.returncode:
        raise AssertionError(
            f"The night ended with {done.returncode}: {done.stdout[-600:]}{done.stderr[-1500:]}"
        )
    return 0


def _audit(url: str) -> dict[str, int]:
    """Read the audit from outside: numbers without a gap, each act chained to the one before it."""
    acts = rows(url, "SELECT number, previous_hash, hash FROM audit_events ORDER BY number")
    chained = sum(earlier[2] != later[1] for earlier, later in pairwise(acts))
    numbers = [act[0] for act in acts]
    return {
        "acts": len(acts),
        "acts out of order": chained + sum(number != place for place, number in enumerate(numbers, 1)),
        "numbers used twice": len(numbers) - len(set(numbers)),
    }


def idle_hour(folder: Path, size: Mapping[str, int]) -> Tally:
    """Leave a child's page open for an hour, then send it."""
    tally, ledger, clock = Tally(), Ledger(), Clock(folder / "clock")
    with clock.server(folder / "instance") as server:
        teacher = Teacher(server.start().port).open_the_first_account()
        path = f"/s/{teacher.class_code(teacher.open_survey(rest=30))}"
        sheets = [fill(Browser(server.port).get(path), path, f"idle-{n}") for n in range(size["pages"])]
        clock.set(minutes=60)
        for sheet in sheets:
            answer = ledger.send(Browser(server.port), sheet)
            tally.add({"pages idle for an hour": 1, "not accepted": int(not answer.is_thanks)})
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


FIGURES = (
    Figure(
        name="R15",
        title="the clock jumps a day back and on, over both changes of summer time, onto 29 February",
        passes="no session immortal, no number used twice, the audit in order, children thanked",
        batch=jumping_clock,
        fast={"turns": 1},
        full={"turns": 3},
        goal={"jumps": 60},
        faults=("jumps", "acts", "sessions tried"),
        zero=(
            *NOUGHT,
            "immortal sessions",
            "sessions that the clock broke",
            "acts out of order",
            "numbers used twice",
            "children not thanked",
            "pages that broke",
            "nights that failed",
        ),
    ),
    Figure(
        name="R28",
        title="a child's page stays open for an hour and is then sent",
        passes="accepted",
        batch=idle_hour,
        fast={"pages": 3},
        full={"pages": 100},
        goal={"pages idle for an hour": 100},
        faults=("pages idle for an hour",),
        zero=(*NOUGHT, "not accepted"),
    ),
)
