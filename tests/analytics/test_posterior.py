"""The mean and the distribution of a small class, and many classes side by side.

Oracles: for whole Dirichlet weights the mean's density is a B-spline with the options as knots, each as often
as its weight (Curry and Schoenberg 1966), here scipy 1.17 BSpline; the Beta distribution for two options;
golden/dirichlet_mean_r.csv (R 4.2.2, 4 million rgamma draws, error of an end about 0.001 steps); scipy's
dirichlet_multinomial; golden/shrinkage_r.csv (lme4 1.1-31; Dyestuff's variances are published as 1764.05 and
2451.25); statsmodels 0.15 MixedLM.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy.interpolate import BSpline
from scipy.stats import beta, dirichlet_multinomial, multinomial

from analytics.columns import FrameError
from analytics.dirichlet import mean_below, mean_quantiles, unseen_total
from analytics.mean_bands import mean_intervals
from analytics.posterior import chance_below, mean_interval, say_mean, share_intervals
from analytics.resampling import bootstrap_interval, t_interval
from analytics.shrinkage import shrink, shrink_classes
from analytics.summary import count_answers
from tests.analytics.classrooms import ANSWERS, ITEMS, read


@pytest.mark.parametrize(
    "weights", [(1, 1, 1), (2, 1, 3), (1, 2, 4, 1), (5, 3, 1, 2, 2), (1, 1, 9), (8, 20, 30, 9)]
)
def test_the_law_of_the_mean_equals_an_exact_spline(weights):
    knots = np.repeat(np.arange(len(weights)), weights).astype(float)
    spline = BSpline.basis_element(knots, extrapolate=False)
    points, point_weights = np.polynomial.legendre.leggauss(60)

    def area(end):
        """Integrate from 0, polynomial piece by polynomial piece, which 60 points do exactly."""
        edges = [*range(int(np.ceil(end))), end]
        pieces = [(low, (high - low) / 2) for low, high in itertools.pairwise(edges)]
        return sum(half * point_weights @ spline(low + half * (points + 1)) for low, half in pieces)

    for cut in np.linspace(0.05, len(weights) - 1.05, 23):
        expected = area(cut) / area(len(weights) - 1)
        found = mean_below(np.array([weights], dtype=float), np.array([cut]))[0]
        assert found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("a", [0.5, 1.5, 7.5, 400.5])
@pytest.mark.parametrize("b", [0.5, 3.5, 90.5])
def test_with_two_options_the_law_of_the_mean_is_the_beta_distribution(a, b):
    weights = np.array([[b, a]])
    for cut in (0.01, 0.2, 0.5, 0.8, 0.99):
        assert mean_below(weights, np.array([cut]))[0] == pytest.approx(beta.cdf(cut, a, b), abs=1e-10)
    ends = mean_quantiles(np.repeat(weights, 2, axis=0), np.array([0.05, 0.95]))
    assert ends == pytest.approx(beta.ppf([0.05, 0.95], a, b), abs=1e-6)


def test_the_band_of_a_few_answers_equals_four_million_draws():
    for row in read("dirichlet_mean_r").itertuples():
        counts = [int(n) for n in row.counts.split()]
        wide, band = mean_interval(counts, level=0.95), mean_interval(counts)
        assert band.value == pytest.approx(row.mean, abs=1e-12)
        assert (band.low, band.high) == pytest.approx((row.q05, row.q95), abs=0.003)
        assert (wide.low, wide.high) == pytest.approx((row.q025, row.q975), abs=0.003)
        assert chance_below(counts, 2.5).value == pytest.approx(row.below_25, abs=0.001)


@pytest.mark.parametrize("n", [3, 5, 8])
def test_the_band_keeps_its_word_where_t_and_bootstrap_do_not(n):
    """Exact coverage over every possible class of n, averaged over 80 distributions (sixths on four options).

    No random numbers: each class is weighed by its multinomial chance. This is the table of small-numbers.md.
    """
    shapes = [np.array(c) / 6 for c in itertools.product(range(6), repeat=4) if sum(c) == 6]
    classes = [c for c in itertools.product(range(n + 1), repeat=4) if sum(c) == n]
    covered = {}
    for interval in (mean_interval, t_interval, bootstrap_interval):
        bands = [interval(c, level=0.95) for c in classes]
        means = [np.dot(c, [1, 2, 3, 4]) / n for c in classes]  # no band: all the claim there is
        low = np.array([m if b.low is None else b.low for b, m in zip(bands, means, strict=True)]) - 1e-9
        high = np.array([m if b.high is None else b.high for b, m in zip(bands, means, strict=True)]) + 1e-9
        truths = [1 + shape @ np.arange(4) for shape in shapes]
        held = [
            multinomial.pmf(classes, n, s) @ ((low <= t) & (t <= high))
            for s, t in zip(shapes, truths, strict=True)
        ]
        covered[interval] = np.mean(held)
    table = {3: (0.94, 0.74, 0.67), 5: (0.95, 0.86, 0.79), 8: (0.94, 0.90, 0.88)}
    assert list(covered.values()) == pytest.approx(table[n], abs=0.006)


def test_all_alike_still_has_a_width():
    band = mean_interval([0, 0, 4, 0])
    assert band.low < 3 < band.high
    assert band.high - band.low > 0.5


@pytest.mark.parametrize("left", [1, 4, 7])
def test_those_who_did_not_answer_follow_the_dirichlet_multinomial(left):
    weights = np.array([1.5, 2.5, 0.5, 3.5])
    found = unseen_total(weights, left)
    expected = np.zeros(3 * left + 1)
    for counts in itertools.product(range(left + 1), repeat=4):
        if sum(counts) == left:
            expected[np.dot(counts, range(4))] += dirichlet_multinomial.pmf(counts, weights, left)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_class_of_today_is_narrower_and_a_whole_one_certain():
    counts = [2, 4, 10, 5]
    lesson, today, whole = (mean_interval(counts, class_size=size) for size in (None, 28, 21))
    assert lesson.low < today.low < today.high < lesson.high
    mean = np.repeat([1, 2, 3, 4], counts).mean()
    assert (whole.low, whole.value, whole.high) == pytest.approx((mean, mean, mean))
    nearly = mean_interval(counts, class_size=20000 // 50)  # 400 students: almost a lesson like this one
    assert nearly.high - nearly.low == pytest.approx(lesson.high - lesson.low, rel=0.06)


def test_a_released_distribution_shortens_the_band_and_pulls_it():
    counts = [1, 1, 2, 1]
    alone, with_region = mean_interval(counts), mean_interval(counts, prior=[5, 20, 45, 30], prior_weight=4)
    assert with_region.high - with_region.low < alone.high - alone.low
    # (1 + 2*1 + 3*2 + 4*1 ... ) by hand: 5 answers of mean 2.6 and 4 of mean 3.0.
    assert with_region.value == pytest.approx((5 * 2.6 + 4 * 3.0) / 9)
    with pytest.raises(FrameError, match="There are 4 counts but 3 prior"):
        mean_interval(counts, prior=[1, 2, 3])
    with pytest.raises(FrameError):
        mean_interval(counts, prior=[0, 0, 0, 0])


def test_two_answers_have_no_band_and_the_counts_instead():
    few = mean_interval([0, 1, 1, 0])
    assert few.value is few.low is None
    assert str(few.too_few) == "Too few answers: 2, and this needs at least 3. Look at the counts."
    assert chance_below([0, 1, 1, 0], 3).value is None
    assert say_mean(few) == str(few.too_few)


@pytest.mark.parametrize("wrong", [[1.5, 2], [-1, 3], ["1", 2], [3], [[1, 2], [3, 4]]])
def test_counts_that_are_no_counts_are_refused(wrong):
    with pytest.raises(FrameError):
        mean_interval(wrong)


def test_a_mark_off_the_scale_and_too_small_a_class_are_refused():
    with pytest.raises(FrameError, match="from 1 to 4"):
        chance_below([1, 1, 1, 1], 4.5)
    with pytest.raises(FrameError, match="4 or more"):
        mean_interval([1, 1, 1, 1], class_size=3)


def test_each_share_alone_is_a_beta():
    counts = np.array([0, 1, 3, 1])
    table = share_intervals(counts)
    a = counts + 0.5
    np.testing.assert_allclose(table["share"], a / 7, atol=1e-12)
    np.testing.assert_allclose(table["low"], beta.ppf(0.05, a, 7 - a), atol=1e-12)
    np.testing.assert_allclose(table["high"], beta.ppf(0.95, a, 7 - a), atol=1e-12)
    empty = share_intervals([0, 0, 0])
    assert empty[["share", "low", "high"]].isna().all(axis=None)
    assert (empty["too_few"] == "nobody answered").all()


def test_bands_for_all_classes_at_once_equal_one_at_a_time():
    counted = count_answers(ANSWERS, ITEMS)
    table = mean_intervals(counted)
    for place, row in enumerate(table.itertuples()):
        steps = counted.top[place] + 1
        single = mean_interval(counted.counts[place, :steps], lowest=int(counted.lowest[place]))
        if single.value is None:
            assert row.too_few in ("nobody answered", "fewer than 3 answers")
            assert np.isnan([row.mean, row.low, row.high]).all()
            continue
        assert (row.mean, row.low, row.high) == pytest.approx(
            (single.value, single.low, single.high), abs=1e-9
        )
        assert row.too_few == ""
    priors = pd.DataFrame({"item": "SM1", "code": [2, 3, 4], "share": [0.2, 0.5, 0.3]})
    pulled = mean_intervals(counted, priors=priors)
    same = pulled["item"] != "SM1"
    np.testing.assert_allclose(pulled.loc[same, "low"], table.loc[same, "low"])
    assert (pulled.loc[~same, "mean"] > table.loc[~same, "mean"]).mean() > 0.6
    with pytest.raises(FrameError, match="options 1 to 4"):
        mean_intervals(counted, priors=priors.assign(code=[3, 4, 5]))


def test_the_sentence_says_the_band_in_plain_words():
    assert say_mean(mean_interval([1, 2, 4, 1])) == (
        "With 8 answers, the average in lessons like this one is very likely between 2.1 and 3.0."
    )
    part = say_mean(mean_interval([1, 2, 4, 1], class_size=12), class_size=12)
    assert part.startswith("With 8 answers, the average of all 12 today is very likely between ")


@pytest.mark.parametrize("name", ["dyestuff", "classes", "alike"])
def test_shrunken_means_equal_lme4(name):
    data = read("shrinkage_data_r").query("set == @name")
    expected = read("shrinkage_r").query("set == @name")
    group = data.groupby("class")["value"]
    inside = float(((data["value"] - group.transform("mean")) ** 2).sum())
    found = shrink(group.mean(), group.size(), inside)
    scale = data["value"].std()
    assert found.between == pytest.approx(expected["between"].iloc[0], abs=2e-6 * scale**2)
    assert found.within == pytest.approx(expected["within"].iloc[0], rel=1e-6)
    assert found.mean == pytest.approx(expected["common"].iloc[0], abs=1e-6 * scale)
    np.testing.assert_allclose(found.shrunken, expected["shrunken"], atol=2e-5 * scale)
    weight = expected["between"].iloc[0] / (
        expected["between"].iloc[0] + expected["within"].iloc[0] / group.size()
    )
    np.testing.assert_allclose(found.weight, weight, atol=1e-5)


def test_shrunken_means_equal_statsmodels():
    data = read("shrinkage_data_r").query("set == 'classes'")
    fit = smf.mixedlm("value ~ 1", data, groups="class").fit(reml=True)
    group = data.groupby("class")["value"]
    found = shrink(group.mean(), group.size(), float(((data["value"] - group.transform("mean")) ** 2).sum()))
    expected = [fit.fe_params["Intercept"] + effect.iloc[0] for effect in fit.random_effects.values()]
    np.testing.assert_allclose(found.shrunken, expected, atol=1e-4)


def test_all_classes_of_a_table_are_shrunk_item_by_item():
    counted = count_answers(ANSWERS, ITEMS)
    table = shrink_classes(counted)
    for item, rows in table.groupby("item"):
        low = ITEMS.set_index("item").loc[item]
        given = ANSWERS[ANSWERS["item"] == item].dropna(subset="value")
        flipped = 2 * low["lowest"] + low["steps"] - 1 - given["value"] if low["reverse"] else given["value"]
        group = flipped.groupby(given["administration"])
        single = shrink(group.mean(), group.size(), float(((flipped - group.transform("mean")) ** 2).sum()))
        np.testing.assert_allclose(rows["shrunken"].dropna(), single.shrunken, atol=1e-7)
        assert (rows["weight"].dropna() <= 1).all()
        assert (rows.loc[rows["n"] == 0, "too_few"] == "nobody answered").all()


def test_few_classes_one_answer_each_and_perfect_agreement_have_a_reason():
    assert shrink([1.0, 2.0], [5, 5], 3.0).too_few.of == "classes"
    assert shrink([1.0, 2.0, 3.0], [1, 1, 1], 0.0).too_few.of == "answers in a class"
    assert shrink([1.0, 2.0, 3.0], [4, 4, 4], 0.0).too_few.of == "different answers in a class"
    with pytest.raises(FrameError):
        shrink([1.0, 2.0, 3.0], [4, 4, 0], 1.0)
    with pytest.raises(FrameError):
        shrink([1.0, 2.0, 3.0], [4, 4, 4], -1.0)
    one = pd.DataFrame({"administration": 1, "item": "SM1", "student": list("ABC"), "value": [1, 2, 3]})
    row = shrink_classes(count_answers(one, pd.DataFrame({"item": ["SM1"], "steps": [4]}))).iloc[0]
    assert row["too_few"].startswith("Too few classes: 1, and this needs at least 3.")
    assert np.isnan(row["shrunken"])
