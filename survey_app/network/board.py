"""From counted cells to the board's tables and the reminder to copy. Pure: rows in, words out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from survey_app.cycles.stages import STAGES
from survey_app.network.standing import DECIDED

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from survey_app.network.pages import Page
    from survey_app.network.standing import Cell, Place

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
    """The rows of one region, or as many of them as a page holds."""

    region: str
    lines: list[Line] = field(default_factory=list)
    all_of_it: Line | None = None
    teachers: int = 0
    begun: int = 0
    is_continued: bool = False  # its first rows stand on the page before
    goes_on: bool = False


def in_order(places: Iterable[Place], regions: Mapping[uuid.UUID, str]) -> list[Place]:
    """Return places region by region in alphabetical order; no count ever decides the order."""

    def place_of(one: Place) -> tuple[str, ...]:
        region = regions[one.top]
        return region.casefold(), region, one.name.casefold(), one.id.hex

    return sorted(places, key=place_of)


def sections(
    page: Page[Place],
    counts: Mapping[uuid.UUID, Counter[str]],
    regions: Mapping[uuid.UUID, str],
    *,
    bare: Iterable[str],
    totals: Mapping[str, Line],
    teachers: Mapping[str, tuple[int, int]],
) -> list[Section]:
    """Return a page's rows by region; on the first page the bare regions, too, in which there is no row.

    ``totals`` are the rows of whole regions, ``teachers`` how many each has and how many began.
    """
    there: dict[str, list[Place]] = {}
    for place in page.rows:
        there.setdefault(regions[place.top], []).append(place)
    return [
        Section(
            region,
            [Line(one.name, counts[one.id], one.id) for one in there.get(region, ())],
            totals.get(region),
            *teachers.get(region, (0, 0)),
            is_continued=region == page.before,
            goes_on=region == page.after,
        )
        for region in sorted([*there, *(bare if page.number == 1 else ())], key=str.casefold)
    ]


def whole_regions(cells: Iterable[Cell], regions: Mapping[uuid.UUID, str]) -> dict[str, Line]:
    """Return one row for each region in which there is any cycle."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for cell in cells:
        counts[regions[cell.place_id]][cell.stage] += cell.count
    return {region: Line(region, counted) for region, counted in counts.items()}


def by_region(
    teachers: Mapping[uuid.UUID, tuple[int, int]], regions: Mapping[uuid.UUID, str]
) -> dict[str, tuple[int, int]]:
    """Return by region's name how many teachers there are, and how many of them began."""
    found: dict[str, tuple[int, int]] = {}
    for top in sorted(regions, key=lambda one: regions[one].casefold()):
        every, begun = found.get(regions[top], (0, 0))
        more, more_begun = teachers.get(top, (0, 0))
        found[regions[top]] = (every + more, begun + more_begun)
    # A network beside its regions is no place for classes.
    return {region: both for region, both in found.items() if both[0]} or found


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
