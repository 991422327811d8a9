"""Calibration over a season.

Oracles: statsmodels 0.15 OLS on a constant with cluster-robust variance (its small-sample factor is then
m / (m - 1)); a simulated teacher with a known bias.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analytics.calibration import calibrate
from analytics.columns import FrameError
from analytics.intervals import wilson_bounds


def season(lessons, seed=1, slope=0.7):
    """Return predictions and what came of them: the truth is 0.1 + slope x what was said."""
    draw = np.random.default_rng(seed)
    said, n = draw.beta(2, 2, lessons), draw.integers(3, 9, lessons)
    truth = np.clip(0.1 + slope * said + draw.normal(0, 0.15, lessons), 0, 1)
    return pd.DataFrame({"predicted_favourable": said, "favourable": draw.binomial(n, truth) / n, "n": n})


def test_the_interval_rests_on_lessons_and_not_on_single_answers():
    scores = season(80)
    row = calibrate(scores, groups=1).iloc[0]
    yes = (scores["favourable"] * scores["n"]).round().astype(int)
    answers = np.concatenate([[1] * y + [0] * (n - y) for y, n in zip(yes, scores["n"], strict=True)])
    lesson = np.repeat(np.arange(80), scores["n"])
    fit = sm.OLS(answers, np.ones(len(answers))).fit(cov_type="cluster", cov_kwds={"groups": lesson})
    share, variance = fit.params[0], fit.cov_params()[0, 0]
    low, high = wilson_bounds(share, share * (1 - share) / variance, 0.95)
    assert row["happened"] == pytest.approx(share, abs=1e-12)
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))
    naive = wilson_bounds(share, len(answers), 0.95)
    assert row["high"] - row["low"] > naive[1] - naive[0]


def test_a_teacher_who_says_too_much_lies_below_the_line_at_the_top():
    table = calibrate(season(2000, slope=0.7), groups=5)
    expected = 0.1 + 0.7 * table["said"]
    assert (abs(table["happened"] - expected) < 0.03).all()
    assert table["said"].is_monotonic_increasing
    assert table["n"].tolist() == [400] * 5


def test_too_few_predictions_give_a_reason_and_no_number():
    table = calibrate(season(29))
    assert table["too_few"].tolist() == ["fewer than 30 predictions"]
    assert table["n"].tolist() == [29]
    assert table[["said", "happened", "low", "high"]].isna().all(axis=None)
    empty = calibrate(season(0))
    assert empty["n"].tolist() == [0]


def test_rows_without_both_shares_are_dropped_and_counted():
    scores = season(40)
    scores.loc[3, "favourable"] = np.nan
    table = calibrate(scores)
    assert table["n"].sum() == 39
    assert (table["dropped"] == 1).all()


def test_all_or_none_still_have_a_width():
    scores = pd.DataFrame({"predicted_favourable": 0.9, "favourable": [1.0] * 30, "n": 5})
    row = calibrate(scores, groups=1).iloc[0]
    assert (row["happened"], row["high"]) == (1, 1)
    assert row["low"] == pytest.approx(wilson_bounds(1.0, 150, 0.95)[0])


def test_what_is_no_share_is_refused():
    with pytest.raises(FrameError, match="found 'half'"):
        calibrate(pd.DataFrame({"predicted_favourable": ["half"], "favourable": [0.5], "n": [5]}))
    with pytest.raises(FrameError, match="0 to 1"):
        calibrate(season(40).assign(favourable=50.0))
    with pytest.raises(FrameError, match="groups"):
        calibrate(season(40), groups=0)
