"""The words beside every picture: what is drawn, the numbers, the pattern; never why: that is the teacher's.

The levels are those of Lundgard and Satyanarayan (2022), Accessible Visualization via Natural Language
Descriptions. The four words of the gap come with the numbers (`analytics.gap`); here they are only put into
sentences. Every headline says how many students it rests on, and below ten students all numbers are counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from analytics.gap import BOTH_SAW_IT, BOTH_WANT_MORE, THEY_FELT_MORE, WORDS, YOU_SAW_MORE

SPLIT = "your students are split"
"""Said in place of one of the four words when students stand on both sides, far from the middle."""


class Told(NamedTuple):
    """The headline and the three levels of one picture."""

    sentence: str
    levels: tuple[str, str, str]


def counted(number: int, thing: str, things: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "student"), counted(3, "class", "classes")
    ('1 student', '3 classes')
    """
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return parts as a person lists them.

    Examples
    --------
    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def capital(sentence: str) -> str:
    """Return a sentence with its first letter capital and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def beside_the_mark(lower: int, same: int, higher: int) -> str:
    """Return where the students stand beside the teacher's own answer, in counts.

    Examples
    --------
    >>> beside_the_mark(3, 2, 0)
    '3 of 5 lower'
    >>> beside_the_mark(0, 4, 1)
    '4 of 5 the same'
    >>> beside_the_mark(2, 1, 2)
    '2 lower, 2 higher'
    >>> beside_the_mark(0, 5, 0)
    'all 5 the same'
    """
    n = lower + same + higher
    if n == 0:
        return "no answers"
    if lower == higher > 0 and lower >= same:
        return f"{lower} lower, {higher} higher"
    most, word = max((same, "the same"), (lower, "lower"), (higher, "higher"), key=lambda pair: pair[0])
    return f"all {n} {word}" if most == n else f"{most} of {n} {word}"


def gap_told(
    questions: Sequence[tuple[str, str, str, str, int]], *, about: str, students: int, marks: str
) -> Told:
    """Return the words of a gap picture.

    Parameters
    ----------
    questions : sequence of (text, word, teacher's option, beside the mark, n)
        In the order asked; word and option are empty where the teacher gave no rating.
    about : str
        What the questions are about in a noun ("voice"), or "" for none.
    students : int
        How many students answered at least one question.
    marks : str
        What a dot or bar stands for, as the first words of level 1.
    """
    places = {word: [text for text, said, *_ in questions if said == word] for word in (*WORDS, SPLIT)}
    rated = sum(len(texts) for texts in places.values())
    level_1 = (
        f"{marks} {counted(len(questions), 'question')} in the order asked, {counted(students, 'student')}."
    )
    level_2 = " ".join(
        f"{text}: you picked {option}; {beside}."
        if option
        else f"{text}: {counted(n, 'answer')}, you gave none."
        for text, _, option, beside, n in questions
    )
    level_3 = " ".join(f"{capital(word)}: {listed(texts)}." for word, texts in places.items() if texts)
    headline = _gap_headline(places, rated, about) if students else "Too few answers to show"
    return Told(
        f"{headline} ({counted(students, 'student')})",
        (level_1, level_2, level_3 or "You gave no rating, so there is no gap to see."),
    )


def _gap_headline(places: dict[str, list[str]], rated: int, about: str) -> str:
    if rated == 0:
        return "What your students said; you gave no rating"
    of = {word: len(texts) for word, texts in places.items()}
    more = f"more {about} than" if about else "more than"
    saw, felt = f"You saw {more} they felt", f"They felt {more} you saw"
    if of[YOU_SAW_MORE] and of[YOU_SAW_MORE] >= of[THEY_FELT_MORE]:
        return f"{saw} on {of[YOU_SAW_MORE]} of {counted(rated, 'question')}"
    if of[THEY_FELT_MORE]:
        return f"{felt} on {of[THEY_FELT_MORE]} of {counted(rated, 'question')}"
    alike = [word for word in (BOTH_SAW_IT, BOTH_WANT_MORE, SPLIT) if of[word]]
    return capital(" and ".join(f"{word} on {of[word]} of {counted(rated, 'question')}" for word in alike))


def distribution_told(questions: Sequence[tuple[str, str, Sequence[tuple[str, int]]]]) -> Told:
    """Return the words of a distribution.

    Parameters
    ----------
    questions : sequence of (text, teacher's option, [(option, students), ...])
        Options from the least to the most favourable; the teacher's is empty where she gave no rating.
    """
    most = max(sum(count for _, count in answers) for _, _, answers in questions)
    one = (
        f"Each bar shows how {counted(most, 'student')} answered one question, less to the left and more to "
        "the right; the diamond marks what you picked."
    )
    two = " ".join(
        f"{text}: {listed([f'{option} {count}' for option, count in answers])}"
        f"{f'; you picked {picked}' if picked else ''}."
        for text, picked, answers in questions
    )
    three = " ".join(f"{text}: {_spread(answers)}." for text, _, answers in questions)
    return Told(_spread_headline([(text, answers) for text, _, answers in questions]), (one, two, three))


def _spread_headline(questions: Sequence[tuple[str, Sequence[tuple[str, int]]]]) -> str:
    tops = [(text, *_upper_half(answers)) for text, answers in questions if _upper_half(answers)[1]]
    if not tops:
        return "No student has answered yet"
    best, least = max(tops, key=_share), min(tops, key=_share)
    options = [option for option, _ in questions[0][1]]
    shared = all([option for option, _ in answers] == options for _, answers in questions)
    upper = options[(len(options) + 1) // 2 :]
    said = f"picked {' or '.join(upper)}" if shared else "picked a top answer"
    headline = f"{best[1]} of {best[2]} {said} on “{best[0]}”"
    return (
        headline if _share(best) == _share(least) else f"{headline}; {least[1]} of {least[2]} on “{least[0]}”"
    )


def _share(top: tuple[str, int, int]) -> float:
    return top[1] / top[2]


def _upper_half(answers: Sequence[tuple[str, int]]) -> tuple[int, int]:
    counts = [count for _, count in answers]
    return sum(counts[(len(counts) + 1) // 2 :]), sum(counts)


def _spread(answers: Sequence[tuple[str, int]]) -> str:
    used = [option for option, count in answers if count]
    if not used:
        return "no answers"
    n = sum(count for _, count in answers)
    ends = answers[0][1], answers[-1][1]
    if len(used) == 1:
        return f"all picked {used[0]}"
    if min(ends) > 0 and sum(ends) > n / 2:
        return f"split between {answers[0][0]} and {answers[-1][0]}"
    return f"from {used[0]} to {used[-1]}"


def lines_told(panels: Sequence[tuple[str, str, Sequence[tuple[str, str, str, int]]]]) -> Told:
    """Return the words of both lines over cycles.

    Parameters
    ----------
    panels : sequence of (question, which side moved, [(cycle, teacher's place, students' place, n), ...])
        Places are words of the scale, empty where there is no number.
    """
    cycles = max(len(points) for _, _, points in panels)
    ns = [n for _, _, points in panels for *_, n in points if n]
    students = "no students" if not ns else _between(min(ns), max(ns), "student")
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


def _between(low: int, high: int, thing: str) -> str:
    return counted(low, thing) if low == high else f"{low} to {counted(high, thing)}"


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


def prediction_told(items: Sequence[tuple[str, Sequence[tuple[str, str, str, int | None]]]]) -> Told:
    """Return the words of predictions beside answers, student by student.

    Parameters
    ----------
    items : sequence of (question, [(code, predicted, picked, steps from predicted to picked), ...])
        The steps are None where there is no answer or no prediction.
    """
    steps = [moved for _, rows in items for *_, moved in rows if moved is not None]
    right = sum(moved == 0 for moved in steps)
    near = sum(abs(moved) <= 1 for moved in steps)
    codes = {code for _, rows in items for code, *_ in rows}
    one = (
        f"For each of {counted(len(codes), 'student')} an open diamond for what you predicted and a circle "
        f"for what was picked, on {counted(len(items), 'question')}."
    )
    two = " ".join(
        f"{text}: "
        + "; ".join(
            f"{code} you predicted {said or 'nothing'}, picked {picked}" for code, said, picked, _ in rows
        )
        + "."
        for text, rows in items
    )
    higher, lower = sum(moved > 0 for moved in steps), sum(moved < 0 for moved in steps)
    if not steps:
        return Told(
            f"No prediction to compare yet ({counted(len(codes), 'student')})",
            (one, two, "Nothing to compare yet."),
        )
    sides = [
        f"{number} picked {way} than you predicted"
        for number, way in ((higher, "higher"), (lower, "lower"))
        if number
    ]
    three = f"{near} of {len(steps)} within one step. {capital(listed(sides) or 'all as you predicted')}."
    headline = (
        f"You predicted {right} of {counted(len(steps), 'answer')} exactly ({counted(len(codes), 'student')})"
    )
    return Told(headline, (one, two, three))


def moved_words(steps: int) -> str:
    """Return how far an answer lies from its prediction.

    Examples
    --------
    >>> moved_words(0), moved_words(-1), moved_words(2)
    ('as predicted', '1 step lower', '2 steps higher')
    """
    if steps == 0:
        return "as predicted"
    return f"{counted(abs(steps), 'step')} {'higher' if steps > 0 else 'lower'}"


def levels(*sentences: Iterable[str]) -> tuple[str, str, str]:
    """Return three levels from three groups of sentences."""
    one, two, three = (" ".join(group) for group in sentences)
    return one, two, three
