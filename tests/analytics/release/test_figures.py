"""Rule 3: what a cell shows at each number of students, and the cases C1, C3, C4 and C12."""

import numpy as np
import pandas as pd
import pytest

from analytics.release import Policy
from tests.analytics.release.classes import ITEMS, lesson, released, row, together

BANDS_FROM_FIVE = Policy(joined_from=5)


def spread(values, **groups):
    """Return answers dealt out to five teachers in turn: nobody gives more than half."""
    return together(*(lesson(f"t{k}", values[k::5], team="m", **groups) for k in range(5)))


def shown(values, policy=None):
    return row(released(spread(values), policy=policy))


def test_c1_four_students_show_nothing_not_even_how_many():
    hidden = row(released(together(*(lesson(f"t{k}", [k % 4 + 1], team="m") for k in range(4)))))
    assert hidden["status"] == "withheld"
    assert hidden[["n", "teachers", "answers", "says", "mean", "distribution"]].isna().all()


@pytest.mark.parametrize(
    ("favourable", "n", "says"),
    [
        (0, 5, "20 % or less"),
        (1, 5, "20 % or less"),
        (2, 5, "between 20 and 80 %"),
        (3, 5, "between 20 and 80 %"),
        (4, 5, "80 % or more"),
        (5, 5, "80 % or more"),
        (1, 6, "20 % or less"),
        (2, 9, "between 20 and 80 %"),
        (7, 9, "between 20 and 80 %"),
        (8, 9, "80 % or more"),
    ],
)
def test_five_to_nine_students_show_three_bands_and_no_mean(favourable, n, says):
    answers = [4] * favourable + [1] * (n - favourable)
    cell = shown(answers, BANDS_FROM_FIVE)
    assert (cell["n"], cell["says"]) == (n, says)
    assert cell[["mean", "mean_says", "gap", "distribution"]].isna().all()
    assert shown(answers)["status"] == "withheld", "of several teachers nothing stands below ten students"


def test_c3_six_of_six_unfavourable_look_like_five_of_six():
    # C3 and C4: never 0 %, and one child more or less changes nothing that is shown.
    none, one = (shown(six, BANDS_FROM_FIVE) for six in ([2] * 6, [2] * 5 + [4]))
    assert none["says"] == "20 % or less"
    pd.testing.assert_series_equal(none, one)


@pytest.mark.parametrize(
    ("favourable", "n", "says"),
    [
        (2, 15, "20 % or less"),
        (3, 15, "20 % or less"),
        (4, 15, "20 to 30 %"),
        (6, 15, "40 to 50 %"),
        (9, 15, "60 to 70 %"),
        (11, 15, "70 to 80 %"),
        (12, 15, "80 % or more"),
        (15, 15, "80 % or more"),
        (5, 16, "30 to 40 %"),
        (8, 19, "40 to 50 %"),
    ],
)
def test_ten_to_nineteen_students_show_steps_of_ten_with_blunt_ends(favourable, n, says):
    cell = shown([3] * favourable + [2] * (n - favourable))
    assert cell["says"] == says
    assert 100 * favourable >= cell["share_low"] * n
    assert 100 * favourable <= cell["share_high"] * n
    assert cell["distribution"] is None


def test_means_come_from_ten_students_on_rounded_to_five_below_fifty():
    # 15 answers of 1, 2, 3 in turn: steps 0, 1, 2 of 3, so 33 of 100.
    assert shown([1, 2, 3] * 5)["mean"] == 35
    assert shown([1, 2, 3] * 5)["mean_says"] == "about 35"
    assert shown([1, 2, 3] * 20)["mean"] == 33
    assert shown([1, 2, 3] * 20)["mean_says"] == "33"


def test_a_mean_at_the_end_of_the_scale_is_blunt():
    assert (shown([4] * 15)["mean"], shown([4] * 15)["mean_says"]) == (pd.NA, "90 or more")
    assert shown([1] * 60)["mean_says"] == "10 or less"


def test_twenty_students_show_the_distribution_with_cells_of_one_and_two_merged():
    # C12: 5, 5, 8 and 2 answers: the 2 join the 8 on their own side of the border.
    assert shown([1] * 5 + [2] * 5 + [3] * 8 + [4] * 2)["distribution"] == (
        (1, 1, 25),
        (2, 2, 25),
        (3, 4, 50),
    )
    assert shown([1] * 5 + [2] * 4 + [3] * 6 + [4] * 5)["distribution"] == (
        (1, 1, 25),
        (2, 2, 20),
        (3, 3, 30),
        (4, 4, 25),
    )
    assert shown([1] * 5 + [2] * 4 + [3] * 6 + [4] * 4)["distribution"] is None  # 19 students


def test_c12_an_option_that_nobody_chose_is_never_a_segment_of_its_own():
    for values in ([1] * 10 + [4] * 10, [2] * 10 + [3] * 10, [1] * 12 + [3] * 12, [3] * 30):
        parts = shown(values)["distribution"] or ()
        assert all(percent > 0 for _, _, percent in parts)
        assert [first for first, _, _ in parts[1:]] == [last + 1 for _, last, _ in parts[:-1]]


def test_a_blunt_share_is_not_given_away_by_the_distribution():
    # 54 of 60 favourable: "80 % or more", and no segment ends between options 2 and 3.
    cell = shown([1] * 3 + [2] * 3 + [3] * 30 + [4] * 24)
    assert cell["says"] == "80 % or more"
    assert cell["distribution"] == ((1, 3, 60), (4, 4, 40))


def test_percentages_add_up_to_what_was_answered_when_they_are_whole():
    draw = np.random.default_rng(1)
    for _ in range(20):
        cell = shown(draw.choice(4, size=80, p=[0.2, 0.25, 0.3, 0.25]) + 1)
        assert abs(sum(percent for _, _, percent in cell["distribution"]) - 100) <= 2


def test_reverse_keyed_answers_are_flipped_before_anything_else():
    items = ITEMS.assign(reverse=True)
    cell = row(released(spread([1] * 12 + [4] * 6), items=items))
    assert cell["says"] == "60 to 70 %"


def test_three_steps_count_the_top_one_as_favourable():
    items = pd.DataFrame({"item": ["SM1"], "steps": [3]})
    assert row(released(spread([3] * 6 + [2] * 12), items=items))["says"] == "30 to 40 %"


def test_the_gap_is_rating_minus_answers_and_stands_where_every_class_has_one():
    # Every teacher says 3 (67 of 100); the answers are 1, 2, 3 in turn (33): 33 points, about 35.
    answers = spread([1, 2, 3] * 5).assign(rating=3)
    assert row(released(answers))["gap"] == 35
    assert row(released(spread([1, 2, 3] * 20).assign(rating=3)))["gap"] == 33
    assert row(released(answers.assign(rating=1)))["gap"] == -35
    part = answers.assign(rating=answers["rating"].where(answers["teacher"] != "t1"))
    assert pd.isna(row(released(part))["gap"])
