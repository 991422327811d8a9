"""How invented students answer and what their teacher sees: a graded model with the usual variances.

An answer is a latent value cut into steps: the class (what this teacher's lessons are like), the lesson, the
change tried, the student, the question that day, and chance. Variances of a single answer are 0.30 between
teachers, 0.17 between lessons, 0.25 between students of a class and 1.00 left over, so that five students in
one lesson tell one class from another with a dependability of about 0.30 / (0.30 + 0.17 + 1.25 / 5) = 0.42:
what studies of students' ratings of a single lesson find.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_app.sample.chance import chance_for
from survey_app.sample.material import hard_question, phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

TEACHERS_SD, LESSONS_SD, STUDENTS_SD, ITEM_AND_LESSON_SD, LEFT_OVER_SD = 0.55, 0.41, 0.50, 0.20, 1.0
ITEMS_SD = 0.40
# The steps of an answer, as cuts of the latent value; most answers are in the upper half, as students' are.
CUTS = {3: (-1.1, 0.15), 4: (-1.15, -0.25, 0.85), 5: (-1.4, -0.6, 0.3, 1.1)}
SKIPS, SKIPS_AT_THE_END, READS_WITH_TROUBLE, NEVER_HAPPENED, WRITES = 0.01, 0.03, 0.06, 0.12, 0.55
HARD_WORDS = 0.17
FOCAL_ARE_LOWER = 0.35  # teachers choose the students they hear from least


@dataclass
class Child:
    """One invented student."""

    level: float
    locale: str
    trouble: float  # chance that a question is not understood


@dataclass
class Lesson:
    """What one lesson was like, beyond what the class is like on most days."""

    level: float
    change: float
    seed: tuple[object, ...]


class Classroom:
    """The invented students of one class, and how their teacher sees them."""

    def __init__(self, *, seed: int, place: str, level: float, optimism: float, young: bool) -> None:
        self.seed, self.place, self.young = seed, place, young
        self.level, self.optimism = level, optimism
        self.insight = chance_for(seed, place, "insight").uniform(0.2, 0.9)

    def focal_child(self, label: str) -> Child:
        """Return the focal student with this code; the same code is always the same student."""
        child = self._child("focal", label)
        child.level -= FOCAL_ARE_LOWER
        return child

    def other_child(self, number: int) -> Child:
        """Return one of the rest of the class."""
        return self._child("rest", number)

    def _child(self, *which: object) -> Child:
        chance = chance_for(self.seed, self.place, *which)
        locale = "es" if chance.random() < 0.18 else "en"
        trouble = READS_WITH_TROUBLE if locale == "es" or self.young else READS_WITH_TROUBLE / 4
        return Child(chance.gauss(0, STUDENTS_SD), locale, trouble)

    def lesson(self, number: int, *, change: float) -> Lesson:
        """Return the lesson of one cycle."""
        seed = (self.seed, self.place, "lesson", number)
        return Lesson(chance_for(*seed).gauss(0, LESSONS_SD), change, seed)

    def answers(self, child: Child, items: Sequence[Mapping[str, Any]], lesson: Lesson, who: str) -> dict:
        """Return a whole sheet: item version id to a value, words, or a reason why there is none."""
        chance = chance_for(*lesson.seed, who)
        level = self.level + lesson.level + lesson.change + child.level
        return {
            item["id"]: self._answer(chance, child, item, level, lesson, place / len(items))
            for place, item in enumerate(items, start=1)
        }

    def _answer(
        self,
        chance: Random,
        child: Child,
        item: Mapping[str, Any],
        level: float,
        lesson: Lesson,
        place: float,
    ) -> int | str:
        # The same draws whatever comes of them: a reason here must not shift the answers after it.
        lost, noise, told = chance.random(), chance.gauss(0, LEFT_OVER_SD), chance.random()
        if item["kind"] == "text":
            return _own_words(chance, child, item) if told < WRITES else "skipped"
        trouble = child.trouble + (HARD_WORDS if item["key"] == hard_question() else 0)
        if lost < trouble:
            return "not_understood"
        if item["may_not_apply"] and lost < trouble + NEVER_HAPPENED:
            return "not_applicable"
        if lost > 1 - SKIPS - SKIPS_AT_THE_END * place:
            return "skipped"
        return step(level + self._question(item, lesson) + noise, item)

    def own_rating(
        self, children: Sequence[Child], item: Mapping[str, Any], lesson: Lesson, view: float
    ) -> int:
        """Return what the teacher saw of a typical student, as rosy as she is; ``view`` is how she moved."""
        typical = sum(child.level for child in children) / len(children)
        noise = chance_for(*lesson.seed, "own", item["key"]).gauss(0, 0.3)
        level = self.level + lesson.level + lesson.change + typical + self.optimism + view
        return step(level + self._question(item, lesson) + noise, item)

    def predicted(self, child: Child, item: Mapping[str, Any], lesson: Lesson, view: float, who: str) -> int:
        """Return what the teacher expects one student to pick."""
        noise = chance_for(*lesson.seed, "predicts", item["key"], who).gauss(0, 0.5)
        level = self.level + lesson.level / 2 + lesson.change + self.insight * child.level
        return step(level + 0.7 * (self.optimism + view) + self._ease(item) + noise, item)

    def _question(self, item: Mapping[str, Any], lesson: Lesson) -> float:
        return self._ease(item) + chance_for(*lesson.seed, item["key"]).gauss(0, ITEM_AND_LESSON_SD)

    def _ease(self, item: Mapping[str, Any]) -> float:
        return chance_for(self.seed, "item", item["key"].partition(".")[0]).gauss(0, ITEMS_SD)


def step(latent: float, item: Mapping[str, Any]) -> int:
    """Return the answer step of a latent value; a question that is turned round has its steps reversed."""
    values = item["values"][::-1] if item["reverse"] else item["values"]
    cuts = CUTS.get(len(values)) or [
        2 * (k + 1) / len(values) - 1 for k in range(len(values) - 1)
    ]
    value: int = values[sum(latent > cut for cut in cuts)]
    return value


def predicted_counts(expected: Sequence[int], item: Mapping[str, Any]) -> dict[str, str]:
    """Return how many a teacher says will pick each step, as typed: the wanted whole numbers of a class."""
    return {str(value): str(sum(one == value for one in expected)) for value in item["values"]}


def share_above(level: float) -> float:
    """Return the share of students with an answer in the top two of four steps, for a level of the class."""
    spread = math.hypot(STUDENTS_SD, LEFT_OVER_SD)
    return 0.5 * math.erfc((CUTS[4][1] - level) / (spread * math.sqrt(2)))


def _own_words(chance: Random, child: Child, item: Mapping[str, Any]) -> str:
    kind = "math_in_science" if item["key"].startswith("MS") else "strength"
    words: str = chance.choice(phrases()["own_words"][kind][child.locale])
    return words
