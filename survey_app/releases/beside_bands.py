"""A release as it may stand beside what teachers hand on: bands of their own classes, from five students on.

Whoever holds the bands of every larger class of a cell is left with its small ones, and a teacher among them
with less. They may hand on at any time, before a release or after it, so it is made as if every one of them
had already.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from analytics.release import STANDARD_TABLES, band_to_hand_on, make_release, with_questions_again

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analytics.release import Entry, Ledger, Policy, Release

TRIES = 3
Block = tuple[str, str]
"""Item and mode."""
_Lesson = tuple[Block, str]


class Coalitions(NamedTuple):
    """Who puts together what: a few teachers, or one who knows several classes and all but one of those."""

    teachers: int
    views: list[set[str]]

    def has(self, teachers: set[str]) -> bool:
        """Tell whether one of them knows all these teachers' classes."""
        return len(teachers) <= self.teachers or any(
            len(teachers - view) < self.teachers for view in self.views
        )


def release_beside_bands(
    answers: pd.DataFrame,
    items: pd.DataFrame,
    tables: Sequence[Sequence[str]] = STANDARD_TABLES,
    *,
    label: str,
    policy: Policy,
    ledger: Ledger,
    views: pd.DataFrame,
) -> Release:
    """Return what ``make_release`` lets out, but nothing that tells with bands what students of others said.

    Where a figure would, whoever holds those bands is taken for one who knows those classes, and its question
    is made once more; what that does not mend is left out.
    """
    steps = _steps(answers, items)
    coalitions = Coalitions(policy.insiders, [set(own) for _, own in views.groupby("viewer")["teacher"]])

    def made(some: pd.DataFrame, known: pd.DataFrame) -> tuple[Release, dict[Block, set[str]]]:
        release = make_release(some, items, tables, label=label, policy=policy, ledger=ledger, views=known)
        told: dict[Block, set[str]] = defaultdict(set)
        for block, teachers in _told(release.ledger, steps, coalitions, policy):
            told[block] |= teachers
        return release, told

    release, told = made(answers, views)
    again: dict[Block, Release | None] = dict.fromkeys(told)
    for block, teachers in told.items():
        own = (answers["item"] == block[0]) & (answers["mode"] == block[1])
        for _ in range(TRIES - 1):
            known = pd.DataFrame([("bands", teacher) for teacher in sorted(teachers)], columns=views.columns)
            mended, still = made(
                answers[own].reset_index(drop=True), pd.concat([views, known], ignore_index=True)
            )
            if not still:
                again[block] = mended
                break
            teachers |= still[block]
    return with_questions_again(release, again) if again else release


def _steps(answers: pd.DataFrame, items: pd.DataFrame) -> dict[_Lesson, list[int]]:
    """Return the answers to each question of each lesson, as steps from the least favourable one on."""
    scale = items.set_index("item")
    lowest, steps, reverse = (answers["item"].map(scale[name]) for name in ("lowest", "steps", "reverse"))
    step = (answers["value"] - lowest).where(~reverse.astype(bool), steps - 1 - answers["value"] + lowest)
    found: dict[_Lesson, list[int]] = defaultdict(list)
    for item, mode, lesson, one in zip(
        answers["item"], answers["mode"], answers["administration"], step, strict=True
    ):
        found[(item, mode), lesson].append(int(one))
    return found


def _told(
    ledger: Ledger, steps: dict[_Lesson, list[int]], coalitions: Coalitions, policy: Policy
) -> Iterator[tuple[Block, set[str]]]:
    """Yield question and teachers of each figure that, with their bands, tells what others said."""
    people = ledger.contributors
    for entry in ledger.entries:
        block = (entry.item, entry.mode)
        whose = {people[member][2]: people[member][0] for member in entry.members}
        rooms = {
            lesson: _room([step >= entry.favourable_from for step in steps[block, lesson]], policy)
            for lesson in whose
        }
        banded = {whose[lesson] for lesson, room in rooms.items() if room.has_band}
        if banded and _gives_away(entry, [(whose[one], room) for one, room in rooms.items()], coalitions):
            yield block, banded


class _Room(NamedTuple):
    """How many answers of a lesson are favourable, of how many, and the range that its band leaves."""

    favourable: int
    answers: int
    least: int
    most: int
    has_band: bool


def _room(given: list[bool], policy: Policy) -> _Room:
    favourable, answers = sum(given), len(given)
    band = band_to_hand_on(favourable, answers, policy)
    if band is None:
        return _Room(favourable, answers, 0, answers, has_band=False)
    alike = [count for count in range(answers + 1) if band_to_hand_on(count, answers, policy) == band]
    return _Room(favourable, answers, alike[0], alike[-1], has_band=True)


def _gives_away(entry: Entry, lessons: Sequence[tuple[str, _Room]], coalitions: Coalitions) -> bool:
    """Tell whether somebody who holds all bands learns that all answers of a lesson are alike.

    A figure says of the favourable answers at most so many. Where the lessons of all but a coalition have as
    few as their bands leave open, and the coalition knows its own, there is no room for one more: each of the
    others has that number, and where it is none, everybody there is known. The same holds for as many as
    there can be. No other number is told, since a band always leaves two.
    """
    total = sum(room.favourable for _, room in lessons)
    fewest = [(teacher, room.favourable - room.least, room.favourable == 0) for teacher, room in lessons]
    most = [
        (teacher, room.most - room.favourable, room.favourable == room.answers) for teacher, room in lessons
    ]
    for lies_open, sides in ((entry.most > total, fewest), (entry.least < total, most)):
        knows = {teacher for teacher, left, _ in sides if left}
        is_told = any(alike and teacher not in knows for teacher, _, alike in sides)
        if is_told and not lies_open and coalitions.has(knows):
            return True
    return False
