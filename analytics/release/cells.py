"""The cells of the asked tables: who is in each, what its answers add up to, and the policy's first rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Bools, Floats, FrameError, Ints, joint_codes
from analytics.release.contributions import CONTRIBUTIONS, Rows, plain
from analytics.release.counting import Tally, distinct_students, tally
from analytics.release.figures import COARSE, Sums, ends_apart
from analytics.release.policy import Policy


@dataclass(frozen=True)
class Cells:
    """Every cell that has an answer, over all tables, items and modes.

    Parameters
    ----------
    table : array of int
        Position of its table in the list asked for.
    key : list of tuple
        Its value of each grouping of that table.
    block : array of int
        Its item and mode: a position in ``Rows.blocks``.
    member : array of int, shape (answers, tables)
        The cell of each answer in each table; -1 where a grouping is empty.
    who : Tally
        Students, teachers and answers behind each cell.
    sums : Sums
        What its answers add up to.
    gap : array of float
        Sum over its answers of the teacher's rating minus the student's answer, in steps; NaN unless every
        class has a rating.
    """

    table: Ints
    key: list[tuple[Any, ...]]
    block: Ints
    member: Ints
    who: Tally
    sums: Sums
    gap: Floats

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def answers(self) -> list[Ints]:
        """The positions of the answers of each cell, rising."""
        return answers_by_set(self.member, len(self))


def build_cells(rows: Rows, tables: tuple[tuple[str, ...], ...], policy: Policy) -> Cells:
    """Sort the answers into the cells of each table.

    Raises
    ------
    FrameError
        If a table asks for a grouping whose column the contributions do not have.
    """
    member = np.full((len(rows), len(tables)), -1, dtype=np.int64)
    table: list[int] = []
    keys: list[tuple[Any, ...]] = []
    blocks: list[int] = []
    for place, groupings in enumerate(tables):
        inside, code, first = _cells_of(rows, groupings)
        values = [[plain(value) for value in rows.frame[name].iloc[first]] for name in groupings]
        named = list(zip(*values, strict=True)) if values else [()] * len(first)
        # Cells are numbered by their names, so that nothing depends on how the keys were stored.
        order = sorted(range(len(first)), key=lambda at: (in_order(named[at]), rows.block[first[at]]))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        member[inside, place] = rank[code] + len(keys)
        keys.extend(named[at] for at in order)
        blocks.extend(rows.block[first[order]].tolist())
        table.extend([place] * len(first))
    count = len(keys)
    which = np.repeat(np.arange(len(rows)), len(tables))
    who = tally(rows, which, member.ravel(), count, policy.insiders)
    return Cells(
        table=np.array(table, dtype=np.int64),
        key=keys,
        block=np.array(blocks, dtype=np.int64),
        member=member,
        who=who,
        sums=_sums(rows, member, who, policy),
        gap=_gaps(rows, member, count),
    )


def answers_by_set(member: Ints, count: int) -> list[Ints]:
    """Return the positions of the answers of each set, rising, where ``member`` has a column of sets each."""
    found: list[Ints] = [np.empty(0, dtype=np.int64)] * count
    for column in member.T:
        order = np.argsort(column, kind="stable")
        order = order[column[order] >= 0]
        for part in np.split(order, np.flatnonzero(np.diff(column[order])) + 1):
            if len(part):
                found[int(column[part[0]])] = part
    return found


def in_order(values: Iterable[Any]) -> tuple[tuple[bool, Any], ...]:
    """Return a sorting key for a mixture of numbers and texts."""
    return tuple((isinstance(value, str), value) for value in values)


def passes_first_rule(who: Tally, policy: Policy) -> Bools:
    """Say which sets hold enough students and teachers, with no teacher giving too many of the answers."""
    even = who.most <= policy.largest_share * who.answers + 1e-9
    enough = (who.students >= policy.fewest_joined) & (who.teachers >= policy.fewest_teachers)
    return np.asarray(enough & even, dtype=np.bool_)


def _cells_of(rows: Rows, groupings: tuple[str, ...]) -> tuple[Ints, Ints, Ints]:
    """Return the answers inside the table, the cell of each, and an answer of each cell."""
    for name in groupings:
        if name not in rows.frame:
            raise FrameError(
                CONTRIBUTIONS.name, "A table is grouped by this column: it is missing.", column=name
            )
    inside = np.ones(len(rows), dtype=bool)
    for name in groupings:
        inside &= rows.frame[name].notna().to_numpy()
    at = np.flatnonzero(inside)
    if not len(at):
        return at, at, at
    columns = [pd.Series(rows.block[at]), *(rows.frame[name].iloc[at] for name in groupings)]
    _, first, code = np.unique(joint_codes(columns), return_index=True, return_inverse=True)
    return at, np.asarray(code, dtype=np.int64), at[first]


def _sums(rows: Rows, member: Ints, who: Tally, policy: Policy) -> Sums:
    answers, students = who.answers, who.students
    count = len(answers)
    favourable, total, sides = (np.zeros(count, dtype=np.int64) for _ in range(3))
    top, border = np.ones(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    ends, few = np.zeros((2, count), dtype=np.int64), np.zeros((2, count), dtype=np.int64)
    step_of_border = rows.favourable_from
    for cell in member.T:
        at = np.flatnonzero(cell >= 0)
        of = cell[at]
        favourable += np.bincount(of, rows.favourable[at], minlength=count).astype(np.int64)
        total += np.bincount(of, rows.step[at], minlength=count).astype(np.int64)
        top[of], border[of] = rows.top[at], step_of_border[at]
        for end, there in enumerate((rows.step[at] == 0, rows.step[at] == rows.top[at])):
            ends[end] += np.bincount(of, there, minlength=count).astype(np.int64)
            apart = distinct_students(rows, at, 2 * of + there, 2 * count).reshape(count, 2)
            few[end] = np.maximum(few[end], apart.min(axis=1))
        both = distinct_students(rows, at, 2 * of + rows.favourable[at], 2 * count).reshape(count, 2)
        sides = np.maximum(sides, both.min(axis=1))
    grain = np.where(students < policy.whole_from, COARSE, 1)
    told = (few >= policy.smallest_segment) & ends_apart(favourable, answers, top, border)
    return Sums(answers, favourable, total, top, border, sides, grain, np.where(told, ends, -1))


def _gaps(rows: Rows, member: Ints, count: int) -> Floats:
    gap = np.zeros(count)
    for cell in member.T:
        at = np.flatnonzero(cell >= 0)
        # One class without a rating empties the sum: the gap and the mean then rest on the same answers.
        gap += np.bincount(cell[at], rows.rating[at] - rows.step[at], minlength=count)
    return gap
