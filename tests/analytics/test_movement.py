"""From one cycle to the next: which side moved, and what would have happened anyway.

Oracles: the arithmetic of five named students; statsmodels 0.15 combine_effects(method_re="chi2") for the
moment estimate; simulated questions with a known truth for regression to the mean.
"""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from analytics.columns import FrameError
from analytics.gap import gap_by_item
from analytics.movement import which_side_moved, which_side_moved_pooled
from analytics.regression_to_mean import moment_variance, regression_guard
from analytics.summary import count_answers

ITEMS = pd.DataFrame({"item": ["SM1", "SM4"], "steps": 4, "reverse": [False, True]})
EARLIER = pd.DataFrame({"administration": [2], "earlier": [1]})


def lesson(number, picked, item="SM1"):
    """Return one lesson's answers by student; None is a student who skipped."""
    return pd.DataFrame(
        {
            "administration": number,
            "item": item,
            "student": list(picked),
            "value": np.array(list(picked.values()), dtype=float),
            "missing": [None if value else "skipped" for value in picked.values()],
        }
    )


def moved(before, after, rated, item="SM1", **limits):
    ratings = pd.DataFrame({"administration": [1, 2], "item": item, "value": rated})
    answers = pd.concat([lesson(1, before, item), lesson(2, after, item)], ignore_index=True)
    return which_side_moved(answers, ratings, ITEMS, EARLIER, **limits).iloc[0]


@pytest.mark.parametrize(
    ("after", "rated", "who"),
    [
        ({"A": 2, "B": 3, "C": 3, "D": 4}, [4, 4], "they"),  # up by 1, 1, 1, 1
        ({"A": 1, "B": 2, "C": 2, "D": 3}, [4, 3], "you"),
        ({"A": 2, "B": 3, "C": 2, "D": 3}, [4, 3], "both"),  # up by half a step
        ({"A": 2, "B": 2, "C": 2, "D": 3}, [4, 4], "neither"),  # up by a quarter
        ({"A": 1, "B": 1, "C": 1, "D": 3}, [3, 3], "they"),  # down by half a step
    ],
)
def test_who_moved_between_two_lessons(after, rated, who):
    row = moved({"A": 1, "B": 2, "C": 2, "D": 3}, after, rated)
    assert row["who"] == who
    assert row["gap_change"] == pytest.approx(row["teacher_change"] - row["students_change"], abs=1e-12)
    assert row["gap_change"] == pytest.approx(row["gap_after"] - row["gap_before"], abs=1e-12)


def test_a_student_who_was_absent_once_does_not_look_like_a_change():
    """Without D the mean of lesson 1 is 2; with her it is 2.5. Nobody changed, and it says so."""
    row = moved({"A": 1, "B": 2, "C": 3, "D": 4}, {"A": 1, "B": 2, "C": 3, "E": 1}, [3, 3])
    assert (row["n"], row["dropped"], row["who"]) == (3, 2, "neither")
    assert row["students_change"] == 0
    assert row["gap_before"] == 1


def test_a_skipped_answer_is_not_an_answer():
    row = moved({"A": 1, "B": 2, "C": 3, "D": 4}, {"A": 1, "B": 2, "C": 3, "D": None}, [3, 3])
    assert (row["n"], row["dropped"]) == (3, 1)


def test_a_reverse_keyed_item_moves_the_other_way():
    row = moved({"A": 4, "B": 3, "C": 3}, {"A": 2, "B": 2, "C": 2}, [2, 2], item="SM4")
    assert row["students_change"] == pytest.approx(4 / 3)
    assert (row["who"], row["gap_change"]) == ("they", pytest.approx(-4 / 3))


def test_two_students_and_a_missing_rating_have_a_reason():
    row = moved({"A": 1, "B": 2}, {"A": 2, "B": 3}, [3, 3])
    assert row["too_few"] == "fewer than 3 students answered both times"
    assert (row["who"], row["n"]) == ("", 2)
    assert np.isnan(row["gap_change"])
    two = moved({"A": 1, "B": 2}, {"A": 2, "B": 3}, [3, 3], smallest_group=2)
    assert two["who"] == "they"
    answers = pd.concat([lesson(1, dict.fromkeys("ABC", 2)), lesson(2, dict.fromkeys("ABC", 3))])
    ratings = pd.DataFrame({"administration": [2], "item": "SM1", "value": [3]})
    row = which_side_moved(answers.reset_index(drop=True), ratings, ITEMS, EARLIER).iloc[0]
    assert row["too_few"] == "the teacher did not rate both times"
    assert row["students_change"] == 1


def test_keys_of_different_kinds_match_nobody_and_break_nothing():
    answers = pd.concat([lesson("1", {"A": 1}), lesson(2, {"A": 2})], ignore_index=True)
    ratings = pd.DataFrame({"administration": [1, 2.5], "item": "SM1", "value": 3})
    row = which_side_moved(answers, ratings, ITEMS, EARLIER).iloc[0]
    assert (row["n"], row["dropped"], row["who"]) == (0, 1, "")


def test_one_earlier_lesson_may_serve_several_later_ones():
    answers = pd.concat([lesson(k, {"A": k, "B": k, "C": k}) for k in (1, 2, 3)], ignore_index=True)
    ratings = pd.DataFrame({"administration": [1, 2, 3], "item": "SM1", "value": 3})
    earlier = pd.DataFrame({"administration": [2, 3], "earlier": [1, 1]})
    found = which_side_moved(answers, ratings, ITEMS, earlier)
    assert found["students_change"].tolist() == [1, 2]


def test_pooled_answers_have_no_lasting_key_and_compare_the_groups():
    keys = {"A": 2, "B": 2, "C": 3, "D": 3}
    after = {"x1": 3, "x2": 3, "x3": 4, "x4": 4, "x5": 3}
    answers = pd.concat([lesson(1, keys), lesson(2, after)], ignore_index=True)
    ratings = pd.DataFrame({"administration": [1, 2], "item": "SM1", "value": [4, 4]})
    linked = which_side_moved(answers, ratings, ITEMS, EARLIER).iloc[0]
    assert (linked["n"], linked["dropped"]) == (0, 9)
    gaps = gap_by_item(count_answers(answers, ITEMS), ratings)
    row = which_side_moved_pooled(gaps, EARLIER).iloc[0]
    assert (row["who"], row["n"], row["dropped"]) == ("they", 4, 1)
    assert row["gap_change"] == pytest.approx(-0.9)
    few = which_side_moved_pooled(gaps, EARLIER, smallest_group=5).iloc[0]
    assert few["too_few"] == "fewer than 5 students answered each time"


def test_nothing_to_compare_is_said_and_not_left_out():
    answers, ratings = lesson(1, {"A": 1}), pd.DataFrame({"administration": [1], "item": "SM1", "value": [3]})
    row = which_side_moved(answers, ratings, ITEMS, EARLIER).iloc[0]
    assert (row["n"], row["dropped"]) == (0, 1)
    assert row["too_few"] == "fewer than 3 students answered both times"
    elsewhere = pd.DataFrame({"administration": [9], "earlier": [8]})
    assert len(which_side_moved(answers, ratings, ITEMS, elsewhere)) == 0
    with pytest.raises(FrameError, match="its own earlier"):
        which_side_moved(answers, ratings, ITEMS, EARLIER.assign(earlier=2))


def test_the_moment_estimate_equals_statsmodels():
    rng = np.random.default_rng(8)
    for _ in range(50):
        size = int(rng.integers(3, 12))
        values, variance = rng.normal(0.5, 0.6, size), rng.uniform(0.05, 0.6, size)
        with np.errstate(invalid="ignore"):  # it takes the root of a negative variance before it says 0
            expected = combine_effects(values, variance, method_re="chi2")
        mean, between = moment_variance(values, variance)
        assert between == pytest.approx(max(expected.tau2, 0), abs=1e-12)
        if expected.tau2 > 0:
            assert mean == pytest.approx(expected.mean_effect_re, abs=1e-12)


def test_the_guard_expects_each_gap_to_come_back_by_its_share_of_chance():
    values, variance = np.array([1.5, 0.1, -0.2, 0.6, 0.4]), np.array([0.2, 0.1, 0.3, 0.2, 0.05])
    mean, between = moment_variance(values, variance)
    guard = regression_guard(values, error_variance=variance)
    share = between / (between + variance)
    np.testing.assert_allclose(guard["expected"], mean + share * (values - mean), atol=1e-12)
    np.testing.assert_allclose(guard["expected_change"], (share - 1) * (values - mean), atol=1e-12)
    np.testing.assert_allclose(guard["reliability"], share, atol=1e-12)
    assert (guard["too_few"] == "").all()


def test_nothing_done_looks_like_improvement_and_the_guard_takes_it_off():
    """1,500 classes of 8 questions, no change at all: the largest gap of each is picked and asked again."""
    rng = np.random.default_rng(20)
    truth, noise = 0.5, 0.4
    picked_change, picked_beyond = [], []
    for _ in range(1500):
        true = rng.normal(0.3, truth, 8)
        first, second = true + rng.normal(0, noise, 8), true + rng.normal(0, noise, 8)
        guard = regression_guard(first, second, error_variance=np.full(8, noise**2))
        largest = int(np.argmax(first))
        picked_change.append(guard["change"][largest])
        picked_beyond.append(guard["beyond"][largest])
    # By theory the largest of 8 falls back by 1.424 (mean of the largest of 8 normals) x 0.16 / sqrt(0.41).
    assert np.mean(picked_change) == pytest.approx(-1.4236 * 0.16 / np.sqrt(0.41), abs=0.04)
    assert abs(np.mean(picked_beyond)) < 0.15 * abs(np.mean(picked_change))


def test_the_guard_says_why_it_has_no_number_and_refuses_what_it_cannot_use():
    short = regression_guard([1.0, 0.2], [0.5, 0.1], reliability=0.5)
    assert (short["too_few"] == "fewer than 3 gaps: no common mean").all()
    assert short["expected"].isna().all()
    assert short["beyond"].isna().all()
    for wrong in ({}, {"reliability": 0.5, "error_variance": [1, 1, 1]}, {"reliability": 1.5}):
        with pytest.raises(FrameError):
            regression_guard([1, 2, 3], **wrong)
    with pytest.raises(FrameError, match="Expected above 0"):
        regression_guard([1, 2, 3], error_variance=[0.1, 0, 0.1])
    with pytest.raises(FrameError, match="row 1: found nan"):
        regression_guard([1, np.nan, 3], reliability=0.5)
    assert len(regression_guard([], reliability=0.5)) == 0
