"""Whole sheets: one student's answers to one form, as a table, and whether it was filled in with care."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.arrays import Bools, Floats, Ints
from analytics.codes import Coded, coded
from analytics.columns import joint_codes
from analytics.frames import ANSWERS
from analytics.results import VERSION, TooFew

FEWEST_SHEETS = 10
"""Sheets from which shares are given."""

FEWEST_ITEMS = 3
"""Items a student must have answered to show a straight line."""

HIGH_STRAIGHT = 0.15
"""Share of straight-lined sheets above which a flag is raised."""


@dataclass(frozen=True)
class StraightLining:
    """How many students picked the same option throughout.

    Parameters
    ----------
    n, dropped : int
        Sheets judged: three or more answered items with equally many options; sheets with fewer.
    straight : int
        Sheets with the same option, as picked, on every answered item.
    share : float or None
        ``straight`` of ``n``.
    n_reversed, straight_reversed : int
        The same among sheets that hold reverse-keyed and other items: there a straight line contradicts
        itself. Without reverse-keyed items a straight line may be an honest answer.
    share_reversed : float or None
        ``straight_reversed`` of ``n_reversed``.
    longest : tuple of tuple of int
        (length, sheets): the longest string of one option in the order of the items, and how many sheets.
    flag : bool or None
        Whether the share (of sheets with reverse-keyed items where there are enough) exceeds 15 %.
    method, version : str
        Name of the rule; version of rules and constants.
    too_few : TooFew or None
        Why there is no share.
    """

    n: int
    dropped: int
    straight: int
    share: float | None
    n_reversed: int
    straight_reversed: int
    share_reversed: float | None
    longest: tuple[tuple[int, int], ...]
    flag: bool | None
    method: str
    version: str
    too_few: TooFew | None


def straight_lining(answers: pd.DataFrame, items: pd.DataFrame) -> StraightLining:
    """Return how many sheets hold the same option throughout.

    Parameters
    ----------
    answers, items : DataFrame
        :data:`~analytics.frames.ANSWERS` and :data:`~analytics.frames.ITEMS`. Items are compared where they
        share the commonest number of options; a sheet is one student in one administration.

    Returns
    -------
    StraightLining

    Raises
    ------
    FrameError
        As :func:`analytics.frames.check_answers`.

    Notes
    -----
    Compared by the place of the option as picked, before reversal. On a short form (2 to 8 items) a straight
    line is often an honest answer: count it only as a warning, and mind the version with reverse-keyed items.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["a", "b", "c"], "steps": 4, "reverse": [False, False, True]})
    >>> sheets = [[4, 4, 4], [3, 4, 1], [2, 2, 3], [4, 4, 1]] * 3
    >>> rows = [(1, "abc"[at], who, sheet[at]) for who, sheet in enumerate(sheets) for at in range(3)]
    >>> answers = pd.DataFrame(rows, columns=["administration", "item", "student", "value"])
    >>> found = straight_lining(answers, items)
    >>> found.n, found.straight, found.share_reversed, found.flag
    (12, 3, 0.25, True)
    """
    given = coded(ANSWERS, answers, items)
    picked, reverse = _sheets(given)
    answered = ~np.isnan(picked)
    judged = answered.sum(axis=1) >= FEWEST_ITEMS
    longest = _longest_strings(picked[judged])
    straight = longest == answered[judged].sum(axis=1)
    mixed = answered[judged][:, reverse].any(axis=1) & answered[judged][:, ~reverse].any(axis=1)
    n, n_mixed = int(judged.sum()), int(mixed.sum())
    share = float(straight.mean()) if n >= FEWEST_SHEETS else None
    share_mixed = float(straight[mixed].mean()) if n_mixed >= FEWEST_SHEETS else None
    judged_share = share if share_mixed is None else share_mixed
    lengths, sheets = np.unique(longest, return_counts=True)
    return StraightLining(
        n=n,
        dropped=len(picked) - n,
        straight=int(straight.sum()),
        share=share,
        n_reversed=n_mixed,
        straight_reversed=int(straight[mixed].sum()),
        share_reversed=share_mixed,
        longest=tuple(zip(lengths.tolist(), sheets.tolist(), strict=True)),
        flag=None if judged_share is None else judged_share > HIGH_STRAIGHT,
        method="same option, as picked, on all answered items of a sheet (3 or more)",
        version=VERSION,
        too_few=TooFew("sheets with three answers", n, FEWEST_SHEETS) if n < FEWEST_SHEETS else None,
    )


def score_sheet(answers: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return scores as a table, one row a student and administration, one column an item, after reversal.

    Steps from 0 (least favourable) to K - 1; empty where missing. This is what :func:`~analytics.reliability.
    alpha`, :func:`~analytics.omega.omega` and :func:`~analytics.reliability.item_rest` take.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["a", "b"], "steps": 4, "reverse": [False, True]})
    >>> rows = {"administration": 1, "item": ["a", "b"], "student": "A", "value": [4, 1]}
    >>> score_sheet(pd.DataFrame(rows), items).values.tolist()
    [[3.0, 3.0]]
    """
    given = coded(ANSWERS, answers, items)
    sheet, first = _sheet_of(given)
    table = np.full((len(first), len(given.items)), np.nan)
    table[sheet, given.place] = given.step
    index = pd.MultiIndex.from_frame(given.rows.iloc[first][["administration", "student"]])
    return pd.DataFrame(table, index=index, columns=pd.Index(given.items["item"].to_numpy(), name="item"))


def _sheet_of(given: Coded) -> tuple[Ints, Ints]:
    """Return the sheet of every row, and the first row of each sheet."""
    codes, _ = pd.factorize(joint_codes([given.rows["administration"], given.rows["student"]]))
    sheet = np.asarray(codes, dtype=np.int64)
    return sheet, np.unique(sheet, return_index=True)[1]


def _sheets(given: Coded) -> tuple[Floats, Bools]:
    """Return the options as picked, sheets x items of the commonest scale, and which items are reversed."""
    steps, reverse = given.items["steps"].to_numpy(), given.items["reverse"].to_numpy(dtype=bool)
    sheet, first = _sheet_of(given)
    table = np.full((len(first), len(steps)), np.nan)
    table[sheet, given.place] = np.where(
        reverse[given.place], steps[given.place] - 1 - given.step, given.step
    )
    if not len(steps):
        return table, reverse
    sizes, often = np.unique(steps, return_counts=True)
    alike = steps == sizes[np.argmax(often)]
    return table[:, alike], reverse[alike]


def _longest_strings(picked: Floats) -> Ints:
    """Return the longest string of one option in each sheet; a missing answer does not end a string."""
    longest, length, last = np.zeros((3, len(picked)))
    last[:] = np.nan
    for cells in picked.T:
        there = ~np.isnan(cells)
        length = np.where(there, np.where(cells == last, length + 1, 1), length)
        last = np.where(there, cells, last)
        longest = np.maximum(longest, length)
    return longest.astype(np.int64)
