"""One cycle in words: the gap, the distribution, what was predicted."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.describe.words import Told, capital, counted, listed
from analytics.gap import BOTH_SAW_IT, BOTH_WANT_MORE, THEY_FELT_MORE, WORDS, YOU_SAW_MORE

SPLIT = "your students are split"
"""Said in place of one of the four words when students stand on both sides, far from the middle."""


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


def prediction_told(items: Sequence[tuple[str, Sequence[tuple[str, str, int | None]]]]) -> Told:
    """Return the words of predictions beside answers, student by student.

    Parameters
    ----------
    items : sequence of (question, [(code, both in words, steps from predicted to picked), ...])
        The steps are None where there is no answer or no prediction.
    """
    steps = [moved for _, rows in items for *_, moved in rows if moved is not None]
    right = sum(moved == 0 for moved in steps)
    near = sum(abs(moved) <= 1 for moved in steps)
    codes = {code for _, rows in items for code, *_ in rows}
    # A child who was away, or for whom nothing was predicted, is drawn and not counted among those compared.
    compared = {code for _, rows in items for code, _said, moved in rows if moved is not None}
    one = (
        f"For each of {counted(len(codes), 'student')} an open diamond for what you predicted and a circle "
        f"for what was picked, on {counted(len(items), 'question')}."
    )
    two = " ".join(
        f"{text}: " + "; ".join(f"{code}: {said}" for code, said, _ in rows) + "." for text, rows in items
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
        f"You predicted {right} of {counted(len(steps), 'answer')} exactly"
        f" ({counted(len(compared), 'student')})"
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


def foreseen_words(counts: Sequence[tuple[str, int, int]], too_few: str) -> str:
    """Return how many answers lay where they were predicted, or why that cannot be said.

    Examples
    --------
    >>> foreseen_words([("No", 1, 3), ("Yes", 4, 2)], "")
    '3 of 5 foreseen'
    """
    answered = sum(picked for *_, picked in counts)
    return too_few or f"{_foreseen(counts)} of {answered} foreseen"


def _foreseen(counts: Sequence[tuple[str, int, int]]) -> int:
    return sum(min(predicted, picked) for _, predicted, picked in counts)


def counts_told(questions: Sequence[tuple[str, str, Sequence[tuple[str, int, int]]]]) -> Told:
    """Return the words of predicted counts.

    Parameters
    ----------
    questions : sequence of (text, why there are no counts or "", [(option, predicted, picked), ...])
    """
    shown = [(text, counts) for text, too_few, counts in questions if not too_few]
    most = max((sum(picked for *_, picked in counts) for _, counts in shown), default=0)
    one = (
        f"For {counted(len(questions), 'question')} an open diamond for how many you thought would pick each "
        f"answer and a bar for how many of {counted(most, 'student')} did."
    )
    two = " ".join(
        f"{text}: "
        + (
            too_few
            or "; ".join(
                f"{option} {predicted} predicted, {picked} picked" for option, predicted, picked in counts
            )
        )
        + "."
        for text, too_few, counts in questions
    )
    if not shown:
        return Told("Too few answers to show (0 students)", (one, two, "Nothing to compare yet."))
    foreseen, answered = (
        sum(_foreseen(c) for _, c in shown),
        sum(picked for _, c in shown for *_, picked in c),
    )
    three = " ".join(_most_missed(text, counts) for text, counts in shown)
    headline = f"{foreseen} of {answered} answers lay where you thought"
    return Told(f"{headline} ({counted(most, 'student')})", (one, two, three))


def _most_missed(text: str, counts: Sequence[tuple[str, int, int]]) -> str:
    option, predicted, picked = max(counts, key=lambda count: abs(count[2] - count[1]))
    if predicted == picked:
        return f"{text}: every count as you predicted."
    way = "more" if picked > predicted else "fewer"
    return f"{text}: {abs(picked - predicted)} {way} than you thought picked {option}."
