"""Teachers and coaches who put their own classes in (C11)."""

import pandas as pd
import pytest

from analytics.release import Policy, audit, protect
from analytics.release.audit import NOTHING, Auditor
from tests.analytics.release.classes import lesson, released, row, together


def team(*sizes, values=(1, 2, 3, 4, 3, 2, 1, 4), **groups):
    many = list(values) * 10
    return together(
        *(lesson(f"t{k}", many[k : k + n], **{"team": "m", **groups}) for k, n in enumerate(sizes))
    )


def views(**classes):
    pairs = [(viewer, teacher) for viewer, teachers in classes.items() for teacher in teachers]
    return pd.DataFrame(pairs, columns=["viewer", "teacher"])


@pytest.mark.parametrize(
    ("sizes", "mean"), [((5, 5, 5), True), ((5, 5, 4), False), ((6, 6, 3), False), ((4, 4, 4, 4), True)]
)
def test_c11_two_teachers_never_learn_the_mean_of_a_third_ones_four_students(sizes, mean):
    cell = row(released(team(*sizes)))
    assert cell["status"] == "released"
    assert pd.notna(cell["mean"]) == mean
    assert (cell["says"] == "between 20 and 80 %") != mean


def test_a_network_may_guard_against_three_teachers_together():
    assert pd.notna(row(released(team(4, 4, 4, 4)))["mean"])
    assert pd.isna(row(released(team(4, 4, 4, 4), policy=Policy(insiders=3)))["mean"])


def test_a_coach_who_knows_two_of_four_classes_counts_like_their_teachers():
    # With any one teacher she would know three classes and so the fourth one's four students.
    answers = team(4, 4, 4, 4)
    assert pd.notna(row(released(answers))["mean"])
    assert pd.isna(row(released(answers, views=views(coach=["t0", "t1"])))["mean"])
    assert pd.notna(row(released(answers, views=views(coach=["t0"], other=["t1"])))["mean"])


def test_a_viewer_of_somebody_unknown_changes_nothing():
    pd.testing.assert_frame_equal(
        released(team(5, 5, 5)), released(team(5, 5, 5), views=views(coach=["nobody"]))
    )


def test_one_teacher_does_not_subtract_herself_from_two_tables():
    # Region and subject differ by her own seven students and by four of a colleague's.
    answers = together(
        team(6, 6, 6, region="r", subject="math"),
        lesson("own", [1, 2, 3, 4, 1, 2, 3], team="n", region="q", subject="math"),
        lesson("peer", [4, 1, 2, 2], team="n", region="r", subject="science"),
    )
    cells = released(answers, [["region"], ["subject"]])
    both = [row(cells, region="r"), row(cells, subject="math")]
    assert sum(pd.notna(cell["mean"]) for cell in both) < 2


def test_the_colleague_is_seen_when_nobody_asks_the_insiders(monkeypatch):
    monkeypatch.setattr(audit, "solved_by_insiders", lambda *_: [])
    monkeypatch.setattr(audit, "sharing", lambda *_: [])
    answers = together(
        team(6, 6, 6, region="r", subject="math"),
        lesson("own", [1, 2, 3, 4, 1, 2, 3], team="n", region="q", subject="math"),
        lesson("peer", [4, 1, 2, 2], team="n", region="r", subject="science"),
    )
    cells = released(answers, [["region"], ["subject"]])
    assert pd.notna(row(cells, region="r")["mean"])
    assert pd.notna(row(cells, subject="math")["mean"])


def test_a_class_that_all_agree_is_not_shown_by_a_colleague_who_does_not():
    # 15 answers, all unfavourable ones by one teacher, who would know that the ten others are favourable.
    answers = together(
        lesson("t0", [1, 1, 1, 1, 1], team="m"),
        lesson("t1", [4] * 5, team="m"),
        lesson("t2", [4] * 5, team="m"),
    )
    assert row(released(answers))["status"] == "withheld"
    mixed = together(
        lesson("t0", [1, 1, 1, 1, 4], team="m"),
        lesson("t1", [4] * 5, team="m"),
        lesson("t2", [4, 4, 4, 4, 1], team="m"),
    )
    assert row(released(mixed))["status"] == "released"


def test_without_that_check_the_ten_are_known(monkeypatch):
    monkeypatch.setattr(protect, "withhold_alike_cells", lambda *_: set())
    monkeypatch.setattr(Auditor, "audit", lambda *_: NOTHING)
    answers = together(
        lesson("t0", [1, 1, 1, 1, 1], team="m"),
        lesson("t1", [4] * 5, team="m"),
        lesson("t2", [4] * 5, team="m"),
    )
    assert row(released(answers))["mean"] == 65
