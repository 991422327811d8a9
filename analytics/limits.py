"""Control limits, stretch by stretch: what every control chart of this library shares.

A chart says for each stretch (from one recalculation to the next) where its line lies and how large one sigma
is at every place; cutting, counting, the three-sigma limits and the points outside them are the same for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics.arrays import Floats, Ints, bad_argument
from analytics.results import VERSION, TooFew

FEWEST_POINTS = 12
"""Points from which limits are drawn."""

Row = tuple[float | None, ...]
"""One number a place, None where there is none."""


@dataclass(frozen=True)
class Limits:
    """Centre line and limits of one stretch of points.

    Parameters
    ----------
    start, stop : int
        First place, and the place after the last, to which these limits apply.
    n : int
        Points that line and limits were worked out from.
    centre : float or None
        The centre line, in the unit of the values; None without any point.
    lower, upper : tuple, or None
        Three-sigma limits, one a place; None when there are too few points.
    sigma : tuple, or None
        One standard deviation, one a place.
    screened : int
        Moving ranges left out by the screen.
    too_few : TooFew or None
        Why there are no limits.
    """

    start: int
    stop: int
    n: int
    centre: float | None
    lower: Row | None
    upper: Row | None
    sigma: Row | None
    screened: int
    too_few: TooFew | None


@dataclass(frozen=True)
class ControlChart:
    """A control chart.

    Parameters
    ----------
    chart : str
        ``xmr``, ``i_prime``, ``p``, ``p_prime``, ``xbar`` or ``s``.
    values : tuple
        What is drawn, one a place; None where it is missing.
    stretches : tuple of Limits
        The limits, one a recalculation.
    outside : tuple of int
        One a place: -1 below, 1 above the limits; 0 within, missing, or without limits.
    n, dropped : int
        Points with a value; points left out because their value is missing.
    constants : dict of str to float
        Every constant used, by name.
    method, version : str
        The rule in words; version of rules and constants.
    too_few : TooFew or None
        Why there are no limits anywhere.
    """

    chart: str
    values: Row
    stretches: tuple[Limits, ...]
    outside: tuple[int, ...]
    n: int
    dropped: int
    constants: dict[str, float]
    method: str
    version: str
    too_few: TooFew | None


@dataclass(frozen=True)
class Cuts:
    """Where line and limits are worked out anew, and from which points.

    Parameters
    ----------
    baseline : int, optional
        Use only this many first places of every stretch.
    recalculate_from : tuple of int
        Places (from 0) at which a new stretch begins.
    fewest : int
        Points with a value from which limits are drawn.
    """

    baseline: int | None = None
    recalculate_from: tuple[int, ...] = ()
    fewest: int = FEWEST_POINTS

    def edges(self, chart: str, places: int) -> list[int]:
        """Return the first place of every stretch, and the number of places at the end."""
        for place in self.recalculate_from:
            if not (isinstance(place, int) and 0 < place < places):
                says = f"Expected a place from 1 to {places - 1}."
                raise bad_argument(chart, "recalculate_from", place, says)
        if self.baseline is not None and not (isinstance(self.baseline, int) and self.baseline >= 1):
            raise bad_argument(chart, "baseline", self.baseline, "Expected 1 or more places.")
        if self.fewest < 2:
            raise bad_argument(chart, "fewest", self.fewest, "Expected 2 or more points.")
        return [0, *sorted(set(self.recalculate_from)), places]


@dataclass(frozen=True)
class Line:
    """Centre and sigma of one stretch; ``sigma`` is None where nothing tells how large it is."""

    centre: float
    sigma: Floats | None
    screened: int = 0


def control_chart(
    chart: str,
    given: Floats,
    cuts: Cuts,
    line_of: Callable[[Ints, Ints], Line],
    *,
    constants: dict[str, float],
    method: str,
    ends: tuple[float, float] = (-np.inf, np.inf),
) -> ControlChart:
    """Put a chart together.

    ``line_of`` receives the places with a value that the line rests on, and all places of the stretch.
    ``ends`` are the values beyond which no limit makes sense.
    """
    edges = cuts.edges(chart, len(given))
    stretches = (
        tuple(_stretch(given, span, cuts, line_of, ends) for span in pairwise(edges)) if len(given) else ()
    )
    reasons = [stretch.too_few for stretch in stretches] or [TooFew("points for limits", 0, cuts.fewest)]
    there = ~np.isnan(given)
    return ControlChart(
        chart=chart,
        values=row_of(given),
        stretches=stretches,
        outside=tuple(side for stretch in stretches for side in _outside(given, stretch)),
        n=int(there.sum()),
        dropped=int((~there).sum()),
        constants=constants,
        method=method,
        version=VERSION,
        too_few=reasons[0] if all(reasons) else None,
    )


def row_of(values: Floats) -> Row:
    """Return the values with None in place of NaN.

    Examples
    --------
    >>> row_of(np.array([1.0, np.nan]))
    (1.0, None)
    """
    return tuple(None if value != value else value for value in values.tolist())


def _stretch(
    given: Floats,
    span: tuple[int, int],
    cuts: Cuts,
    line_of: Callable[[Ints, Ints], Line],
    ends: tuple[float, float],
) -> Limits:
    places = np.arange(*span)
    base = places[: cuts.baseline]
    used = base[~np.isnan(given[base])]
    line = line_of(used, places) if len(used) else None
    centre = line.centre if line else None
    if len(used) < cuts.fewest:
        reason = TooFew("points for limits", len(used), cuts.fewest)
        return Limits(*span, len(used), centre, None, None, None, 0, reason)
    if line is None or line.sigma is None:
        hint = "Limits rest on the distance between neighbours."
        reason = TooFew("neighbouring points", 0, 2, hint)
        return Limits(*span, len(used), centre, None, None, None, 0, reason)
    reach = 3 * line.sigma
    lower, upper = (row_of(np.clip(line.centre + sign * reach, *ends)) for sign in (-1, 1))
    return Limits(*span, len(used), centre, lower, upper, row_of(line.sigma), line.screened, None)


def _outside(given: Floats, stretch: Limits) -> list[int]:
    values = given[stretch.start : stretch.stop]
    if stretch.lower is None or stretch.upper is None:
        return [0] * len(values)
    low, high = np.array(stretch.lower, dtype=float), np.array(stretch.upper, dtype=float)
    return [int(over) - int(under) for over, under in zip(values > high, values < low, strict=True)]
