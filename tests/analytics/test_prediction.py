"""Predictions by student and by count.

Oracles: golden/gap_prediction_small_n.R (R 4.2.2: cor(method = "kendall"), sd, ecdf, the score summed student
by student); golden/ranked_probability_scoringrules.csv (scoringrules 0.10.0: mean of rps_score(x, p / m), and
crps_ensemble(x, members, estimator="fair"), which is the fair score on options one step apart); scipy 1.17.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from analytics.columns import FrameError
from analytics.prediction import rank_agreement, score_student_predictions, tau_b
from analytics.ranked_probability import ranked_probability_score, score_count_predictions, season_skill
from analytics.summary import count_answers
from tests.analytics.classrooms import ANSWERS, EXPECTED, ITEMS, PREDICTIONS, read

KEYS = ["administration", "item"]
FOUR = pd.DataFrame({"item": ["SM1"], "steps": [4]})


def by_count(predictions):
    """Return predictions by student as counters laid on each option."""
    return predictions.groupby([*KEYS, "value"]).size().rename("count").reset_index()


def one_class(picked, predicted, **limits):
    """Return the row for one class; None is a student who skipped."""
    keys = {"administration": 1, "item": "SM1", "student": range(len(picked))}
    missing = [None if value else "skipped" for value in picked]
    answers = pd.DataFrame({**keys, "value": np.array(picked, dtype=float), "missing": missing})
    predictions = pd.DataFrame({**keys, "value": predicted})
    return score_student_predictions(answers, predictions, FOUR, **limits).iloc[0]


def test_predictions_by_student_equal_r_in_forty_classrooms():
    found = score_student_predictions(ANSWERS, PREDICTIONS, ITEMS)
    table = EXPECTED.merge(found, on=KEYS, suffixes=("_r", ""), validate="one_to_one")
    assert len(table) == len(EXPECTED)
    same = ("n", "dropped", "bias", "mean_error", "exact", "spread", "rank", "sd_predicted", "sd_answered")
    for ours, theirs in [(name, f"{name}_r") for name in same] + [("within_one", "near")]:
        found, expected = table[ours].to_numpy(float), table[theirs].to_numpy(float)
        np.testing.assert_allclose(found, expected, atol=1e-12, err_msg=ours)
    assert table["rank"].notna().sum() > 50
    silent = table["rank"].isna()
    assert (table.loc[silent, "too_few"] != "").all()
    assert (table.loc[~silent, "too_few"] == "").all()


def test_predictions_by_count_equal_r_in_forty_classrooms():
    found = score_count_predictions(count_answers(ANSWERS, ITEMS), by_count(PREDICTIONS))
    table = EXPECTED.merge(found, on=KEYS, suffixes=("_r", ""), validate="one_to_one")
    same = ("rps", "rps_least", "overlap", "predicted_favourable")
    other = [("distance", "distance_predicted"), ("bias", "bias_counts")]
    for ours, theirs in [(name, f"{name}_r") for name in same] + other:
        np.testing.assert_allclose(table[ours], table[theirs], atol=1e-12, err_msg=ours)
    # Everyone was predicted, the missing too: compare the share of favourable answers by hand.
    np.testing.assert_allclose(
        table["favourable"], table["favourable_r"] / table["n_r"], atol=1e-12, err_msg="favourable"
    )


def test_tau_of_many_classes_equals_scipy_class_by_class():
    rng = np.random.default_rng(3)
    tables = rng.integers(0, 3, (4, 5, 60))
    found = tau_b(tables)
    for group in range(60):
        first, second = np.nonzero(tables[:, :, group])
        times = tables[first, second, group]
        expected = kendalltau(np.repeat(first, times), np.repeat(second, times)).statistic
        assert found[group] == pytest.approx(expected, abs=1e-12)


def test_rank_agreement_says_why_it_has_no_number():
    assert rank_agreement([1, 2], [1, 2]).value is None
    assert "Too few students: 2" in str(rank_agreement([1, 2], [1, 2]).too_few)
    alike = rank_agreement([2, 2, 2], [1, 2, 3])
    assert alike.value is None
    assert "Where all are alike there is no order." in str(alike.too_few)
    with pytest.raises(FrameError, match="found nan"):
        rank_agreement([1, np.nan, 3], [1, 2, 3])


def test_a_student_without_an_answer_is_dropped_and_counted():
    row = one_class([3, None, 2, 4], [3, 2, 2, 2])
    assert (row["n"], row["dropped"], row["unpredicted"], row["exact"]) == (3, 1, 0, 2)
    assert row["bias"] == pytest.approx(-2 / 3)


def test_a_student_who_answered_and_was_not_predicted_is_counted():
    answers = pd.DataFrame({"administration": 1, "item": "SM1", "student": list("ABC"), "value": [1, 2, 3]})
    row = score_student_predictions(answers, answers[:2], FOUR).iloc[0]
    assert (row["n"], row["unpredicted"], row["exact"]) == (2, 1, 2)
    assert row["too_few"] == "fewer than 3 pairs: no spread and no rank"
    assert np.isnan(row["rank"])
    assert np.isnan(row["spread"])


@pytest.mark.parametrize(
    ("picked", "predicted", "reason"),
    [
        ([2, 2, 2], [1, 2, 3], "all answered alike: no spread and no rank"),
        ([1, 2, 3], [2, 2, 2], "the same was predicted for all: no rank"),
        ([None, None], [2, 2], "no student was both predicted and answered"),
        ([2], [3], "fewer than 3 pairs: no spread and no rank"),
    ],
)
def test_constants_and_empty_classes_have_a_reason_and_no_number(picked, predicted, reason):
    row = one_class(picked, predicted)
    assert row["too_few"] == reason
    assert np.isnan(row["rank"])


def test_the_same_prediction_for_all_has_no_spread_but_a_spread_of_zero():
    row = one_class([1, 2, 3], [2, 2, 2])
    assert (row["spread"], row["sd_predicted"], row["sd_answered"]) == (0, 0, 1)


def test_predictions_leave_their_tables_as_they_were():
    before = ANSWERS.copy(deep=True), PREDICTIONS.copy(deep=True)
    score_student_predictions(ANSWERS, PREDICTIONS, ITEMS)
    score_count_predictions(count_answers(ANSWERS, ITEMS), by_count(PREDICTIONS))
    pd.testing.assert_frame_equal(before[0], ANSWERS)
    pd.testing.assert_frame_equal(before[1], PREDICTIONS)


def test_keys_of_another_kind_match_nobody_and_say_so():
    answers = pd.DataFrame({"administration": 1, "item": "SM1", "student": ["A"], "value": [1]})
    row = score_student_predictions(answers, answers.assign(administration="1"), FOUR).iloc[0]
    assert (row["n"], row["dropped"]) == (0, 1)


@pytest.mark.parametrize("case", range(40))
def test_ranked_probability_scores_equal_scoringrules(case):
    row = read("ranked_probability_scoringrules").iloc[case]
    predicted, answered = ([int(n) for n in row[name].split()] for name in ("predicted", "answered"))
    assert ranked_probability_score(predicted, answered).value == pytest.approx(row["rps"], abs=1e-12)
    fair = ranked_probability_score(predicted, answered, fair=True)
    assert fair.value == pytest.approx(row["rps_fair"], abs=1e-12)
    assert fair.n == sum(answered)


def test_the_table_of_scores_equals_the_single_score():
    cases = read("ranked_probability_scoringrules")
    rows, counters = [], []
    for case, (predicted, answered) in enumerate(zip(cases["predicted"], cases["answered"], strict=True)):
        picked = np.repeat(np.arange(7)[: len(answered.split())], [int(n) for n in answered.split()])
        rows += [(case, f"k{len(answered.split())}", s, v) for s, v in enumerate(picked)]
        counters += [(case, f"k{len(predicted.split())}", v, int(n)) for v, n in enumerate(predicted.split())]
    items = pd.DataFrame({"item": [f"k{k}" for k in range(2, 8)], "steps": range(2, 8), "lowest": 0})
    answers = pd.DataFrame(rows, columns=["administration", "item", "student", "value"])
    table = pd.DataFrame(counters, columns=["administration", "item", "value", "count"])
    found = score_count_predictions(count_answers(answers, items), table)
    np.testing.assert_allclose(found["rps"], cases["rps"], atol=1e-12)
    np.testing.assert_allclose(found["rps_fair"], cases["rps_fair"], atol=1e-12)
    assert (found["rps_least"] <= found["rps"] + 1e-12).all()


def counted_lessons():
    answers = pd.DataFrame(
        {
            "administration": np.repeat([1, 2, 3, 4], 4),
            "item": "SM1",
            "student": list("ABCD") * 4,
            "value": [1, 2, 2, 3, 2, 3, 3, 4, 3, 3, 3, 3, 3, 3, 3, 3],
        }
    )
    return count_answers(answers, FOUR)


def test_skill_compares_with_what_the_class_said_last_time():
    counters = pd.DataFrame({"administration": 2, "item": "SM1", "value": [2, 3, 4], "count": [1, 2, 1]})
    earlier = pd.DataFrame({"administration": [2], "earlier": [1]})
    row = score_count_predictions(counted_lessons(), counters, earlier=earlier).iloc[0]
    last = ranked_probability_score([1, 2, 1, 0], [0, 1, 2, 1]).value
    assert row["rps_last"] == pytest.approx(last, abs=1e-12)
    assert row["skill"] == pytest.approx(1 - row["rps"] / last, abs=1e-12)
    assert (row["rps"], row["last_n"], row["too_few"]) == (row["rps_least"], 4, "")


def test_repeating_last_time_has_no_skill_over_last_time():
    counters = pd.DataFrame({"administration": 2, "item": "SM1", "value": [1, 2, 3], "count": [1, 2, 1]})
    earlier = pd.DataFrame({"administration": [2], "earlier": [1]})
    row = score_count_predictions(counted_lessons(), counters, earlier=earlier).iloc[0]
    assert row["skill"] == pytest.approx(0, abs=1e-12)


def test_without_an_earlier_lesson_there_is_no_skill_and_a_reason():
    counters = pd.DataFrame({"administration": [1, 4], "item": "SM1", "value": 3, "count": 4})
    earlier = pd.DataFrame({"administration": [4], "earlier": [3]})
    found = score_count_predictions(counted_lessons(), counters, earlier=earlier)
    assert found["too_few"].tolist() == [
        "no earlier answers: no skill",
        "all answered as all did last time: no skill can be shown",
    ]
    assert found["skill"].isna().all()
    assert found["rps"].tolist() == [1, 0]  # (2 + 1 + 1 + 0) / 4 cuts off, and none


def test_an_earlier_lesson_that_is_not_among_the_answers_is_refused():
    counters = pd.DataFrame({"administration": [2], "item": "SM1", "value": 3, "count": 4})
    with pytest.raises(FrameError, match="row 0: found 99"):
        score_count_predictions(
            counted_lessons(), counters, earlier=pd.DataFrame({"administration": [2], "earlier": [99]})
        )


def test_counters_for_nobody_and_for_a_class_that_did_not_answer():
    counters = pd.DataFrame(
        {"administration": [1, 9, 2], "item": "SM1", "value": [3, 3, 4], "count": [0, 4, 1]}
    )
    found = score_count_predictions(counted_lessons(), counters).set_index("administration")
    assert found.loc[1, "too_few"] == "nothing was predicted"
    assert found.loc[9, "too_few"] == "nobody answered"
    assert found.loc[[1, 9], "rps"].isna().all()
    assert found.loc[2, "too_few"] == "a prediction for one student has no fair score"
    assert np.isfinite(found.loc[2, "rps"])
    assert np.isnan(found.loc[2, "rps_fair"])


def test_a_season_pools_sums_and_counts_what_it_drops():
    scores = pd.DataFrame(
        {"rps": [0.2, 0.4, 0.1, 0.3, 0.2, 0.5], "rps_last": [0.4, 0.4, 0.2, 0.6, 0.4, np.nan]}
    )
    season = season_skill(scores)
    assert season.value == pytest.approx(1 - 1.2 / 2.0)
    assert (season.n, season.dropped) == (5, 1)
    short = season_skill(scores[:4])
    assert short.value is None
    assert short.too_few.have == 4
    perfect = season_skill(pd.DataFrame({"rps": [0.1] * 5, "rps_last": [0.0] * 5}))
    assert perfect.value is None
    with pytest.raises(FrameError, match="rps_last"):
        season_skill(scores[["rps"]])


def test_the_score_of_nobody_or_of_no_counters_has_a_reason():
    assert ranked_probability_score([1, 1], [0, 0]).too_few.of == "students"
    assert ranked_probability_score([0, 0], [1, 0]).too_few.of == "counters"
    assert ranked_probability_score([0, 1], [1, 0], fair=True).too_few.need == 2
