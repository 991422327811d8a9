"""Run charts: published limits, eighty series of qicharts2, ties, gaps, and reasons for silence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.runchart import analyse, analyse_frame
from analytics.runrules import crossings_limit, false_signal_rate, longest_run_limit
from tests.analytics.over_cycles_golden import R, table

GAPS = [1.2, 1.0, 1.4, 1.1, 1.3, 1.2, 0.6, 0.4, 0.5, 0.7, 0.3, 0.6, 0.5]


def test_limits_are_the_published_ones_for_1_to_100_useful_points():
    published = table("anhoej_critical_values")
    assert [longest_run_limit(n) for n in published["n_useful"]] == published["longest_run_max"].tolist()
    assert [crossings_limit(n) for n in published["n_useful"]] == published["n_crossings_min"].tolist()


@pytest.mark.parametrize("kind", ["own", "frozen"])
def test_eighty_series_with_ties_and_gaps_read_as_in_qicharts2(kind):
    # qicharts2 0.8.1: qic(y, return.data = TRUE), and with freeze = baseline
    spoke = 0
    for case in R["run_charts"]:
        chart = analyse(case["values"], baseline=case["baseline"] if kind == "frozen" else None)
        theirs = case[kind]
        assert chart.centre == pytest.approx(theirs["cl"], abs=1e-12)
        ours = (chart.useful, chart.longest_run, chart.crossings)
        assert ours == (theirs["n.useful"], theirs["longest.run"], theirs["n.crossings"])
        if chart.too_few is None:
            spoke += 1
            limits = (chart.longest_run_limit, chart.crossings_limit, chart.signal)
            assert limits == (theirs["longest.run.max"], theirs["n.crossings.min"], theirs["runs.signal"])
        else:
            assert chart.useful < 10
            assert chart.signal is None
    assert spoke > 50


def test_a_frame_gives_the_same_numbers_as_one_series_at_a_time():
    rows = []
    for place, case in enumerate(R["run_charts"]):
        for cycle, value in enumerate(case["values"], start=1):
            change = "idea" if cycle == case["baseline"] + 1 and place % 2 else ""
            reason = "" if value is not None else "absent"
            rows.append((place, "SM1", cycle, value, 5, reason, change))
    columns = ["series", "item", "cycle", "value", "n", "too_few", "change"]
    found = analyse_frame(pd.DataFrame(rows, columns=columns)).set_index("series")
    assert len(found) == len(R["run_charts"])
    for place, case in enumerate(R["run_charts"]):
        alone = analyse(case["values"], baseline=case["baseline"] if place % 2 else None)
        row = found.loc[place]
        for name in ("n", "dropped", "centre_kind", "useful", "above", "below", "longest_run", "crossings"):
            assert row[name] == getattr(alone, name), (place, name)
        assert row["centre"] == pytest.approx(alone.centre)
        assert row["too_few"] == str(alone.too_few or "")
        if alone.too_few is None:
            assert row["signal"] == alone.signal
            assert row["chance_longest_run"] == pytest.approx(alone.chance.longest_run, abs=1e-14)
            assert row["chance_crossings"] == pytest.approx(alone.chance.crossings, abs=1e-14)
        else:
            assert pd.isna(row["signal"])


def test_a_line_starts_afresh_at_a_new_phase_and_at_a_broken_line():
    turns = pd.DataFrame(
        {"series": "s", "item": "SM1", "cycle": range(1, 9), "value": [1, 1, 2, 2, 5, 5, 9, 9]}
    )
    turns = turns.assign(n=5, phase=[1] * 4 + [2] * 4, line=[1] * 6 + [2] * 2)
    assert analyse_frame(turns)["centre"].tolist() == [1.5, 5.0, 9.0]


def test_points_on_the_line_are_not_useful_even_when_the_last_binary_digit_differs():
    chart = analyse([0.1 + 0.2, 0.3, 0.3, 0.1, 0.5], centre=0.3)
    assert chart.sides == (0, 0, 0, -1, 1)
    assert chart.useful == 2


def test_missing_lessons_are_counted_and_break_nothing():
    chart = analyse([3, None, 3, float("nan"), 3, 1, 1, pd.NA, 1])
    assert (chart.n, chart.dropped, chart.crossings) == (6, 3, 1)
    assert chart.sides[1] is None
    assert chart.longest_at == (0, 4)


def test_too_few_points_give_a_reason_and_no_verdict():
    chart = analyse(GAPS[:8])
    assert str(chart.too_few) == (
        "Too few useful points: 8, and this needs at least 10. Compare before and after the change instead."
    )
    assert (chart.signal, chart.chance, chart.longest_run_limit) == (None, None, None)
    assert analyse([]).centre is None
    assert analyse([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]).useful == 0
    lost = analyse([None, None, *GAPS], baseline=2)
    assert str(lost.too_few) == "Too few baseline points with a value: 0, and this needs at least 1."


def test_six_on_one_side_is_a_signal_for_perla_and_not_yet_for_anhoej():
    values = [1, 3, 1, 3, 1, 3, 3, 3, 3, 3, 3, 1]
    assert analyse(values, centre=2, rule="perla").signal is True
    assert analyse(values, centre=2).signal is False
    assert "Perla" in analyse(values, centre=2, rule="perla").method


@pytest.mark.parametrize(
    ("values", "choices", "says"),
    [
        ([1, "2"], {}, "column 'values', row 1: found '2'. Expected a number."),
        ([1, True], {}, "row 1: found True. Expected a number."),
        ([1, float("inf")], {}, "row 1: found inf. Expected a finite number."),
        ([[1, 2], [3, 4]], {}, "row 0: found \\[1, 2\\]. Expected a number."),
        ("12", {}, "Expected a row of numbers, found str."),
        ([1, 2], {"baseline": 3}, "Found 3. Expected 1 to 2"),
        ([1, 2], {"baseline": 1, "centre": 1.0}, "not both"),
        ([1, 2], {"rule": "western"}, "Expected one of anhoej, perla."),
    ],
)
def test_bad_input_is_refused_by_name_row_and_value(values, choices, says):
    with pytest.raises(FrameError, match=says):
        analyse(values, **choices)


def test_unordered_cycles_are_refused():
    turns = pd.DataFrame({"series": "s", "item": "SM1", "cycle": [2, 1], "value": [0.5, 0.8], "n": 5})
    with pytest.raises(FrameError, match="Cycles must rise"):
        analyse_frame(turns)


@settings(max_examples=100)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40), st.integers(1, 9), st.integers(-9, 9))
def test_runs_do_not_depend_on_unit_origin_or_direction(values, factor, shift):
    chart = analyse(values)
    moved = analyse([factor * value + shift for value in values])
    mirrored = analyse([-value for value in values][::-1])
    for other in (moved, mirrored):
        assert (other.useful, other.longest_run, other.crossings) == (
            chart.useful,
            chart.longest_run,
            chart.crossings,
        )
    assert chart.above + chart.below + chart.sides.count(0) == chart.n
    assert chart.longest_run + chart.crossings <= max(chart.useful, 0) or chart.useful == 0


@pytest.mark.parametrize("length", [10, 12, 15, 20, 24, 30])
def test_the_exact_chance_is_the_share_of_simulated_series_that_go_so_far(length):
    # 3,000 series without change about a known line; standard error of a share below 0.009.
    draw = np.random.default_rng(length).normal(size=(3000, length))
    charts = [analyse(row, centre=0.0) for row in draw]
    for cut in (0.05, 0.2, 0.5):
        reached = np.mean([chart.chance.longest_run <= cut for chart in charts])
        assert reached <= cut + 0.025
    signals = np.mean([chart.signal for chart in charts])
    assert signals == pytest.approx(false_signal_rate(length), abs=0.02)


def test_input_is_never_changed():
    values = np.array([3.0, np.nan, 1.0, 2.0])
    kept = values.copy()
    analyse(values)
    np.testing.assert_array_equal(values, kept)
