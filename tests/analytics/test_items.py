"""Item description and sheets: hand-counted forms, reversal, missing by reason, straight lines."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.items import describe_items, use_of_options
from analytics.sheets import score_sheet, straight_lining

ITEMS = pd.DataFrame({"item": ["a", "b", "c"], "steps": [4, 4, 4], "reverse": [False, False, True]})


def answers_of(sheets, items="abc", administration=1):
    """Return ANSWERS from one list of codes (or a reason for a missing one) a student."""
    rows = []
    for student, sheet in enumerate(sheets):
        for item, cell in zip(items, sheet, strict=True):
            reason, value = (cell, None) if isinstance(cell, str) else ("", cell)
            rows.append((administration, item, student, value, reason))
    return pd.DataFrame(rows, columns=["administration", "item", "student", "value", "missing"])


def test_shares_are_counted_after_reversal_and_missing_by_reason():
    sheets = (
        [[4, 1, 1]] * 6 + [[3, 2, 1]] * 3 + [["skipped", 3, 4], ["not_shown", 4, 4], [1, "not_understood", 2]]
    )
    found = describe_items(answers_of(sheets), ITEMS).set_index("item")
    a, b, c = (found.loc[item] for item in "abc")
    assert (a["n"], a["dropped"], a["skipped"], a["not_shown"], b["not_understood"]) == (10, 2, 1, 1, 1)
    assert (a["ceiling"], a["floor"]) == (pytest.approx(0.6), pytest.approx(0.1))
    assert a["missing_share"] == pytest.approx(1 / 11)  # of those to whom it was shown
    assert b["missing_share"] == pytest.approx(1 / 12)
    assert (c["ceiling"], c["floor"]) == (pytest.approx(9 / 12), pytest.approx(2 / 12))
    assert (a["flags"], c["flags"]) == ("ceiling, unused options", "ceiling, unused options")
    assert b["options_used"] == 4
    assert a["mean_step"] == pytest.approx(np.mean([3] * 6 + [2] * 3 + [0]))
    assert a["sd_step"] == pytest.approx(np.std([3] * 6 + [2] * 3 + [0], ddof=1))


def test_below_ten_answers_counts_stay_and_shares_do_not():
    found = describe_items(answers_of([[4, 1, "skipped"]] * 9), ITEMS)
    assert found["n"].tolist() == [9, 9, 0]
    assert found["floor"].isna().all()
    assert found["too_few"].tolist() == ["fewer than 10 answers"] * 3
    assert found["flags"].tolist() == ["", "", ""]


def test_every_item_has_a_row_even_when_nobody_was_asked():
    found = describe_items(answers_of([[4, 1]] * 12, items="ab"), ITEMS)
    assert found["item"].tolist() == ["a", "b", "c"]
    assert found["n"].tolist() == [12, 12, 0]


def test_use_of_options_counts_codes_as_picked_and_lists_the_unused():
    found = use_of_options(answers_of([[4, 2, 1]] * 7 + [[3, 2, 4]] * 3), ITEMS)
    assert len(found) == 12
    assert found[found["item"] == "c"]["count"].tolist() == [7, 0, 0, 3]
    assert found[found["item"] == "a"]["share"].tolist() == [0, 0, 0.3, 0.7]
    assert found["label"].tolist() == ["1", "2", "3", "4"] * 3


def test_a_straight_line_contradicts_itself_where_an_item_is_reversed():
    sheets = [[4, 4, 4]] * 3 + [[4, 4, 1]] * 7 + [["skipped", 2, 2]] + [[1, 2, 2]]
    found = straight_lining(answers_of(sheets), ITEMS)
    assert (found.n, found.dropped) == (11, 1)
    assert (found.straight, found.n_reversed, found.straight_reversed) == (3, 11, 3)
    assert found.longest == ((2, 8), (3, 3))
    assert found.flag is True
    assert found.share == pytest.approx(3 / 11)


def test_a_gap_does_not_end_a_string_and_other_scales_are_left_aside():
    items = pd.DataFrame({"item": list("abcd"), "steps": [4, 4, 4, 2]})
    found = straight_lining(
        answers_of([[3, "skipped", 3, 1]] * 12 + [[3, 3, 3, 1]] * 12, items="abcd"), items
    )
    assert (found.n, found.dropped, found.straight) == (12, 12, 12)
    assert found.share_reversed is None
    assert found.longest == ((3, 12),)


def test_nine_sheets_are_too_few_for_a_share():
    found = straight_lining(answers_of([[4, 4, 4]] * 9), ITEMS)
    assert (found.share, found.flag, found.straight) == (None, None, 9)
    assert str(found.too_few) == "Too few sheets with three answers: 9, and this needs at least 10."


def test_a_score_sheet_flips_reversed_items_once_and_keeps_gaps():
    sheet = score_sheet(answers_of([[4, 1, 1], [1, "skipped", 4]]), ITEMS)
    assert sheet.iloc[0].tolist() == [3, 0, 3]
    assert sheet.iloc[1, 0] == 0
    assert np.isnan(sheet.iloc[1, 1])
    assert sheet.index.names == ["administration", "student"]


def test_bad_answers_are_refused_with_column_row_and_value():
    wrong = answers_of([[4, 9, 1]])
    for function in (describe_items, use_of_options, straight_lining, score_sheet):
        with pytest.raises(FrameError, match="column 'value', row 1: found 9"):
            function(wrong, ITEMS)


def test_empty_tables_give_empty_results_with_reasons():
    empty = answers_of([]).astype({"value": float})
    assert describe_items(empty, ITEMS)["too_few"].tolist() == ["fewer than 10 answers"] * 3
    assert use_of_options(empty, ITEMS)["count"].sum() == 0
    assert straight_lining(empty, ITEMS).too_few.have == 0
    assert score_sheet(empty, ITEMS).shape == (0, 3)


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(1, 4), min_size=3, max_size=3), min_size=10, max_size=25))
def test_options_add_up_to_the_answers_and_reversal_swaps_floor_and_ceiling(sheets):
    answers = answers_of(sheets)
    kept = answers.copy()
    used = use_of_options(answers, ITEMS)
    assert used.groupby("item")["count"].sum().tolist() == [len(sheets)] * 3
    assert used.groupby("item")["share"].sum().to_numpy() == pytest.approx(1)
    flipped = describe_items(answers, ITEMS.assign(reverse=~ITEMS["reverse"]))
    straight = describe_items(answers, ITEMS)
    np.testing.assert_allclose(flipped["floor"], straight["ceiling"])
    pd.testing.assert_frame_equal(answers, kept)
