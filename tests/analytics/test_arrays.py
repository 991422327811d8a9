"""Lists and arrays as input: what is read, what is refused, and what is never changed."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analytics.arrays import numbers, numbers_or_gaps, score_table, whole_numbers
from analytics.columns import FrameError


@pytest.mark.parametrize(
    "values",
    [
        [1, 2.0, None, float("nan"), pd.NA],
        (np.int64(1), Fraction(2), None, np.nan, pd.NaT),
        np.array([1, 2, np.nan, np.nan, np.nan]),
        np.array([1, 2, None, None, None], dtype=object),
        pd.Series([1, 2, None, None, None]),
        pd.Series([1, 2, None, None, None], dtype="Int64"),
        pd.Series([1, 2, None, None, None], dtype="Float64"),
        (value for value in (1, 2, None, None, None)),
    ],
    ids=range(8),
)
def test_numbers_are_read_from_whatever_holds_them(values):
    found = numbers_or_gaps("t", "values", values)
    np.testing.assert_array_equal(found, [1, 2, np.nan, np.nan, np.nan])
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["1"], "table 't', column 'values', row 0: found '1'. Expected a number."),
        ([1, False], "row 1: found False. Expected a number."),
        (pd.Series([True, False]), "row 0: found True. Expected a number."),
        (pd.Series(["a"]), "row 0: found 'a'. Expected a number."),
        ([1, 2, -np.inf], "row 2: found -inf. Expected a finite number."),
        ([1 + 2j], "Expected a number."),
        (np.zeros((2, 2)), "Expected one row of numbers, found 2 dimensions."),
        ({"a": 1}, "Expected a row of numbers, found dict."),
        (pd.DataFrame({"a": [1]}), "Expected a row of numbers, found DataFrame."),
        (7, "Expected a row of numbers, found int."),
    ],
)
def test_all_else_is_refused_with_row_and_value(values, says):
    with pytest.raises(FrameError) as refusal:
        numbers_or_gaps("t", "values", values)
    assert says in str(refusal.value)


def test_missing_and_broken_numbers_are_refused_where_they_may_not_be():
    with pytest.raises(FrameError, match="row 1: found nan"):
        numbers("t", "values", [1, None])
    with pytest.raises(FrameError, match=r"row 1: found 2\.5"):
        whole_numbers("t", "values", [1, 2.5], lowest=0)
    with pytest.raises(FrameError, match="whole number of 1 or more"):
        whole_numbers("t", "values", [0], lowest=1)


def test_reading_copies():
    values = np.array([1.0, 2.0])
    found = numbers_or_gaps("t", "values", values)
    found[0] = 9
    scores, _ = score_table("t", values.reshape(1, 2))
    scores[0, 0] = 9
    assert values.tolist() == [1.0, 2.0]


def test_score_tables_come_from_lists_arrays_and_frames():
    for given in (
        [[1, None], [3, 4]],
        np.array([[1, np.nan], [3, 4]]),
        pd.DataFrame({"1": [1, 3], "2": [None, 4]}),
    ):
        scores, items = score_table("t", given)
        assert items == ("1", "2")
        np.testing.assert_array_equal(scores, [[1, np.nan], [3, 4]])
    assert score_table("t", pd.DataFrame())[0].shape == (0, 0)


def test_importing_the_library_loads_neither_pandas_nor_scipy_nor_altair():
    heavy = "{'pandas', 'scipy', 'altair', 'numpy', 'statsmodels'}"
    code = f"import sys, analytics; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_no_module_of_this_library_loads_statsmodels_when_cycles_and_items_are_read():
    names = (
        "runchart change planning phases spc xbar mdc items sheets reliability omega icc class_icc agreement"
    )
    modules = ", ".join(f"analytics.{name}" for name in [*names.split(), "krippendorff", "dependability"])
    code = f"import sys; import {modules}; print('statsmodels' in sys.modules, 'altair' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
