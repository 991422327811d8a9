"""The teacher closes and looks while children send: whoever is thanked stands in the snapshot."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from typing import TYPE_CHECKING

from tests.faults.children import Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import installed
from tests.faults.outside import Browser, Teacher, fill
from tests.faults.reckoning import rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.faults.outside import Sheet
    from tests.faults.server import Server

TOLD_CLOSED = 410


def close_while_sending(folder: Path, size: Mapping[str, int]) -> Tally:
    """Let children who have the page open send it while the teacher closes and sees the answers."""
    tally = Tally()
    with installed(folder, "postgres" if size.get("postgres") else "sqlite") as (server, _cluster):
        teacher = Teacher(server.port).open_the_first_account()
        for turn in range(size["rounds"]):
            cycle = teacher.open_survey(nickname=f"Round {turn}", rest=size["children"])
            path = f"/s/{teacher.class_code(cycle)}"
            teacher.lock(cycle)
            page = Browser(server.port)
            sheets = [fill(page.get(path), path, f"r{turn}-{n}") for n in range(size["children"])]
            ledger = _send_and_look(server, teacher, cycle, sheets, closes_first=turn % 2 == 1)
            _reckon(server, cycle, ledger, tally)
    return tally


def _send_and_look(
    server: Server, teacher: Teacher, cycle: str, sheets: list[Sheet], *, closes_first: bool
) -> Ledger:
    ledger, never = Ledger(), threading.Event()

    def send(mine: list[Sheet]) -> None:
        for sheet in mine:
            time.sleep(random.uniform(0, 0.02))
            ledger.send_until_told(Browser(server.port), sheet, never)

    children = [threading.Thread(target=send, args=(sheets[place::10],)) for place in range(10)]
    for child in children:
        child.start()
    until = time.monotonic() + 30
    # Early enough that somebody is still on the way when the teacher's press arrives.
    reached = random.randint(3, len(sheets) // 2)
    while len(ledger.moments) < reached and time.monotonic() < until:
        time.sleep(0.001)
    if closes_first:
        teacher.post(f"{cycle}/close")
        time.sleep(random.uniform(0, 0.05))
    answer = teacher.post(f"{cycle}/reveal")
    if answer.status != 303:
        raise AssertionError(f"The reveal answered {answer.status}.")
    for child in children:
        child.join()
    return ledger


def _reckon(server: Server, cycle: str, ledger: Ledger, tally: Tally) -> None:
    cycle_id = uuid.UUID(cycle.split("/")[2])
    wanted = cycle_id.hex if server.database_url.startswith("sqlite") else str(cycle_id)
    query = (
        "SELECT s.tables, s.number FROM snapshots s JOIN administrations a ON a.id = s.administration_id"
        f" WHERE a.cycle_id = '{wanted}'"
    )
    found = rows(server.database_url, query)
    tables = found[0][0] if found else {"n": 0, "words": []}
    tables = json.loads(tables) if isinstance(tables, str) else tables
    shown = {words for _who, _key, words in tables.get("words", [])}
    few = tables.get("too_few", False)
    left_out = 0 if few else sum(mark not in shown for mark in ledger.thanked)
    closed = sum(status == TOLD_CLOSED for status in ledger.told.values())
    tally.add(
        {
            "rounds": 1,
            "thanked": len(ledger.thanked),
            "told that it has closed": closed,
            "rounds that were cut in two": int(bool(ledger.thanked) and closed > 0),
            "thanked and left out": left_out + abs(tables["n"] - len(ledger.thanked)),
            "neither thanked nor told": len(ledger.tried) - len(ledger.thanked) - closed,
            "more than one first snapshot": max(0, len(found) - 1),
        }
    )


NOBODY = ("thanked and left out", "neither thanked nor told", "more than one first snapshot")
FIGURES = (
    Figure(
        name="R9",
        title="the teacher closes and looks while 40 children send, SQLite",
        passes="each child is in the snapshot or was told that it has closed",
        batch=close_while_sending,
        fast={"children": 40, "rounds": 4},
        full={"children": 40, "rounds": 20},
        goal={"rounds": 200},
        faults=("rounds", "thanked", "told that it has closed", "rounds that were cut in two"),
        zero=NOBODY,
    ),
    Figure(
        name="R9b",
        title="the teacher closes and looks while 40 children send, PostgreSQL",
        passes="each child is in the snapshot or was told that it has closed",
        batch=close_while_sending,
        fast={"children": 40, "rounds": 4, "postgres": 1},
        full={"children": 40, "rounds": 20, "postgres": 1},
        goal={"rounds": 200},
        faults=("rounds", "thanked", "told that it has closed", "rounds that were cut in two"),
        zero=NOBODY,
        database="postgres",
    ),
)
