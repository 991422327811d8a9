"""Making Data Count: 765 published point colours, 72 NHS charts, icons, and charts too short for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.mdc import ASSURANCE, COLOURS, RULES, VARIATION, classify
from tests.analytics.over_cycles_golden import expected, table

MDC, SERIES = expected("nhs_mdc_testing"), table("nhs_mdc_testing")
DOTS, ATTENDANCES = expected("nhs_plotthedots"), table("nhs_ae_attendances")
CHARTS = [(trust, name) for trust, cases in DOTS.items() for name in cases]
DIRECTIONS = {"increase": "high", "decrease": "low", "neutral": "neither"}
LABELS = {
    ("outside", 1): "Above UCL",
    ("outside", -1): "Below LCL",
    ("trend", 1): "7 Point Trend (Increasing)",
    ("trend", -1): "7 Point Trend (Decreasing)",
    ("two of three", 1): "2 in 3 Above CL",
    ("two of three", -1): "2 in 3 Below CL",
    ("shift", 1): "7 Points Above CL",
    ("shift", -1): "7 Points Below CL",
}
STEADY = [1.0, 1.2, 0.9, 1.1, 1.3, 1.0, 1.2, 0.8, 1.1, 1.2, 0.9, 1.0, 1.1]


@pytest.mark.parametrize("name", MDC)
def test_every_published_colour_mean_and_limit_of_the_mdc_team(name):
    case = MDC[name]
    values = SERIES[SERIES["series"] == name].sort_values("i")["value"]
    restart = case["recalculate_from_point"]
    found = classify(
        values,
        direction=case["improvement_direction"],
        baseline=case["baseline_points"],
        recalculate_from=[restart - 1] if restart else [],
    )
    colours = [point.colour for point in found.points]
    published = [theirs or ours for theirs, ours in zip(case["colours"], colours, strict=True)]
    assert colours == published
    assert (found.variation is not None) == case["limits_and_icons_shown"]
    stretch = found.chart.stretches[0]
    if "mean" in case:
        assert stretch.centre == pytest.approx(case["mean"], abs=0.005)
    if "upper" in case:
        assert stretch.upper[0] == pytest.approx(case["upper"], abs=0.005)
        assert stretch.lower[0] == pytest.approx(case["lower"], abs=0.005)


def test_the_published_set_is_complete():
    assert sum(len(case["colours"]) for case in MDC.values()) == 765
    assert len(CHARTS) == 72


def plot_the_dots(trust, name):
    case = DOTS[trust][name]
    rows = ATTENDANCES[ATTENDANCES["series"] == trust]
    column = {"pct": "pct_within", "att": "attendances"}.get(name[:3], "breaches")
    restart = [rows["period"].tolist().index(case["rebase"])] if case["rebase"] else []
    found = classify(
        rows[column],
        direction=DIRECTIONS[case["direction"]],
        target=case["target"],
        run_points=7,
        across=False,
        screen=case["screen_outliers"],
        baseline=case["fix_after_n_points"],
        recalculate_from=restart,
    )
    return case, found


@pytest.mark.parametrize(("trust", "name"), CHARTS)
def test_limits_of_72_nhs_charts(trust, name):
    case, found = plot_the_dots(trust, name)
    assert len(case["groups"]) == len(found.chart.stretches)
    for group, stretch in zip(case["groups"], found.chart.stretches, strict=True):
        ours = (stretch.centre, stretch.lower[0], stretch.upper[0])
        assert ours == pytest.approx((group["mean"], group["lpl"], group["upl"]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("trust", "name"), CHARTS)
def test_special_causes_and_icons_of_72_nhs_charts(trust, name):
    case, found = plot_the_dots(trust, name)
    first = [point.signals[0] if point.signals else None for point in found.points]
    assert [LABELS[s.rule, s.side] if s else "Common Cause" for s in first] == case["special_cause_type"]
    assert found.variation.replace("neither", "neutral") == case["variation_icon"]
    icon = {"hit_or_miss": "inconsistent"}.get(found.assurance, found.assurance)
    assert icon == case["assurance_icon"]


def test_each_icon_has_its_words():
    found = classify([*STEADY, 9.0], direction="high", target=50)
    assert (found.variation, found.assurance) == ("improvement_high", "fail")
    assert found.variation_says == VARIATION["improvement_high"]
    assert found.assurance_says == ASSURANCE["fail"]
    assert classify([*STEADY, 9.0], direction="low", target=50).variation == "concern_high"
    assert classify([*STEADY, 9.0], direction="low", target=50).assurance == "pass"
    assert classify([*STEADY, -9.0], direction="neither", target=50).variation == "neither_low"
    assert classify([*STEADY, -9.0], direction="neither", target=50).assurance is None
    assert classify(STEADY, direction="low", target=1.1).assurance == "hit_or_miss"
    assert classify(STEADY, direction="low").variation == "common_cause"


def test_twelve_points_or_fewer_have_no_colours_and_no_icons():
    found = classify([*STEADY[:11], 99.0], direction="high", target=1.0)
    assert (found.variation, found.assurance, found.variation_says) == (None, None, None)
    assert {point.colour for point in found.points} == {"grey"}
    assert str(found.too_few) == "Too few points: 12, and this needs at least 13."
    assert classify([], direction="high").too_few.have == 0


def test_a_stretch_that_is_too_short_after_a_recalculation_silences_the_icons():
    found = classify([*STEADY, 5.0, 5.1, 4.9], direction="high", target=1, recalculate_from=[13])
    assert found.variation is None
    assert found.too_few.have == 3


def test_the_last_point_with_a_value_decides():
    found = classify([*STEADY, 9.0, None], direction="high")
    assert found.points[-1] is None
    assert (found.variation, found.dropped) == ("improvement_high", 1)


def test_improvement_wins_where_it_meets_concern():
    # A fall that stays far above the mean: the trend is concern, the side is improvement.
    values = [1, 2, 1, 2, 1, 2, 1, 2, 20, 19, 18, 17, 16, 15]
    point = classify(values, direction="high").points[9]
    assert {signal.side for signal in point.signals} == {1, -1}
    assert (point.kind, point.side) == ("improvement", 1)


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"direction": "up"}, "Expected high, low or neither"),
        ({"direction": "high", "run_points": 8}, "Expected 6 or 7"),
        ({"direction": "high", "target": float("nan")}, "column 'target', row 0: found nan"),
        ({"direction": "high", "target": "half"}, "column 'target', row 0: found 'half'"),
    ],
)
def test_bad_choices_are_refused(choices, says):
    with pytest.raises(FrameError, match=says):
        classify(STEADY, **choices)


@settings(max_examples=80)
@given(st.lists(st.integers(0, 12), min_size=13, max_size=30))
def test_turning_the_scale_round_turns_the_direction_and_keeps_the_colours(values):
    ours = classify(values, direction="high")
    turned = classify([-value for value in values], direction="low")
    assert [point.colour for point in ours.points] == [point.colour for point in turned.points]
    for point in ours.points:
        assert point.colour == COLOURS[point.kind]
        assert all(signal.rule in RULES for signal in point.signals)
        assert (point.kind == "common_cause") == (not point.signals)
