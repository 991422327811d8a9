"""Intervals for shares, differences and means of small classes.

Oracles: golden/share_intervals_r.csv (R 4.2.2: prop.test(correct = FALSE), binom.test, qbeta);
golden/proportion_difference (R packages ratesci 1.0.0 and PropCIs 0.3-0 on the pairs of Newcombe 1998,
Table II); golden/small_n_mean (R 4.2.2, exact bootstrap by convolution); statsmodels 0.15.
"""

import json

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analytics.columns import FrameError
from analytics.intervals import (
    clopper_pearson_interval,
    finite_class_correction,
    how_sure,
    jeffreys_interval,
    newcombe_interval,
    say_share,
    wilson_interval,
)
from analytics.resampling import bootstrap_interval, t_interval
from tests.analytics.classrooms import GOLDEN, read

KINDS = {"wilson": wilson_interval, "clopper": clopper_pearson_interval, "jeffreys": jeffreys_interval}


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_for_a_share_equal_r(kind):
    for row in read("share_intervals_r").itertuples():
        found = KINDS[kind](row.agree, row.answered, level=row.level)
        assert found.low == pytest.approx(getattr(row, f"{kind}_low"), abs=1e-10)
        assert found.high == pytest.approx(getattr(row, f"{kind}_high"), abs=1e-10)
        assert found.value == pytest.approx(row.agree / row.answered)
        assert (found.n, found.level) == (row.answered, row.level)


@pytest.mark.parametrize(
    ("kind", "theirs"), [("wilson", "wilson"), ("clopper", "beta"), ("jeffreys", "jeffreys")]
)
def test_intervals_for_a_share_equal_statsmodels_inside_the_ends(kind, theirs):
    for answered in (2, 5, 9, 30):
        for agree in range(1, answered):
            found = KINDS[kind](agree, answered)
            expected = proportion_confint(agree, answered, method=theirs)
            assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_newcombe_equals_the_published_pairs():
    expected = json.loads((GOLDEN / "proportion_difference.expected.json").read_text())
    rows = read("proportion_difference")
    assert len(rows) == expected["expected"]["rows"]
    for row in rows.itertuples():
        found = newcombe_interval(row.x1, row.n1, row.x2, row.n2)
        assert found.value == pytest.approx(row.diff, abs=1e-12)
        assert found.low == pytest.approx(row.newcombe_lo, abs=float(expected["tolerance"]["newcombe"]))
        assert found.high == pytest.approx(row.newcombe_hi, abs=float(expected["tolerance"]["newcombe"]))
        assert found.n == row.n1 + row.n2
        other = confint_proportions_2indep(row.x1, row.n1, row.x2, row.n2, method="newcomb")
        assert (found.low, found.high) == pytest.approx(other, abs=1e-12)


@pytest.mark.parametrize("case", "abcdef")
def test_t_and_bootstrap_of_a_few_answers_equal_the_exact_values(case):
    expected = json.loads((GOLDEN / "small_n_mean.expected.json").read_text())["expected"][case]
    values = read("small_n_mean").query("case == @case")["value"]
    counts = np.bincount(values - 1, minlength=5)
    t, boot = t_interval(counts), bootstrap_interval(counts)
    if expected["sd"] == 0:
        # Case f: both would have no width at all. We say so in place of a number.
        assert t.value is t.low is boot.low is None
        assert "All agree, and that is not certainty." in str(t.too_few)
        return
    assert (t.value, t.n) == (pytest.approx(expected["mean"], abs=1e-9), expected["n"])
    assert (t.low, t.high) == pytest.approx((expected["t_lo"], expected["t_hi"]), abs=1e-9)
    assert (boot.low, boot.high) == pytest.approx((expected["boot_q025"], expected["boot_q975"]), abs=1e-9)


def test_a_class_that_answered_whole_leaves_nothing_to_guess_about_today():
    whole = wilson_interval(20, 28, class_size=28)
    assert whole.low == whole.value == whole.high
    part, plain = wilson_interval(15, 21, class_size=28), wilson_interval(15, 21)
    assert plain.low < part.low < part.value < part.high < plain.high
    # A quarter of the variance is four times as many answers.
    many = wilson_interval(60, 84)
    assert (part.low, part.high) == pytest.approx((many.low, many.high), abs=1e-12)
    half = t_interval([2, 5, 8, 6], class_size=28)
    full = t_interval([2, 5, 8, 6])
    assert half.high - half.value == pytest.approx((full.high - full.value) / 2, abs=1e-12)
    assert finite_class_correction(0, 10) == 1


@pytest.mark.parametrize("interval", KINDS.values())
def test_nobody_answered_is_a_reason_and_not_a_number(interval):
    found = interval(0, 0)
    assert found.value is found.low is found.high is None
    assert str(found.too_few) == "Too few answers: 0, and this needs at least 1."
    assert newcombe_interval(1, 2, 0, 0).low is None


@pytest.mark.parametrize(
    ("agree", "answered", "level"),
    [(6, 5, 0.95), (-1, 5, 0.95), (2.5, 5, 0.95), ("3", 5, 0.95), (True, 5, 0.95), (3, 5, 95), (3, 5, 0)],
)
def test_impossible_counts_and_levels_are_refused(agree, answered, level):
    for interval in KINDS.values():
        with pytest.raises(FrameError):
            interval(agree, answered, level=level)
    with pytest.raises(FrameError):
        newcombe_interval(agree, answered, 1, 2, level=level)


def test_more_answers_than_students_are_refused():
    with pytest.raises(FrameError, match="6 answered"):
        wilson_interval(3, 6, class_size=5)
    with pytest.raises(FrameError):
        finite_class_correction(0, 0)


def test_one_answer_has_no_t_interval():
    assert t_interval([0, 1, 0]).too_few.have == 1
    assert bootstrap_interval([0, 0, 0]).too_few.have == 0
    with pytest.raises(FrameError, match="whole number"):
        t_interval([0.5, 1, 2])


def test_the_bootstrap_of_a_large_class_is_exact_and_quick():
    found = bootstrap_interval([300, 500, 700, 500])
    spread = np.sqrt(np.cov(np.repeat([1, 2, 3, 4], [300, 500, 700, 500]), bias=True) / 2000)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * spread, rel=0.01)


def test_the_sentence_says_the_share_in_plain_words():
    assert say_share(7, wilson_interval(7, 10)) == (
        "7 of 10 did. In lessons like this one, very likely between 40 % and 89 % would."
    )
    assert say_share(2, wilson_interval(2, 4, class_size=5)).startswith("2 of 4 did. In this class today,")
    assert say_share(0, wilson_interval(0, 0)) == "Too few answers: 0, and this needs at least 1."
    assert [how_sure(level) for level in (0.95, 0.9, 0.8, 0.5)] == [
        "very likely",
        "very likely",
        "likely",
        "perhaps",
    ]
