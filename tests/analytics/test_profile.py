"""Agreement of profiles over questions.

Oracle: golden/gap_prediction_small_n.R (R 4.2.2: cor, sd; concordance as r times Lin's C_b, another way).
"""

import numpy as np
import pandas as pd
import pytest

from analytics.columns import FrameError
from analytics.gap import gap_by_item
from analytics.profile import profile_agreement, profiles
from analytics.summary import count_answers
from tests.analytics.classrooms import ANSWERS, ITEMS, RATINGS, read

NAMES = ("level", "spread", "shape", "concordance")


@pytest.mark.parametrize("number", range(1, 31))
def test_thirty_profiles_equal_r(number):
    rows = read("profiles_r").query("profile == @number")
    found = profile_agreement(rows["teacher"], rows["students"])
    for name in NAMES:
        assert getattr(found, name) == pytest.approx(rows[name].iloc[0], abs=1e-10), name
    assert (found.n, found.dropped, found.too_few) == (len(rows), 0, None)


def test_all_administrations_at_once_equal_one_at_a_time():
    given = read("profiles_r")
    items = pd.DataFrame({"item": [f"i{k}" for k in range(8)], "steps": 4})
    gaps = pd.DataFrame(
        {
            "administration": given["profile"],
            "item": [f"i{k}" for k in given.groupby("profile").cumcount()],
            "rating": given["teacher"],
            "students": given["students"],
            "gap": given["teacher"] - given["students"],
        }
    )
    found = profiles(gaps, items)
    expected = given.groupby("profile", as_index=False)[list(NAMES)].first()
    for name in NAMES:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-10)


def test_three_questions_give_a_level_and_the_reason_for_no_shape():
    found = profiles(gap_by_item(count_answers(ANSWERS, ITEMS), RATINGS), ITEMS)
    assert (found["too_few"] == "fewer than 5 questions: level only").all()
    assert found["level"].notna().all()
    assert found[["spread", "shape", "concordance"]].isna().all(axis=None)
    assert (found["n"] + found["dropped"] == 3).all()


def test_a_side_that_is_the_same_throughout_has_no_shape():
    flat = profile_agreement([3, 3, 3, 3, 3], [2.2, 3.1, 2.8, 3.3, 2.9])
    assert flat.shape is None
    assert flat.concordance == 0  # nothing shared, though close
    assert flat.spread == 0
    assert "no shape" in str(flat.too_few)
    both = profile_agreement([3] * 5, [2.1] * 5)
    assert (both.level, both.spread, both.shape) == (pytest.approx(0.9), None, None)
    assert both.concordance is None


def test_an_empty_side_is_dropped_and_counted_and_text_is_refused():
    found = profile_agreement([3, None, 2, 4, 1, 2], [2.5, 3, 2, np.nan, 1, 2])
    assert (found.n, found.dropped) == (4, 2)
    assert found.shape is None
    assert found.level == pytest.approx(0.125)
    empty = profile_agreement([], [])
    assert (empty.level, empty.n) == (None, 0)
    with pytest.raises(FrameError, match="found 'high'"):
        profile_agreement(["high"], [2])
    with pytest.raises(FrameError, match="'item'"):
        profiles(pd.DataFrame({"administration": [1]}), ITEMS)


def test_concordance_is_never_larger_than_the_shape():
    for _, rows in read("profiles_r").groupby("profile"):
        found = profile_agreement(rows["teacher"], rows["students"])
        assert abs(found.concordance) <= abs(found.shape) + 1e-12
