"""From counted cells to the board's tables and the reminder to copy. Pure: rows in, words out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from survey_app.cycles.stages import STAGES
from survey_app.network.queries import DECIDED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from survey_app.network.queries import Cell, Reach

COLUMNS = (*(stage.value for stage in STAGES), DECIDED)
NEXT_STEPS = {
    "Plan": ("open the survey", "3 minutes"),
    "Teach": ("teach, then say what you saw", "5 minutes after the lesson"),
    "Predict": ("say what you saw, and predict", "5 minutes"),
    "Look": ("look at what they said", "5 minutes"),
    "Decide": ("decide: keep, change, support", "5 minutes"),
}
DECISIONS = ("adopt", "adapt", "abandon")


@dataclass(frozen=True)
class Line:
    """One row of the board: a place or a cycle's number, and how many cycles stand where."""

    name: str
    counts: Counter[str]
    place_id: uuid.UUID | None = None

    @property
    def total(self) -> int:
        """All cycles of the row."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Section:
    """The rows of one region."""

    region: str
    lines: list[Line] = field(default_factory=list)
    teachers: int = 0
    begun: int = 0

    @property
    def all_of_it(self) -> Line:
        """Return the whole region as one row. By team, somebody who is in two teams counts in both."""
        return Line(self.region, sum((line.counts for line in self.lines), Counter()))


def sections(
    cells: Sequence[Cell],
    places: Mapping[uuid.UUID, tuple[str, str]],
    teachers: Mapping[str, tuple[int, int]],
) -> list[Section]:
    """Return the rows of each region, in alphabetical order; no count ever decides the order.

    ``places`` gives name and region of each place, ``teachers`` how many a region has and how many began.
    """
    counts: dict[uuid.UUID | None, Counter[str]] = {}
    for cell in cells:
        counts.setdefault(cell.place_id, Counter())[cell.stage] += cell.count
    found: dict[str, list[Line]] = {region: [] for region in teachers}
    for place_id, counted in counts.items():
        if place_id in places:
            name, region = places[place_id]
            found.setdefault(region, []).append(Line(name, counted, place_id))
    return [
        Section(region, sorted(lines, key=lambda line: line.name.casefold()), *teachers.get(region, (0, 0)))
        for region, lines in sorted(found.items(), key=lambda one: one[0].casefold())
    ]


def by_region(
    reach: Reach, teachers: Mapping[uuid.UUID, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Return how many teachers each region has and how many of them began, from the counts of its places."""
    found: dict[str, tuple[int, int]] = {region: (0, 0) for region in reach.names}
    for place, (all_of_them, begun) in teachers.items():
        before = found[reach.region[place]]
        found[reach.region[place]] = (before[0] + all_of_them, before[1] + begun)
    return found


def by_number(cells: Sequence[Cell]) -> list[Line]:
    """Return one row for each cycle number, the lesson before the change first."""
    counts: dict[int, Counter[str]] = {}
    for cell in cells:
        counts.setdefault(cell.number, Counter())[cell.stage] += cell.count
    return [
        Line("Before the change" if number == 0 else f"Cycle {number}", counts[number])
        for number in sorted(counts)
    ]


def decisions(cells: Sequence[Cell]) -> Counter[str]:
    """Return how many cycles were decided each way."""
    found: Counter[str] = Counter()
    for cell in cells:
        if cell.decision:
            found[cell.decision] += cell.count
    return found


def next_steps(cells: Sequence[Cell]) -> list[tuple[str, str, int]]:
    """Return each next step, how long it takes, and how many cycles wait for it; empty ones left out."""
    waiting = Counter()
    for cell in cells:
        waiting[cell.stage] += cell.count
    return [(*NEXT_STEPS[stage], waiting[stage]) for stage in NEXT_STEPS if waiting[stage]]


def reminder(day: str, steps: Sequence[tuple[str, str, int]]) -> str:
    """Return a text to everybody: what the next steps are, how long each takes; nobody is named."""
    if not steps:
        return f"Dear all, we meet on {day}. Every cycle is decided. Thank you!"
    listed = "\n".join(
        f"- {number} {'cycle waits' if number == 1 else 'cycles wait'} for: {step} ({minutes})"
        for step, minutes, number in steps
    )
    return (
        f"Dear all, we meet on {day}. Here is where our cycles stand:\n{listed}\n"
        "Open Focal, choose My cycles, and do the one next step that it shows. You can stop at any time."
    )
