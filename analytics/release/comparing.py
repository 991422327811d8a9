"""Two released means beside each other: the change, and how far chance and rounding alone could carry it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from analytics.release.figures import COARSE
from analytics.release.policy import Policy


@dataclass(frozen=True)
class ReleasedChange:
    """The difference of two released means on the 0-100 scale.

    Parameters
    ----------
    change : int
        The later mean minus the earlier one.
    low, high : int
        Ends of the interval, rounded outwards to whole points.
    first_n, last_n : int
        Students behind each.
    """

    change: int
    low: int
    high: int
    first_n: int
    last_n: int


def released_change(
    first: int,
    first_n: int,
    last: int,
    last_n: int,
    *,
    level: float = 0.95,
    policy: Policy | None = None,
) -> ReleasedChange:
    r"""Return the change between two released means with an interval made from nothing but what was released.

    Parameters
    ----------
    first, last : int
        Released means, 0 to 100.
    first_n, last_n : int
        Distinct students behind each.
    level : float
        How often such an interval is to hold the difference of the means.
    policy : Policy, optional
        The thresholds of the release: they say from how many students on a mean was rounded to 1 and not 5.

    Raises
    ------
    ValueError
        If a mean lies outside of 0 to 100, or nobody stands behind one.

    Notes
    -----
    A release keeps its standard deviations to itself. Of all answers on a scale from 0 to 100 with mean
    :math:`m`, none vary more than those that are all 0 or 100: :math:`\sigma^2 \le m (100 - m)` (Bhatia and
    Davis 2000, The American Mathematical Monthly 107, 353-357). So

    .. math:: \Delta \pm z \sqrt{m_1 (100 - m_1) / n_1 + m_2 (100 - m_2) / n_2} \pm (g_1 + g_2) / 2

    with :math:`g` what each mean was rounded to. For answers on four steps this is nearly half as wide again
    as their own spread would make it, which leaves room for what students of one class have in common. It is
    no test of the change idea: other students, lessons and teachers stand behind the two means, and a group
    that began low tends to rise by itself.

    Examples
    --------
    >>> released_change(45, 26, 65, 20)
    ReleasedChange(change=20, low=-14, high=54, first_n=26, last_n=20)
    >>> released_change(50, 84, 42, 85).change
    -8
    """
    thresholds = policy or Policy()
    if not (0 <= first <= 100 and 0 <= last <= 100) or first_n < 1 or last_n < 1:
        raise ValueError(
            f"Means {first} and {last} of {first_n} and {last_n} students: expected 0 to 100 of 1 up."
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    chance = z * sqrt(first * (100 - first) / first_n + last * (100 - last) / last_n)
    rounding = sum((COARSE if n < thresholds.whole_from else 1) / 2 for n in (first_n, last_n))
    low, high = last - first - chance - rounding, last - first + chance + rounding
    # Outwards, and no further than the scale goes.
    return ReleasedChange(last - first, max(_floor(low), -100), min(-_floor(-high), 100), first_n, last_n)


def _floor(value: float) -> int:
    return int(value // 1)
