"""The rules that judge a run chart, their limits, and how often they cry wolf.

* ``anhoej`` (default): a signal if the longest run exceeds round(log2 n) + 3, or if there are fewer crossings
  than the 5th percentile of Binomial(n - 1, 1/2). Sources: Schilling (2012), The American Statistician 66,
  231-233; Chen (2010); Anhoej and Olesen (2014), PLoS ONE 9(11) e113825.
* ``perla``: a signal if 6 or more useful points in a row lie on one side. Source: Perla, Provost and Murray
  (2011), BMJ Quality and Safety 20, 46-51. A fixed six means something different at every length: see
  :func:`false_signal_rate`.

Both speak from 10 useful points on. Trends of five are left out: Anhoej and Olesen find them of no use.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb, log2
from typing import Literal

from analytics.arrays import bad_argument
from analytics.results import TooFew
from analytics.runlaw import Baseline, Centre, RunChance, most_points, run_chance, run_law

FEWEST_USEFUL = 10
"""Useful points from which the rules speak."""

PERLA_RUN = 6
"""Points in a row on one side that are a signal under the rule ``perla``."""

Rule = Literal["anhoej", "perla"]
METHODS: dict[Rule, str] = {
    "anhoej": "Anhoej rules: longest run above round(log2 n) + 3, or fewer crossings than the 5th percentile "
    "of Binomial(n - 1, 1/2); from 10 useful points",
    "perla": "Perla shift: 6 or more useful points in a row on one side of the line; from 10 useful points",
}


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one series; ``too_few`` in place of the rest where it may not speak."""

    longest_run_limit: int | None
    crossings_limit: int | None
    signal: bool | None
    chance: RunChance | None
    too_few: TooFew | None


def longest_run_limit(useful: int) -> int:
    """Return the longest run that is still no signal: round(log2 n) + 3 (Schilling 2012).

    Examples
    --------
    >>> [longest_run_limit(n) for n in (10, 12, 24)]
    [6, 7, 8]
    """
    _check_useful(useful)
    return round(log2(useful)) + 3


@lru_cache(maxsize=1024)
def crossings_limit(useful: int) -> int:
    """Return the fewest crossings that are no signal: the 5 % point of Binomial(n - 1, 1/2) (Chen 2010).

    Examples
    --------
    >>> [crossings_limit(n) for n in (10, 12, 24)]
    [2, 3, 8]
    """
    _check_useful(useful)
    fewest, total = 0, 1
    while 20 * total < 2 ** (useful - 1):  # In whole numbers, so that no rounding moves a limit.
        fewest += 1
        total += comb(useful - 1, fewest)
    return fewest


def false_signal_rate(
    useful: int, *, rule: Rule = "anhoej", centre: Literal["fixed", "own"] = "fixed"
) -> float:
    """Return how often the rule gives a signal although nothing changes: exact, from 0 to 1.

    Parameters
    ----------
    useful : int
        Useful points; for ``own`` half of them on each side (one more below if odd).
    rule : {"anhoej", "perla"}
        The rule that decides on a signal.
    centre : {"fixed", "own"}
        A line known beforehand, or the median of the same points.

    Examples
    --------
    The chance that six lessons in a row lie on one side grows with the length of the series:

    >>> [round(false_signal_rate(n, rule="perla"), 3) for n in (6, 12, 24)]
    [0.031, 0.125, 0.288]
    >>> false_signal_rate(8, centre="own")
    0.0
    """
    check_rule(rule)
    longest, fewest = _limits(rule, useful)
    law = run_law(useful // 2, useful - useful // 2, centre=centre)
    quiet = float(law[fewest or 0 :, : longest + 1].sum())
    return max(0.0, 1.0 - round(quiet, 14))


@lru_cache(maxsize=65536)
def verdict(
    rule: Rule, above: int, below: int, longest: int, crossings: int, kind: Centre, baseline: Baseline | None
) -> Verdict:
    """Judge the counts of one series; series with the same counts share one verdict."""
    useful = above + below
    if baseline is not None and not baseline[0]:
        return Verdict(None, None, None, None, TooFew("baseline points with a value", have=0, need=1))
    if useful < FEWEST_USEFUL:
        hint = "Compare before and after the change instead."
        return Verdict(None, None, None, None, TooFew("useful points", useful, FEWEST_USEFUL, hint))
    longest_limit, fewest = _limits(rule, useful)
    signal = longest > longest_limit or (fewest is not None and crossings < fewest)
    chance = None
    if useful <= most_points(kind):
        chance = run_chance(crossings, longest, above=above, below=below, centre=kind, baseline=baseline)
    return Verdict(longest_limit, fewest, signal, chance, None)


def check_rule(rule: str) -> None:
    """Refuse a rule that is not offered."""
    if rule not in METHODS:
        raise bad_argument("run chart", "rule", rule, f"Expected one of {', '.join(METHODS)}.")


def _limits(rule: Rule, useful: int) -> tuple[int, int | None]:
    _check_useful(useful)
    return (PERLA_RUN - 1, None) if rule == "perla" else (longest_run_limit(useful), crossings_limit(useful))


def _check_useful(useful: int) -> None:
    if useful < 1:
        raise bad_argument("run chart", "useful", useful, "Expected 1 or more useful points.")
