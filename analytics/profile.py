"""Agreement over a set of questions: whether the teacher sees the right peaks, and at the right height.

A single gap says how far one mark is from one class. Over five questions or more the two *profiles* can be
laid side by side: level (too high or too low throughout), spread (too flat or too steep), shape (the same
peaks), and Lin's concordance, which asks for all three at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.arrays import Cells, bad_argument, numbers_or_gaps, same_length
from analytics.columns import Bools, Floats, FrameError, Ints
from analytics.frames import check_items
from analytics.results import VERSION, TooFew, reasons, result_table
from analytics.summary import divided

SMALLEST_FOR_SHAPE = 5
"""Shape and concordance are given from this many questions on; through two points every shape is a line."""

METHOD = "level, spread, shape; Lin's concordance with 1/n variances"


@dataclass(frozen=True)
class ProfileAgreement:
    """How two profiles agree; a number is None where ``too_few`` says so.

    Parameters
    ----------
    level : float or None
        Mean of teacher minus students, in the unit of the input. Plus: she saw it better.
    spread : float or None
        Her standard deviation over theirs. Above 1: she sees larger differences between questions.
    shape : float or None
        Pearson's correlation, -1 to 1.
    concordance : float or None
        Lin's coefficient, -1 to 1: never larger in size than ``shape``.
    n, dropped : int
        Questions used; questions where one side is empty.
    """

    level: float | None
    spread: float | None
    shape: float | None
    concordance: float | None
    n: int
    dropped: int
    too_few: TooFew | None
    method: str = METHOD
    version: str = VERSION


def profile_agreement(
    teacher: Cells, students: Cells, *, smallest_for_shape: int = SMALLEST_FOR_SHAPE
) -> ProfileAgreement:
    r"""Compare the teacher's profile over questions with the students' mean profile.

    Parameters
    ----------
    teacher, students : array of float, shape (questions,)
        Ratings and mean answers, in one unit and after reversal. A pair with an empty side is dropped and
        counted.
    smallest_for_shape : int
        Fewest questions for spread, shape and concordance.

    Returns
    -------
    ProfileAgreement
        ``level`` from one question on. A side that is the same for all questions has no shape; ``too_few``
        says so.

    Raises
    ------
    FrameError
        If a value is text or infinite, or the lengths differ.

    Notes
    -----
    With means :math:`\bar t, \bar s`: level :math:`\bar t - \bar s`; spread :math:`s_t / s_s`; shape
    Pearson's r; concordance :math:`2 c_{ts} / (v_t + v_s + (\bar t - \bar s)^2)` with variances and
    covariance divided by n (Lin 1989, Biometrics 45, 255-268). Level, spread and shape are the three parts of
    profile similarity of Cronbach and Gleser (1953, Psychological Bulletin 50, 456-473).

    Misleads when all questions are alike: where the students' means hardly differ, shape is noise and
    concordance is near 0 although every single gap is small.

    Examples
    --------
    >>> agreement = profile_agreement([3, 2, 4, 3, 4], [2.4, 1.4, 3.4, 2.4, 3.4])
    >>> [round(number, 3) for number in (agreement.level, agreement.spread, agreement.shape)]
    [0.6, 1.0, 1.0]
    >>> round(agreement.concordance, 3)
    0.757
    """
    one = numbers_or_gaps("profile", "teacher", teacher)
    two = numbers_or_gaps("profile", "students", students)
    same_length("profile", teacher=one, students=two)
    kept = ~(np.isnan(one) | np.isnan(two))
    n = int(kept.sum())
    found = _compared(np.zeros(n, dtype=np.int64), 1, one[kept], two[kept])
    few = n < smallest_for_shape
    spread, shape, concordance = (
        None if few or np.isnan(found[name][0]) else float(found[name][0])
        for name in ("spread", "shape", "concordance")
    )
    too_few = None
    if few:
        too_few = TooFew("questions", n, smallest_for_shape, "Look at each gap.")
    elif shape is None:
        too_few = TooFew("different values", 1, 2, "One side is the same for all questions: it has no shape.")
    level = float(found["level"][0]) if n else None
    return ProfileAgreement(level, spread, shape, concordance, n, len(one) - n, too_few)


def profiles(
    gaps: pd.DataFrame, items: pd.DataFrame, *, smallest_for_shape: int = SMALLEST_FOR_SHAPE
) -> pd.DataFrame:
    """Compare the profiles of every administration at once.

    Parameters
    ----------
    gaps : DataFrame
        From :func:`analytics.gap.gap_by_item`; rows without a gap are dropped and counted.
    items : DataFrame
        :data:`~analytics.frames.ITEMS`: scales of different length are brought to one unit.
    smallest_for_shape : int
        Fewest questions for spread, shape and concordance.

    Returns
    -------
    DataFrame
        One row an administration: ``administration``, ``n`` (questions), ``dropped``, ``level`` (steps: the
        mean gap), ``spread``, ``shape``, ``concordance``, ``too_few``, ``method``, ``version``.

    Raises
    ------
    FrameError
        If ``gaps`` lacks a column or holds an item that ``items`` does not.

    Notes
    -----
    As :func:`profile_agreement`; spread, shape and concordance on shares of the scale,
    (code - lowest) / (K - 1).

    Examples
    --------
    >>> import pandas as pd
    >>> items = pd.DataFrame({"item": list("abcde"), "steps": 4})
    >>> gaps = pd.DataFrame({"administration": 1, "item": list("abcde"), "rating": [3, 2, 4, 3, 4],
    ...                      "students": [2.4, 1.4, 3.4, 2.4, 3.4], "gap": 0.6})
    >>> profiles(gaps, items)[["n", "level", "shape", "concordance"]].round(3).values.tolist()
    [[5.0, 0.6, 1.0, 0.757]]
    """
    for column in ("administration", "item", "rating", "students", "gap"):
        if not isinstance(gaps, pd.DataFrame) or column not in gaps:
            raise bad_argument("profiles", column, None, "Expected the table of gaps by item.")
    known = check_items(items)
    place = pd.Index(known["item"]).get_indexer(pd.Index(gaps["item"]))
    if (place < 0).any():
        row = int(np.argmax(place < 0))
        says = "This item does not stand in the table 'items'."
        raise FrameError("gaps", says, column="item", row=gaps.index[row], value=gaps["item"].iloc[row])
    codes, administrations = pd.factorize(gaps["administration"])
    rows, kept = len(administrations), gaps["gap"].notna().to_numpy()
    group = np.asarray(codes, dtype=np.int64)[kept]
    lowest, top = (known[name].to_numpy()[place][kept] for name in ("lowest", "steps"))
    sides = [gaps[name].to_numpy(np.float64, na_value=np.nan)[kept] for name in ("rating", "students")]
    found = _compared(group, rows, *((side - lowest) / (top - 1) for side in sides))
    n = np.bincount(group, minlength=rows)
    few = n < smallest_for_shape
    flat = ~few & np.isnan(found["shape"])
    columns: dict[str, Any] = {"administration": np.asarray(administrations), "n": n}
    columns["dropped"] = np.bincount(np.asarray(codes, dtype=np.int64), minlength=rows) - n
    gap = gaps["gap"].to_numpy(np.float64, na_value=np.nan)[kept]
    columns["level"] = divided(np.bincount(group, weights=gap, minlength=rows), n)
    columns |= {name: np.where(few, np.nan, found[name]) for name in ("spread", "shape", "concordance")}
    columns["too_few"] = reasons(
        rows,
        (n == 0, "no question has a gap"),
        (few, f"fewer than {smallest_for_shape} questions: level only"),
        (flat, "one side is the same for all questions: no shape"),
    )
    return result_table(columns, METHOD)


def _compared(group: Ints, rows: int, one: Floats, two: Floats) -> dict[str, Floats]:
    """Return level, spread, shape and concordance of pairs by group; NaN where a side does not vary."""
    n = np.bincount(group, minlength=rows)

    def averaged(values: Floats) -> Floats:
        return divided(np.bincount(group, weights=values, minlength=rows), n)

    mean_one, mean_two = averaged(one), averaged(two)
    off_one, off_two = one - mean_one[group], two - mean_two[group]
    v_one, v_two, shared = averaged(off_one**2), averaged(off_two**2), averaged(off_one * off_two)
    level = mean_one - mean_two
    # A constant side leaves dust of 1e-33 after its mean is taken off; that is not a spread.
    still_one, still_two = v_one < 1e-24, v_two < 1e-24
    size = v_one + v_two + level**2
    return {
        "level": level,
        "spread": _ratio(np.sqrt(v_one), np.sqrt(v_two), ~still_two),
        "shape": np.clip(_ratio(shared, np.sqrt(v_one * v_two), ~still_one & ~still_two), -1, 1),
        "concordance": _ratio(2 * shared, size, ~(still_one & still_two)),
    }


def _ratio(above: Floats, below: Floats, where: Bools) -> Floats:
    """Return above / below where that has a meaning, NaN elsewhere."""
    found: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=where & (below > 0))
    return found
