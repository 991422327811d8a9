"""The server is told to stop while children send: whoever was let in gets an answer."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

from tests.faults.children import Class
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS, installed, open_class
from tests.faults.kills import told
from tests.faults.outside import Browser, NoAnswer, fill
from tests.faults.reckoning import reckon

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MUST_END_WITHIN = 35.0


def stop_under_load(folder: Path, size: Mapping[str, int]) -> Tally:
    """Tell it to stop at a random moment, half of the children on lines that they keep; start it again."""
    tally = Tally()
    with installed(folder) as (server, _cluster):
        path = open_class(server)
        calling = Class(server.port, path, name="new")
        keeping = Class(server.port, path, calling.ledger, name="kept", keeps_open=True)
        ledger = calling.ledger
        with calling, keeping:
            calling.begin(size["clients"] // 2)
            keeping.begin(size["clients"] // 2)
            for _turn in range(size["stops"]):
                calling.wait_for(
                    len(ledger.moments) + random.randint(size["least"], size["most"]), at_most=20
                )
                answered = len(ledger.moments)
                code, took = server.stop()
                tally.add({"stops": 1, "ended badly": int(code != 0)})
                tally.add({"thanked while it stopped": len(ledger.moments) - answered})
                tally.add({"ended too late": int(took > MUST_END_WITHIN)})
                tally.time("from the signal to the end", took)
                server.start()
            calling.wait_for(len(ledger.moments) + size["clients"], at_most=20)
            calling.end()
            keeping.end()
        tally.add({"requests taken and not answered": ledger.broken})
        told(tally, ledger)
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def rush(folder: Path, size: Mapping[str, int]) -> Tally:
    """Let many classes come within one minute from one address, each browser keeping its line."""
    tally = Tally()
    with installed(folder) as (server, _cluster):
        path = open_class(server)
        children = Class(server.port, path)
        browsers = [Browser(server.port, keeps_open=True) for _child in range(size["children"])]
        begin = time.monotonic() + 1.0
        numbers = range(size["children"])
        due = [(begin + random.uniform(0, size["seconds"]), number) for number in numbers]
        queue = sorted(due, reverse=True)
        taking = threading.Lock()

        def serve() -> None:
            while True:
                with taking:
                    if not queue:
                        return
                    at, number = queue.pop()
                time.sleep(max(0.0, at - time.monotonic()))
                _one_child(children, browsers[number], path, number, tally)

        # As many hands as can be at work at once; a child who comes while none is free would show as late.
        hands = [threading.Thread(target=serve) for _hand in range(min(size["children"], 60))]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        tally.add({"open lines at the end": sum(one.line is not None for one in browsers)})
        for one in browsers:
            one.close()
        ledger = children.ledger
        tally.add(
            {"children": len(ledger.tried), "not thanked at once": len(ledger.tried) - ledger.statuses[303]}
        )
        told(tally, ledger)
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _one_child(children: Class, browser: Browser, path: str, number: int, tally: Tally) -> None:
    try:
        page = browser.get(path)
    except NoAnswer:
        tally.add({"pages that did not come": 1})
        return
    tally.time("opening the page", page.seconds)
    sheet = fill(page, path, f"rush-{number}")
    answer = children.ledger.send(browser, sheet)
    if answer is not None:
        tally.time("sending it", answer.seconds)


FIGURES = (
    Figure(
        name="R18",
        title="SIGTERM under load, half of the lines kept open",
        passes="0 requests that were let in without an answer; ends within 35 s",
        batch=stop_under_load,
        fast={"clients": 8, "stops": 2, "least": 15, "most": 40},
        full={"clients": 8, "stops": 10, "least": 20, "most": 200},
        goal={"stops": 50},
        faults=("stops", "nobody listened", "acknowledged"),
        zero=(*NOUGHT, "requests taken and not answered", "ended badly", "ended too late", "told otherwise"),
        limits={"from the signal to the end": {"max": MUST_END_WITHIN}},
    ),
    Figure(
        name="R20",
        title="30 classes of 35 within 60 s behind one address, SQLite, each browser keeping its line",
        passes="0 errors; 95 of 100 answers within 1 s",
        batch=rush,
        fast={"children": 140, "seconds": 8},
        full={"children": 1050, "seconds": 60},
        goal={"children": 3150},
        faults=("children", "open lines at the end"),
        zero=(*NOUGHT, "not thanked at once", "told 503", "told otherwise", "broken off"),
        limits={"opening the page": {"p95": 1.0}, "sending it": {"p95": 1.0}},
    ),
)
