"""How many picked what: one pass over the answers.

:func:`count_answers` turns the long table of answers into counts by administration, item and option.
Summary, gap and prediction all work on those counts: a hundred thousand classes cost one pass over the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.codes import MISSING_REASONS, coded
from analytics.columns import Bools, Ints
from analytics.frames import ANSWERS


@dataclass(frozen=True)
class AnswerCounts:
    """Answers counted by administration and item.

    Parameters
    ----------
    items : DataFrame
        The checked ITEMS.
    administrations : Index
        Administrations in the order in which they first appear.
    administration, place : array of int, shape (groups,)
        Each group's position in ``administrations`` and in ``items``; sorted by the first, then the second.
    counts : array of int, shape (groups, widest scale)
        Students at each step *after reversal*, least favourable first; 0 beyond the item's own K steps.
    missing : array of int, shape (groups, 4)
        Answers missing, by reason, in the order of :data:`~analytics.frames.MISSING_REASONS`.
    """

    items: pd.DataFrame
    administrations: pd.Index[Any]
    administration: Ints
    place: Ints
    counts: Ints
    missing: Ints

    @property
    def n(self) -> Ints:
        """Students who answered, by group."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.int64)

    @property
    def top(self) -> Ints:
        """The highest step, K - 1, by group."""
        return np.asarray(self.items["steps"].to_numpy()[self.place] - 1, dtype=np.int64)

    @property
    def lowest(self) -> Ints:
        """The code of the lowest option, by group."""
        return np.asarray(self.items["lowest"].to_numpy()[self.place], dtype=np.int64)

    def step_totals(self) -> Ints:
        """Return the sum of the students' steps, by group."""
        return self.counts @ np.arange(self.counts.shape[1])

    def named(self) -> dict[str, Any]:
        """Return the first columns of a result: each group's administration and item."""
        return {
            "administration": self.administrations.take(self.administration),
            "item": pd.Index(self.items["item"]).take(self.place),
        }

    def find(self, administrations: pd.Series[Any], place: Ints) -> Ints:
        """Return the group of each row, -1 where nobody was asked that item in that administration."""
        codes, found = _distinct(administrations)
        position = np.asarray(self.administrations.get_indexer(found), dtype=np.int64)[codes]
        return self.group_at(position, place)

    def group_at(self, position: Ints, place: Ints) -> Ints:
        """Return the group of each pair of positions of administration and item, -1 where there is none."""
        wanted = np.where(position < 0, -1, position * len(self.items) + place)
        return positions(self.administration * len(self.items) + self.place, wanted)

    def joined(self, administrations: pd.Series[Any], place: Ints) -> tuple[AnswerCounts, Ints]:
        """Return the counts, with an empty group for each pair that had none, and the group of each row."""
        group = self.find(administrations, place)
        absent = group < 0
        if not absent.any():
            return self, group
        codes, found = _distinct(administrations[absent])
        position = np.asarray(self.administrations.get_indexer(found), dtype=np.int64)
        new = position < 0
        position[new] = len(self.administrations) + np.arange(int(new.sum()))
        added = np.unique(position[codes] * len(self.items) + place[absent])
        keys = np.concatenate([self.administration * len(self.items) + self.place, added])
        order = np.argsort(keys, kind="stable")
        grown = replace(
            self,
            administrations=self.administrations.append(found[new]) if new.any() else self.administrations,
            administration=keys[order] // len(self.items),
            place=keys[order] % len(self.items),
            counts=np.pad(self.counts, ((0, len(added)), (0, 0)))[order],
            missing=np.pad(self.missing, ((0, len(added)), (0, 0)))[order],
        )
        return grown, grown.find(administrations, place)


def count_answers(answers: pd.DataFrame, items: pd.DataFrame) -> AnswerCounts:
    """Count the answers by administration, item and option, and the missing ones by reason.

    Parameters
    ----------
    answers, items : DataFrame
        :data:`~analytics.frames.ANSWERS` and :data:`~analytics.frames.ITEMS`.

    Returns
    -------
    AnswerCounts
        One group for each administration and item that has a row, answered or not.

    Raises
    ------
    FrameError
        As :func:`analytics.frames.check_answers`.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["SM4"], "steps": [4], "reverse": [True]})
    >>> rows = {"administration": 1, "item": "SM4", "student": list("ABC"), "value": [1, 2, None],
    ...         "missing": [None, None, "skipped"]}
    >>> counted = count_answers(pd.DataFrame(rows), items)
    >>> counted.counts.tolist(), counted.missing.tolist()
    ([[0, 0, 1, 1]], [[1, 0, 0, 0]])
    """
    given = coded(ANSWERS, answers, items)
    many, width = len(given.items), int(given.items["steps"].max()) if len(given.items) else 0
    codes, administrations = _distinct(given.rows["administration"])
    reason = given.rows["missing"].cat.codes.to_numpy()
    cell = np.where(reason > 0, width - 1 + reason, given.step) if reason.any() else given.step
    group = codes * many
    group += given.place
    found = np.arange(len(administrations) * many)
    if len(found) > 4 * len(group):
        found, group = np.unique(group, return_inverse=True)
    cells = width + len(MISSING_REASONS)
    # One long row an option: sums over the few options of many groups then run along the memory.
    slot = cell.astype(np.int64)
    slot *= len(found)
    slot += group
    table = np.bincount(slot, minlength=cells * len(found)).reshape(cells, len(found))
    asked = table.any(axis=0)
    if not asked.all():
        table, found = table[:, asked], found[asked]
    return AnswerCounts(
        items=given.items,
        administrations=administrations,
        administration=found // max(many, 1),
        place=found % max(many, 1),
        counts=table[:width].T,
        missing=table[width:].T,
    )


def positions(ordered: Ints, wanted: Ints) -> Ints:
    """Return where each wanted key stands among the ordered ones, -1 where it does not."""
    if not len(ordered):
        return np.full(len(wanted), -1, dtype=np.int64)
    if ordered[0] == 0 and ordered[-1] == len(ordered) - 1:  # the usual case: every key from 0 up is there
        return np.where(wanted < len(ordered), wanted, -1)
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    hit: Bools = ordered[place] == wanted
    return np.where(hit, place, -1)


def _distinct(column: pd.Series[Any]) -> tuple[Ints, pd.Index[Any]]:
    codes, found = pd.factorize(column)
    return np.asarray(codes, dtype=np.int64), pd.Index(np.asarray(found))
