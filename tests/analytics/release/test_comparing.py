"""The change between two released means, against statsmodels' interval for answers that are all 0 or 100."""

import pytest
from scipy.optimize import linprog
from statsmodels.stats.proportion import confint_proportions_2indep

from analytics.release import Policy, released_change


@pytest.mark.parametrize(
    ("first", "first_n", "last", "last_n"), [(40, 60, 70, 80), (45, 20, 65, 20), (10, 100, 90, 50)]
)
def test_the_widest_answers_have_the_interval_of_two_shares(first, first_n, last, last_n):
    """Answers that are all 0 or 100 are shares: statsmodels' Wald interval, widened by what was rounded."""
    change = released_change(first, first_n, last, last_n)
    low, high = confint_proportions_2indep(
        last * last_n / 100, last_n, first * first_n / 100, first_n, compare="diff", method="wald"
    )
    rounding = sum(2.5 if n < 50 else 0.5 for n in (first_n, last_n))
    assert change.low == pytest.approx(100 * low - rounding, abs=1)
    assert change.high == pytest.approx(100 * high + rounding, abs=1)
    assert change.low <= 100 * low - rounding
    assert change.high >= 100 * high + rounding
    assert change.change == last - first


@pytest.mark.parametrize("mean", [20, 45, 80])
def test_no_answers_on_four_steps_vary_more_than_is_taken(mean):
    """A linear program over all distributions on four steps with this mean finds none that is wider."""
    steps = [0, 100 / 3, 200 / 3, 100]
    widest = linprog(
        [-((s - mean) ** 2) for s in steps], A_eq=[[1] * 4, steps], b_eq=[1, mean], bounds=[(0, 1)] * 4
    )
    assert -widest.fun == pytest.approx(mean * (100 - mean))


def test_the_interval_stays_on_the_scale_and_knows_a_network_that_rounds_longer():
    assert (released_change(5, 10, 95, 10).high, released_change(95, 10, 5, 10).low) == (100, -100)
    narrow = released_change(40, 60, 50, 60)
    wide = released_change(40, 60, 50, 60, policy=Policy(whole_from=80))
    assert (wide.low, wide.high) == (narrow.low - 4, narrow.high + 4)
    for wrong in ((101, 10, 50, 10), (50, 0, 50, 10), (50, 10, -1, 10)):
        with pytest.raises(ValueError, match="expected 0 to 100"):
            released_change(*wrong)
