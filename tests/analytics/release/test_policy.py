"""Rules 4 and 6: declared groupings only; numbers that may be raised and never lowered."""

import dataclasses

import pytest

from analytics.release import Policy, PolicyError, UndeclaredGrouping
from tests.analytics.release.classes import lesson, released, row, together

STRICTER = {"largest_share": 0.4}
LEAST = {"joined_from": 5}


@pytest.mark.parametrize("field", dataclasses.fields(Policy), ids=lambda field: field.name)
def test_each_number_may_be_raised_and_not_lowered(field):
    step = 0.1 if field.name == "largest_share" else 1
    least = LEAST.get(field.name, field.default)
    laxer = least + step if field.name == "largest_share" else least - step
    stricter = STRICTER.get(field.name, field.default + step)
    assert getattr(Policy(**{field.name: stricter}), field.name) == stricter
    with pytest.raises(PolicyError, match=field.name):
        Policy(**{field.name: laxer})


@pytest.mark.parametrize("nonsense", [float("nan"), "5", True, None, 5.5])
def test_a_threshold_that_is_no_whole_number_is_refused(nonsense):
    with pytest.raises(PolicyError, match="smallest_group"):
        Policy(smallest_group=nonsense)


def test_a_share_of_nothing_or_of_nan_is_refused():
    for nonsense in (0, -1, float("nan")):
        with pytest.raises(PolicyError, match="largest_share"):
            Policy(largest_share=nonsense)


def test_a_raised_threshold_reaches_the_cells():
    answers = together(*(lesson(name, [1, 2, 3, 4], team="m") for name in ("t1", "t2", "t3")))
    assert row(released(answers))["status"] == "released"
    assert row(released(answers, policy=Policy(smallest_group=13)))["status"] == "withheld"
    assert row(released(answers, policy=Policy(joined_from=13)))["status"] == "withheld"
    assert row(released(answers, policy=Policy(fewest_teachers=4)))["status"] == "withheld"
    assert row(released(answers, policy=Policy(largest_share=0.3)))["status"] == "withheld"


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ([["gender"]], "'gender' is not a declared grouping"),
        ([["team", "date"]], "'date' is not a declared grouping"),
        ([["team"], ["team"]], "asked for twice"),
        ([["team", "team"]], "names a grouping twice"),
        ([], "No table"),
        (["team"], "list of lists"),
        ("team", "list of lists"),
    ],
)
def test_c7_a_filter_that_is_not_declared_is_refused(tables, says):
    with pytest.raises(UndeclaredGrouping, match=says):
        released(lesson("t1", [1, 2, 3], team="m"), tables)
