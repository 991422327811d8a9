"""Control charts beside qicharts2, Montgomery's constants, gaps, recalculations and reasons for silence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.spc import i_prime, p, p_prime, xmr
from analytics.xbar import c4, xbar_s
from tests.analytics.over_cycles_golden import R

CHARTS = R["charts"]
NUMBERS = st.lists(st.floats(-50, 50).map(lambda x: round(x, 2)), min_size=12, max_size=30)


def assert_limits(chart, theirs, *, rtol=1e-9):
    """Compare centre and limits at every place with what qicharts2 0.8.1 (R 4.2.2) gives."""
    (stretch,) = chart.stretches
    assert stretch.too_few is None
    size = len(chart.values)
    for ours, name in ((stretch.lower, "lower"), (stretch.upper, "upper")):
        expected = np.array(theirs[name], dtype=float)
        told = ~np.isnan(expected)
        np.testing.assert_allclose(np.array(ours, dtype=float)[told], expected[told], rtol=rtol, atol=1e-12)
    np.testing.assert_allclose(
        np.full(size, stretch.centre), np.array(theirs["centre"], dtype=float), rtol=rtol
    )


def test_xmr_equals_qicharts2_with_its_constant_gaps_baseline_and_screen():
    values = CHARTS["values"]
    assert_limits(xmr(values, constant="3/1.128"), CHARTS["i"])
    assert_limits(xmr(CHARTS["gap"], constant="3/1.128"), CHARTS["i_gap"])
    assert_limits(xmr(values, constant="3/1.128", baseline=14), CHARTS["i_frozen"])
    screened = xmr(CHARTS["outlier"], constant="3/1.128", screen=True)
    assert_limits(screened, CHARTS["i_screened"])
    assert screened.stretches[0].screened > 0
    assert screened.outside[6] == 1


def test_the_two_constants_differ_in_the_fourth_digit_and_stand_on_the_chart():
    values = CHARTS["values"]
    nhs, montgomery = xmr(values), xmr(values, constant="3/1.128")
    reach = [chart.stretches[0].upper[0] - chart.stretches[0].centre for chart in (nhs, montgomery)]
    assert reach[0] / reach[1] == pytest.approx(2.66 * 1.128 / 3)
    assert nhs.constants == {"moving range": 2.66}
    assert "2.66" in nhs.method
    assert "3/1.128" in montgomery.method


def test_i_prime_equals_qicharts2_where_sizes_change():
    assert_limits(i_prime(CHARTS["values"], CHARTS["n"]), CHARTS["ip"])


def test_i_prime_with_equal_sizes_is_xmr_with_the_unrounded_constant():
    values = CHARTS["values"]
    ours, plain = i_prime(values, [5] * len(values)), xmr(values)
    reach = [chart.stretches[0].upper[0] - chart.stretches[0].centre for chart in (ours, plain)]
    assert reach[0] / reach[1] == pytest.approx(3 * np.sqrt(np.pi) / 2 / 2.66)


def test_p_and_p_prime_equal_qicharts2():
    assert_limits(p(CHARTS["favourable"], CHARTS["answers"]), CHARTS["p"])
    assert_limits(p_prime(CHARTS["favourable"], CHARTS["answers"]), CHARTS["pp"])


@pytest.mark.parametrize("case", ["uneven", "even"])
def test_xbar_and_s_equal_qicharts2_for_equal_and_unequal_lessons(case):
    theirs = R["xbar_s"][case]
    lesson, answer = np.array(theirs["lesson"]), np.array(theirs["answer"], dtype=float)
    charts = xbar_s([answer[lesson == number] for number in np.unique(lesson)])
    assert charts.spread == ("pooled" if case == "uneven" else "mean")
    assert_limits(charts.xbar, theirs["xbar"])
    assert_limits(charts.s, theirs["s"])


@pytest.mark.parametrize(
    ("size", "published_c4", "a3", "b3", "b4"),
    [(5, 0.9400, 1.427, 0, 2.089), (10, 0.9727, 0.975, 0.284, 1.716), (25, 0.9896, 0.606, 0.565, 1.435)],
)
def test_constants_are_those_of_montgomery_s_table(size, published_c4, a3, b3, b4):
    # Montgomery, Introduction to Statistical Quality Control, Appendix VI, to the digits printed.
    assert c4(size) == pytest.approx(published_c4, abs=5e-5)
    draw = np.random.default_rng(size).normal(size=(15, size))
    charts = xbar_s(list(draw))
    mean, s = charts.xbar.stretches[0], charts.s.stretches[0]
    assert (mean.upper[0] - mean.centre) / s.centre == pytest.approx(a3, abs=6e-4)
    assert s.lower[0] / s.centre == pytest.approx(b3, abs=6e-4)
    assert s.upper[0] / s.centre == pytest.approx(b4, abs=6e-4)


def test_a_recalculation_starts_new_limits_and_no_range_crosses_it():
    low, high = [1.0, 1.2] * 7, [5.0, 5.2] * 7
    first, second = xmr([*low, *high], recalculate_from=[14]).stretches
    assert (first.start, first.stop, second.start, second.stop) == (0, 14, 14, 28)
    assert (first.centre, second.centre) == (pytest.approx(1.1), pytest.approx(5.1))
    assert first.upper[0] == pytest.approx(1.1 + 2.66 * 0.2)


def test_fewer_than_twelve_points_have_a_mean_and_a_reason_and_no_limits():
    chart = xmr([1.0] * 5 + [2.0] * 6)
    assert str(chart.too_few) == "Too few points for limits: 11, and this needs at least 12."
    assert chart.stretches[0].centre == pytest.approx(17 / 11)
    assert chart.stretches[0].lower is None
    assert set(chart.outside) == {0}
    assert xmr([]).too_few.have == 0
    assert xmr([1.0] * 5 + [2.0] * 6, fewest=11).too_few is None


def test_without_neighbours_nothing_tells_how_large_a_range_is():
    chart = xmr([1.0, None] * 14)
    assert chart.too_few.of == "neighbouring points"
    assert (chart.n, chart.dropped) == (14, 14)


def test_a_chart_of_equal_values_has_limits_of_no_width():
    stretch = xmr([3.0] * 14).stretches[0]
    assert (stretch.lower[0], stretch.upper[0]) == (3.0, 3.0)
    everyone = p_prime([50] * 14, [50] * 14).stretches[0]
    assert (everyone.centre, everyone.lower[0], everyone.upper[0]) == (1.0, 1.0, 1.0)


def test_shares_stay_between_nothing_and_everything():
    stretch = p([4, 5, 5, 4, 5, 5, 4, 5, 5, 5, 4, 5], [5] * 12).stretches[0]
    assert stretch.upper[0] == 1.0
    assert p([None, *[3] * 12], [5] * 13).dropped == 1
    assert p([0, *[3] * 12], [0, *[5] * 12]).dropped == 1


def test_a_lesson_with_one_answer_has_no_spread_and_is_dropped():
    draw = np.random.default_rng(1)
    charts = xbar_s([[4], *(draw.integers(1, 5, 20) for _ in range(12))])
    assert (charts.xbar.n, charts.xbar.dropped) == (12, 1)
    assert charts.xbar.values[0] is None


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: xmr([1, "x"]), "row 1: found 'x'"),
        (lambda: xmr([1.0] * 20, constant="2.6"), "Expected 2.66 or 3/1.128"),
        (lambda: xmr([1.0] * 20, recalculate_from=[20]), "Expected a place from 1 to 19"),
        (lambda: xmr([1.0] * 20, baseline=0), "Expected 1 or more places"),
        (lambda: i_prime([1.0, 2.0], [5]), "There are 2 values but 1 n"),
        (lambda: i_prime([1.0, 2.0], [5, 0]), "column 'n', row 1: found 0"),
        (lambda: p([6], [5]), "column 'favourable', row 0: found 6"),
        (lambda: p([1], [2.5]), "column 'n', row 0: found 2.5"),
        (lambda: xbar_s([]), "at least one lesson"),
        (lambda: xbar_s([[1, 2], [1, "a"]]), "column 'lesson 2', row 1: found 'a'"),
    ],
)
def test_bad_input_is_refused_by_name_row_and_value(call, says):
    with pytest.raises(FrameError, match=says):
        call()


@settings(max_examples=60)
@given(NUMBERS, st.integers(1, 9), st.integers(-20, 20))
def test_limits_move_with_unit_and_origin(values, factor, shift):
    stretch = xmr(values).stretches[0]
    moved = xmr([factor * value + shift for value in values]).stretches[0]
    assert moved.centre == pytest.approx(factor * stretch.centre + shift, abs=1e-6)
    assert moved.upper[0] == pytest.approx(factor * stretch.upper[0] + shift, abs=1e-6)


@pytest.mark.parametrize("length", [12, 15, 20, 40])
def test_three_sigma_limits_hold_what_they_should_where_nothing_changes(length):
    # Normal lessons, known truth: 0.3 % outside with a known sigma, more where it is estimated from few.
    draw = np.random.default_rng(length).normal(2.5, 0.4, size=(600, length))
    charts = [xmr(row) for row in draw]
    sigma = np.mean([chart.stretches[0].sigma[0] for chart in charts])
    assert sigma == pytest.approx(0.4, rel=0.05)
    assert np.mean(np.array([chart.outside for chart in charts]) != 0) < 0.012


def test_i_prime_finds_the_sigma_of_one_answer_where_sizes_change():
    draw = np.random.default_rng(5)
    sizes = draw.integers(3, 9, size=(400, 30))
    sigma = [
        i_prime(draw.normal(2.5, 1 / np.sqrt(size)), size).stretches[0].sigma[0] * np.sqrt(size[0])
        for size in sizes
    ]
    assert np.mean(sigma) == pytest.approx(1.0, abs=0.02)
