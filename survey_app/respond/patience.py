"""Wrong codes cost time: a delay that grows, and that no right code ever meets.

A school is one address, and a class of eight-year-olds mistypes. So only answers to *wrong* codes are slowed,
by how many wrong ones came lately from that address and from everywhere; levels leak away in ten minutes.
Addresses are held in memory alone, and for no longer than their level.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("focal")

MEMORY_SECONDS = 600.0
TOO_MANY = 1_000  # wrong codes from one address within the memory
TOO_MANY_ANYWHERE = 5_000
LONGEST_DELAY = 1.0
NOT_WORTH_A_WAIT = 0.02
SLEEPERS = 2  # of the server's eight threads; the others stay free for right codes
MOST_ADDRESSES = 10_000


class Leaky:
    """A level that rises by one with each fault and leaks away evenly."""

    def __init__(self, leak_per_second: float, now: float) -> None:
        self.leak = leak_per_second
        self.level = 0.0
        self.at = now

    def current(self, now: float) -> float:
        """Return the level as it has leaked by now."""
        return max(0.0, self.level - (now - self.at) * self.leak)

    def rise(self, now: float) -> float:
        """Add one fault and return the new level."""
        self.level, self.at = self.current(now) + 1, now
        return self.level


class Patience:
    """How long the answer to a wrong code waits."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(SLEEPERS)
        self._everywhere = Leaky(TOO_MANY_ANYWHERE / MEMORY_SECONDS, clock())
        self._addresses: dict[str, Leaky] = {}
        self._alerted = False

    def wait_after_wrong(self, address: str) -> bool:
        """Count a wrong code, wait, and tell whether that was one too many."""
        delay, is_too_many = self._count(address)
        if is_too_many:
            return True
        if delay < NOT_WORTH_A_WAIT:
            return False
        if not self._slots.acquire(blocking=False):
            return True  # waiting for everybody would leave no thread for a right code
        try:
            self._sleep(delay)
        finally:
            self._slots.release()
        return False

    def _count(self, address: str) -> tuple[float, bool]:
        with self._lock:
            now = self._clock()
            if len(self._addresses) >= MOST_ADDRESSES:
                self._forget(now)
            here = self._addresses.setdefault(address, Leaky(TOO_MANY / MEMORY_SECONDS, now)).rise(now)
            anywhere = self._everywhere.rise(now)
            self._alert(anywhere)
        share = max(here / TOO_MANY, anywhere / TOO_MANY_ANYWHERE)
        return LONGEST_DELAY * min(1.0, share), here > TOO_MANY

    def _forget(self, now: float) -> None:
        living = {a: level for a, level in self._addresses.items() if level.current(now) > 0}
        loudest = sorted(living, key=lambda a: living[a].current(now), reverse=True)[: MOST_ADDRESSES // 2]
        self._addresses = {address: living[address] for address in loudest}

    def _alert(self, anywhere: float) -> None:
        is_flood = anywhere > TOO_MANY_ANYWHERE / 2
        if is_flood and not self._alerted:
            log.warning("wrong class codes: more than %d in ten minutes", TOO_MANY_ANYWHERE // 2)
        self._alerted = is_flood
