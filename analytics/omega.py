"""Omega: how much of a scale's total score is its common factor, with the fit of the one-factor model.

Fitted by maximum likelihood in our own code: the Python packages for it fail with current SciPy or
scikit-learn. Alpha assumes that all items measure the factor equally well; omega does not, and so should be
read in its place where loadings differ. Where the one-factor model does not fit, neither means much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from analytics.arrays import Floats, bad_argument, score_table
from analytics.reliability import scale_too_few
from analytics.results import VERSION, TooFew

FEWEST_PEOPLE = 30
"""People who answered every item, from which a factor is fitted."""

SMALLEST_UNIQUE = 0.005
"""Lowest share of an item's variance left unexplained by the factor; an item that ends here is improper."""

METHOD = "omega total from one factor, maximum likelihood on complete answers"


@dataclass(frozen=True)
class Fit:
    """How far the one-factor model is from the answers.

    Parameters
    ----------
    chi_square, p : float
        n x the minimum of the discrepancy; its p value. With thousands of people any model is rejected.
    df : int
        Degrees of freedom, k (k - 3) / 2; with three items 0: the model always fits and nothing is tested.
    cfi, tli, rmsea : float or None
        Comparative fit (0.95 or more is good), Tucker-Lewis, root mean square error of approximation (0.06 or
        less is good); None with 0 degrees of freedom.
    rmsea_low, rmsea_high : float or None
        Ends of its 90 % interval.
    srmr : float
        Root mean square of the residual correlations (0.08 or less is good).
    """

    chi_square: float
    df: int
    p: float | None
    cfi: float | None
    tli: float | None
    rmsea: float | None
    rmsea_low: float | None
    rmsea_high: float | None
    srmr: float


@dataclass(frozen=True)
class Omega:
    """Omega with loadings and fit.

    Parameters
    ----------
    value : float or None
        Omega of the sum of the items as they are.
    standardised : float or None
        Omega of the sum of standardised items.
    loadings : tuple of float
        Standardised loadings, one an item, turned so that their sum is not negative; empty without a fit.
    improper : tuple of str
        Items whose unexplained share fell to its bound (Heywood case): read the value with doubt.
    fit : Fit or None
        Fit of the model.
    n, dropped : int
        People who answered every item; people left out.
    items : tuple of str
        The items.
    method, version : str
        Name of the calculation; version of rules and constants.
    too_few : TooFew or None
        Why there is no number.
    """

    value: float | None
    standardised: float | None
    loadings: tuple[float, ...]
    improper: tuple[str, ...]
    fit: Fit | None
    n: int
    dropped: int
    items: tuple[str, ...]
    method: str
    version: str
    too_few: TooFew | None


def omega(scores: pd.DataFrame | npt.ArrayLike, *, fewest: int = FEWEST_PEOPLE) -> Omega:
    """Return omega from a one-factor model, and how well that model fits.

    Parameters
    ----------
    scores : DataFrame or array, people x items
        Scores of three items or more in the same direction; None or NaN where an answer is missing. Only
        people who answered every item are used.
    fewest : int
        People from which a factor is fitted.

    Returns
    -------
    Omega

    Raises
    ------
    FrameError
        If a score is no number.

    Notes
    -----
    omega = (sum l)^2 / ((sum l)^2 + sum e) with loadings l and unique variances e in the unit of the items.
    The discrepancy log det S* - log det S + tr(S S*^-1) - k is minimised over the unique variances (Joreskog
    1967, Psychometrika 32, 443-482). chi-square = n x minimum; CFI, TLI, RMSEA against n. Source of omega:
    McDonald (1999), Test Theory, chapter 6.

    Examples
    --------
    >>> draw = np.random.default_rng(5)
    >>> experience = draw.normal(size=(300, 1))
    >>> scores = experience * [0.9, 0.7, 0.5, 0.6] + draw.normal(size=(300, 4))
    >>> found = omega(scores)
    >>> round(found.value, 2), found.fit.df, round(found.fit.cfi, 2)
    (0.65, 2, 0.96)
    """
    if fewest < 4:
        raise bad_argument("omega", "fewest", fewest, "Expected 4 or more people.")
    table, items = score_table("omega", scores)
    used = table[~np.isnan(table).any(axis=1)]
    too_few = _too_few(used, items, fewest)
    if too_few is not None:
        n = len(used)
        return Omega(None, None, (), (), None, n, len(table) - n, items, METHOD, VERSION, too_few)
    deviation = used.std(axis=0)
    correlation = np.asarray(np.corrcoef(used, rowvar=False))
    unique, loading = one_factor(correlation)
    return Omega(
        value=_omega(loading * deviation, unique * deviation**2),
        standardised=_omega(loading, unique),
        loadings=tuple(loading.tolist()),
        improper=tuple(
            item for item, left in zip(items, unique, strict=True) if left <= SMALLEST_UNIQUE * 1.01
        ),
        fit=_fit(correlation, unique, loading, len(used)),
        n=len(used),
        dropped=len(table) - len(used),
        items=items,
        method=METHOD,
        version=VERSION,
        too_few=None,
    )


def one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Return unique variances and loadings of one factor, by maximum likelihood.

    Examples
    --------
    >>> loading = np.array([0.9, 0.6, 0.5, 0.4])
    >>> made = np.outer(loading, loading)
    >>> np.fill_diagonal(made, 1.0)
    >>> one_factor(made)[1].round(4).tolist()
    [0.9, 0.6, 0.5, 0.4]
    """
    k = len(correlation)

    def split(unique: Floats) -> tuple[Floats, Floats]:
        root = 1 / np.sqrt(unique)
        return np.linalg.eigh(correlation * np.outer(root, root))

    def loadings(unique: Floats) -> Floats:
        values, vectors = split(unique)
        loading = vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0)) * np.sqrt(unique)
        return np.asarray(loading if loading.sum() >= 0 else -loading)

    def discrepancy(unique: Floats) -> float:
        rest = split(unique)[0][:-1]
        return float((rest - np.log(rest) - 1).sum())

    def slope(unique: Floats) -> Floats:
        loading = loadings(unique)
        implied = np.outer(loading, loading) + np.diag(unique)
        return np.asarray(np.diag(implied - correlation) / unique**2)

    start = np.clip(0.5 / np.diag(np.linalg.inv(correlation)) * (2 - 1 / k), 0.05, 0.95)
    found = optimize.minimize(
        discrepancy,
        start,
        jac=slope,
        method="L-BFGS-B",
        bounds=[(SMALLEST_UNIQUE, 1.0)] * k,
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 2000},
    )
    unique = np.asarray(found.x, dtype=np.float64)
    return unique, loadings(unique)


def _fit(correlation: Floats, unique: Floats, loading: Floats, n: int) -> Fit:
    k = len(correlation)
    implied = np.outer(loading, loading) + np.diag(unique)
    against = np.linalg.solve(implied, correlation)
    minimum = np.trace(against) - np.linalg.slogdet(against)[1] - k
    chi, df = max(n * float(minimum), 0.0), k * (k - 3) // 2
    apart = -n * float(np.linalg.slogdet(correlation)[1])
    apart_df = k * (k - 1) // 2
    residual = (correlation - implied)[np.tril_indices(k)]
    srmr = float(np.sqrt((residual**2).mean()))
    if not df:
        return Fit(chi, df, None, None, None, None, None, None, srmr)
    excess, apart_excess = max(chi - df, 0.0), max(apart - apart_df, chi - df, 0.0)
    low, high = (_noncentrality(chi, df, chance) for chance in (0.95, 0.05))
    return Fit(
        chi_square=chi,
        df=df,
        p=float(stats.chi2.sf(chi, df)),
        cfi=1 - excess / apart_excess if apart_excess > 0 else 1.0,
        tli=((apart / apart_df) - (chi / df)) / ((apart / apart_df) - 1),
        rmsea=float(np.sqrt(excess / (df * n))),
        rmsea_low=float(np.sqrt(low / (df * n))),
        rmsea_high=float(np.sqrt(high / (df * n))),
        srmr=srmr,
    )


def _noncentrality(chi: float, df: int, chance: float) -> float:
    """Return the noncentrality at which ``chi`` or less has this chance; 0 where even none is too much."""

    def off(centre: float) -> float:
        return float(stats.ncx2.cdf(chi, df, centre)) - chance

    if stats.chi2.cdf(chi, df) <= chance:
        return 0.0
    high = max(chi, 1.0)
    while off(high) > 0:
        high *= 2
    return float(optimize.brentq(off, 1e-12, high))


def _omega(loading: Floats, unique: Floats) -> float:
    common = float(loading.sum()) ** 2
    return common / (common + float(unique.sum()))


def _too_few(used: Floats, items: tuple[str, ...], fewest: int) -> TooFew | None:
    if len(items) < 3:
        return TooFew("items", len(items), 3)
    reason = scale_too_few(used, items, fewest)
    if reason is not None:
        return reason
    rank = int(np.linalg.matrix_rank(np.corrcoef(used, rowvar=False), tol=1e-8))
    hint = "One item repeats what others say."
    return (
        TooFew("items that say something of their own", rank, len(items), hint) if rank < len(items) else None
    )
