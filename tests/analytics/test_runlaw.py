"""The exact law of runs against every row of marks up to 12, against crossrun in R, and against itself."""

from itertools import combinations, groupby, permutations, product
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.runlaw import run_chance, run_law
from analytics.runrules import false_signal_rate
from tests.analytics.over_cycles_golden import R


def counted(rows, points):
    """Return the joint law of weighted rows of marks by looking at each of them."""
    law = np.zeros((points, points + 1))
    for weight, row in rows:
        runs = [len(list(run)) for _, run in groupby(row)]
        law[len(runs) - 1, max(runs)] += weight
    return law


@pytest.mark.parametrize("points", range(1, 13))
def test_law_of_a_known_line_equals_counting_every_row_of_coins(points):
    rows = [(1 / 2**points, row) for row in product((0, 1), repeat=points)]
    np.testing.assert_allclose(run_law(points, 0), counted(rows, points), rtol=0, atol=1e-15)


@pytest.mark.parametrize("points", range(1, 13))
def test_law_of_the_own_median_equals_counting_every_order_of_the_marks(points):
    for above in range(points + 1):
        orders = list(combinations(range(points), above))
        rows = [(1 / len(orders), [at in chosen for at in range(points)]) for chosen in orders]
        law = run_law(above, points - above, centre="own")
        np.testing.assert_allclose(law, counted(rows, points), rtol=0, atol=1e-14)


@pytest.mark.parametrize(("baseline", "later"), [(1, 5), (3, 4), (5, 3), (3, 5)])
def test_law_of_a_frozen_median_equals_counting_every_order_of_the_values(baseline, later):
    rows = []
    for order in permutations(range(baseline + later)):
        line = sorted(order[:baseline])[baseline // 2]
        rows.append((1 / factorial(baseline + later), [value > line for value in order if value != line]))
    half = baseline // 2
    law = run_law(half + later, half, centre="frozen", baseline=(baseline, half, half))
    np.testing.assert_allclose(law, counted(rows, baseline + later - 1), rtol=0, atol=1e-13)


@pytest.mark.parametrize("case", R["law_fixed"], ids=lambda case: str(case["n"]))
def test_law_of_a_known_line_equals_crossrun(case):
    # crossrun 0.1.1, crossrunbin(nmax = 40, prob = 0.5), R 4.2.2
    law = run_law(case["n"], 0)[:, 1:]
    np.testing.assert_allclose(law, np.array(case["law"]), rtol=0, atol=1e-14)


@pytest.mark.parametrize("case", R["law_own"], ids=lambda case: f"{case['n']}-{case['above']}")
def test_law_of_given_marks_equals_crossrun(case):
    # crossrun 0.1.1, crossrunem(nmax = 20), R 4.2.2
    law = run_law(case["above"], case["n"] - case["above"], centre="own")[:, 1:]
    np.testing.assert_allclose(law, np.array(case["law"]), rtol=0, atol=1e-14)


def test_a_short_baseline_makes_runs_of_six_twice_as_likely():
    # Simulation with 20,000 normal series (numpy default_rng(1), whole series): 0.217, 0.141, 0.189, 0.267.
    # The law takes values between the two middle baseline points as evenly spread: hence 0.01.
    for (before, after), simulated in {(4, 8): 0.217, (6, 6): 0.141, (8, 8): 0.189, (12, 12): 0.267}.items():
        half = before // 2
        law = run_law(half, half + after, centre="frozen", baseline=(before, half, half))
        assert law[:, 6:].sum() == pytest.approx(simulated, abs=0.012)


def test_no_series_of_eight_or_fewer_can_signal_about_its_own_median():
    for useful in (2, 4, 6, 8):
        assert false_signal_rate(useful, centre="own") == 0
        assert false_signal_rate(useful, rule="perla", centre="own") == 0
    assert false_signal_rate(12, centre="own") == pytest.approx(0.013, abs=0.0005)


@pytest.mark.parametrize(
    ("useful", "anhoej", "perla"),
    [(6, 0.031, 0.031), (8, 0.023, 0.062), (10, 0.045, 0.094), (12, 0.043, 0.125), (20, 0.071, 0.237)],
)
def test_false_signal_rates_of_a_known_line_are_the_published_ones(useful, anhoej, perla):
    # Anhoej and Wentzel-Larsen's law, to three decimals (combinatorics by crossrun).
    assert false_signal_rate(useful) == pytest.approx(anhoej, abs=0.00051)
    assert false_signal_rate(useful, rule="perla") == pytest.approx(perla, abs=0.00051)


@settings(max_examples=60)
@given(above=st.integers(0, 30), below=st.integers(0, 30), centre=st.sampled_from(["fixed", "own"]))
def test_the_law_adds_up_and_does_not_care_which_side_is_called_above(above, below, centre):
    if not above + below:
        return
    law = run_law(above, below, centre=centre)
    assert law.sum() == pytest.approx(1, abs=1e-12)
    assert (law > -1e-15).all()
    np.testing.assert_allclose(law, run_law(below, above, centre=centre), atol=1e-15)


@settings(max_examples=60)
@given(data=st.data())
def test_the_chances_are_the_corners_of_the_joint_law(data):
    above, below = data.draw(st.integers(1, 15)), data.draw(st.integers(1, 15))
    law = run_law(above, below, centre="own")
    crossings, longest = data.draw(st.sampled_from(list(zip(*np.nonzero(law > 1e-12), strict=True))))
    chance = run_chance(int(crossings), int(longest), above=above, below=below, centre="own")
    assert chance.joint == pytest.approx(law[crossings, longest], abs=1e-13)
    assert chance.longest_run == pytest.approx(law[:, longest:].sum(), abs=1e-12)
    assert chance.crossings == pytest.approx(law[: crossings + 1].sum(), abs=1e-12)
    assert chance.both == pytest.approx(law[: crossings + 1, longest:].sum(), abs=1e-12)
    assert chance.either == pytest.approx(chance.longest_run + chance.crossings - chance.both, abs=1e-12)


def test_long_series_stay_exact_where_counts_have_150_digits():
    chance = run_chance(200, 12, above=250, below=250, centre="own")
    assert 0 < chance.crossings < 1e-4 < chance.longest_run < 1


def test_impossible_runs_and_endless_series_are_refused():
    with pytest.raises(FrameError, match="No 3 points have such a longest run with 3 crossings"):
        run_chance(3, 1, above=2, below=1)
    with pytest.raises(FrameError, match="up to 500 useful points"):
        run_chance(3, 10, above=300, below=300)
    with pytest.raises(FrameError, match="baseline"):
        run_chance(3, 3, above=5, below=5, centre="frozen")
