"""How good a predicted distribution was: its ranked probability score, its skill over "same as last time".

"How many of your students will pick each answer?" gives a distribution over the options. The score rewards an
honest spread of counters: putting all on one option is best only for a class that answers alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import Cells, bad_argument, same_length
from analytics.codes import coded
from analytics.columns import Bools, Floats, Ints, refuse
from analytics.counts import AnswerCounts
from analytics.frames import EARLIER, PREDICTIONS_BY_COUNT, check_earlier
from analytics.gap import counts_or_shares
from analytics.results import Estimate, TooFew, reasons, result_table, whole_unless

SMALLEST_SEASON = 5
"""Skill over a season is given from this many scored questions on; one question says next to nothing."""


def score_count_predictions(
    counted: AnswerCounts,
    predictions: pd.DataFrame,
    *,
    earlier: pd.DataFrame | None = None,
    smallest_group: int = 1,
) -> pd.DataFrame:
    r"""Score how many were predicted to pick each option against how many did, by item and administration.

    Parameters
    ----------
    counted : AnswerCounts
        From :func:`analytics.counts.count_answers`; also holds the earlier administrations, where given.
    predictions : DataFrame
        :data:`~analytics.frames.PREDICTIONS_BY_COUNT`. Options without a row count as 0. The counts need
        not add up to the students who answered.
    earlier : DataFrame, optional
        :data:`~analytics.frames.EARLIER`: what "last time" is for each administration. Without it there
        are no columns for the skill.
    smallest_group : int
        With fewer answers a row says only ``n`` and why: 5 for a pooled administration, 1 for a coded one.

    Returns
    -------
    DataFrame
        One row for each administration and item with a prediction: ``administration``, ``item``, ``n``
        (answers), ``dropped`` (missing), ``predicted`` (students predicted for); ``bias`` (steps; plus
        means she expected more than they picked); ``distance`` (earth mover, steps); ``overlap`` (0 to 1);
        ``favourable`` and ``predicted_favourable`` (0 to 1); ``rps``, ``rps_least``, ``rps_fair`` (0 best,
        K - 1 worst); ``last_n``, ``rps_last``, ``skill`` (1 perfect, 0 as good as last time's answers,
        below 0 worse); ``too_few`` (which numbers are missing, and why), ``method``, ``version``.

    Raises
    ------
    FrameError
        If the predictions cannot be used, or an earlier administration does not stand in ``counted``.

    Notes
    -----
    With predicted cumulative shares :math:`F_k` and students' steps :math:`x_i` after reversal,

    .. math:: RPS = \frac1n \sum_i \sum_{k} (F_k - 1\{x_i \le k\})^2
              = \sum_k (F_k - G_k)^2 + \sum_k G_k (1 - G_k)

    with the class's own cumulative shares :math:`G_k` (Epstein 1969, J. Applied Meteorology 8, 985-987; not
    divided by K - 1). The last sum is ``rps_least``: nobody can score less with one distribution for a class
    that differs. A prediction made of m counters is an ensemble; the fair score takes off what few counters
    cost, :math:`\sum_k F_k (1 - F_k) / (m - 1)` (Ferro 2014, Q. J. R. Meteorol. Soc. 140, 1917-1923).
    ``skill`` is :math:`1 - RPS / RPS_{last}`, the reference being last time's answers to the same item.

    Misleads for a single question: skill jumps with one student's answer. Pool a season
    (:func:`season_skill`).

    Examples
    --------
    >>> import pandas as pd
    >>> from analytics.counts import count_answers
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> answers = {"administration": 1, "item": "SM1", "student": range(5), "value": [2, 3, 3, 3, 4]}
    >>> counters = {"administration": 1, "item": "SM1", "value": [2, 3, 4], "count": [2, 2, 1]}
    >>> counted = count_answers(pd.DataFrame(answers), items)
    >>> scores = score_count_predictions(counted, pd.DataFrame(counters))
    >>> scores[["n", "predicted", "bias", "distance", "rps", "rps_least"]].round(3).values.tolist()
    [[5.0, 5.0, -0.2, 0.2, 0.36, 0.32]]
    """
    given = coded(PREDICTIONS_BY_COUNT, predictions, counted.items)
    counted, group = counted.joined(given.rows["administration"], given.place)
    groups, width = len(counted.place), counted.counts.shape[1]
    cell = given.step.astype(np.int64)
    cell *= groups
    cell += group
    times = given.rows["count"].to_numpy()
    table = np.bincount(cell, weights=times, minlength=width * groups).reshape(width, groups)
    asked = np.zeros(groups, dtype=bool)
    asked[group] = True
    everyone = bool(asked.all())
    picked = counted.counts.T if everyone else counted.counts.T[:, asked]
    expected = table if everyone else table[:, asked]
    m, n = expected.sum(axis=0).astype(np.int64), picked.sum(axis=0)
    columns = {name: index[asked] for name, index in counted.named().items()}
    columns |= {"n": n, "dropped": counted.missing.sum(axis=1)[asked], "predicted": m}
    few = (n < max(smallest_group, 1)) | (m == 0)
    favourable_from = counted.items["favourable_from"].to_numpy() - counted.items["lowest"].to_numpy()
    scores = _scores(expected, picked, m, n, favourable_from[counted.place[asked]])
    columns |= {name: np.where(few, np.nan, values) for name, values in scores.items()}
    columns["rps_fair"][m < 2] = np.nan
    rules = [
        (n == 0, "nobody answered"),
        (m == 0, "nothing was predicted"),
        (few, f"fewer than {smallest_group} answers"),
        (m < 2, "a prediction for one student has no fair score"),
    ]
    if earlier is not None:
        last = _last_time(counted, earlier)[asked]
        columns |= _skill(counted, last, picked, columns["rps"], few | (last < 0))
        rules.append((last < 0, "no earlier answers: no skill"))
        rules.append((np.isnan(columns["rps_last"]), "nobody answered the earlier time: no skill"))
        rules.append((np.isnan(columns["skill"]), "all answered as all did last time: no skill can be shown"))
    columns["too_few"] = reasons(len(n), *rules)
    return result_table(columns, "ranked probability score, not divided by K - 1; mean over students")


_SCORES = (
    "bias",
    "distance",
    "overlap",
    "predicted_favourable",
    "favourable",
    "rps",
    "rps_least",
    "rps_fair",
)


def _scores(expected: Any, picked: Any, m: Ints, n: Ints, favourable_from: Ints) -> dict[str, Floats]:
    """Return the scores of counters laid (options, groups) against answers counted (options, groups)."""
    found = {name: np.zeros(len(n)) for name in _SCORES}
    laid, given = np.maximum(m, 1), np.maximum(n, 1)
    foreseen, happened = np.zeros(len(n)), np.zeros(len(n))
    for step in range(len(expected)):  # a handful of options, each for all groups at once
        p, q = expected[step] / laid, picked[step] / given
        good = favourable_from <= step
        found["overlap"] += np.minimum(p, q)
        found["predicted_favourable"] += p * good
        found["favourable"] += q * good
        foreseen += p
        happened += q
        off = foreseen - happened
        # A mean is the top step less the cumulative shares: what lies below the top pulls it down.
        found["bias"] -= off
        found["distance"] += np.abs(off)
        found["rps"] += off**2
        found["rps_least"] += happened * (1 - happened)
        found["rps_fair"] -= foreseen * (1 - foreseen)
    found["rps"] += found["rps_least"]
    found["rps_fair"] = found["rps"] + found["rps_fair"] / np.maximum(m - 1, 1)
    return found


def _last_time(counted: AnswerCounts, earlier: pd.DataFrame) -> Ints:
    """Return each group's group of last time: the same item, the earlier administration; -1 where none."""
    given = check_earlier(earlier)
    before = counted.administrations.get_indexer(pd.Index(given["earlier"]))
    says = "The answers of the earlier administration are not among the answers."
    refuse(EARLIER, "earlier", given, before < 0, says)
    now = counted.administrations.get_indexer(pd.Index(given["administration"]))
    link = np.full(len(counted.administrations), -1, dtype=np.int64)
    link[now[now >= 0]] = before[now >= 0]
    back = link[counted.administration]
    return np.where(back < 0, -1, counted.group_at(back, counted.place))


def _skill(counted: AnswerCounts, last: Ints, picked: Any, rps: Floats, hidden: Bools) -> dict[str, Any]:
    """Return what "same as last time" would have scored, and the skill over it."""
    before = counted.counts[last].T * (last >= 0)
    n_before, n = before.sum(axis=0), picked.sum(axis=0)
    hidden = hidden | (n_before == 0)
    scores = _scores(before, picked, n_before, n, np.zeros_like(n))
    reference = np.where(hidden, np.nan, scores["rps"])
    comparable = ~hidden & (reference > 1e-12)
    skill = 1 - np.divide(rps, reference, out=np.full(len(rps), np.nan), where=comparable)
    return {"last_n": whole_unless(last < 0, n_before), "rps_last": reference, "skill": skill}


def season_skill(scores: pd.DataFrame, *, smallest_season: int = SMALLEST_SEASON) -> Estimate:
    r"""Return the skill of many predictions together, over "same as last time".

    Parameters
    ----------
    scores : DataFrame
        From :func:`score_count_predictions`; rows without ``rps_last`` are dropped and counted.
    smallest_season : int
        Fewest scored questions for a number.

    Returns
    -------
    Estimate
        ``value`` :math:`1 - \sum RPS / \sum RPS_{last}`: 1 perfect, 0 no better than last time's answers.

    Raises
    ------
    FrameError
        If ``scores`` lacks ``rps`` or ``rps_last``.

    Notes
    -----
    The ratio of sums, never the mean of the ratios: a class that answered alike last time and this time has a
    reference near 0 and would drown all others.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"rps": [0.4, 0.3, 0.5, 0.2, 0.1], "rps_last": [0.5, 0.6, 0.5, 0.4, 0.5]})
    >>> season_skill(scores).value
    0.4
    """
    for column in ("rps", "rps_last"):
        if not isinstance(scores, pd.DataFrame) or column not in scores:
            raise bad_argument("season skill", column, None, "Expected a table of scores with this column.")
    kept = scores[["rps", "rps_last"]].dropna()
    n, dropped, method = len(kept), len(scores) - len(kept), "ranked probability skill, ratio of sums"
    if n < smallest_season:
        return Estimate(None, n, dropped, method, TooFew("scored questions", n, smallest_season))
    reference = float(kept["rps_last"].sum())
    if reference < 1e-12:
        says = "All answered as all did last time."
        return Estimate(None, n, dropped, method, TooFew("different answers", 1, 2, says))
    return Estimate(float(1 - kept["rps"].sum() / reference), n, dropped, method)


def ranked_probability_score(predicted: Cells, answered: Cells, *, fair: bool = False) -> Estimate:
    r"""Return the ranked probability score of one predicted distribution, the mean over the students.

    Parameters
    ----------
    predicted : array, shape (K,)
        Counters (or, where not ``fair``, shares) laid on each option, lowest first, after reversal.
    answered : array, shape (K,)
        Students who picked each option.
    fair : bool
        Take off what few counters cost (Ferro 2014); needs 2 counters or more.

    Returns
    -------
    Estimate
        ``value`` from 0 to K - 1 (a fair score may fall below 0); ``n`` is the number of students.

    Raises
    ------
    FrameError
        If a count is missing, text or below 0, or the lengths differ.

    Notes
    -----
    See :func:`score_count_predictions`.

    Examples
    --------
    >>> round(ranked_probability_score([0, 2, 2, 1], [0, 1, 3, 1]).value, 3)
    0.36
    """
    counters, students = counts_or_shares("predicted", predicted), counts_or_shares("answered", answered)
    same_length("distributions", predicted=counters, answered=students)
    m, n = float(counters.sum()), round(float(students.sum()))
    method = "fair ranked probability score" if fair else "ranked probability score"
    if not n:
        return Estimate(None, 0, 0, method, TooFew("students", 0, 1))
    if not m or (fair and m < 2):
        return Estimate(None, n, 0, method, TooFew("counters", int(m), 2 if fair else 1))
    foreseen, happened = np.cumsum(counters)[:-1] / m, np.cumsum(students)[:-1] / students.sum()
    score = ((foreseen - happened) ** 2 + happened * (1 - happened)).sum()
    if fair:
        score -= (foreseen * (1 - foreseen)).sum() / (m - 1)
    return Estimate(float(score), n, 0, method)
