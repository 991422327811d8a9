"""What a figure's sum of steps says about how many are favourable, and the reverse: in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.columns import Bools, Ints
from analytics.release.figures import Known


def forced_alike(answers: Ints, known: Known, top: Ints, favourable_from: Ints) -> Bools:
    """Say where the figures force every answer of a set to be favourable, or none: then each is known.

    Closed form for a set whose own sums are known to lie between bounds.

    Examples
    --------
    Five answers on steps 0 to 3 that add up to 14 can only be four of the highest and one of the next:

    >>> one = np.ones(1, dtype=np.int64)
    >>> bool(forced_alike(5 * one, Known(0 * one, 5 * one, 14 * one, 14 * one), 3 * one, 2 * one)[0])
    True
    >>> bool(forced_alike(5 * one, Known(0 * one, 5 * one, 13 * one, 13 * one), 3 * one, 2 * one)[0])
    False
    """
    limits = both_ways(answers, known, top, favourable_from)
    ends = (known.total_most <= 0) | (known.total_least >= top * answers)
    sided = (favourable_from > 0) & ((limits.most <= 0) | (limits.least >= answers))
    return np.asarray((answers > 0) & (ends | sided), dtype=np.bool_)


def both_ways(answers: Ints, known: Known, top: Ints, favourable_from: Ints) -> Known:
    """Return what a sum of steps says about the number favourable, and the reverse.

    A favourable answer adds from ``favourable_from`` to ``top`` steps, any other at most one step less than
    the first favourable one. Where the answers at the ends are known, the others lie between them.
    """
    border = np.maximum(favourable_from, 1)
    least = np.maximum(known.least, _ceil(known.total_least - (border - 1) * answers, top - border + 1))
    most = np.minimum(known.most, known.total_most // border)
    if known.at_ends is not None:
        low, high = known.at_ends
        told_low, told_high = low >= 0, high >= 0
        inner = known.total_least - top * high - (border - 1) * (answers - high)
        beside = np.where(top > border, _ceil(inner, np.maximum(top - border, 1)), 0)
        outer = (known.total_most - (answers - low)) // np.maximum(border - 1, 1)
        least = np.where(told_high, np.maximum(least, high + beside), least)
        most = np.where(told_low & (border > 1), np.minimum(most, outer), most)
        most = np.where(told_high & (top == border), np.minimum(most, high), most)
        least = np.where(told_low & (border == 1), np.maximum(least, answers - low), least)
    total_least = np.maximum(known.total_least, favourable_from * known.least)
    total_most = np.minimum(known.total_most, top * known.most + (border - 1) * (answers - known.most))
    plain = favourable_from <= 0
    return Known(
        np.where(plain, known.least, least),
        np.where(plain, known.most, most),
        total_least,
        np.where(plain, known.total_most, total_most),
        known.at_ends,
    )


def _ceil(part: Any, by: Any) -> Ints:
    """Return whole numbers divided and rounded up."""
    return np.asarray(-(-part // by), dtype=np.int64)
