"""A series in words: both lines, each student, which side moved, how good the predictions have become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from analytics.describe.words import Told, between, capital, counted, listed, percent, signed


def who_moved(who: str, you: float, they: float) -> str:
    """Return which side moved since the first time, in words.

    Parameters
    ----------
    who : str
        "both", "they", "you", "neither", or "" where it cannot be said (`analytics.movement`).
    you, they : float
        Steps by which the teacher's rating and the students' mean changed.

    Examples
    --------
    >>> who_moved("they", 0, 1.0), who_moved("both", -1, 0.6), who_moved("neither", 0, 0.2)
    ('they rose a step, you stayed', 'they rose half a step, you fell a step', 'you both stayed')
    """
    if not who:
        return ""
    if who == "neither":
        return "you both stayed"
    if who == "both" and _rose(you) == _rose(they):
        return f"you both {_rose(you)}"
    moved = {"they": who in ("they", "both"), "you": who in ("you", "both")}
    said = [
        f"{name} {_rose(change)}" if moved[name] else f"{name} stayed"
        for name, change in (("they", they), ("you", you))
    ]
    return ", ".join(said)


def _rose(change: float) -> str:
    halves = max(1, round(2 * abs(change)))
    whole, half = divmod(halves, 2)
    size = "half a step" if not whole else "a step" if whole == 1 else f"{whole} steps"
    return f"{'rose' if change > 0 else 'fell'} {size}{' and a half' if half and whole else ''}"


def lines_told(panels: Sequence[tuple[str, str, Sequence[tuple[str, str, str, int]]]]) -> Told:
    """Return the words of both lines over cycles.

    Parameters
    ----------
    panels : sequence of (question, which side moved, [(cycle, teacher's place, students' place, n), ...])
        Places are words of the scale, empty where there is no number.
    """
    cycles = max(len(points) for _, _, points in panels)
    ns = [n for _, _, points in panels for *_, n in points if n]
    students = "no students" if not ns else between(min(ns), max(ns), "student")
    one = (
        f"Your line and your students' over {counted(cycles, 'cycle')}, the gap between them shaded; "
        f"{students} each time."
    )
    two = " ".join(
        f"{item}: "
        + "; ".join(
            f"{label}: you {you or 'gave no rating'}, students {they or 'too few to show'} ({n})"
            for label, you, they, n in points
        )
        + "."
        for item, _, points in panels
    )
    told = [(item, moved) for item, moved, _ in panels if moved]
    three = " ".join(f"{item}: {moved}." for item, moved in told) or "Too early to say which side moved."
    headline = (
        told[0][1]
        if len(panels) == 1 and told
        else f"{counted(len(panels), 'question')}, {counted(cycles, 'cycle')}"
    )
    if len(panels) > 1 and told:
        headline = f"“{told[0][0]}”: {told[0][1]}"
    caution = "" if cycles >= 10 else " Three cycles make a line, not a signal." if cycles >= 3 else ""
    return Told(f"{capital(headline)} ({students})", (one, two, three + caution))


def students_told(
    item: str, said: Mapping[str, Sequence[tuple[str, str]]], steps: Mapping[str, Sequence[float | None]]
) -> Told:
    """Return the words of the rows of focal students.

    Parameters
    ----------
    item : str
        The question in short words.
    said : mapping of code -> [(cycle's label, what she picked or why there is nothing), ...]
    steps : mapping of code -> the same as numbers, None where there is none
    """
    ways: dict[str, list[str]] = {"higher": [], "the same": [], "lower": [], "not yet twice": []}
    for code, row in steps.items():
        there = [step for step in row if step is not None]
        way = "not yet twice" if len(there) < 2 else _way(there[-1] - there[0])
        ways[way].append(code)
    twice = len(steps) - len(ways["not yet twice"])
    parts = [
        f"{len(codes)} of {twice} {way}" for way, codes in ways.items() if codes and way != "not yet twice"
    ]
    headline = f"Since the first time: {listed(parts)}" if parts else "Each student has answered once so far"
    focal = counted(len(steps), "focal student")
    one = f"One row for each of {focal}: what was picked on “{item}” in each cycle."
    two = " ".join(
        f"{code}: " + ", ".join(f"{label} {words}" for label, words in row) + "."
        for code, row in said.items()
    )
    three = " ".join(f"{capital(way)}: {listed(codes)}." for way, codes in ways.items() if codes)
    return Told(f"{headline} ({counted(len(steps), 'student')})", (one, two, three))


def _way(moved: float) -> str:
    return "higher" if moved > 0 else "lower" if moved < 0 else "the same"


def run_told(item: str, verdict: str, rule: str, points: Sequence[tuple[int, float | None, int]]) -> Told:
    """Return the words of a run chart.

    Parameters
    ----------
    item, verdict, rule : str
        The question; what the rule says, in one sentence; the rule and its numbers.
    points : sequence of (lesson, gap or None, students)
    """
    there = [(lesson, gap, n) for lesson, gap, n in points if gap is not None]
    lessons = counted(len(there), "lesson")
    ns = [n for *_, n in there]
    students = between(min(ns), max(ns), "student") if ns else "no students"
    one = f"A run chart of the gap on “{item}” over {lessons}, {students} each time. {rule}"
    two = " ".join(f"Lesson {lesson}: {signed(gap)}." for lesson, gap, _ in there) or "No lesson has a gap."
    return Told(f"{verdict.rstrip('.')} ({lessons})", (one, two, f"{verdict.rstrip('.')}."))


def calibration_told(groups: Sequence[tuple[float, float, int]], *, n: int, needed: int) -> Told:
    """Return the words of a calibration curve.

    Parameters
    ----------
    groups : sequence of (share said, share that happened, predictions)
        Empty when there are not enough predictions.
    n, needed : int
        All predictions so far; how many the curve needs.
    """
    if not groups:
        wait = f"{counted(n, 'prediction')} so far; a curve needs {needed}"
        return Told(
            f"Too early for a curve ({wait})", (f"An empty field: {wait}.", f"{wait}.", "Nothing to see yet.")
        )
    over_all = counted(n, "prediction")
    one = f"What happened against what you said, over {over_all}; on the dotted line both agree."
    two = " ".join(
        f"When you said about {percent(said)}, {percent(happened)} did ({number})."
        for said, happened, number in groups
    )
    over = sum((said - happened) * number for said, happened, number in groups) / n
    way = "more" if over > 0 else "fewer"
    points = round(abs(100 * over))
    level = (
        f"You expected {way} top answers than came, by {points} in 100" if points else "Your level was right"
    )
    rising = all(a[1] <= b[1] for a, b in pairwise(groups))
    three = (
        "Where you expected more, more came."
        if rising
        else "More did not always come where you expected more."
    )
    return Told(f"{level} ({counted(n, 'prediction')})", (one, two, f"{level}. {three}"))
