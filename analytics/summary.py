"""How many picked what: one pass over the answers, and the summaries that rest on it.

:func:`count_answers` turns the long table of answers into counts by administration, item and option.
Summary, gap and prediction all work on those counts: a hundred thousand classes cost one pass over the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.codes import MISSING_REASONS, coded
from analytics.columns import Bools, Floats, Ints
from analytics.frames import ANSWERS
from analytics.results import reasons, result_table, whole_unless

SMALLEST_FOR_SCORES = 10
"""From this many students on, percentages and 0-100 scores are given; below it counts and steps."""


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


def summarise(
    counted: AnswerCounts, *, smallest_group: int = 1, smallest_for_scores: int = SMALLEST_FOR_SCORES
) -> pd.DataFrame:
    r"""Describe the answers to each item of each administration.

    Parameters
    ----------
    counted : AnswerCounts
        From :func:`count_answers`.
    smallest_group : int
        With fewer answers a row says only ``n`` and why: 5 for a pooled administration, 1 for a coded one.
    smallest_for_scores : int
        With fewer answers there are no percentages and 0-100 scores (10; researchers may ask for less).

    Returns
    -------
    DataFrame
        One row a group: ``administration``, ``item``, ``n``, ``dropped`` and the reasons that make it up
        (``skipped``, ``not_applicable``, ``not_understood``, ``not_shown``), then, as option codes after
        reversal, ``lowest``, ``highest``, ``median`` and ``mean``; ``favourable`` (students);
        ``favourable_share`` (0 to 1) and ``score`` (0 to 100); ``too_few``, ``method``, ``version``.

    Notes
    -----
    With step :math:`s_i = 0, \dots, K - 1` after reversal: mean :math:`= lowest + \bar s`, score
    :math:`= 100\,\bar s / (K - 1)`, the mean of the students' POMP scores (Cohen, Cohen, Aiken and West 1999,
    Multivariate Behavioral Research 34, 315-346). The median of an even number is halfway between the two in
    the middle.

    Misleads when the class is split: a mean of 2.5 may be nobody's answer. Draw the distribution beside it.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> value = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]
    >>> rows = pd.DataFrame({"administration": 1, "item": "SM1", "student": range(10), "value": value})
    >>> summary = summarise(count_answers(rows, items))
    >>> summary[["n", "median", "mean", "favourable_share", "score"]].round(1).values.tolist()
    [[10.0, 3.0, 3.0, 0.7, 66.7]]
    """
    n, lowest, steps = counted.n, counted.lowest, np.arange(counted.counts.shape[1])
    few = n < max(smallest_group, 1)
    fewer = few | (n < smallest_for_scores)
    from_step = counted.items["favourable_from"].to_numpy() - counted.items["lowest"].to_numpy()
    favourable = (counted.counts * (steps >= from_step[counted.place][:, None])).sum(axis=1)
    mean = divided(counted.step_totals(), n)
    below = np.cumsum(counted.counts, axis=1)
    first, last = first_step(below, np.ones_like(n)), first_step(below, n)
    middle = (first_step(below, (n + 1) // 2) + first_step(below, n // 2 + 1)) / 2
    summary = {**counted.named(), "n": n, "dropped": counted.missing.sum(axis=1)}
    for place, reason in enumerate(MISSING_REASONS):
        summary[reason] = counted.missing[:, place].copy()
    summary["lowest"] = whole_unless(few, lowest + first)
    summary["highest"] = whole_unless(few, lowest + last)
    summary["median"] = np.where(few, np.nan, lowest + middle)
    summary["mean"] = np.where(few, np.nan, lowest + mean)
    summary["favourable"] = whole_unless(few, favourable)
    summary["favourable_share"] = np.where(fewer, np.nan, divided(favourable, n))
    summary["score"] = np.where(fewer, np.nan, 100 * mean / np.maximum(counted.top, 1))
    below_scores = f"fewer than {smallest_for_scores} answers: counts and steps only"
    summary["too_few"] = reasons(len(n), *_few(n, few, smallest_group), (fewer, below_scores))
    return result_table(summary, "counts, mean and median of option codes; POMP score")


def distribution(counted: AnswerCounts, *, smallest_group: int = 1) -> pd.DataFrame:
    """Return how many picked each option: one row an administration, item and option.

    Parameters
    ----------
    counted, smallest_group
        As :func:`summarise`; groups with fewer answers have empty counts and a reason.

    Returns
    -------
    DataFrame
        ``administration``, ``item``, ``code`` (after reversal), ``option`` (the label that was picked),
        ``count``, ``n``, ``dropped``, ``too_few``, ``method``, ``version``; options nobody picked are there
        with 0.

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": ["TC1"], "steps": [3], "options": [("No", "Some", "Yes, a lot")]})
    >>> rows = {"administration": 1, "item": "TC1", "student": list("ABC"), "value": [3, 3, 1]}
    >>> table = distribution(count_answers(pd.DataFrame(rows), items))
    >>> table[["option", "count", "n"]].values.tolist()
    [['No', 1, 3], ['Some', 0, 3], ['Yes, a lot', 2, 3]]
    """
    many = counted.top + 1
    group = np.repeat(np.arange(len(many)), many)
    step = np.arange(len(group)) - np.repeat(np.cumsum(many) - many, many)
    turns = zip(counted.items["options"], counted.items["reverse"], strict=True)
    shown = [word for words, turn in turns for word in (words[::-1] if turn else words)]
    labels = np.array(shown, dtype=object)
    ends = np.cumsum(counted.items["steps"].to_numpy())
    n = counted.n[group]
    few = n < max(smallest_group, 1)
    table = {name: index.take(group) for name, index in counted.named().items()}
    table["code"] = counted.lowest[group] + step
    table["option"] = labels[(ends[counted.place] - many)[group] + step]
    table["count"] = whole_unless(few, counted.counts[group, step])
    table["n"] = n
    table["dropped"] = counted.missing.sum(axis=1)[group]
    table["too_few"] = reasons(len(n), *_few(n, few, smallest_group))
    return result_table(table, "counts of options after reversal")


def _few(n: Ints, few: Bools, smallest_group: int) -> list[tuple[Bools, str]]:
    return [(n == 0, "nobody answered"), (few, f"fewer than {smallest_group} answers")]


def divided(total: Ints | Floats, n: Ints) -> Floats:
    """Return total / n, NaN where n is 0 (the row then carries its reason)."""
    if n.all():
        return np.asarray(total / n, dtype=np.float64)
    share: Floats = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    return share


def first_step(cumulative: Ints, rank: Ints) -> Ints:
    """Return the first step at which ``rank`` students are reached; past the last if not so many."""
    return np.asarray((cumulative < rank[:, None]).sum(axis=1), dtype=np.int64)


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
