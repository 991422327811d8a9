"""The laws behind the bands of a small class: the mean of Dirichlet shares, and the total of those unseen.

Both are exact: the first by inverting a characteristic function, the second by convolution. No random
numbers, so that the same answers always show the same band.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import elementwise
from scipy.special import gammaln

from analytics.columns import Floats, Ints

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_PANELS = tuple(4 * 2**k for k in range(9))
_SETTLED = 1e-10
_AT_ONCE = 1024


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
        From 0 to 1; right to 1e-9 up to hundreds of answers, to 1e-5 for thousands that nearly all agree.

    Notes
    -----
    Dirichlet shares are independent gammas over their sum, so :math:`P(\sum k p_k \le c) =
    P(\sum (k - c) g_k \le 0)`; the sum's characteristic function is :math:`\prod (1 - it(k - c))^{-a_k}`, and
    :math:`P = 1/2 - \frac1\pi \int_0^\infty \mathrm{Im}\,\varphi(t)\, dt / t` (Gil-Pelaez 1951, Biometrika
    38, 481-482; Imhof 1961, Biometrika 48, 419-426), with t = tan(angle) / scale by 32-point Gauss-Legendre
    panels, twice as many until two results agree to 1e-10.

    Examples
    --------
    >>> import numpy as np
    >>> mean_below(np.array([[0.5, 0.5]]), np.array([0.5])).round(9).tolist()
    [0.5]
    """
    held = weights > 0
    steps = np.arange(weights.shape[1])
    first, last = np.where(held, steps, np.inf).min(axis=1), np.where(held, steps, -np.inf).max(axis=1)
    chance: Floats = np.where(cut < first, 0.0, 1.0)
    inside = np.flatnonzero((cut >= first) & (cut < last) & (first < last))
    for start in range(0, len(inside), _AT_ONCE):
        rows = inside[start : start + _AT_ONCE]
        chance[rows] = _settled(weights[rows], steps - cut[rows, None])
    return np.clip(chance, 0, 1)


def _settled(weights: Floats, away: Floats) -> Floats:
    """Return the inversion integral of each row, with more panels for rows that have not settled."""
    found, open_rows = _inverted(weights, away, _PANELS[0]), np.arange(len(weights))
    for panels in _PANELS[1:]:
        better = _inverted(weights[open_rows], away[open_rows], panels)
        moved = np.abs(better - found[open_rows]) > _SETTLED
        found[open_rows] = better
        open_rows = open_rows[moved]
        if not len(open_rows):
            break
    return found


def _inverted(weights: Floats, away: Floats, panels: int) -> Floats:
    width = np.pi / 2 / panels
    angle = ((np.arange(panels)[:, None] + (_POINTS + 1) / 2) * width).ravel()
    scale = np.sqrt((weights * away**2).sum(axis=1))
    t = np.tan(angle) / scale[:, None]
    turned, size = np.zeros_like(t), np.zeros_like(t)
    for option in range(weights.shape[1]):
        turn = t * away[:, option, None]
        turned += weights[:, option, None] * np.arctan(turn)
        size -= weights[:, option, None] / 2 * np.log1p(turn**2)
    wave = np.sin(turned) * np.exp(size) / (np.sin(angle) * np.cos(angle))
    area: Floats = wave @ np.tile(_WEIGHTS * width / 2, panels)
    return 0.5 - area / np.pi


def mean_quantiles(weights: Floats, chance: Floats) -> Floats:
    r"""Return the mean step below which each chance lies, for Dirichlet weights by row.

    Parameters
    ----------
    weights : array of float, shape (rows, K)
        Dirichlet parameters.
    chance : array of float, shape (rows,)
        Between 0 and 1.

    Returns
    -------
    array of float, shape (rows,)
        In steps.

    Notes
    -----
    Looked for between the bounds of Cantelli (1928): no quantile p lies further than
    :math:`\sqrt{(1 - p)/p}` standard deviations below the mean, or :math:`\sqrt{p/(1 - p)}` above it.

    Examples
    --------
    >>> import numpy as np
    >>> mean_quantiles(np.array([[0.5, 0.5]]), np.array([0.5])).round(9).tolist()
    [0.5]
    """
    steps, total = np.arange(weights.shape[1]), weights.sum(axis=1)
    mean = weights @ steps / total
    sd = np.sqrt(np.maximum(weights @ steps**2 / total - mean**2, 0) / (total + 1))
    low = np.maximum(mean - sd * np.sqrt((1 - chance) / chance) - 1e-9, 0)
    high = np.minimum(mean + sd * np.sqrt(chance / (1 - chance)) + 1e-9, weights.shape[1] - 1)

    def off(cut: Floats, row: Ints) -> Floats:
        return mean_below(weights[row], cut) - chance[row]

    found = elementwise.find_root(off, (low, high), args=(np.arange(len(weights)),))
    return np.where(sd > 1e-12, found.x, mean)


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
