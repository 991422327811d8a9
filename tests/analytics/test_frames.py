"""The tables that go in: what is refused, in which words, and that the caller's table stays as it was."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from analytics import frames
from analytics.frames import FrameError

ITEMS = pd.DataFrame({"item": ["SM1", "CNT"], "steps": [4, 5], "lowest": [1, 0]})
ROWS = {
    "administration": [1, 1, 1],
    "item": ["SM1", "CNT", "SM1"],
    "student": ["A", "A", "B"],
    "value": [1.0, 0.0, np.nan],
    "missing": [None, None, "skipped"],
}


def answers(**changed):
    return pd.DataFrame({**ROWS, **changed})


def refusal(check, *tables):
    with pytest.raises(FrameError) as caught:
        check(*tables)
    return caught.value


def test_importing_analytics_loads_neither_pandas_nor_altair_nor_scipy():
    code = (
        "import sys, analytics; heavy = {'pandas', 'numpy', 'altair', 'scipy'} & set(sys.modules); "
        "assert not heavy, heavy; analytics.frames.ITEMS; assert 'pandas' in sys.modules; "
        "assert not hasattr(analytics, 'nothing_of_this_name')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_checked_answers_are_a_new_table_with_declared_columns_and_types():
    given = answers(remark="not declared")
    before = given.copy(deep=True)
    checked = frames.check_answers(given, ITEMS)
    assert list(checked.columns) == ["administration", "item", "student", "value", "missing"]
    assert checked["value"].dtype == np.float64
    assert checked["missing"].tolist() == ["", "", "skipped"]
    checked.loc[0, "value"] = 4
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize(
    ("changed", "column", "row", "value"),
    [
        ({"value": ["1", "2", "3"]}, "value", 0, "1"),
        ({"value": [1.0, "two", None]}, "value", 1, "two"),
        ({"value": [True, False, True]}, "value", 0, True),
        ({"value": [1.5, 0, np.nan]}, "value", 0, 1.5),
        ({"value": [1, 5, np.nan]}, "value", 1, 5),
        ({"value": [0, 0, np.nan]}, "value", 0, 0),
        ({"value": [np.inf, 0, np.nan]}, "value", 0, np.inf),
        ({"item": ["SM1", "XX9", "SM1"]}, "item", 1, "XX9"),
        ({"student": ["A", None, "B"]}, "student", 1, None),
        ({"administration": [1, 1, [1]]}, "administration", 2, [1]),
        ({"value": [1.0, 0.0, 2 + 1j]}, "value", 0, 1.0 + 0j),
        ({"value": pd.to_datetime(["2026-01-01", None, None])}, "value", 0, pd.Timestamp("2026-01-01")),
        ({"missing": [None, None, "forgot"]}, "missing", 2, "forgot"),
        ({"missing": [None, "skipped", "skipped"]}, "missing", 1, "skipped"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_by_column_row_and_value(changed, column, row, value):
    error = refusal(frames.check_answers, answers(**changed), ITEMS)
    assert (error.table, error.column, error.row) == ("answers", column, row)
    assert error.value == value or (error.value is not value and pd.isna(error.value) and pd.isna(value))
    assert column in str(error)


def test_an_answer_missing_without_a_reason_is_not_dropped_in_silence():
    error = refusal(frames.check_answers, answers(missing=None), ITEMS)
    assert (error.column, error.row) == ("value", 2)
    assert "skipped, not_applicable, not_understood, not_shown" in str(error)
    error = refusal(frames.check_answers, answers().drop(columns="missing"), ITEMS)
    assert (error.column, error.row) == ("value", 2)


def test_the_same_student_may_answer_an_item_once_in_an_administration():
    error = refusal(frames.check_answers, answers(student="A"), ITEMS)
    assert (error.row, error.value) == (2, "1, SM1, A")


def test_one_wrong_cell_in_a_million_rows_is_found_and_named():
    many = 1_000_000
    rows = {"administration": np.arange(many) // 10, "item": "SM1", "student": np.arange(many), "value": 2.0}
    given = pd.DataFrame(rows)
    assert len(frames.check_answers(given, ITEMS)) == many
    given.loc[many - 1, "value"] = 9
    assert refusal(frames.check_answers, given, ITEMS).row == many - 1
    given["value"] = given["value"].astype(object)
    given.loc[many - 2, "value"] = "2"
    error = refusal(frames.check_answers, given, ITEMS)
    assert (error.row, error.value) == (many - 2, "2")


def test_a_row_is_named_by_the_tables_own_index_label():
    given = answers(value=[1.0, 7.0, np.nan]).set_axis(["first", "second", "third"])
    assert refusal(frames.check_answers, given, ITEMS).row == "second"


def test_a_missing_column_and_something_that_is_no_table_are_refused():
    assert refusal(frames.check_answers, answers().drop(columns="student"), ITEMS).column == "student"
    assert "list" in str(refusal(frames.check_answers, [1, 2], ITEMS))
    twice = pd.concat([answers(), answers()[["value"]]], axis=1)
    assert refusal(frames.check_answers, twice, ITEMS).column == "value"


def test_nullable_integers_and_number_objects_are_numbers():
    whole = answers(value=pd.array([1, 2, None], dtype="Int64"))
    mixed = answers(value=pd.Series([1, np.int64(2), None], dtype=object))
    for given in (whole, mixed):
        assert frames.check_answers(given, ITEMS)["value"].tolist()[:2] == [1.0, 2.0]


def test_changing_a_checked_table_leaves_the_callers_table_alone():
    counters = pd.DataFrame({"administration": [1, 1], "item": "SM1", "value": [1.0, 2.0], "count": [3, 1]})
    before = counters.copy(deep=True)
    checked = frames.check_predictions_by_count(counters, ITEMS)
    for name in checked.columns:
        checked.loc[0, name] = checked.loc[1, name]
    pd.testing.assert_frame_equal(counters, before)


def test_every_kind_of_empty_cell_is_empty():
    for gone in (None, np.nan, pd.NA, pd.NaT):
        given = answers(value=pd.Series([1, 2, gone], dtype=object))
        assert frames.check_answers(given, ITEMS)["value"].isna().tolist() == [False, False, True]


def test_a_count_too_large_to_be_held_is_refused():
    counters = pd.DataFrame({"administration": [1], "item": "SM1", "value": 1, "count": 1e300})
    assert refusal(frames.check_predictions_by_count, counters, ITEMS).column == "count"


def test_an_empty_table_is_a_table():
    checked = frames.check_answers(pd.DataFrame({name: [] for name in ROWS}), ITEMS)
    assert len(checked) == 0


def test_items_get_their_favourable_code_from_the_sixty_six_of_a_hundred():
    items = frames.check_items(pd.DataFrame({"item": list("abcde"), "steps": [2, 3, 4, 5, 7]}))
    # 100 (x - 1) / (K - 1) >= 66 first holds at 2 of 2, 3 of 3, 3 of 4, 4 of 5, 5 of 7 (66.7).
    assert items["favourable_from"].tolist() == [2, 3, 3, 4, 5]
    assert items["options"].tolist()[0] == ("1", "2")


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"steps": [1, 4]}, "steps"),
        ({"steps": [4.5, 4]}, "steps"),
        ({"favourable_from": [3, 9]}, "favourable_from"),
        ({"reverse": ["yes", True]}, "reverse"),
        ({"options": [["No", "Yes"], list("abcde")]}, "options"),
        ({"item": ["SM1", "SM1"]}, "item"),
    ],
)
def test_an_item_that_contradicts_itself_is_refused(changed, column):
    assert refusal(frames.check_items, ITEMS.assign(**changed)).column == column


def test_predictions_given_twice_and_counts_below_zero_are_refused():
    keys = {"administration": 1, "item": "SM1"}
    twice = pd.DataFrame({**keys, "student": ["A", "A"], "value": [1, 2]})
    assert refusal(frames.check_predictions_by_student, twice, ITEMS).row == 1
    below = pd.DataFrame({**keys, "value": [1, 2], "count": [3, -1]})
    assert refusal(frames.check_predictions_by_count, below, ITEMS).column == "count"
    nothing = pd.DataFrame({**keys, "student": ["A"], "value": [np.nan]})
    assert refusal(frames.check_predictions_by_student, nothing, ITEMS).column == "value"


def test_cycles_out_of_order_and_gaps_without_a_reason_are_refused():
    turns = {"series": "s", "item": "SM1", "cycle": [1, 2, 3], "value": [0.5, 0.4, 0.2], "n": 5}
    checked = frames.check_series(pd.DataFrame(turns))
    assert checked["phase"].tolist() == [1, 1, 1]
    assert refusal(frames.check_series, pd.DataFrame({**turns, "cycle": [1, 3, 2]})).row == 2
    assert refusal(frames.check_series, pd.DataFrame({**turns, "cycle": [1, 2, 2]})).column == "cycle"
    silent = pd.DataFrame({**turns, "value": [0.5, np.nan, 0.2]})
    assert refusal(frames.check_series, silent).row == 1
    said = silent.assign(too_few=["", "absent", ""])
    assert frames.check_series(said)["too_few"].tolist() == ["", "absent", ""]


def test_keys_may_be_text_numbers_categoricals_or_uuids():
    import uuid

    keys = [uuid.UUID(int=i) for i in (5, 3, 5)]
    for column in (keys, ["x", "y", "x"], pd.Categorical(["x", "y", "x"]), [2**40, -7, 2**40]):
        checked = frames.check_answers(answers(administration=column), ITEMS)
        assert len(checked) == 3
