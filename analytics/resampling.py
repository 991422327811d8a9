"""The t and the bootstrap interval of a class mean, for researchers who want to compare.

Neither is the default: with three to eight answers both hold the truth less often than they say, and both
have no width when all agree. Use :func:`analytics.posterior.mean_interval`.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from analytics.arrays import Cells
from analytics.columns import Floats
from analytics.intervals import check_level, finite_class_correction
from analytics.posterior import whole_counts
from analytics.results import Interval, TooFew


def t_interval(
    counts: Cells, *, lowest: int = 1, level: float = 0.95, class_size: int | None = None
) -> Interval:
    r"""Return Student's t interval for the mean answer.

    Parameters
    ----------
    counts : array of int, shape (K,)
        Students at each option, lowest first, after reversal.
    lowest : int
        Code of the lowest option.
    level : float
        Between 0 and 1.
    class_size : int, optional
        Multiplies the standard error by :math:`\sqrt{1 - n/N}`: the question is then about this class today.

    Returns
    -------
    Interval
        ``value`` (the mean), ``low``, ``high`` as option codes, which may run off the scale; ``too_few`` with
        fewer than 2 answers or where all agree, since a width of 0 would be a false promise.

    Raises
    ------
    FrameError
        If counts are not whole numbers of 0 or more, or more answered than there are in the class.

    Notes
    -----
    :math:`\bar x \pm t_{n-1} \sqrt{s^2 / n}` (Student 1908, Biometrika 6, 1-25).

    Examples
    --------
    >>> found = t_interval([0, 1, 1, 1, 0])
    >>> [round(end, 3) for end in (found.value, found.low, found.high)]
    [3.0, 0.516, 5.484]
    """
    check_level(level)
    given, method = whole_counts(counts), "Student's t interval"
    n, mean, squares = _moments(given)
    alike = _alike(given, n)
    if alike:
        return Interval(None, n, 0, method, alike, level=level)
    error = np.sqrt(squares / (n - 1) / n)
    if class_size is not None:
        error *= finite_class_correction(n, class_size)
    half = float(stdtrit(n - 1, (1 + level) / 2) * error)
    middle = lowest + mean
    return Interval(middle, n, 0, method, low=middle - half, high=middle + half, level=level)


def bootstrap_interval(counts: Cells, *, lowest: int = 1, level: float = 0.95) -> Interval:
    """Return the percentile bootstrap interval for the mean answer, over all resamples, not a draw of them.

    Parameters
    ----------
    counts, lowest, level
        As :func:`t_interval`.

    Returns
    -------
    Interval
        ``value`` (the mean), ``low``, ``high`` as option codes; ``too_few`` with fewer than 2 answers or
        where all agree.

    Raises
    ------
    FrameError
        If counts are not whole numbers of 0 or more.

    Notes
    -----
    The mean of n draws from the n answers has an exact distribution: the answers' own, convolved n times.
    Each end is the smallest mean reached with the chance asked for (Efron and Tibshirani 1993, An
    Introduction to the Bootstrap, 13.3).

    Examples
    --------
    >>> found = bootstrap_interval([0, 1, 1, 1, 0])
    >>> (found.low, found.high)
    (2.0, 4.0)
    """
    check_level(level)
    given, method = whole_counts(counts), "percentile bootstrap interval, all resamples"
    n, mean, _ = _moments(given)
    alike = _alike(given, n)
    if alike:
        return Interval(None, n, 0, method, alike, level=level)
    reached = np.cumsum(resampled_total(given / n, n))
    # A chance that equals the level in exact arithmetic must not be missed for its last bit.
    ends = np.searchsorted(reached, np.array([(1 - level) / 2, (1 + level) / 2]) - 1e-12)
    low, high = (lowest + float(end) / n for end in ends)
    return Interval(lowest + mean, n, 0, method, low=low, high=high, level=level)


def resampled_total(shares: Floats, n: int) -> Floats:
    """Return the chance of each total of n draws of steps 0 to K - 1 with these shares."""
    total, power = np.ones(1), np.asarray(shares, dtype=np.float64)
    while n:
        if n % 2:
            total = np.convolve(total, power)
        n //= 2
        if n:
            power = np.convolve(power, power)
    return total


def _moments(given: Floats) -> tuple[int, float, float]:
    """Return n, the mean step and the summed squared distance from it."""
    steps, n = np.arange(len(given)), int(given.sum())
    mean = float(given @ steps) / max(n, 1)
    return n, mean, float(given @ (steps - mean) ** 2)


def _alike(given: Floats, n: int) -> TooFew | None:
    if n < 2:
        return TooFew("answers", n, 2, "Look at the counts.")
    if (given > 0).sum() < 2:
        return TooFew("different answers", 1, 2, "All agree, and that is not certainty.")
    return None
