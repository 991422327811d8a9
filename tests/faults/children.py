"""Children who send, and the ledger they keep outside: who was thanked, who was told, who never heard."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.outside import Browser, NoAnswer, Page, Sheet, fill

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.02


@dataclass
class Ledger:
    """What people outside know, whatever the server believes."""

    thanked: dict[str, bytes] = field(default_factory=dict)  # mark -> hash of the page's key
    tried: dict[str, bytes] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)  # mark -> the status that refused it
    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0  # taken, then no answer
    refused: int = 0  # nobody listened
    moments: list[float] = field(default_factory=list)  # of every thanks
    refusals: list[float] = field(default_factory=list)  # of every 503
    seconds: list[float] = field(default_factory=list)  # from the first sending to the thanks
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, browser: Browser, sheet: Sheet) -> Page | None:
        """Send a sheet once and write down what came of it."""
        with self.lock:
            self.tried[sheet.mark] = sheet.key_hash
        try:
            answer = browser.post(sheet.path, sheet.fields)
        except NoAnswer as fault:
            with self.lock:
                self.broken += fault.was_taken
                self.refused += not fault.was_taken
            return None
        with self.lock:
            self.statuses[answer.status] += 1
            if answer.is_thanks:
                self.thanked[sheet.mark] = sheet.key_hash
                self.moments.append(time.monotonic())
            elif answer.status == 503:
                self.refusals.append(time.monotonic())
            else:
                self.told[sheet.mark] = answer.status
        return answer

    def send_until_told(self, browser: Browser, sheet: Sheet, stop: threading.Event) -> Page | None:
        """Send the same page again and again, as a child presses the button, until an answer is final."""
        began = time.monotonic()
        while not stop.is_set():
            answer = self.send(browser, sheet)
            if answer is not None and answer.status != 503:
                if answer.is_thanks:
                    self.seconds.append(time.monotonic() - began)
                return answer
            time.sleep(PAUSE * random.uniform(1, 3))
        return None

    def open(self, browser: Browser, path: str, stop: threading.Event) -> Page | None:
        """Open a page, however often that takes."""
        while not stop.is_set():
            try:
                page = browser.get(path)
            except NoAnswer:
                time.sleep(PAUSE * random.uniform(1, 3))
                continue
            if page.status != 503:
                return page
            with self.lock:
                self.statuses[503] += 1
                self.refusals.append(time.monotonic())
            time.sleep(PAUSE)
        return None


@dataclass
class Class:
    """Children who send one sheet after another by the class code, each on a connection of its own."""

    port: int
    path: str
    ledger: Ledger = field(default_factory=Ledger)
    name: str = "c"
    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    keeps_open: bool = False
    pause: Callable[[], float] = lambda: 0.0

    def begin(self, children: int) -> Class:
        """Let so many children send until told to stop."""
        self.threads = [threading.Thread(target=self._child, args=(place,)) for place in range(children)]
        for thread in self.threads:
            thread.start()
        return self

    def _child(self, place: int) -> None:
        browser = Browser(self.port, keeps_open=self.keeps_open)
        try:
            for turn in itertools.count():
                page = self.ledger.open(browser, self.path, self.stop)
                if page is None:
                    return
                if page.status != 200:
                    raise AssertionError(f"{self.path} answered {page.status}")
                sheet = fill(page, self.path, f"{self.name}-{place}-{turn}", str(turn % 4 + 1))
                if self.ledger.send_until_told(browser, sheet, self.stop) is None:
                    return
                self.stop.wait(self.pause())
                if self.stop.is_set():
                    return
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            browser.close()

    def end(self) -> Ledger:
        """Let every child finish what is on its way; return what they know."""
        self.stop.set()
        for thread in self.threads:
            thread.join(120)
        if self.faults:
            raise self.faults[0]
        return self.ledger

    def __enter__(self) -> Class:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(120)

    def wait_for(self, thanked: int, *, at_most: float) -> None:
        """Wait until so many have been thanked in all, but not longer than so many seconds."""
        until = time.monotonic() + at_most
        while len(self.ledger.moments) < thanked and time.monotonic() < until and not self.faults:
            time.sleep(0.005)
