"""Released figures in words: what is shown, what is withheld, which way it points; never which is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analytics.describe.words import Told, counted, listed

FIGURES = {
    "gap": "the released gap in points of 100, teacher minus student",
    "experience": "the released share of students who picked one of the top answers",
}


def released_told(
    measure: str, kind: str, cells: Sequence[tuple[str, str, str | None, float | None]]
) -> Told:
    """Return the words of a table of released cells.

    Parameters
    ----------
    measure : str
        "gap" or "experience".
    kind : str
        What the groups are: "Region".
    cells : sequence of (group, question, released figure in words or None, students or None)
        In the order drawn.
    """
    thing = kind.lower()
    groups = {group for group, *_ in cells}
    items = list(dict.fromkeys(item for _, item, *_ in cells))
    shown = [cell for cell in cells if cell[2]]
    withheld = len(cells) - len(shown)
    one = (
        f"A table of {counted(len(groups), thing)} by {counted(len(items), 'question')}; each cell is"
        f" {FIGURES[measure]}, {counted(withheld, 'cell')} withheld because too few."
    )
    two = " ".join(f"{group}, {item}: {words} ({int(n or 0)})." for group, item, words, n in shown)
    most = max((int(n or 0) for *_, n in shown), default=0)
    headline = f"{len(shown)} of {counted(len(cells), 'cell')} can be shown"
    return Told(
        f"{headline} (up to {counted(most, 'student')} a cell)"
        if shown
        else f"None of {counted(len(cells), 'cell')} can be shown",
        (one, two or "No cell can be shown.", _gaps(shown) if measure == "gap" else _shares(shown)),
    )


def _gaps(shown: Sequence[tuple[str, str, str | None, float | None]]) -> str:
    """Say in how many cells teachers saw more, felt alike, or students felt more."""
    words = [str(said) for *_, said, _n in shown]
    more = sum(said.startswith("+") for said in words)
    fewer = sum(said.startswith("−") for said in words)
    alike = sum(said == "0" for said in words)
    if not more + fewer + alike:
        return "No gap can be shown."
    return (
        f"Of {counted(more + fewer + alike, 'gap')} shown, teachers saw more in {more}, students felt more in"
        f" {fewer}, and {alike} {'is' if alike == 1 else 'are'} alike."
    )


def _shares(shown: Sequence[tuple[str, str, str | None, float | None]]) -> str:
    """Say how many shares are whole percentages, and that the others are ranges."""
    exact = sum(" " not in str(said).removesuffix(" %") for *_, said, _n in shown)
    are = "is" if exact == 1 else "are"
    return f"{exact} of {counted(len(shown), 'share')} shown {are} exact, the others are ranges."


def released_lines_told(
    item: str, kind: str, groups: Mapping[str, Sequence[tuple[int, float | None, float | None, int]]]
) -> Told:
    """Return the words of both lines over cycles.

    Parameters
    ----------
    item : str
        The question in short words.
    kind : str
        What the groups are: "Region".
    groups : mapping of group -> [(cycle, students' mean or None, teachers' or None, students), ...]
        In the order of the cycles.
    """
    thing = kind.lower()
    points = [point for row in groups.values() for point in row]
    withheld = sum(students is None for _, students, *_ in points)
    one = (
        f"Teachers' ratings and students' answers to “{item}” over cycles, 0 to 100, one small picture for"
        f" each of {counted(len(groups), thing)}; {withheld} of {counted(len(points), 'point')} withheld"
        " because too few."
    )
    two = " ".join(
        f"{name}: " + "; ".join(_point(*point) for point in row) + "." for name, row in groups.items()
    )
    twice = {name: [point for point in row if point[1] is not None] for name, row in groups.items()}
    moved = {name: (row[0], row[-1]) for name, row in twice.items() if len(row) > 1}
    rose = [name for name, (first, last) in moved.items() if (last[1] or 0) > (first[1] or 0)]
    most = max((n for *_, n in points), default=0)
    headline = (
        f"Students picked higher answers than at first in {len(rose)} of {counted(len(moved), thing)}"
        if moved
        else "No two cycles can be compared yet"
    )
    three = (
        f"Higher than at first: {listed(rose) or 'none'}. Different students, lessons and teachers stand"
        " behind each point."
    )
    return Told(f"{headline} (up to {counted(most, 'student')} a point)", (one, two, three))


def _point(cycle: int, students: float | None, teachers: float | None, n: int) -> str:
    name = "before the change" if cycle == 0 else f"cycle {cycle}"
    if students is None:
        return f"{name} too few to show"
    saw = "" if teachers is None else f", teachers {int(teachers)}"
    return f"{name} students {int(students)}{saw} ({n})"


def released_wall_told(
    group: str, rows: Sequence[tuple[str, float | None, float | None, str | None, float | None]]
) -> Told:
    """Return the words of one group's released figures.

    Parameters
    ----------
    group : str
        Whose figures they are.
    rows : sequence of (question, students' mean, teachers' or None, share in words or None, students)
        In the order drawn; a share that is None is withheld, and all else of its row with it.
    """
    shown = [row for row in rows if row[3]]
    rated = [
        (item, teacher - said)
        for item, said, teacher, _, _ in rows
        if said is not None and teacher is not None
    ]
    more = [item for item, gap in rated if gap > 0]
    fewer = [item for item, gap in rated if gap < 0]
    most = max((int(n or 0) for *_, n in shown), default=0)
    one = (
        f"{group}: {counted(len(rows), 'question')}, each with the students' mean and their teachers' rating"
        f" on a scale from 0 to 100; {len(rows) - len(shown)} withheld because too few."
    )
    two = " ".join(_said_of(*row) for row in shown)
    three = (
        f"Teachers saw more than students felt: {listed(more) or 'nowhere'}."
        f" Students felt more than teachers saw: {listed(fewer) or 'nowhere'}."
    )
    headline = (
        f"{group}: teachers saw more than students felt on {len(more)} of {counted(len(rated), 'question')}"
        if rated
        else f"{group}: no gap can be shown yet"
    )
    return Told(f"{headline} (up to {counted(most, 'student')} a question)", (one, two or one, three))


def _said_of(item: str, said: float | None, teacher: float | None, words: str | None, n: float | None) -> str:
    if said is None:
        return f"{item}: {words} picked a top answer ({int(n or 0)})."
    saw = "" if teacher is None else f", teachers {int(teacher)}"
    return f"{item}: students {int(said)}{saw} ({int(n or 0)})."
