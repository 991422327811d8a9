"""kill -9 while children send: of the whole application, and of the whole PostgreSQL behind it."""

from __future__ import annotations

import bisect
import math
import random
import time
from itertools import zip_longest
from typing import TYPE_CHECKING

from tests.faults.children import Class, Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS, installed, open_class
from tests.faults.reckoning import reckon
from tests.faults.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LONGEST_LIFE = 20.0


def kill_the_app(folder: Path, size: Mapping[str, int]) -> Tally:
    """Kill every process of the application at a random moment, also while it starts; start it again."""
    tally = Tally()
    with Server(folder / "instance") as server:
        path = open_class(server.start())
        kills, ups = [], [time.monotonic()]
        with Class(server.port, path) as children:
            children.begin(size["clients"])
            for number in range(size["kills"]):
                if number % 5 == 4:
                    time.sleep(random.uniform(0.0, 1.5))
                else:
                    if number:
                        server.wait_until_it_listens()
                        ups.append(time.monotonic())
                    life = random.randint(size["least"], size["most"])
                    children.wait_for(len(children.ledger.moments) + life, at_most=LONGEST_LIFE)
                kills.append(server.kill())
                server.spawn()
            server.wait_until_it_listens()
            children.wait_for(len(children.ledger.moments) + size["clients"], at_most=LONGEST_LIFE)
            ledger = children.end()
        tally.add({"kills": server.kills})
        server.kill()
        told(tally, ledger)
        tally.time("next thanks after the kill", *waits(kills, ledger))
        tally.time("next thanks once it listens", *waits(ups, ledger))
        return tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))


def kill_postgres(folder: Path, size: Mapping[str, int]) -> Tally:
    """Kill the whole PostgreSQL, and in turn the application in front of it; start what was killed again."""
    tally = Tally()
    with installed(folder, "postgres") as (server, cluster):
        path = open_class(server)
        kills: list[float] = []
        with Class(server.port, path) as children:
            children.begin(size["clients"])
            for number in range(size["kills"]):
                life = random.randint(size["least"], size["most"])
                children.wait_for(len(children.ledger.moments) + life, at_most=LONGEST_LIFE)
                if number % 2:
                    kills.append(server.kill())
                    server.start()
                else:
                    kills.append(cluster.kill())
                    time.sleep(random.uniform(0.0, 0.5))
                    cluster.start()
            children.wait_for(len(children.ledger.moments) + size["clients"], at_most=LONGEST_LIFE)
            ledger = children.end()
        tally.add({"kills of PostgreSQL": cluster.kills, "kills of the application": server.kills})
        server.kill()
        told(tally, ledger)
        tally.time("next thanks after the kill", *waits(kills, ledger))
        return tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))


def restart_postgres(folder: Path, size: Mapping[str, int]) -> Tally:
    """Restart PostgreSQL under load, as its upgrade does; look how soon children are thanked again."""
    tally = Tally()
    with installed(folder, "postgres") as (server, cluster):
        path = open_class(server)
        begun: list[float] = []
        backs: list[float] = []
        with Class(server.port, path) as children:
            children.begin(size["clients"])
            for _turn in range(size["restarts"]):
                life = random.randint(size["least"], size["most"])
                children.wait_for(len(children.ledger.moments) + life, at_most=LONGEST_LIFE)
                begun.append(time.monotonic())
                cluster.restart()
                backs.append(time.monotonic())
                children.wait_for(len(children.ledger.moments) + 3 * size["clients"], at_most=LONGEST_LIFE)
            ledger = children.end()
        tally.add({"restarts": size["restarts"]})
        told(tally, ledger)
        tally.time("next thanks after its return", *waits(backs, ledger))
        tally.time("last error after its return", *last_errors(backs, begun[1:], ledger))
        return tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))


def last_errors(backs: Sequence[float], begun: Sequence[float], ledger: Ledger) -> list[float]:
    """Return how long after each return the last 503 came, within ten seconds and before the next restart."""
    ends = [min(back + 10, began) for back, began in zip_longest(backs, begun, fillvalue=math.inf)]
    after = [
        [at - back for at in ledger.refusals if back < at < end]
        for back, end in zip(backs, ends, strict=True)
    ]
    return [max(one, default=0.0) for one in after]


def told(tally: Tally, ledger: Ledger) -> None:
    """Count what the children met: broken answers prove that kills hit requests under way."""
    other = sum(count for status, count in ledger.statuses.items() if status not in (303, 503))
    tally.add(
        {
            "broken off": ledger.broken,
            "nobody listened": ledger.refused,
            "told 503": ledger.statuses[503],
            "told otherwise": other,
        }
    )


def waits(moments: Sequence[float], ledger: Ledger) -> list[float]:
    """Return, for each moment, how long it took until the next child was thanked."""
    thanks = sorted(ledger.moments)
    places = [bisect.bisect_right(thanks, moment) for moment in moments]
    return [thanks[place] - at for at, place in zip(moments, places, strict=True) if place < len(thanks)]


FIGURES = (
    Figure(
        name="R1",
        title="kill -9 of every process of the application, SQLite, 8 clients",
        passes="0 lost, 0 duplicated, 0 partial; the file is sound; next thanks: median 1 s, longest 5 s",
        batch=kill_the_app,
        fast={"clients": 8, "kills": 2, "least": 10, "most": 40},
        full={"clients": 8, "kills": 25, "least": 120, "most": 380},
        goal={"kills": 500, "acknowledged": 100_000},
        faults=("kills", "broken off", "acknowledged"),
        zero=(*NOUGHT, "told otherwise"),
        limits={"next thanks after the kill": {"p50": 1.0, "max": 5.0}},
    ),
    Figure(
        name="R2",
        title="kill -9 of the whole PostgreSQL, and of the application in front of it",
        passes="0 lost, 0 duplicated, 0 partial; children are told 503, nothing else; next thanks in 10 s",
        batch=kill_postgres,
        fast={"clients": 6, "kills": 2, "least": 10, "most": 30},
        full={"clients": 8, "kills": 40, "least": 20, "most": 120},
        goal={"kills of PostgreSQL": 200, "kills of the application": 200},
        faults=("kills of PostgreSQL", "kills of the application", "told 503", "acknowledged"),
        zero=(*NOUGHT, "told otherwise"),
        limits={"next thanks after the kill": {"max": 10.0}},
        database="postgres",
    ),
    Figure(
        name="R13",
        title="PostgreSQL is restarted under load",
        passes="0 acknowledged lost; the last error comes at most 2 s after its return",
        batch=restart_postgres,
        fast={"clients": 6, "restarts": 1, "least": 10, "most": 30},
        full={"clients": 8, "restarts": 20, "least": 30, "most": 200},
        goal={"restarts": 20},
        faults=("restarts", "told 503", "acknowledged"),
        zero=(*NOUGHT, "told otherwise"),
        limits={"last error after its return": {"max": 2.0}},
        database="postgres",
    ),
)
