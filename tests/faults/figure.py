"""A figure of reliability: what is done to the server, what must hold, and what has been counted so far.

A figure is made of batches. Each begins with an installation of its own, does its faults, reckons, and is
written down as one line; the full size is reached when the lines together hold enough. So a run can be
stopped at any moment and goes on where it was.
"""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ENOUGH_SAMPLES = 4000


class NothingHappened(AssertionError):
    """A run without a single real fault proves nothing."""


class DoesNotHold(AssertionError):
    """A figure is not what it must be."""


@dataclass
class Tally:
    """What one batch counted: ``counts`` add up over batches, ``seconds`` are pooled."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def add(self, more: Mapping[str, int]) -> Tally:
        """Add counts to the counts; a nought is kept, it says that somebody looked."""
        for name, count in more.items():
            self.counts[name] += count
        return self

    def time(self, name: str, *samples: float) -> None:
        """Add how long something took."""
        self.seconds.setdefault(name, []).extend(samples)

    def merge(self, other: Tally) -> None:
        """Add another batch."""
        self.add(other.counts)
        for name, samples in other.seconds.items():
            self.time(name, *samples)

    def as_json(self) -> dict:
        """Return what is written down; of very many times, every n-th and the longest."""
        kept = {}
        for name, samples in self.seconds.items():
            step = max(1, len(samples) // ENOUGH_SAMPLES)
            ordered = sorted(samples)
            kept[name] = [round(one, 4) for one in (*ordered[::step], *ordered[-1:])]
        return {"counts": dict(self.counts), "seconds": kept}


@dataclass(frozen=True)
class Figure:
    """One line of the table in docs/reliability.md."""

    name: str  # R1; with a letter where the same is done to both databases
    title: str
    passes: str
    batch: Callable[[Path, Mapping[str, int]], Tally]
    fast: Mapping[str, int]
    full: Mapping[str, int]
    goal: Mapping[str, int]  # of counts, for the full size
    faults: tuple[str, ...]  # counts that must not be nought
    zero: tuple[str, ...] = ()  # counts that must be nought
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # of times: p50, p95, max
    database: str = "sqlite"
    in_suite: bool = (
        True  # its small size runs with the tests; a twin on the other database may be enough there
    )

    def check(self, tally: Tally) -> None:
        """Raise unless the faults were real and nothing was lost. Times are told, not judged."""
        for name in self.faults:
            if not tally.counts[name]:
                raise NothingHappened(f"{self.name}: no {name}; nothing was tested.")
        wrong = {name: tally.counts[name] for name in self.zero if tally.counts[name]}
        missing = [name for name in self.zero if name not in tally.counts]
        if wrong or missing:
            raise DoesNotHold(f"{self.name}: {wrong or ''} {missing or ''} in {dict(tally.counts)}")

    def slow(self, tally: Tally) -> list[str]:
        """Return which times are longer than they may be, in words."""
        found = []
        for name, limits in self.limits.items():
            told = summary(tally.seconds.get(name, []))
            found += [
                f"{name} {kind} {told[kind]:.2f} s, may be {limit:g} s"
                for kind, limit in limits.items()
                if told and told[kind] > limit
            ]
        return found

    def is_reached(self, tally: Tally) -> bool:
        """Tell whether the full size has been done."""
        return all(tally.counts[name] >= wanted for name, wanted in self.goal.items())


def summary(samples: list[float]) -> dict[str, float]:
    """Return the median, the 95th percentile and the longest of these times."""
    if not samples:
        return {}
    ordered = sorted(samples)
    return {
        "p50": statistics.median(ordered),
        "p95": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
        "max": ordered[-1],
    }


def read_record(path: Path) -> dict[str, Tally]:
    """Return what has been written down, added up for each figure; a line cut off by a kill is left out."""
    found: dict[str, Tally] = {}
    for line in read_lines(path):
        tally = Tally(Counter(line["counts"]), {name: list(one) for name, one in line["seconds"].items()})
        found.setdefault(line["figure"], Tally()).merge(tally)
    return found


def read_lines(path: Path) -> list[dict]:
    """Return the lines of a record."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return lines
