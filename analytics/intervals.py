"""Intervals for shares, and for the difference of two: how much a handful of answers can tell.

"4 of 5 picked one of the top two" is a fact about five students. These intervals say how large the share
could be in lessons like that one. In the teacher's own view they stay behind "how sure are we?" (below 10
students counts are shown, not percentages); researchers and releases see them beside the share.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtri

from analytics.arrays import bad_argument
from analytics.results import Interval, TooFew


def wilson_interval(
    agree: int, answered: int, *, level: float = 0.95, class_size: int | None = None
) -> Interval:
    r"""Return the Wilson interval for the share of students who agree.

    Parameters
    ----------
    agree, answered : int
        Students who agreed; students who answered this question (not the size of the class).
    level : float
        Between 0 and 1.
    class_size : int, optional
        When the question is about *this class today* and not about lessons like this one: the sampling
        variance is multiplied by 1 - answered / class_size, so that a class that answered whole has no band.

    Returns
    -------
    Interval
        ``value``, ``low`` and ``high`` from 0 to 1; ``too_few`` where nobody answered.

    Raises
    ------
    FrameError
        If a count is not a whole number of 0 or more, more agreed than answered, or more answered than there
        are in the class.

    Notes
    -----
    :math:`\frac{p + z^2/2n \pm z\sqrt{p(1-p)/n + z^2/4n^2}}{1 + z^2/n}` (Wilson 1927, JASA 22, 209-212), the
    interval that Brown, Cai and DasGupta (2001, Statistical Science 16, 101-133) recommend for small n. A
    finite class replaces n by :math:`n / (1 - n/N)`.

    Misleads when the answers are not those of separate students: five students over four lessons are not 20.

    Examples
    --------
    >>> found = wilson_interval(7, 10)
    >>> [round(end, 3) for end in (found.low, found.high)]
    [0.397, 0.892]
    """
    method = "Wilson interval" if class_size is None else "Wilson interval, finite class"
    if not _checked(agree, answered, level):
        return _nobody(method, level)
    left = 1.0 if class_size is None else finite_class_correction(answered, class_size) ** 2
    share = agree / answered
    ends = wilson_bounds(share, answered / left, level) if left else (share, share)
    return _interval(method, agree, answered, level, ends)


def clopper_pearson_interval(agree: int, answered: int, *, level: float = 0.95) -> Interval:
    """Return the Clopper-Pearson interval: never covers less than it says, and is wider for it.

    Parameters
    ----------
    agree, answered, level
        As :func:`wilson_interval`.

    Returns
    -------
    Interval
        ``value``, ``low`` and ``high`` from 0 to 1; ``too_few`` where nobody answered.

    Raises
    ------
    FrameError
        As :func:`wilson_interval`.

    Notes
    -----
    Quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x) (Clopper and Pearson 1934, Biometrika 26, 404-413).
    Misleads by caution: 3 of 5 gives 0.15 to 0.95. Use it where a guarantee is asked for.

    Examples
    --------
    >>> found = clopper_pearson_interval(3, 5)
    >>> [round(end, 3) for end in (found.low, found.high)]
    [0.147, 0.947]
    """
    method = "Clopper-Pearson interval"
    if not _checked(agree, answered, level):
        return _nobody(method, level)
    tail = (1 - level) / 2
    low = betaincinv(agree, answered - agree + 1, tail) if agree else 0.0
    high = betaincinv(agree + 1, answered - agree, 1 - tail) if agree < answered else 1.0
    return _interval(method, agree, answered, level, (low, high))


def jeffreys_interval(agree: int, answered: int, *, level: float = 0.95) -> Interval:
    """Return the Jeffreys interval: the posterior of the share under a Beta(1/2, 1/2) prior.

    Parameters
    ----------
    agree, answered, level
        As :func:`wilson_interval`.

    Returns
    -------
    Interval
        ``value`` is the observed share; ``low`` and ``high`` from 0 to 1; ``too_few`` where nobody answered.

    Raises
    ------
    FrameError
        As :func:`wilson_interval`.

    Notes
    -----
    Equal-tailed quantiles of Beta(x + 1/2, n - x + 1/2), with low = 0 when nobody and high = 1 when all agree
    (Brown, Cai and DasGupta 2001, section 4.1.2; without that rule the interval would leave out the observed
    share itself).

    Examples
    --------
    >>> found = jeffreys_interval(3, 5)
    >>> [round(end, 3) for end in (found.low, found.high)]
    [0.209, 0.906]
    """
    method = "Jeffreys interval"
    if not _checked(agree, answered, level):
        return _nobody(method, level)
    tail, a, b = (1 - level) / 2, agree + 0.5, answered - agree + 0.5
    low = betaincinv(a, b, tail) if agree else 0.0
    high = betaincinv(a, b, 1 - tail) if agree < answered else 1.0
    return _interval(method, agree, answered, level, (low, high))


def newcombe_interval(
    agree: int, answered: int, other_agree: int, other_answered: int, *, level: float = 0.95
) -> Interval:
    r"""Return Newcombe's hybrid interval for the difference of two independent shares, first minus second.

    Parameters
    ----------
    agree, answered : int
        The first group: students who agreed; students who answered.
    other_agree, other_answered : int
        The second group. Two groups of *different* students: for the same students at two times this interval
        is wrong (count instead how many moved up and down).
    level : float
        Between 0 and 1.

    Returns
    -------
    Interval
        ``value``, ``low`` and ``high`` from -1 to 1; ``n`` is both groups together; ``too_few`` where one is
        empty.

    Raises
    ------
    FrameError
        As :func:`wilson_interval`.

    Notes
    -----
    Method 10 of Newcombe (1998, Statistics in Medicine 17, 873-890): with Wilson ends :math:`l_i, u_i`, low
    :math:`= d - \sqrt{(p_1 - l_1)^2 + (u_2 - p_2)^2}` and high
    :math:`= d + \sqrt{(u_1 - p_1)^2 + (p_2 - l_2)^2}`.

    Examples
    --------
    >>> found = newcombe_interval(56, 70, 48, 80)
    >>> [round(end, 4) for end in (found.low, found.high)]
    [0.0524, 0.3339]
    """
    method = "Newcombe hybrid interval (method 10)"
    n, m = _checked(agree, answered, level), _checked(other_agree, other_answered, level)
    if not n or not m:
        return _nobody(method, level, n + m)
    p, q = agree / answered, other_agree / other_answered
    (low, high), (other_low, other_high) = wilson_bounds(p, n, level), wilson_bounds(q, m, level)
    down = float(np.hypot(p - low, other_high - q))
    up = float(np.hypot(high - p, q - other_low))
    return Interval(p - q, n + m, 0, method, low=p - q - down, high=p - q + up, level=level)


def finite_class_correction(answered: int, class_size: int) -> float:
    r"""Return the factor for a standard error when the question is about this class today.

    Parameters
    ----------
    answered, class_size : int
        Students who answered, of how many in the class (or of how many focal students).

    Returns
    -------
    float
        :math:`\sqrt{1 - n/N}`: 1 for a class that is large beside its answers, 0 when all answered.

    Raises
    ------
    FrameError
        If more answered than there are.

    Notes
    -----
    Cochran (1977), Sampling Techniques, section 2.6, for a sample variance with n - 1. It answers another
    question than the plain standard error: 28 of 28 answers leave no doubt about today, and plenty about the
    next lesson. Absent students are rarely a random part of the class.

    Examples
    --------
    >>> round(finite_class_correction(21, 28), 2), finite_class_correction(28, 28)
    (0.5, 0.0)
    """
    _whole("answered", answered)
    _whole("class_size", class_size)
    if answered > class_size or class_size == 0:
        says = f"{answered} answered: expected that many or more."
        raise bad_argument("interval", "class_size", class_size, says)
    return float(np.sqrt(1 - answered / class_size))


def wilson_bounds(share: Any, n: Any, level: float) -> tuple[Any, Any]:
    """Return the Wilson ends for shares of n, element by element; n is above 0."""
    z = float(ndtri((1 + level) / 2))
    middle = share + z * z / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    scale = 1 + z * z / n
    return np.clip((middle - half) / scale, 0, 1), np.clip((middle + half) / scale, 0, 1)


def say_share(agree: int, found: Interval) -> str:
    """Say a share and its interval in one sentence.

    Examples
    --------
    >>> say_share(7, wilson_interval(7, 10))
    '7 of 10 did. In lessons like this one, very likely between 40 % and 89 % would.'
    """
    if found.low is None or found.high is None:
        return str(found.too_few)
    where = "In this class today" if found.method.endswith("finite class") else "In lessons like this one"
    ends = f"{100 * found.low:.0f} % and {100 * found.high:.0f} %"
    return f"{agree} of {found.n} did. {where}, {how_sure(found.level)} between {ends} would."


def how_sure(level: float) -> str:
    """Return the words for a level: "very likely" from 90 %, "likely" from 66 %, else "perhaps".

    The words are those of Mastrandrea et al. (2010), the guidance on uncertainty of the IPCC.
    """
    return "very likely" if level >= 0.9 else "likely" if level >= 0.66 else "perhaps"


def _checked(agree: int, answered: int, level: float) -> int:
    """Refuse impossible counts; return how many answered."""
    check_level(level)
    _whole("answered", answered)
    _whole("agree", agree)
    if agree > answered:
        raise bad_argument("interval", "agree", agree, f"Only {answered} answered.")
    return int(answered)


def check_level(level: float) -> None:
    """Refuse a level that does not lie between 0 and 1."""
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise bad_argument("interval", "level", level, "Expected a number between 0 and 1, such as 0.95.")


def _whole(name: str, count: Any) -> None:
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 0:
        raise bad_argument("interval", name, count, "Expected a whole number of 0 or more.")


def _nobody(method: str, level: float, n: int = 0) -> Interval:
    return Interval(None, n, 0, method, TooFew("answers", 0, 1), level=level)


def _interval(method: str, agree: int, answered: int, level: float, ends: tuple[Any, Any]) -> Interval:
    low, high = (float(end) for end in ends)
    return Interval(agree / answered, int(answered), 0, method, low=low, high=high, level=level)
