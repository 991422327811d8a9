"""Before and after a planned change: coin in R, SciPy, ties, blocks, and what a plan can show."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.change import before_after, rank_sum_counts
from analytics.columns import FrameError
from analytics.planning import chance_to_show, smallest_change
from tests.analytics.over_cycles_golden import R

NUMBERS = st.lists(st.integers(1, 5), min_size=2, max_size=6)


@pytest.mark.parametrize("case", R["before_after"], ids=range(len(R["before_after"])))
def test_forty_tied_comparisons_equal_coin(case):
    # coin 1.4.2, R 4.2.2: wilcox_test(v ~ g, distribution = "exact", alternative = ...); 1e-9
    for expect in ("fall", "rise", "either"):
        found = before_after(case["before"], case["after"], expect=expect, level=1.0)
        assert found.p == pytest.approx(case[expect], abs=1e-9)
    assert found.shift == pytest.approx(case["shift"], abs=1e-12)


def test_ties_count_where_scipy_s_exact_test_ignores_them():
    before, after = [4, 4, 5, 3, 4, 5], [3, 5, 3, 3, 3, 2]
    ours = before_after(before, after, expect="fall").p
    ignoring = stats.mannwhitneyu(after, before, alternative="less", method="exact").pvalue
    counted = stats.permutation_test(
        (after, before),
        lambda x, y: stats.rankdata(np.concatenate([x, y]))[: len(x)].sum(),
        alternative="less",
        n_resamples=np.inf,
    ).pvalue
    assert ours == pytest.approx(counted, abs=1e-12)  # scipy 1.17 permutation_test, all 924 arrangements
    assert abs(ours - ignoring) > 0.009


@settings(max_examples=80)
@given(NUMBERS, NUMBERS)
def test_the_p_values_are_shares_of_all_arrangements(before, after):
    found = before_after(before, after, level=1.0)
    ranks = stats.rankdata(before + after)
    observed, middle = ranks[len(before) :].sum(), ranks.mean() * len(after)
    sums = np.array([ranks[list(chosen)].sum() for chosen in combinations(range(len(ranks)), len(after))])
    assert found.arrangements == len(sums)
    assert found.p_fall == pytest.approx(np.mean(sums <= observed + 1e-9))
    assert found.p_rise == pytest.approx(np.mean(sums >= observed - 1e-9))
    assert found.p == pytest.approx(np.mean(np.abs(sums - middle) >= abs(observed - middle) - 1e-9))


@settings(max_examples=50)
@given(NUMBERS, NUMBERS, st.integers(-3, 3))
def test_turning_the_scale_round_swaps_fall_and_rise(before, after, shift):
    found = before_after(before, after, level=1.0)
    turned = before_after([shift - x for x in before], [shift - x for x in after], level=1.0)
    assert turned.p_fall == pytest.approx(found.p_rise)
    assert turned.p == pytest.approx(found.p)
    assert turned.shift == pytest.approx(-found.shift)


def test_values_that_differ_in_the_last_binary_digit_are_tied():
    noisy = before_after([0.1 + 0.2, 0.6, 0.9], [0.3, 0.2, 0.1], level=1.0)
    clean = before_after([3, 6, 9], [3, 2, 1], level=1.0)
    assert noisy.p_fall == clean.p_fall


@pytest.mark.parametrize("lessons", [3, 4, 6, 8])
def test_the_test_errs_no_more_often_than_it_says(lessons):
    # 4,000 series without change, with Likert ties: below 0.05 + 3 standard errors.
    draw = np.random.default_rng(lessons).integers(1, 6, size=(4000, 2 * lessons)) / 2
    wrong = [before_after(row[:lessons], row[lessons:], expect="fall").p <= 0.05 for row in draw]
    assert np.mean(wrong) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 4000)


def test_two_lessons_on_each_side_can_show_nothing_and_say_what_would():
    found = before_after([1.2, 1.0], [0.6, 0.8], expect="fall")
    assert (found.p, found.p_fall, found.p_rise) == (None, None, None)
    assert found.shift == pytest.approx(-0.4)
    assert (found.too_few.have, found.too_few.need) == (4, 6)
    assert before_after([1], [], expect="fall").shift is None
    assert before_after([], []).smallest_p is None
    assert before_after([1.2, 1.0], [0.6, 0.8]).too_few.need == 8


def test_missing_lessons_are_dropped_and_counted():
    found = before_after([1.2, None, 1.0, 1.4], [0.6, 0.4, float("nan"), 0.8], expect="fall")
    assert (found.n_before, found.n_after, found.dropped) == (3, 3, 2)
    assert found.p == pytest.approx(0.05)


def test_blocks_are_cut_from_the_change_outward_and_what_is_left_over_is_counted():
    before, after = [9.0, 1.2, 1.0, 1.4, 1.3, 1.1, 1.2], [0.6, 0.5, 0.8, 0.4, 0.6, 0.7, 9.0]
    found = before_after(before, after, expect="fall", block=2)
    assert (found.n_before, found.n_after, found.unpaired) == (6, 6, 2)
    assert found.p == pytest.approx(1 / 20)  # 3 + 3 blocks, the clearest arrangement of 20
    assert "blocks of 2" in found.method


def test_blocks_hold_the_level_where_neighbouring_lessons_are_alike():
    # Lag-1 correlation 0.6, 12 + 12 lessons: the plain test errs far above 5 %, blocks of four less.
    draw = np.random.default_rng(2).normal(size=(1500, 24))
    for lesson in range(1, 24):
        draw[:, lesson] = 0.6 * draw[:, lesson - 1] + 0.8 * draw[:, lesson]
    plain, blocked = (
        np.mean([before_after(row[:12], row[12:], expect="fall", block=block).p <= 0.05 for row in draw])
        for block in (1, 4)
    )
    assert plain > 0.12
    assert blocked < 0.09


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"expect": "down"}, "Expected fall, rise or either"),
        ({"level": 0}, "above 0"),
        ({"block": 0}, "1 or more lessons"),
    ],
)
def test_bad_choices_are_refused(choices, says):
    with pytest.raises(FrameError, match=says):
        before_after([1, 2, 3], [4, 5, 6], **choices)
    with pytest.raises(FrameError, match="column 'after', row 1: found 'low'"):
        before_after([1, 2], [3, "low"])
    with pytest.raises(FrameError, match="up to 100 lessons"):
        before_after(range(60), range(60))


def test_rank_sums_are_those_of_the_published_table():
    # Wilcoxon's rank sum, 4 and 4 without ties: 1, 1, 2, 3, 5 of 70 arrangements (Lehmann 1975, table B).
    counts = rank_sum_counts(np.arange(1, 9), 4)
    assert counts[10:15].tolist() == [1, 1, 2, 3, 5]
    assert counts.sum() == 70


@pytest.mark.parametrize(("before", "after", "shift"), [(3, 3, 2.0), (4, 8, 1.0), (6, 6, 1.0), (6, 6, 2.0)])
def test_the_power_of_a_plan_is_the_share_of_simulated_plans_that_show_it(before, after, shift):
    # 6,000 simulated plans, normal lessons; standard error below 0.0065.
    draw = np.random.default_rng(before * after).normal(size=(6000, before + after))
    late = draw[:, before:] - shift
    shown = [
        before_after(row[:before], low, expect="fall").p <= 0.05 for row, low in zip(draw, late, strict=True)
    ]
    assert chance_to_show(before, after, shift) == pytest.approx(np.mean(shown), abs=0.02)


@pytest.mark.parametrize(("before", "after"), [(3, 3), (4, 6), (5, 5), (8, 8)])
def test_power_without_a_change_is_the_exact_size_of_the_test(before, after):
    counts = rank_sum_counts(np.arange(1, before + after + 1), after)
    tail = np.cumsum(counts) / counts.sum()
    size = tail[tail <= 0.05 * (1 + 1e-12)].max(initial=0)
    assert chance_to_show(before, after, 0.0) == pytest.approx(size, abs=1e-6)


def test_the_smallest_change_has_the_wanted_power_and_shrinks_with_more_lessons():
    sizes = []
    for lessons in (3, 4, 6, 9):
        plan = smallest_change(lessons, lessons, sd=0.5)
        assert chance_to_show(lessons, lessons, plan.in_sd) == pytest.approx(0.8, abs=2e-3)
        assert plan.in_points == pytest.approx(plan.in_sd / 2)
        sizes.append(plan.in_sd)
    assert sizes == sorted(sizes, reverse=True)
    assert smallest_change(4, 4, expect="either").in_sd > smallest_change(4, 4).in_sd


def test_a_plan_that_can_show_nothing_says_how_many_lessons_could():
    plan = smallest_change(1, 5)
    assert (plan.in_sd, plan.in_points) == (None, None)
    assert plan.too_few.need > 6
    assert plan.smallest_p == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    "choices",
    [{"n_before": 0}, {"n_after": 16}, {"sd": 0.0}, {"level": 0.0}, {"power": 1.0}, {"power": 0.04}],
)
def test_impossible_plans_are_refused(choices):
    with pytest.raises(FrameError):
        smallest_change(**({"n_before": 4, "n_after": 4} | choices))
