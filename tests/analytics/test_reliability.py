"""Alpha, item-rest and omega beside psych and lavaan, with known truth, and reasons for silence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.omega import omega, one_factor
from analytics.reliability import alpha, item_rest
from tests.analytics.over_cycles_golden import R, table

SCALE = table("likert_scale").drop(columns="class")
TWO = table("two_dimensions")


@pytest.mark.parametrize("missing", ["pairwise", "complete"])
def test_alpha_equals_psych_raw_standardised_and_by_missing_answers(missing):
    # psych 2.2.9, R 4.2.2: psych::alpha on pairwise covariances, and on complete answers; 1e-10
    theirs, found = R["alpha"][missing], alpha(SCALE, missing=missing)
    assert found.value == pytest.approx(theirs["raw"], abs=1e-10)
    assert found.standardised == pytest.approx(theirs["std"], abs=1e-10)
    assert found.mean_r == pytest.approx(theirs["mean_r"], abs=1e-10)
    assert found.n + found.dropped == len(SCALE)


def test_the_feldt_interval_equals_psych_on_complete_answers():
    found = alpha(SCALE)
    assert (found.low, found.high) == pytest.approx(R["alpha"]["complete"]["feldt"], abs=1e-10)
    assert found.n == 132


def test_the_pairwise_interval_uses_the_fewest_people_behind_a_pair_and_so_is_wider_than_that_of_psych():
    found = alpha(SCALE, missing="pairwise")
    low, high = R["alpha"]["pairwise"]["feldt"]  # psych takes every row, also the incomplete ones
    assert found.low < low < high < found.high
    assert found.n_pairs == (141, 145)


def test_item_rest_and_alpha_if_dropped_equal_r():
    # cor(x[, i], rowMeans(x[, -i], na.rm = TRUE), use = "complete.obs"); psych alpha.drop; 1e-10
    np.testing.assert_allclose(item_rest(SCALE)["item_rest"], R["item_rest"]["pairwise"], atol=1e-10)
    np.testing.assert_allclose(
        item_rest(SCALE)["alpha_if_dropped"], R["alpha"]["pairwise"]["dropped"], atol=1e-10
    )
    complete = item_rest(SCALE.dropna())
    np.testing.assert_allclose(complete["item_rest"], R["item_rest"]["complete"], atol=1e-10)
    np.testing.assert_allclose(complete["alpha_if_dropped"], R["alpha"]["complete"]["dropped"], atol=1e-10)


def test_an_item_that_was_not_reversed_is_flagged():
    slipped = SCALE.assign(i1=5 - SCALE["i1"])
    found = item_rest(slipped).set_index("item")
    assert found.loc["i1", "flag"] == "negative"
    assert item_rest(SCALE)["flag"].tolist() == [""] * 5
    assert alpha(slipped).value < alpha(SCALE).value


@pytest.mark.parametrize(("name", "scores"), [("likert_scale", SCALE), ("two_dimensions", TWO)])
def test_omega_loadings_and_fit_equal_lavaan(name, scores):
    # lavaan 0.6.14, R 4.2.2: cfa(one factor, std.lv = TRUE); omega 1e-6, fit 1e-4
    theirs, found = R["omega"][name], omega(scores)
    assert found.value == pytest.approx(theirs["omega"], abs=1e-6)
    assert found.loadings == pytest.approx(theirs["loadings"], abs=3e-6)
    fit = found.fit
    ours = (fit.chi_square, fit.df, fit.cfi, fit.tli, fit.rmsea, fit.rmsea_low, fit.rmsea_high, fit.srmr)
    names = ("chisq", "df", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr")
    assert ours == pytest.approx([theirs[key] for key in names], abs=1e-4)
    assert fit.p == pytest.approx(theirs["pvalue"], abs=1e-6)


def test_two_dimensions_show_in_the_fit_and_not_in_alpha():
    assert alpha(TWO).value > 0.65
    fit = omega(TWO).fit
    assert fit.cfi < 0.7
    assert fit.rmsea > 0.15


def test_omega_finds_the_truth_that_alpha_misses_where_loadings_differ():
    loading = np.array([1.6, 0.4, 0.4, 0.4, 0.3])
    draw = np.random.default_rng(11)
    scores = draw.normal(size=(40_000, 1)) * loading + draw.normal(size=(40_000, 5))
    truth = loading.sum() ** 2 / (loading.sum() ** 2 + 5)
    assert omega(scores).value == pytest.approx(truth, abs=0.01)
    assert alpha(scores).value < truth - 0.03


def test_three_items_fit_always_and_so_have_no_fit_to_show():
    found = omega(SCALE[["i1", "i2", "i4"]])
    assert found.fit.df == 0
    assert (found.fit.p, found.fit.cfi, found.fit.rmsea) == (None, None, None)
    assert found.fit.chi_square == pytest.approx(0, abs=1e-6)


def test_an_improper_solution_is_named():
    draw = np.random.default_rng(3)
    base = draw.normal(size=(200, 1))
    scores = np.hstack([base, base + 0.001 * draw.normal(size=(200, 1)), draw.normal(size=(200, 2))])
    assert omega(pd.DataFrame(scores, columns=list("abcd"))).improper


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        (SCALE[["i1"]], "Too few items: 1, and this needs at least 2."),
        (
            SCALE.dropna().head(5),
            "Too few people who answered the same items: 5, and this needs at least 10.",
        ),
        (SCALE.assign(i3=2), "Too few different answers to item i3: 1, and this needs at least 2."),
        (
            pd.DataFrame({"a": [1, 2] * 10, "b": [2, 1] * 10}),
            "Too few different total scores: 1, and this needs at least 2.",
        ),
        (SCALE * np.nan, "Too few people who answered the same items: 0, and this needs at least 10."),
    ],
)
def test_alpha_says_why_it_has_no_number(scores, reason):
    for missing in ("complete", "pairwise"):
        found = alpha(scores, missing=missing)
        assert (found.value, found.low, found.standardised) == (None, None, None)
        assert str(found.too_few) == reason


def test_omega_says_why_it_has_no_number():
    assert str(omega(SCALE[["i1", "i2"]]).too_few) == "Too few items: 2, and this needs at least 3."
    assert omega(SCALE.head(20)).too_few.need == 30
    repeated = SCALE.assign(again=SCALE["i1"] + SCALE["i2"])
    assert "One item repeats what others say." in str(omega(repeated).too_few)


def test_item_rest_says_row_by_row_why_it_has_no_number():
    found = item_rest(SCALE.assign(i3=2)).set_index("item")
    assert (
        found.loc["i3", "too_few"] == "Too few different answers to this item: 1, and this needs at least 2."
    )
    assert np.isnan(found.loc["i3", "item_rest"])
    assert found.loc["i1", "too_few"] == ""
    assert item_rest(SCALE.head(4))["too_few"].str.startswith("Too few people").all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: alpha(SCALE.astype(object).replace(2, "two")), "column 'i1', row .*: found 'two'"),
        (lambda: alpha([[1, 2], [3]]), "one row a person"),
        (lambda: alpha([1, 2, 3]), "one row a person"),
        (
            lambda: alpha(pd.DataFrame([[1, 2]], columns=["a", "a"])),
            "column 'a'. The column stands in the table twice",
        ),
        (lambda: alpha(SCALE, missing="listwise"), "Expected complete or pairwise"),
        (lambda: alpha(SCALE, level=95), "between 0 and 1"),
        (lambda: alpha(SCALE, fewest=1), "3 or more people"),
        (lambda: omega([[np.inf, 1, 2]]), "found inf. Expected a finite number"),
    ],
)
def test_bad_input_is_refused(call, says):
    with pytest.raises(FrameError, match=says):
        call()


def test_the_row_in_an_error_is_the_label_of_the_table():
    labelled = pd.DataFrame({"a": [1, "x"], "b": [1, 2]}, index=["Ann's row", "Bo's row"])
    with pytest.raises(FrameError, match="row \"Bo's row\": found 'x'"):
        alpha(labelled)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.5, 3), st.integers(-5, 5))
def test_alpha_and_omega_do_not_depend_on_unit_order_or_people_s_order(seed, factor, shift):
    draw = np.random.default_rng(seed)
    scores = draw.normal(size=(60, 1)) + draw.normal(size=(60, 4))
    kept = scores.copy()
    turned = (factor * scores + shift)[::-1][:, [2, 0, 3, 1]]
    assert alpha(turned).value == pytest.approx(alpha(scores).value, abs=1e-9)
    assert omega(turned).value == pytest.approx(omega(scores).value, abs=1e-4)
    np.testing.assert_array_equal(scores, kept)


def test_the_feldt_interval_holds_the_truth_as_often_as_it_says():
    # 600 samples of 60 people and 4 equally good items: true alpha 4 x 0.5 / (1 + 3 x 0.5) = 0.8.
    draw = np.random.default_rng(8)
    held = 0
    for _ in range(600):
        found = alpha(draw.normal(size=(60, 1)) + draw.normal(size=(60, 4)))
        held += found.low <= 0.8 <= found.high
    assert held / 600 == pytest.approx(0.95, abs=0.03)


def test_one_factor_recovers_a_made_correlation():
    loading = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    made = np.outer(loading, loading)
    np.fill_diagonal(made, 1.0)
    unique, found = one_factor(made)
    np.testing.assert_allclose(found, loading, atol=1e-4)
    np.testing.assert_allclose(unique, 1 - loading**2, atol=1e-4)
