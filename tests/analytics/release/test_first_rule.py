"""Rule 1: who counts, how often, and the three teachers of whom none gives more than half."""

import pandas as pd
import pytest

from analytics.release import contributions_from_counts
from tests.analytics.release.classes import lesson, released, row, together


def test_a_coded_student_counts_once_over_all_lessons():
    # Three teachers, three children each, in three cycles: 27 answers of 9 children.
    answers = together(*(lesson(f"t{k}", [1, 2, 3], cycle=c, team="m") for k in (1, 2, 3) for c in (1, 2, 3)))
    assert row(released(answers))["status"] == "withheld"
    more = together(
        answers, lesson("t1", [2], cycle=1, codes="D", team="m").assign(administration="t1, again")
    )
    assert row(released(more))[["n", "answers"]].tolist() == [10, 28]


def test_pooled_students_count_by_the_largest_single_administration_of_each_class():
    # 2, 4 and 3 answers in one class are 4 students at most that we can be sure of.
    parts = [lesson("t1", [1] * n, mode="pooled", cycle=c, team="m") for c, n in enumerate((2, 4, 3), 1)]
    others = [lesson(name, [2, 3, 4], mode="pooled", team="m") for name in ("t2", "t3", "t4")]
    assert row(released(together(*parts, *others)))[["n", "answers"]].tolist() == [13, 18]


def test_coded_and_pooled_answers_are_never_merged():
    coded = [lesson(name, [1, 2, 3, 4], team="m") for name in ("t1", "t2", "t3")]
    pooled = [lesson(name, [4, 4, 1, 2, 3], mode="pooled", team="m") for name in ("t1", "t2", "t3")]
    cells = released(together(*coded, *pooled))
    assert cells[["mode", "n"]].values.tolist() == [["coded", 12], ["pooled", 15]]


@pytest.mark.parametrize(
    ("sizes", "status"),
    [
        ((3, 3, 4), "released"),
        ((3, 3, 3), "withheld"),  # nine students
        ((6, 6), "withheld"),  # two teachers
        ((25,), "withheld"),
        ((5, 3, 2), "released"),  # exactly half
        ((6, 3, 2), "withheld"),  # more than half
    ],
)
def test_three_teachers_and_none_with_more_than_half(sizes, status):
    answers = together(*(lesson(f"t{k}", [1, 4] * n, team="m")[:n] for k, n in enumerate(sizes)))
    assert row(released(answers))["status"] == status


def test_c13_the_only_school_of_its_kind_is_hidden():
    # C13: the only science classes of the region are one teacher's.
    math = [lesson(f"t{k}", [1, 2, 3, 4, 4], subject="math") for k in range(4)]
    cells = released(together(*math, lesson("lone", [1, 2, 3, 4, 4, 2, 2], subject="science")), [["subject"]])
    assert row(cells, subject="science")["status"] == "withheld"


def test_answers_without_a_value_stand_for_nobody():
    answers = together(*(lesson(name, [1, 2], team="m") for name in ("t1", "t2", "t3")))
    answers.loc[[0, 2], "value"] = None
    answers["missing"] = [None if pd.notna(value) else "skipped" for value in answers["value"]]
    assert row(released(answers))["status"] == "withheld"


def test_a_class_without_a_team_is_in_no_team_and_in_every_total():
    with_team = [lesson(f"t{k}", [1, 2, 3, 4], team="m", region="r") for k in range(3)]
    without = [lesson(f"u{k}", [1, 2, 3, 4], team=None, region="r") for k in range(3)]
    cells = released(together(*with_team, *without), [["region"], ["team"]])
    assert row(cells, table="region")["n"] == 24
    assert row(cells, table="team")["n"] == 12


def test_counted_answers_give_the_same_release_as_single_ones():
    single = [lesson(f"t{k}", [1, 2, 2, 4, 4, 4], mode="pooled", team="m") for k in range(4)]
    counted = [
        pd.DataFrame(
            {
                "teacher": f"t{k}",
                "classroom": f"class of t{k}",
                "administration": f"t{k}, pooled 1",
                "item": "SM1",
                "mode": "pooled",
                "value": [1, 2, 3, 4],
                "count": [1, 2, 0, 3],
                "team": "m",
            }
        )
        for k in range(4)
    ]
    left = released(together(*single))
    right = released(contributions_from_counts(pd.concat(counted, ignore_index=True)))
    pd.testing.assert_frame_equal(left, right)
