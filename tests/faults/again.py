"""The same thing sent more than once: fifty times at one moment, or again after a thanks that got lost."""

from __future__ import annotations

import http.client
import random
import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.faults.children import Class, Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS, installed, open_class
from tests.faults.kills import told
from tests.faults.outside import FORM, HOST, Browser, Sheet, Teacher, fill
from tests.faults.reckoning import reckon, rows
from tests.faults.shifted import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def at_once(folder: Path, size: Mapping[str, int]) -> Tally:
    """Send one page from many lines at one moment: every request is on its way before any answer is read."""
    tally = Tally()
    with installed(folder, "postgres" if size.get("postgres") else "sqlite") as (server, _cluster):
        path = open_class(server)
        ledger = Ledger()
        for turn in range(size["rounds"]):
            sheet = fill(Browser(server.port).get(path), path, f"once-{turn}")
            ledger.tried[sheet.mark] = sheet.key_hash
            answers = send_together(server.port, sheet, size["lines"])
            thanked = sum(status == 303 for status in answers)
            if thanked:
                ledger.thanked[sheet.mark] = sheet.key_hash
            tally.add({"rounds": 1, "sent": len(answers), "not thanked": len(answers) - thanked})
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
        tally.add({"rows too many or too few": abs(tally.counts["stored"] - size["rounds"])})
    return tally


def send_together(port: int, sheet: Sheet, lines: int) -> list[int]:
    """Send the same form on so many lines, and only then read what came back on each."""
    opened = [http.client.HTTPConnection(HOST, port, timeout=60) for _line in range(lines)]
    for line in opened:
        line.connect()
    body = urlencode(sheet.fields).encode()
    for line in opened:
        line.request("POST", sheet.path, body, FORM | {"Connection": "close"})
    statuses = [line.getresponse().status for line in opened]
    for line in opened:
        line.close()
    return statuses


def lost_thanks(folder: Path, size: Mapping[str, int]) -> Tally:
    """Break the line on three of ten before the thanks arrives; send those again, up to a day later."""
    tally, ledger = Tally(), Ledger()
    clock = Clock(folder / "clock")
    with clock.server(folder / "instance") as server:
        teacher = Teacher(server.start().port).open_the_first_account()
        cycle = teacher.open_survey(rest=30)
        path = f"/s/{teacher.class_code(cycle)}"
        unheard = _first_sending(server.port, path, ledger, size)
        tally.add({"thanks lost": len(unheard)})
        for hours in (0, 1, 23):
            clock.set(hours=hours)
            for sheet in random.sample(unheard, k=len(unheard)):
                ledger.send(Browser(server.port), sheet)
                tally.add({"sent again": 1})
        clock.set(hours=24)
        teacher.sign_in()
        teacher.send(f"{cycle}/close", page=cycle)
        for sheet in unheard:
            answer = ledger.send(Browser(server.port), sheet)
            tally.add({"sent again": 1, "not thanked again": int(not answer.is_thanks)})
        told(tally, ledger)
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
        distinct = len(ledger.tried)
        tally.add({"clients": distinct, "rows too many or too few": abs(tally.counts["stored"] - distinct)})
    return tally


def _first_sending(port: int, path: str, ledger: Ledger, size: Mapping[str, int]) -> list[Sheet]:
    unheard: list[Sheet] = []
    never = threading.Event()

    def send(numbers: range) -> None:
        for number in numbers:
            sheet = fill(ledger.open(Browser(port), path, never), path, f"drop-{number}")
            if number % 10 < 3:
                ledger.tried[sheet.mark] = sheet.key_hash
                hang_up(port, sheet)
                unheard.append(sheet)
            else:
                ledger.send_until_told(Browser(port), sheet, never)

    groups = [range(first, size["clients"], 8) for first in range(8)]
    with Class(port, path) as children:
        children.threads = [threading.Thread(target=send, args=(group,)) for group in groups]
        for thread in children.threads:
            thread.start()
        for thread in children.threads:
            thread.join()
    return unheard


def hang_up(port: int, sheet: Sheet) -> None:
    """Send a form and break the line without reading what comes."""
    line = http.client.HTTPConnection(HOST, port, timeout=60)
    line.request("POST", sheet.path, urlencode(sheet.fields).encode(), FORM)
    line.sock.close()
    line.close()


def two_editors(folder: Path, size: Mapping[str, int]) -> Tally:
    """Let two tabs of one teacher edit one plan at once; each says on which text its own rests.

    Texts that were accepted must make one chain: two that rest on the same text mean that one was lost.
    """
    tally = Tally()
    with installed(folder) as (server, _cluster):
        cycle = Teacher(server.port).open_the_first_account().open_survey(rest=30)
        accepted: list[tuple[str, str]] = []
        refused: list[str] = []
        faults: list[BaseException] = []

        def edit(name: str) -> None:
            try:
                _edit(Teacher(server.port).sign_in(), f"{cycle}/plan", name, size["turns"], accepted, refused)
            except BaseException as fault:
                faults.append(fault)

        tabs = [threading.Thread(target=edit, args=(name,)) for name in "ab"]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        if faults:
            raise faults[0]
        rests_on = [before for _mark, before in accepted]
        last = rows(server.database_url, "SELECT aim FROM cycles")[0][0].split(" ")[0]
        ends = {mark for mark, _before in accepted} - set(rests_on)
        tally.add({"saved": len(accepted), "told that another tab was first": len(refused)})
        tally.add({"interleavings": len(accepted) + len(refused)})
        tally.add({"lost": len(rests_on) - len(set(rests_on)) + int(ends != {last})})
    return tally


def _edit(
    tab: Teacher, path: str, name: str, turns: int, accepted: list[tuple[str, str]], refused: list[str]
) -> None:
    for turn in range(turns):
        page = tab.browser.get(path)
        seen = re.search(r'<textarea[^>]*name="aim"[^>]*>([^<]*)</textarea>', page.text)[1].strip()
        mark, before = f"{name}{turn}", seen.split(" ")[0] or "nothing"
        answer = tab.post(path, version=page.hidden("version"), aim=f"{mark} after {before}")
        if answer.status == 303:
            accepted.append((mark, before))
        elif answer.status == 409 and mark in answer.text:
            refused.append(mark)
        else:
            raise AssertionError(f"The plan answered {answer.status}: {answer.text[-500:]}")


ONCE = (*NOUGHT, "rows too many or too few")
FIGURES = (
    Figure(
        name="R6",
        title="one page sent 50 times at one moment, SQLite",
        passes="one row a page, and thanks for each sending",
        batch=at_once,
        fast={"lines": 50, "rounds": 4},
        full={"lines": 50, "rounds": 50},
        goal={"rounds": 200},
        faults=("rounds", "sent"),
        zero=(*ONCE, "not thanked"),
    ),
    Figure(
        name="R6b",
        title="one page sent 50 times at one moment, PostgreSQL",
        passes="one row a page, and thanks for each sending",
        batch=at_once,
        fast={"lines": 50, "rounds": 3, "postgres": 1},
        full={"lines": 50, "rounds": 50, "postgres": 1},
        goal={"rounds": 200},
        faults=("rounds", "sent"),
        zero=(*ONCE, "not thanked"),
        database="postgres",
        in_suite=False,
    ),
    Figure(
        name="R7",
        title="30 % of the thanks are lost; those pages are sent again at once, after 1, 23 and 24 hours",
        passes="as many rows as there were different sheets",
        batch=lost_thanks,
        fast={"clients": 60},
        full={"clients": 1000},
        goal={"clients": 1000},
        faults=("thanks lost", "sent again"),
        zero=(*ONCE, "not thanked again", "told otherwise"),
    ),
    Figure(
        name="R8",
        title="two tabs edit one plan",
        passes="0 lost updates: the second is told, and keeps what was typed",
        batch=two_editors,
        fast={"turns": 20},
        full={"turns": 250},
        goal={"interleavings": 1000},
        faults=("saved", "told that another tab was first"),
        zero=("lost",),
    ),
)
