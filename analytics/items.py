"""Item description: is each question answered, and with which options.

The order in which to read an item report: does the item get answered (here and in :mod:`analytics.sheets`),
does it belong (:mod:`analytics.reliability`, :mod:`analytics.omega`), does it separate lessons
(:mod:`analytics.agreement`, :mod:`analytics.dependability`). The graded response model (``irt``),
differential item functioning (``dif``) and mixed models for crossed designs come later, in modules of those
names.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.arrays import Ints
from analytics.codes import MISSING_REASONS, Coded, coded
from analytics.frames import ANSWERS
from analytics.results import reasons, result_table

FEWEST_ANSWERS = 10
"""Answers from which shares are given."""

HIGH_MISSING, HIGH_END = 0.10, 0.40
"""Shares above which a flag is raised: missing; in the lowest or highest category."""


def describe_items(answers: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return one row an item: answered, missing by reason, floor, ceiling, options used.

    Parameters
    ----------
    answers, items : DataFrame
        :data:`~analytics.frames.ANSWERS` and :data:`~analytics.frames.ITEMS`.

    Returns
    -------
    DataFrame
        ``item, position, n, dropped, skipped, not_applicable, not_understood, not_shown, missing_share,
        floor, ceiling, options, options_used, mean_step, sd_step, flags, method, version, too_few``, in the
        order of ``items``. ``missing_share`` is of the students to whom the item was shown; ``floor`` and
        ``ceiling`` are the shares in the least and most favourable option, after reversal; steps run from 0
        to K - 1. Shares are from 0 to 1, and empty below 10 answers. ``flags`` holds ``missing`` (above
        10 %), ``floor`` and ``ceiling`` (above 40 %: no room to see change), ``unused options``.

    Raises
    ------
    FrameError
        As :func:`analytics.frames.check_answers`.

    Notes
    -----
    Counts of answers, over all administrations given: choose them before. An item with answers from many
    lessons of the same students describes lessons, not students.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> rows = {"administration": 1, "item": "SM1", "student": range(12), "missing": [""] * 11 + ["skipped"]}
    >>> answers = pd.DataFrame(rows | {"value": [4, 4, 3, 4, 4, 2, 4, 3, 4, 4, 3, None]})
    >>> row = describe_items(answers, items).iloc[0]
    >>> int(row["n"]), int(row["skipped"]), round(float(row["ceiling"]), 2), row["flags"]
    (11, 1, 0.64, 'ceiling, unused options')
    """
    given = coded(ANSWERS, answers, items)
    counts, missing = _counts(given), _missing(given)
    steps = given.items["steps"].to_numpy()
    n = counts.sum(axis=1)
    shown = n + missing[:, :-1].sum(axis=1)
    told = n >= FEWEST_ANSWERS
    scale = np.arange(counts.shape[1])
    share = np.divide(counts, n[:, None], out=np.zeros(counts.shape), where=n[:, None] > 0)
    mean = share @ scale
    spread = np.sqrt(np.maximum(share @ scale**2 - mean**2, 0.0) * n / np.maximum(n - 1, 1))
    away = np.divide(shown - n, shown, out=np.zeros(len(n)), where=shown > 0)
    floor, ceiling = share[:, 0], share[np.arange(len(n)), steps - 1]
    used = (counts > 0).sum(axis=1)
    raised = {
        "missing": (away > HIGH_MISSING) & (shown >= FEWEST_ANSWERS),
        "floor": told & (floor > HIGH_END),
        "ceiling": told & (ceiling > HIGH_END),
        "unused options": told & (used < steps),
    }
    flags = [", ".join(name for name, rows in raised.items() if rows[row]) for row in range(len(n))]
    columns = {"item": given.items["item"].to_numpy(), "position": np.arange(1, len(n) + 1), "n": n}
    columns |= {"dropped": missing.sum(axis=1)} | dict(zip(MISSING_REASONS, missing.T, strict=True))
    columns |= {"missing_share": np.where(shown >= FEWEST_ANSWERS, away, np.nan)}
    numbers = {"floor": floor, "ceiling": ceiling}
    columns |= {name: np.where(told, values, np.nan) for name, values in numbers.items()}
    columns |= {"options": steps, "options_used": used}
    columns |= {
        name: np.where(told, values, np.nan) for name, values in (("mean_step", mean), ("sd_step", spread))
    }
    columns |= {"flags": flags}
    out = result_table(columns, "counts of answers by option and of missing answers by reason")
    return out.assign(too_few=reasons(len(n), (~told, f"fewer than {FEWEST_ANSWERS} answers")))


def use_of_options(answers: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return one row an item and option: how many picked it.

    Parameters
    ----------
    answers, items : DataFrame
        :data:`~analytics.frames.ANSWERS` and :data:`~analytics.frames.ITEMS`.

    Returns
    -------
    DataFrame
        ``item, option`` (code as picked), ``label, count, n, dropped, share, method, version, too_few``, one
        row for every option, also where nobody picked it; ``share`` is empty below 10 answers.

    Raises
    ------
    FrameError
        As :func:`analytics.frames.check_answers`.

    Examples
    --------
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [3]})
    >>> rows = {"administration": 1, "item": "SM1", "student": range(10)}
    >>> answers = pd.DataFrame(rows | {"value": [1, 3, 3, 3, 1, 3, 3, 1, 3, 3]})
    >>> use_of_options(answers, items)[["option", "count", "share"]].values.tolist()
    [[1.0, 3.0, 0.3], [2.0, 0.0, 0.0], [3.0, 7.0, 0.7]]
    """
    given = coded(ANSWERS, answers, items)
    counts, missing = _counts(given), _missing(given).sum(axis=1)
    steps = given.items["steps"].to_numpy()
    place = np.repeat(np.arange(len(steps)), steps)
    rank = np.arange(len(place)) - np.repeat(np.cumsum(steps) - steps, steps)
    reverse = given.items["reverse"].to_numpy(dtype=bool)[place]
    count = counts[place, np.where(reverse, steps[place] - 1 - rank, rank)]
    n = counts.sum(axis=1)[place]
    told = n >= FEWEST_ANSWERS
    columns = {
        "item": given.items["item"].to_numpy()[place],
        "option": given.items["lowest"].to_numpy()[place] + rank,
        "label": [label for labels in given.items["options"] for label in labels],
        "count": count,
        "n": n,
        "dropped": missing[place],
        "share": np.where(told, count / np.maximum(n, 1), np.nan),
    }
    out = result_table(columns, "answers by option, as picked")
    return out.assign(too_few=reasons(len(n), (~told, f"fewer than {FEWEST_ANSWERS} answers")))


def _counts(given: Coded) -> Ints:
    """Return answers by item and step after reversal."""
    there = ~np.isnan(given.step)
    many, width = len(given.items), int(given.items["steps"].max()) if len(given.items) else 1
    flat = given.place[there] * width + given.step[there].astype(np.int64)
    return np.bincount(flat, minlength=many * width).reshape(many, width)


def _missing(given: Coded) -> Ints:
    """Return missing answers by item and reason."""
    code = given.rows["missing"].cat.codes.to_numpy().astype(np.int64)
    flat = given.place[code > 0] * len(MISSING_REASONS) + code[code > 0] - 1
    many = len(given.items)
    return np.bincount(flat, minlength=many * len(MISSING_REASONS)).reshape(many, len(MISSING_REASONS))
