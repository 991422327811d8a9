"""A release as it may stand beside what teachers hand on: bands of their own classes, from five students on.

Whoever holds the bands of every larger class of a cell is left with its small ones. A teacher may hand on at
any time, before a release or after it, so it is made as if every one of them had already.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from analytics.release import STANDARD_TABLES, band_to_hand_on, make_release, with_questions_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analytics.release import Entry, Ledger, Policy, Release

TRIES = 3
Block = tuple[str, str]
"""Item and mode."""
_Lesson = tuple[Block, str]


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
    """Return what ``make_release`` lets out, but nothing that tells with bands what a few students said.

    Where a figure would, whoever holds those bands is taken for one who knows those classes, and its question
    is made once more; what that does not mend is left out.
    """
    steps = _steps(answers, items)

    def made(some: pd.DataFrame, known: pd.DataFrame) -> tuple[Release, dict[Block, set[str]]]:
        release = make_release(some, items, tables, label=label, policy=policy, ledger=ledger, views=known)
        told: dict[Block, set[str]] = defaultdict(set)
        for block, teachers in _told(release.ledger, steps, policy):
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
    ledger: Ledger, steps: dict[_Lesson, list[int]], policy: Policy
) -> Iterator[tuple[Block, set[str]]]:
    """Yield question and teachers of each figure that, with their bands, tells what a few students said."""
    people = ledger.contributors
    for entry in ledger.entries:
        block = (entry.item, entry.mode)
        lessons: dict[str, list[int]] = defaultdict(list)
        for member in entry.members:
            lessons[people[member][2]].append(member)
        known = {
            lesson: _band([step >= entry.favourable_from for step in steps[block, lesson]], policy)
            for lesson in lessons
        }
        rest = [member for lesson, own in lessons.items() if known[lesson] is None for member in own]
        few = {people[member][1::2] if entry.mode == "coded" else people[member] for member in rest}
        if 0 < len(few) < policy.smallest_group and _is_pinned(entry, known.values(), len(rest)):
            banded = [own[0] for lesson, own in lessons.items() if known[lesson] is not None]
            yield block, {people[member][0] for member in banded}


def _is_pinned(entry: Entry, known: Iterable[tuple[int, int] | None], rest: int) -> bool:
    """Tell whether what bands leave of a figure can be one number of favourable answers only."""
    bands = [band for band in known if band]
    least = max(0, entry.least - sum(most for _least, most in bands))
    most = min(rest, entry.most - sum(least for least, _most in bands))
    return least >= most


def _band(given: list[bool], policy: Policy) -> tuple[int, int] | None:
    """Return between which counts a band leaves the favourable answers of one lesson; none for too few."""
    band = band_to_hand_on(sum(given), len(given), policy)
    if band is None:
        return None
    alike = [count for count in range(len(given) + 1) if band_to_hand_on(count, len(given), policy) == band]
    return alike[0], alike[-1]
