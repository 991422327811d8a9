"""Gap, summary and prediction of 100,000 administrations x 6 items, beside the same work done class by class.

The first block is the whole way from raw tables to results, checks included: 3,000,000 answers of five
students, 600,000 ratings, 2,400,000 counters. The target is below one second. Time on the clock is printed
beside time of this process alone, which other work on the machine hardly touches.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, wasserstein_distance

from analytics.gap import gap_by_item
from analytics.prediction import score_student_predictions
from analytics.ranked_probability import score_count_predictions
from analytics.summary import count_answers, summarise

ADMINISTRATIONS, STUDENTS, STEPS = 100_000, 5, 4
NAMES = ["SM1", "MS1", "WC5", "AG1", "OW1", "ID5"]
SLICE = 300


def main() -> None:
    """Print medians in milliseconds."""
    items, answers, ratings, counters = tables(ADMINISTRATIONS)
    rounds = [whole_way(items, answers, ratings, counters) for _ in range(8)][1:]
    rows = f"{len(answers):,} answers, {len(ratings):,} ratings, {len(counters):,} counters"
    print(f"{rows}; median of {len(rounds)} (and of this process alone):")
    for name in rounds[0]:
        clock, alone = (statistics.median(each[name][k] for each in rounds) for k in (0, 1))
        print(f"  {name:<46}{clock:8.0f} ms  ({alone:.0f} ms)")
    text = answers.assign(
        item=answers["item"].astype(str), administration=answers["administration"].astype(str)
    )
    print(f"  {'count answers whose keys are text':<46}{median(lambda: count_answers(text, items)):8.0f} ms")
    asked = answers[answers["item"].isin(NAMES[:2])]
    predictions = asked.assign(value=asked["value"].to_numpy()[::-1])
    spent = median(lambda: score_student_predictions(answers, predictions, items), 3)
    print(f"  {f'level, spread, rank of {len(predictions):,} by student':<46}{spent:8.0f} ms")
    beside(items, answers, ratings)


def tables(administrations: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return items, answers, ratings and counters as a database would give them: by class, item, student."""
    rng, many = np.random.default_rng(1), len(NAMES)
    groups = administrations * many

    def keys(each: int) -> dict[str, Any]:
        place = np.repeat(np.arange(groups), each)
        return {"administration": place // many, "item": pd.Categorical.from_codes(place % many, NAMES)}

    items = pd.DataFrame({"item": NAMES, "steps": STEPS, "reverse": [False] * 5 + [True]})
    student = np.arange(administrations * STUDENTS).reshape(administrations, 1, STUDENTS)
    answers = pd.DataFrame(keys(STUDENTS)).assign(
        student=np.repeat(student, many, axis=1).ravel(),
        value=rng.integers(1, STEPS + 1, groups * STUDENTS).astype(float),
    )
    ratings = pd.DataFrame(keys(1)).assign(value=rng.integers(1, STEPS + 1, groups))
    laid = rng.multinomial(STUDENTS, np.full(STEPS, 1 / STEPS), groups).ravel()
    counters = pd.DataFrame(keys(STEPS)).assign(value=np.tile(np.arange(1, STEPS + 1), groups), count=laid)
    return items, answers, ratings, counters


def whole_way(
    items: pd.DataFrame, answers: pd.DataFrame, ratings: pd.DataFrame, counters: pd.DataFrame
) -> dict[str, tuple[float, float]]:
    """Return what each part of one run costs, on the clock and in this process."""
    marks = [now()]
    counted = count_answers(answers, items)
    marks.append(now())
    summarise(counted)
    marks.append(now())
    gap_by_item(counted, ratings)
    marks.append(now())
    score_count_predictions(counted, counters)
    marks.append(now())
    parts = (
        "check and count the answers",
        "summary",
        "gap, words, distance",
        "prediction by count, its score",
    )
    spent = {name: between(*pair) for name, pair in zip(parts, pairwise(marks), strict=True)}
    return {**spent, "all four": between(marks[0], marks[-1])}


def now() -> tuple[float, float]:
    """Return the clock and the time this process has used, in seconds."""
    return time.perf_counter(), time.process_time()


def between(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """Return both differences in milliseconds."""
    return 1000 * (after[0] - before[0]), 1000 * (after[1] - before[1])


def beside(items: pd.DataFrame, answers: pd.DataFrame, ratings: pd.DataFrame) -> None:
    """Print the same work by other means; slices are scaled to all administrations and marked as such."""
    few = answers[answers["administration"] < SLICE]
    marks = ratings.set_index(["administration", "item"])["value"]
    scale = ADMINISTRATIONS / SLICE
    ours = median(lambda: gap_by_item(count_answers(few, items), ratings[ratings["administration"] < SLICE]))
    print(
        f"beside it (~ is scaled up from {SLICE} administrations; ours on that slice alone: {ours:.0f} ms):"
    )

    def by_scipy() -> None:
        for key, group in few.groupby(["administration", "item"], observed=True)["value"]:
            wasserstein_distance(group, [marks[key]])

    def by_groupby() -> None:
        means = answers.groupby(["administration", "item"], observed=True, sort=False)["value"]
        means.agg(["mean", "median", "min", "max", "count"])

    print(f"  {'pandas groupby: mean, median, range, n only':<46}{median(by_groupby, 3):8.0f} ms")
    print(f"  {'SciPy wasserstein_distance, class by class':<46}{scale * median(by_scipy, 3):8.0f} ms ~")
    pairs = few["value"].to_numpy().reshape(-1, STUDENTS)
    spent = scale * median(lambda: [kendalltau(row, row[::-1]) for row in pairs], 3)
    print(f"  {'SciPy kendalltau, class by class':<46}{spent:8.0f} ms ~")
    by_statsmodels(few, scale)
    by_pingouin(pairs, scale)
    by_r()


def by_statsmodels(few: pd.DataFrame, scale: float) -> None:
    """Print statsmodels' description of each class, where statsmodels is installed."""
    try:
        from statsmodels.stats.weightstats import DescrStatsW
    except ImportError:
        return
    groups = [
        group.to_numpy() for _, group in few.groupby(["administration", "item"], observed=True)["value"]
    ]
    spent = scale * median(lambda: [(d := DescrStatsW(g)).mean + d.std for g in groups], 3)
    print(f"  {'statsmodels DescrStatsW mean, sd, class by class':<46}{spent:8.0f} ms ~")


def by_pingouin(pairs: Any, scale: float) -> None:
    """Print pingouin's rank correlation of each class, where pingouin is installed."""
    try:
        import pingouin
    except ImportError:
        print("  pingouin is not installed")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        few = pairs[:60]
        spent = median(lambda: [pingouin.corr(row, row[::-1], method="kendall") for row in few], 3)
    spent *= scale * len(pairs) / len(few)
    print(f"  {'pingouin corr(kendall), class by class':<46}{spent:8.0f} ms ~")


def by_r() -> None:
    """Print base R's tapply over as many answers, where R is installed."""
    if not shutil.which("Rscript"):
        print("  R is not installed")
        return
    code = (
        f"n <- {ADMINISTRATIONS * len(NAMES)}; g <- rep(seq_len(n), each = {STUDENTS}); "
        f"x <- sample({STEPS}, length(g), TRUE); m <- sample({STEPS}, n, TRUE); cat(system.time({{"
        "mean <- tapply(x, g, mean); away <- abs(x - m[g]); d <- tapply(away, g, mean); "
        "at <- tapply(away == 0, g, sum)"
        "})[['elapsed']])"
    )
    spent = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True)
    print(f"  {'R tapply: mean, distance, students at the mark':<46}{1000 * float(spent.stdout):8.0f} ms")


def median(work: Callable[[], object], rounds: int = 5) -> float:
    """Return the median time of some rounds, in milliseconds."""
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - started))
    return statistics.median(spent)


if __name__ == "__main__":
    main()
