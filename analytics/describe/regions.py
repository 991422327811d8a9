"""Regions in words: released gaps, and how many were withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.describe.words import Told, counted, listed


def gap_in_words(gap: float) -> str:
    """Return a gap between groups of teachers and students as words.

    Examples
    --------
    >>> gap_in_words(0.62)
    'teachers saw more, by 0.6 of a step'
    """
    size = f"{abs(gap):.1f}"
    if float(size) == 0:
        return "both alike"
    steps = f"{size} of a step" if float(size) < 1 else "1 step" if size == "1.0" else f"{size} steps"
    return f"{'teachers saw' if gap > 0 else 'students felt'} more, by {steps}"


def heat_told(cells: Sequence[tuple[str, str, float | None, int]]) -> Told:
    """Return the words of a heat table.

    Parameters
    ----------
    cells : sequence of (region, question, released gap or None, teachers)
        Regions in alphabetical order.
    """
    regions, items = {region for region, *_ in cells}, list(dict.fromkeys(item for _, item, *_ in cells))
    shown = [cell for cell in cells if cell[2] is not None]
    withheld = len(cells) - len(shown)
    one = (
        f"A table of {counted(len(regions), 'region')} in alphabetical order by "
        f"{counted(len(items), 'question')}; "
        f"each cell is the released gap in steps, {counted(withheld, 'cell')} withheld because too few."
    )
    two = " ".join(
        f"{region}, {item}: {gap_in_words(gap)} ({n})." for region, item, gap, n in shown if gap is not None
    )
    most = max((n for *_, n in shown), default=0)
    where = {item: [gap for _, name, gap, _ in shown if name == item and gap is not None] for item in items}
    three = " ".join(
        f"{item}: teachers saw more in {sum(gap >= 0.05 for gap in gaps)} of "
        f"{counted(len(gaps), 'region')} shown."
        for item, gaps in where.items()
        if gaps
    )
    everywhere = [item for item, gaps in where.items() if gaps and all(gap >= 0.05 for gap in gaps)]
    headline = (
        f"In every region shown, teachers saw more on {counted(len(everywhere), 'question')}"
        if everywhere
        else f"{len(shown)} of {counted(len(cells), 'cell')} can be shown"
    )
    return Told(
        f"{headline} (up to {counted(most, 'teacher')} a cell)", (one, two or "No cell can be shown.", three)
    )


def multiples_told(item: str, regions: Mapping[str, Sequence[tuple[int, float | None, int]]]) -> Told:
    """Return the words of small multiples.

    Parameters
    ----------
    item : str
        The question in short words.
    regions : mapping of region -> [(cycle, released gap or None, teachers), ...]
    """
    cells = [cell for row in regions.values() for cell in row]
    withheld = sum(gap is None for _, gap, _ in cells)
    one = (
        f"The gap on “{item}” over cycles, one small chart for each of {counted(len(regions), 'region')}; "
        f"{withheld} of {counted(len(cells), 'point')} withheld because too few."
    )
    two = " ".join(
        f"{name}: "
        + "; ".join(
            f"cycle {cycle} " + ("too few to show" if gap is None else f"{gap_in_words(gap)} ({n})")
            for cycle, gap, n in row
        )
        + "."
        for name, row in regions.items()
    )
    ends = {name: [gap for _, gap, _ in row if gap is not None] for name, row in regions.items()}
    twice = {name: abs(gaps[-1]) - abs(gaps[0]) for name, gaps in ends.items() if len(gaps) > 1}
    smaller = [name for name, change in twice.items() if change <= -0.1]
    names = listed(smaller) if smaller else "none"
    three = f"Smaller than the first time: {names}; {counted(len(twice), 'region')} could be compared."
    most = max((n for _, gap, n in cells if gap is not None), default=0)
    headline = f"The gap is smaller than at first in {len(smaller)} of {counted(len(twice), 'region')}"
    return Told(f"{headline} (up to {counted(most, 'teacher')} a point)", (one, two, three))
