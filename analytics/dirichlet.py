"""The laws behind the bands of a small class: the mean of Dirichlet shares, and the total of those unseen.

Both are exact: the first by inverting a characteristic function, the second by convolution. No random
numbers, so that the same answers always show the same band.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from analytics.columns import Floats

# Gauss-Legendre points on 0..pi/2 for the inversion integral; 192 leave an error below 1e-11 (tested against
# the Beta distribution and against exact splines).
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(192)
_ANGLES, _WEIGHTS = (_POINTS + 1) * np.pi / 4, _WEIGHTS / 4


def mean_below(weights: Floats, cut: Floats) -> Floats:
    r"""Return the chance that the mean step lies at or below a cut, for Dirichlet weights by row.

    Parameters
    ----------
    weights : array of float, shape (rows, K)
        Dirichlet parameters; 0 rules an option out.
    cut : array of float, shape (rows,)
        In steps, 0 to K - 1.

    Returns
    -------
    array of float, shape (rows,)
        From 0 to 1.

    Notes
    -----
    Dirichlet shares are independent gammas over their sum, so :math:`P(\sum k p_k \le c) =
    P(\sum (k - c) g_k \le 0)`; the sum's characteristic function is :math:`\prod (1 - it(k - c))^{-a_k}`, and
    :math:`P = 1/2 - \frac1\pi \int_0^\infty \mathrm{Im}\,\varphi(t)\, dt / t` (Gil-Pelaez 1951, Biometrika
    38, 481-482; Imhof 1961, Biometrika 48, 419-426), here with t = tan(angle) / scale.

    Examples
    --------
    >>> import numpy as np
    >>> mean_below(np.array([[0.5, 0.5]]), np.array([0.5])).round(12).tolist()
    [0.5]
    """
    held = weights > 0
    steps = np.arange(weights.shape[1])
    first, last = np.where(held, steps, np.inf).min(axis=1), np.where(held, steps, -np.inf).max(axis=1)
    away = steps - cut[:, None]
    scale = np.sqrt((weights * away**2).sum(axis=1))
    inside = (cut > first) & (cut < last) & (scale > 0)
    t = np.tan(_ANGLES) / np.where(inside, scale, 1)[:, None]
    angle, size = np.zeros_like(t), np.zeros_like(t)
    for step in range(weights.shape[1]):
        turn = t * away[:, step, None]
        angle += weights[:, step, None] * np.arctan(turn)
        size -= weights[:, step, None] / 2 * np.log1p(turn**2)
    wave = np.sin(angle) * np.exp(size) / (np.sin(_ANGLES) * np.cos(_ANGLES))
    chance: Floats = np.clip(0.5 - wave @ _WEIGHTS, 0, 1)
    outside: Floats = np.where(cut < first, 0.0, 1.0)
    return np.asarray(np.where(inside, chance, outside), dtype=np.float64)


def mean_quantiles(weights: Floats, chance: Floats) -> Floats:
    """Return the mean step below which each chance lies, for Dirichlet weights by row.

    Parameters
    ----------
    weights : array of float, shape (rows, K)
        Dirichlet parameters.
    chance : array of float, shape (rows,)
        Between 0 and 1.

    Returns
    -------
    array of float, shape (rows,)
        In steps; found by halving, to 1e-12 steps.

    Examples
    --------
    >>> import numpy as np
    >>> mean_quantiles(np.array([[0.5, 0.5]]), np.array([0.5])).round(9).tolist()
    [0.5]
    """
    low: Floats = np.zeros(len(weights))
    high: Floats = np.full(len(weights), weights.shape[1] - 1.0)
    for _ in range(44):
        middle = (low + high) / 2
        below = mean_below(weights, middle) < chance
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    middle = (low + high) / 2
    return middle


def unseen_total(weights: Floats, left: int) -> Floats:
    r"""Return the chance of each total of steps among students who did not answer.

    Parameters
    ----------
    weights : array of float, shape (K,)
        Dirichlet parameters after the answers.
    left : int
        Students who did not answer; the work grows with its cube.

    Returns
    -------
    array of float, shape (left * (K - 1) + 1,)
        Sums to 1.

    Notes
    -----
    The Dirichlet-multinomial (Mosimann 1962, Biometrika 49, 65-82): the coefficients
    :math:`\Gamma(a_k + m) / (\Gamma(a_k)\, m!)` are convolved option by option over (students, steps).

    Examples
    --------
    >>> import numpy as np
    >>> unseen_total(np.array([1.0, 1.0]), 3).round(9).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    times = np.arange(left + 1)
    width = left * (len(weights) - 1) + 1
    ways = np.zeros((left + 1, width))
    ways[0, 0] = 1
    for step, weight in enumerate(weights):
        if weight <= 0:
            continue
        log = gammaln(weight + times) - gammaln(weight) - gammaln(times + 1)
        part = np.exp(log - log.max())
        grown = np.zeros_like(ways)
        for more in times:
            shift = more * step
            grown[more:, shift:] += part[more] * ways[: left + 1 - more, : width - shift]
        ways = grown / grown.max()
    chance: Floats = ways[left] / ways[left].sum()
    return chance
