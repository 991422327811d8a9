"""One round to try: an invented lesson, five invented students, answers fixed before anybody played.

The two questions are WC5 and AG1 of the library, in its words; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = ("Not at all", "A little", "Some", "A lot")


@dataclass(frozen=True)
class PlayQuestion:
    """A question as students and teacher read it; ``label`` is its short form in pictures."""

    name: str
    key: str
    label: str
    student: str
    teacher: str


@dataclass(frozen=True)
class PlayStudent:
    """An invented focal student: what the teacher could see, and what was picked."""

    code: str
    seen: str
    picked: dict[str, int]


CHANCE = PlayQuestion(
    name="chance",
    key="WC5",
    label="A chance to share their thinking",
    student="How much of a chance did you have to share your thinking?",
    teacher="How much of a chance did a typical one of them have to share their thinking?",
)
OWN_WAY = PlayQuestion(
    name="own_way",
    key="AG1",
    label="Their own way to figure it out",
    student="How much did you get to use your own way to figure it out?",
    teacher="How much did a typical one of them get to use their own way to figure it out?",
)
QUESTIONS = (CHANCE, OWN_WAY)
STUDENTS = (
    PlayStudent("A", "had a hand up first, and spoke three times.", {"chance": 4, "own_way": 3}),
    PlayStudent("B", "wrote and sketched all lesson, and said nothing.", {"chance": 3, "own_way": 4}),
    PlayStudent("C", "sat in a lively group, nodded and laughed.", {"chance": 1, "own_way": 2}),
    PlayStudent("D", "came late, into a group that had its plan.", {"chance": 2, "own_way": 1}),
    PlayStudent("E", "explained the table in English and in Spanish.", {"chance": 2, "own_way": 3}),
)


@dataclass(frozen=True)
class Beside:
    """A prediction beside what was picked, in words."""

    code: str
    predicted: str
    picked: str
    words: str


def unpicked(picked: Mapping[str, int], names: list[str]) -> dict[str, str]:
    """Return what to say at each field without a pick."""
    asked = {question.name: question.label for question in QUESTIONS}
    asked |= {f"student_{one.code}": one.code for one in STUDENTS}
    return {name: f"{asked[name]}: pick one answer." for name in names if name not in picked}


def picks_in(sent: Mapping[str, str], names: list[str]) -> dict[str, int]:
    """Return the options picked in an address, by field name; what is none of ours is left out."""
    known = {str(step): step for step in range(1, len(OPTIONS) + 1)}
    return {name: known[sent[name]] for name in names if sent.get(name) in known}


def rating_names() -> list[str]:
    """Return the field names of one's own rating, in the order asked."""
    return [question.name for question in QUESTIONS]


def prediction_names() -> list[str]:
    """Return the field names of the prediction, one for each student."""
    return [f"student_{student.code}" for student in STUDENTS]


def compare(predicted: Mapping[str, int]) -> list[Beside]:
    """Return each prediction of the first question beside what this student picked."""
    pairs = [(one.code, predicted[f"student_{one.code}"], one.picked[CHANCE.name]) for one in STUDENTS]
    return [Beside(code, OPTIONS[p - 1], OPTIONS[x - 1], _apart(x - p)) for code, p, x in pairs]


def _apart(steps: int) -> str:
    if steps == 0:
        return "just as you said"
    return f"{abs(steps)} {'step' if abs(steps) == 1 else 'steps'} {'higher' if steps > 0 else 'lower'}"
