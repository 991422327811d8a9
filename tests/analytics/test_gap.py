"""Summary and gap: the forty classrooms of R, the four words, and classes that cannot say much.

Oracles: golden/gap_prediction_small_n.R (R 4.2.2: mean, median, tapply-like counts, mean(abs(y - t)));
scipy 1.17 wasserstein_distance.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wasserstein_distance

from analytics.columns import FrameError
from analytics.gap import WORDS, earth_mover_distance, gap_by_item
from analytics.summary import count_answers, distribution, summarise
from tests.analytics.classrooms import ANSWERS, EXPECTED, ITEMS, RATINGS

KEYS = ["administration", "item"]
FOUR = pd.DataFrame({"item": ["SM1"], "steps": [4]})


def one_class(picked, rating, items=FOUR, **limits):
    """Return the row for one class: the options picked and the teacher's rating."""
    rows = {"administration": 1, "item": "SM1", "student": range(len(picked)), "value": picked}
    rated = pd.DataFrame({"administration": [1], "item": ["SM1"], "value": [rating]})
    return gap_by_item(count_answers(pd.DataFrame(rows), items), rated, **limits).iloc[0]


def beside(found, *names):
    """Return found and expected columns side by side for every classroom that has an answer."""
    table = EXPECTED.merge(found, on=KEYS, suffixes=("_r", ""), validate="one_to_one")
    assert len(table) == len(EXPECTED)
    return {name: (table[name].to_numpy(float), table[f"{name}_r"].to_numpy(float)) for name in names}


def test_summary_equals_r_in_forty_classrooms():
    found = summarise(count_answers(ANSWERS, ITEMS)).rename(columns={"lowest": "low", "highest": "high"})
    for name, (ours, theirs) in beside(found, "n", "mean", "median", "low", "high", "favourable").items():
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12, err_msg=name)
    score, expected = beside(found, "score")["score"]
    np.testing.assert_allclose(score, expected, atol=1e-10)  # both empty below 10 answers
    assert np.isnan(score).any()
    assert np.isfinite(score).any()


def test_gap_and_the_counts_around_the_mark_equal_r_in_forty_classrooms():
    found = gap_by_item(count_answers(ANSWERS, ITEMS), RATINGS)
    names = ("n", "dropped", "rating", "gap", "at", "within_one", "below", "above", "distance")
    for name, (ours, theirs) in beside(found, *names).items():
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12, err_msg=name)
    students, mean = beside(found.rename(columns={"students": "mean"}), "mean")["mean"]
    np.testing.assert_allclose(students, mean, rtol=0, atol=1e-12)


def test_every_asked_question_has_a_row_with_its_numbers_or_its_reason():
    found = gap_by_item(count_answers(ANSWERS, ITEMS), RATINGS)
    assert len(found) == len(RATINGS)
    silent = found["gap"].isna()
    assert (found.loc[silent, "too_few"] == "nobody answered").all()
    assert (found.loc[~silent, "too_few"] == "").all()
    assert silent.sum() == len(RATINGS) - len(EXPECTED)
    assert found["version"].notna().all()


@pytest.mark.parametrize(
    ("picked", "rating", "word", "split"),
    [
        ([3, 3, 4, 3, 2], 3, "you both saw it", False),
        ([4, 4, 4, 4, 1], 4, "you both saw it", False),
        ([1, 2, 2, 1, 2], 2, "you both want more", False),
        ([2, 2, 2, 3, 4], 3, "you saw more than they felt", False),
        ([4, 4, 3, 2, 3], 2, "they felt more than you saw", False),
        ([2, 2, 3, 3], 3, "you both saw it", False),  # half of them is not more than half
        ([1, 1, 3, 4, 4], 3, "you both saw it", True),  # 6 steps away in all, over 5 students
        ([3], 3, "you both saw it", False),
    ],
)
def test_the_four_words_follow_more_than_half_of_the_students(picked, rating, word, split):
    row = one_class(picked, rating)
    assert row["word"] == word
    assert bool(row["split"]) == split


def test_the_words_are_exhaustive_and_mirror_each_other():
    """Turn every class of three upside down: more becomes less, and the gap changes its sign."""
    classes = list(np.ndindex(4, 4, 4, 4))
    keys = {"administration": np.repeat(np.arange(len(classes)), 3), "item": "SM1"}
    students = {**keys, "student": np.tile(np.arange(3), len(classes))}
    picked = np.array([options[:3] for options in classes]).ravel() + 1
    marks = {"administration": np.arange(len(classes)), "item": "SM1"}
    rating = np.array([options[3] for options in classes]) + 1
    up, down = (
        gap_by_item(
            count_answers(pd.DataFrame({**students, "value": values}), FOUR),
            pd.DataFrame({**marks, "value": mark}),
        )
        for values, mark in ((picked, rating), (5 - picked, 5 - rating))
    )
    mirrored = dict(zip(WORDS, (WORDS[3], WORDS[2], WORDS[1], WORDS[0]), strict=True))
    np.testing.assert_allclose(up["gap"], -down["gap"], atol=1e-12)
    assert down["word"].tolist() == [mirrored[word] for word in up["word"]]
    assert set(up["word"]) == set(WORDS)


def test_a_reverse_keyed_item_gives_the_gap_of_its_mirror_image():
    reverse = FOUR.assign(reverse=True)
    plain, flipped = one_class([1, 2, 2, 4], 3), one_class([4, 3, 3, 1], 2, reverse)
    for name in ("gap", "rating", "students", "at", "below", "above", "distance", "word"):
        assert plain[name] == flipped[name]


def test_counts_that_start_at_zero_are_codes_like_any_other():
    counts = pd.DataFrame({"item": ["SM1"], "steps": [5], "lowest": [0]})
    row = one_class([0, 0, 1, 4], 2, counts)
    assert (row["rating"], row["students"], row["gap"]) == (2, 1.25, 0.75)


def test_fewer_answers_than_the_smallest_group_show_only_how_many():
    row = one_class([1, 2, 3, 4], 3, smallest_group=5)
    assert row["n"] == 4
    assert row["too_few"] == "fewer than 5 answers"
    assert row[["students", "gap", "at", "within_one", "below", "above", "distance"]].isna().all()
    assert row["word"] == ""
    five = one_class([1, 2, 3, 4, 4], 3, smallest_group=5)
    assert five["too_few"] == ""


def test_a_question_that_is_not_paired_or_not_rated_has_no_gap():
    row = one_class([1, 2, 3], 3, FOUR.assign(paired=False))
    assert row["too_few"] == "teacher and students were not asked the same question"
    assert np.isnan(row["gap"])
    answers = pd.DataFrame({"administration": 1, "item": "SM1", "student": ["A"], "value": [2]})
    nobody = pd.DataFrame({"administration": [], "item": [], "value": []})
    row = gap_by_item(count_answers(answers, FOUR), nobody).iloc[0]
    assert row["too_few"] == "the teacher gave no rating"


def test_a_rating_without_any_answer_and_all_missing_answers_say_nobody_answered():
    rows = {"administration": 1, "item": "SM1", "student": ["A", "B"], "value": [None, None]}
    gone = pd.DataFrame({**rows, "missing": ["skipped", "not_understood"]})
    rated = pd.DataFrame({"administration": [1, 2], "item": "SM1", "value": [3, 2]})
    found = gap_by_item(count_answers(gone, FOUR), rated)
    assert found["too_few"].tolist() == ["nobody answered", "nobody answered"]
    assert found["dropped"].tolist() == [2, 0]
    assert found["administration"].tolist() == [1, 2]


def test_empty_tables_give_empty_results():
    nothing = pd.DataFrame({name: [] for name in ("administration", "item", "student", "value")})
    counted = count_answers(nothing, FOUR)
    assert len(summarise(counted)) == len(distribution(counted)) == 0
    assert len(gap_by_item(counted, nothing[["administration", "item", "value"]])) == 0
    assert len(count_answers(nothing, FOUR[:0]).place) == 0


def test_inputs_are_left_as_they_were():
    tables = [ANSWERS.copy(deep=True), ITEMS.copy(deep=True), RATINGS.copy(deep=True)]
    found = gap_by_item(count_answers(ANSWERS, ITEMS), RATINGS)
    found["gap"] = 0
    for before, after in zip(tables, (ANSWERS, ITEMS, RATINGS), strict=True):
        pd.testing.assert_frame_equal(before, after)


def test_the_order_of_the_rows_does_not_matter():
    straight = gap_by_item(count_answers(ANSWERS, ITEMS), RATINGS)
    mixed = gap_by_item(
        count_answers(ANSWERS.sample(frac=1, random_state=1), ITEMS), RATINGS.sample(frac=1, random_state=2)
    )
    mixed = mixed.sort_values("administration", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(straight, mixed)


def test_sparse_surveys_with_many_items_count_the_same():
    """Each administration asks one of 200 items: the counting works on what is there, not on all pairs."""
    items = pd.DataFrame({"item": [f"i{k}" for k in range(200)], "steps": 4})
    rows = [(a, f"i{(a * 37) % 200}", s, 1 + (a + s) % 4) for a in range(150) for s in range(3)]
    answers = pd.DataFrame(rows, columns=["administration", "item", "student", "value"])
    found = summarise(count_answers(answers, items))
    means = answers.groupby("administration")["value"].mean()
    np.testing.assert_allclose(found["mean"], means.to_numpy(), atol=1e-12)
    assert found["item"].tolist() == [f"i{(a * 37) % 200}" for a in range(150)]


def test_the_distribution_lists_every_option_with_the_label_that_was_picked():
    items = pd.DataFrame(
        {"item": ["SM4"], "steps": [3], "reverse": [True], "options": [["No", "Some", "Yes"]]}
    )
    answers = pd.DataFrame({"administration": 1, "item": "SM4", "student": list("ABC"), "value": [1, 1, 3]})
    table = distribution(count_answers(answers, items))
    assert table[["code", "option", "count"]].values.tolist() == [[1, "Yes", 1], [2, "Some", 0], [3, "No", 2]]
    withheld = distribution(count_answers(answers, items), smallest_group=5)
    assert withheld["count"].isna().all()
    assert (withheld["too_few"] == "fewer than 5 answers").all()


def test_earth_mover_distance_equals_scipy():
    rng = np.random.default_rng(4)
    for _ in range(200):
        steps = rng.integers(2, 8)
        one, two = rng.multinomial(7, np.ones(steps) / steps), rng.multinomial(4, np.ones(steps) / steps)
        expected = wasserstein_distance(np.arange(steps), np.arange(steps), one, two)
        assert earth_mover_distance(one, two).value == pytest.approx(expected, abs=1e-12)


def test_earth_mover_distance_says_why_it_has_no_number():
    empty = earth_mover_distance([0, 0, 0], [1, 2, 0])
    assert empty.value is None
    assert str(empty.too_few) == "Too few answers: 0, and this needs at least 1."
    with pytest.raises(FrameError, match="row 1: found -1"):
        earth_mover_distance([2, -1], [1, 0])
    with pytest.raises(FrameError, match="found 'two'"):
        earth_mover_distance(["two", 1], [1, 0])
    with pytest.raises(FrameError, match="There are 3 first but 2 second"):
        earth_mover_distance([1, 1, 1], [1, 0])
