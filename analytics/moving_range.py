"""Distances between neighbouring lessons, and their mean: the spread that control charts are drawn from."""

from __future__ import annotations

import numpy as np

from analytics.columns import Floats, Ints

MOVING_RANGE_SCREEN = 3.267
"""A moving range above this times their mean is left out once (Nelson 1982), where the screen is on."""

D2 = 1.128
"""Mean range of two values in standard deviations, to the three decimals that the tools of the field use."""

SCREENED = ", ranges above 3.267 times their mean left out once"


def steps(values: Floats, used: Ints) -> Floats:
    """Return the steps between neighbouring places that both have a value."""
    return np.asarray((values[used[1:]] - values[used[:-1]])[np.diff(used) == 1])


def beside(values: Floats, used: Ints) -> Floats:
    """Return the sums of neighbouring places that both have a value."""
    return np.asarray((values[used[1:]] + values[used[:-1]])[np.diff(used) == 1])


def mean_apart(apart: Floats, screen: bool) -> tuple[float | None, int]:
    """Return the mean distance, after the screen where it is on, and how many the screen left out."""
    if not len(apart):
        return None, 0
    kept = apart[apart < MOVING_RANGE_SCREEN * apart.mean()] if screen and apart.any() else apart
    return float(kept.mean()), len(apart) - len(kept)


def screen_constant(screen: bool) -> dict[str, float]:
    """Return the screen's constant for the result, where the screen is on."""
    return {"screen": MOVING_RANGE_SCREEN} if screen else {}
