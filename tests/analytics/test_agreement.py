"""Kappas, Krippendorff's alpha and intraclass correlations: published tables, R, statsmodels, known truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats import inter_rater

from analytics.agreement import cohen_kappa, fleiss_kappa
from analytics.class_icc import icc_classes
from analytics.columns import FrameError
from analytics.icc import FORMS, icc
from analytics.krippendorff import METRICS, krippendorff_alpha
from tests.analytics.over_cycles_golden import R, expected, table

SHROUT_FLEISS = table("shrout_fleiss_1979").drop(columns="target")
KRIPPENDORFF = table("krippendorff_c").drop(columns="unit")
SCALE = table("likert_scale")
CODES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=4, max_size=30)


@pytest.mark.parametrize("place", range(6))
def test_six_forms_equal_the_published_table_and_psych(place):
    theirs = expected("icc_shrout_fleiss")["results"][place]
    published = expected("icc_shrout_fleiss")["published"]
    row = icc(SHROUT_FLEISS).iloc[place]
    assert row["form"] == theirs["type"]
    assert row["value"] == pytest.approx(theirs["icc"], abs=1e-12)
    assert row["value"] == pytest.approx(published[row["form"]], abs=0.005)
    assert (row["f"], row["p"]) == pytest.approx((theirs["F"], theirs["p"]), rel=1e-9)
    assert (row["df1"], row["df2"]) == (theirs["df1"], theirs["df2"])
    assert (row["low"], row["high"]) == pytest.approx((theirs["lower"], theirs["upper"]), abs=1e-9)


def test_judges_who_differ_by_a_constant_are_consistent_and_do_not_agree():
    ratings = np.add.outer([1.0, 3.0, 4.0, 6.0], [0.0, 2.0])
    found = icc(ratings).set_index("form")
    assert found.loc["ICC3", "value"] == pytest.approx(1.0)
    assert np.isnan(found.loc["ICC3", "f"])
    assert found.loc["ICC2", "value"] < 0.8


def test_targets_that_a_judge_left_out_are_dropped_and_counted():
    with_gap = pd.concat([SHROUT_FLEISS, pd.DataFrame([{"J1": 3, "J2": None, "J3": 4, "J4": 5}])])
    found = icc(with_gap)
    assert found["dropped"].tolist() == [1] * 6
    np.testing.assert_allclose(found["value"], icc(SHROUT_FLEISS)["value"])


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([[1, 2]], "Too few targets rated by all: 1, and this needs at least 2."),
        ([[1], [2]], "Too few judges: 1, and this needs at least 2."),
        ([[1, 3], [1, 3], [1, 3]], "Too few targets that differ: 1, and this needs at least 2."),
    ],
)
def test_icc_says_why_it_has_no_number(ratings, reason):
    found = icc(ratings)
    assert found["form"].tolist() == list(FORMS)
    assert found["too_few"].tolist() == [reason] * 6
    assert found["value"].isna().all()


def test_icc_of_classes_equals_r_by_mean_squares_and_by_reml():
    # R 4.2.2: aov and multilevel 2.7 (1e-9; its ICC1 takes the mean size, ours n0), lme4 1.1.31 (1e-6)
    theirs = R["classes"]
    found = icc_classes(SCALE["i1"], SCALE["class"])
    assert (found.f, found.p) == pytest.approx((theirs["f"], theirs["p"]), rel=1e-9)
    assert found.icc2 == pytest.approx(theirs["icc2"], abs=1e-9)
    between, within, mean_size = theirs["between_ms"], theirs["within_ms"], found.n / found.classes
    at_mean_size = (between - within) / (between + (mean_size - 1) * within)
    assert at_mean_size == pytest.approx(theirs["icc1_mean_size"], abs=1e-9)
    assert found.icc1 == pytest.approx((between - within) / (between + (found.n0 - 1) * within), abs=1e-12)
    reml = icc_classes(SCALE["i1"], SCALE["class"], method="reml")
    assert (reml.between, reml.within) == pytest.approx(
        (theirs["reml_between"], theirs["reml_within"]), abs=1e-6
    )


def test_reml_equals_statsmodels_where_sizes_are_very_unequal():
    # statsmodels 0.15 MixedLM, REML; 1e-4
    draw = np.random.default_rng(4)
    classes = np.repeat(np.arange(25), draw.integers(2, 30, 25))
    values = draw.normal(size=25)[classes] * 0.7 + draw.normal(size=len(classes))
    theirs = MixedLM(values, np.ones(len(values)), groups=classes).fit(reml=True)
    found = icc_classes(values, classes, method="reml")
    assert found.between == pytest.approx(float(theirs.cov_re.item()), abs=1e-4)
    assert found.within == pytest.approx(theirs.scale, abs=1e-4)


def test_balanced_classes_have_the_same_icc1_and_limits_as_judges_of_targets():
    values = np.random.default_rng(6).normal(size=(20, 5)) + np.random.default_rng(7).normal(size=(20, 1))
    classes = np.repeat(np.arange(20), 5)
    found, judged = icc_classes(values.ravel(), classes), icc(values).set_index("form")
    for form, ours in (
        ("ICC1", (found.icc1, found.low, found.high)),
        ("ICC1k", (found.icc2, found.icc2_low, found.icc2_high)),
    ):
        assert ours == pytest.approx(tuple(judged.loc[form, ["value", "low", "high"]]), abs=1e-12)


@pytest.mark.parametrize("method", ["anova", "reml"])
def test_the_true_share_between_classes_is_found_with_unequal_sizes(method):
    draw = np.random.default_rng(9)
    found = []
    for _ in range(150):
        classes = np.repeat(np.arange(60), draw.integers(3, 9, 60))
        values = draw.normal(size=60)[classes] * np.sqrt(0.15) + draw.normal(size=len(classes)) * np.sqrt(
            0.85
        )
        found.append(icc_classes(values, classes, method=method).icc1)
    assert np.mean(found) == pytest.approx(0.15, abs=0.012)


def test_classes_that_are_too_few_missing_or_alike_say_so():
    assert str(icc_classes([1, 2, 3, 4], [1, 1, 2, 2]).too_few) == (
        "Too few classes with two or more answers: 2, and this needs at least 10."
    )
    alike = icc_classes([3] * 40, np.repeat(np.arange(10), 4))
    assert alike.too_few.of == "different answers"
    assert icc_classes([], []).icc1 is None
    with pytest.raises(FrameError, match="column 'classes', row 1"):
        icc_classes([1, 2], ["a", None])
    with pytest.raises(FrameError, match="There are 2 values but 1 classes"):
        icc_classes([1, 2], ["a"])
    negative = icc_classes(list(range(4)) * 12, np.repeat(np.arange(12), 4))
    assert negative.icc1 < 0
    assert negative.flag is True
    assert icc_classes(list(range(4)) * 12, np.repeat(np.arange(12), 4), method="reml").icc1 == 0


@pytest.mark.parametrize("metric", METRICS)
def test_krippendorff_s_alpha_equals_irr_and_the_published_values(metric):
    theirs = expected("krippendorff_alpha")
    found = krippendorff_alpha(KRIPPENDORFF, metric=metric)
    assert found.value == pytest.approx(theirs[metric], abs=1e-9)
    assert found.value == pytest.approx(theirs["published"][metric], abs=0.0005)
    assert (found.units, found.n, found.dropped) == (11, 40, 1)


def test_krippendorff_s_alpha_on_complete_data_equals_its_definition():
    # Nominal, two raters, nothing missing (one engine of the field is wrong here): all pairs counted by hand.
    first, second = [1, 1, 2, 2, 3, 3, 1, 2], [1, 2, 2, 2, 3, 1, 1, 2]
    observed = np.mean([a != b for a, b in zip(first, second, strict=True)])
    pool = first + second
    pairs = [(a, b) for i, a in enumerate(pool) for j, b in enumerate(pool) if i != j]
    chance = np.mean([a != b for a, b in pairs])
    found = krippendorff_alpha(np.column_stack([first, second]), metric="nominal")
    assert found.value == pytest.approx(1 - observed / chance)
    assert (found.observed, found.expected) == pytest.approx((observed, chance))


def test_krippendorff_says_why_it_has_no_number_and_refuses_negative_ratios():
    assert krippendorff_alpha([[1, None], [None, 2]]).too_few.of == "units with two or more ratings"
    assert krippendorff_alpha([[2, 2], [2, 2]]).too_few.of == "different ratings"
    with pytest.raises(FrameError, match="0 or more"):
        krippendorff_alpha([[-1, 1], [1, 1]], metric="ratio")
    assert krippendorff_alpha([[0, 0], [1, 1], [0, 1]], metric="ratio").value is not None


@pytest.mark.parametrize(("weights", "name"), [("none", "unweighted"), ("quadratic", "quadratic")])
def test_kappa_equals_psych(weights, name):
    # psych 2.2.9, R 4.2.2: cohen.kappa; value 1e-12
    theirs = R["kappa"][name]
    found = cohen_kappa(R["kappa"]["first"], R["kappa"]["second"], weights=weights)
    assert found.value == pytest.approx(theirs["estimate"], abs=1e-12)
    if weights == "none":
        assert (found.low, found.high) == pytest.approx((theirs["lower"], theirs["upper"]), abs=2e-3)


@pytest.mark.parametrize(
    ("weights", "wt"), [("none", None), ("linear", "linear"), ("quadratic", "quadratic")]
)
def test_kappa_and_its_interval_equal_statsmodels(weights, wt):
    # statsmodels 0.15 cohens_kappa (Fleiss, Cohen and Everitt 1969); 1e-12
    first, second = np.array(R["kappa"]["first"]), np.array(R["kappa"]["second"])
    counts = np.zeros((4, 4))
    np.add.at(counts, (first - 1, second - 1), 1)
    theirs = inter_rater.cohens_kappa(counts, wt=wt)
    found = cohen_kappa(first, second, weights=weights)
    assert (found.value, found.low, found.high) == pytest.approx(
        (theirs.kappa, theirs.kappa_low, theirs.kappa_upp), abs=1e-12
    )


def test_fleiss_kappa_equals_statsmodels():
    ratings = np.random.default_rng(2).integers(1, 5, size=(40, 4))
    ratings[:20, 1:] = ratings[:20, :1]
    counts, _ = inter_rater.aggregate_raters(ratings)
    assert fleiss_kappa(ratings).value == pytest.approx(inter_rater.fleiss_kappa(counts), abs=1e-12)


def test_kappa_is_low_where_one_category_dominates_and_the_plain_share_says_so():
    first, second = [4] * 18 + [3, 4], [4] * 18 + [4, 3]
    found = cohen_kappa(first, second)
    assert found.value < 0
    assert (found.exact, found.within_one) == (0.9, 1.0)


def test_kappa_drops_what_one_rater_left_out_and_says_why_it_has_no_number():
    found = cohen_kappa([1, None, 2, 3], [1, 2, 2, float("nan")])
    assert (found.n, found.dropped) == (2, 2)
    assert cohen_kappa([1, None], [1, 2]).too_few.of == "things rated by all"
    assert cohen_kappa([2, 2], [2, 2]).too_few.of == "different ratings"
    assert fleiss_kappa([[1], [2]]).too_few.of == "raters"
    with pytest.raises(FrameError, match="There are 2 first but 1 second"):
        cohen_kappa([1, 2], [1])
    with pytest.raises(FrameError, match="Expected none, linear or quadratic"):
        cohen_kappa([1, 2], [1, 2], weights="cubic")


@settings(max_examples=60)
@given(CODES)
def test_agreement_does_not_depend_on_who_is_first_or_on_order(pairs):
    first, second = zip(*pairs, strict=True)
    for weights in ("none", "linear", "quadratic"):
        one, two = (
            cohen_kappa(first, second, weights=weights),
            cohen_kappa(second[::-1], first[::-1], weights=weights),
        )
        assert one.value == pytest.approx(two.value) if one.value is not None else two.value is None
        assert one.value is None or one.value <= 1 + 1e-12
    for metric in METRICS:
        one = krippendorff_alpha(pairs, metric=metric)
        two = krippendorff_alpha([pair[::-1] for pair in pairs][::-1], metric=metric)
        assert one.value == pytest.approx(two.value) if one.value is not None else two.value is None


def test_full_agreement_is_one():
    codes = [1, 2, 3, 4, 2]
    assert cohen_kappa(codes, codes).value == pytest.approx(1)
    assert fleiss_kappa(np.column_stack([codes] * 3)).value == pytest.approx(1)
    for metric in METRICS:
        assert krippendorff_alpha(np.column_stack([codes] * 2), metric=metric).value == pytest.approx(1)
