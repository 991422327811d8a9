"""Totals of a large network: counted once, shown again for five minutes, with the time that they are of.

In a small network everything is counted at each request. What is kept here is counts, the order of names, and
which rows come first; never words that a teacher may take back, rows of single cycles, or released figures.
It stays in the memory of one process. Decision 25 says why there is no table of counts.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import current_app, g, request

from survey_app.scope import places_granted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

LIVE_UP_TO = 1_000  # cycles counted, or names put in order: some 10 ms on SQLite (docs/speed.md)
STAND_FOR = timedelta(minutes=5)
MOST_KEPT = 64  # the largest, with 1,200 schools, take some hundred KB
TURNS = 16
Totals = TypeVar("Totals")


@dataclass(frozen=True)
class Dated(Generic[Totals]):
    """Totals, and when they were counted; ``counted_at`` is none where they are not kept."""

    totals: Totals
    counted_at: datetime | None = None


class DatedTotals:
    """The totals that stand in this process: a bounded number, for who asked, where she leads, and what."""

    def __init__(self, *, live_up_to: int = LIVE_UP_TO) -> None:
        self._live_up_to = live_up_to
        self._kept: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()
        self._lock = Lock()
        # Who asks while the same is being counted waits for it, and does not count it a second time.
        self._turns = [Lock() for _ in range(TURNS)]

    def of(
        self,
        key: Hashable,
        count: Callable[[], Totals],
        *,
        size: Callable[[Totals], int],
        now: datetime,
        anew: bool = False,
    ) -> Dated[Totals]:
        """Return the totals that stand, or count them; small ones are never kept."""
        found = None if anew else self._standing(key, now)
        if found is not None:
            return found
        with self._turns[hash(key) % TURNS]:
            found = None if anew else self._standing(key, now)
            if found is not None:
                return found
            totals = count()
            if size(totals) <= self._live_up_to:
                with self._lock:
                    self._kept.pop(key, None)
                return Dated(totals)
            self._keep(key, totals, now)
            return Dated(totals, now)

    def _standing(self, key: Hashable, now: datetime) -> Dated[Any] | None:
        with self._lock:
            if key not in self._kept:
                return None
            counted_at, totals = self._kept[key]
            # A clock that was set back must not let them stand for longer.
            return Dated(totals, counted_at) if abs(now - counted_at) <= STAND_FOR else None

    def _keep(self, key: Hashable, totals: object, now: datetime) -> None:
        with self._lock:
            for old in [one for one, (at, _) in self._kept.items() if abs(now - at) > STAND_FOR]:
                del self._kept[old]
            self._kept[key] = (now, totals)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def dated(
    question: Hashable, count: Callable[[], Totals], *, size: Callable[[Totals], int]
) -> Dated[Totals]:
    """Return the viewer's totals for one question of a page; with ``?count=now`` they are counted anew.

    ``size`` says over how many cycles, or names, they go. Where she leads is asked now, so that a role that
    was given or taken away shows at once.
    """
    key = (g.viewer.person_id, places_granted(g.db, g.viewer), question)
    kept: DatedTotals = current_app.extensions["focal_totals"]
    return kept.of(key, count, size=size, now=g.now, anew=request.args.get("count") == "now")
