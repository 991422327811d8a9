"""Questions, designs, charts and driver diagrams in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.describe.words import Told, counted, listed


def decision_told(
    curves: Mapping[int, Sequence[tuple[int, float]]], *, targets: tuple[float, float], source: str
) -> Told:
    """Return the words of a decision study.

    Parameters
    ----------
    curves : mapping of students -> [(lessons, dependability), ...]
    targets : tuple of float
        Enough to learn from; enough for research.
    source : str
        Whose variance components these are.
    """
    first, second = targets
    one = (
        f"Dependability against lessons, one line for each of {counted(len(curves), 'number')} of students, "
        f"with the targets {first} and {second}. {source}"
    )
    two = " ".join(
        f"{counted(n, 'student')}: "
        + ", ".join(f"{counted(k, 'lesson')} {value:.2f}" for k, value in points)
        + "."
        for n, points in curves.items()
    )
    reached = {n: _first_at(points, first) for n, points in curves.items()}
    three = " ".join(
        _reaches(n, reached[n], _first_at(points, second), targets) for n, points in curves.items()
    )
    there = {n: lessons for n, lessons in reached.items() if lessons is not None}
    if not there:
        return Told(
            f"No design here reaches {first} ({listed([str(n) for n in curves])} students)", (one, two, three)
        )
    few = min(there)
    headline = (
        f"With {counted(few, 'student')}, {counted(there[few] or 0, 'lesson')} are enough to learn from"
    )
    return Told(headline.replace("1 lesson are", "1 lesson is"), (one, two, three))


def _first_at(points: Sequence[tuple[int, float]], target: float) -> int | None:
    return next((lessons for lessons, value in points if value >= target), None)


def _reaches(n: int, first: int | None, second: int | None, targets: tuple[float, float]) -> str:
    said = [
        f"{target} with {counted(lessons, 'lesson')}" if lessons else f"{target} with none of these"
        for target, lessons in zip(targets, (first, second), strict=True)
    ]
    return f"{counted(n, 'student')} reach {listed(said)}."


def item_told(
    wording: str, parts: Mapping[str, Sequence[tuple[str, str, int]]], verdicts: Sequence[tuple[str, str]]
) -> Told:
    """Return the words of an item panel.

    Parameters
    ----------
    wording : str
        The question as a child sees it.
    parts : mapping of part -> [(label, value as written, n), ...]
    verdicts : sequence of (index, "fine", "below ...", "above ..." or "")
    """
    answers = max((n for *_, n in parts["use"]), default=0)
    one = (
        f"Three pictures of “{wording}”: which answers are used, what is missing, and "
        f"{counted(len(verdicts), 'check')} beside those of other questions."
    )
    two = " ".join(f"{label}: {value} (n {n})." for rows in parts.values() for label, value, n in rows)
    asks = [f"{label} {said}" for label, said in verdicts if said not in ("fine", "")]
    fine = sum(said == "fine" for _, said in verdicts)
    judged = sum(bool(said) for _, said in verdicts)
    three = f"{fine} of {counted(judged, 'check')} lie where they should. " + (
        f"Look at: {listed(asks)}." if asks else "Nothing asks for a second look."
    )
    return Told(f"{fine} of {counted(judged, 'check')} fine (n {answers})", (one, two, three))


def icons_told(variation: str, assurance: str, lessons: int) -> Told:
    """Return the words of the two icons: theirs, and on how many lessons they rest."""
    one = f"Two icons for a chart of {counted(lessons, 'lesson')}: did it change, does it meet its aim."
    headline = f"{variation.rstrip('.')} ({counted(lessons, 'lesson')})"
    return Told(headline, (one, f"{variation} {assurance}", f"{variation} {assurance}"))


def drivers_told(nodes: Sequence[tuple[int, str, str]]) -> Told:
    """Return the words of a driver diagram; level 2 is the outline that the picture draws.

    Parameters
    ----------
    nodes : sequence of (level, text, note)
        As an outline reads: each box after the one it drives.
    """
    things = (("aim", "aims"), ("primary driver", ""), ("secondary driver", ""), ("change idea", ""))
    counts = [sum(level == k for level, *_ in nodes) for k in range(len(things))]
    parts = [counted(count, *thing) for count, thing in zip(counts, things, strict=True) if count]
    one = f"A driver diagram with {listed(parts)}, each joined to what it drives."
    two = " ".join(f"{'– ' * level}{text}{f' ({note})' if note else ''}." for level, text, note in nodes)
    tried = sum(bool(note) for level, _, note in nodes if level == 3)
    ideas = counted(counts[3], "change idea")
    three = f"Tried so far: {tried} of {ideas}." if counts[3] else "No change idea yet (0 tried)."
    return Told(three.rstrip("."), (f"{one} The aim: {nodes[0][1]}.", two, three))
