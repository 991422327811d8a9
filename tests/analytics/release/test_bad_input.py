"""What is refused, and that the refusal names column, value and row."""

import numpy as np
import pandas as pd
import pytest

from analytics.release import FrameError, contributions_from_counts, make_release
from tests.analytics.release.classes import ITEMS, lesson, released, together


@pytest.fixture
def answers():
    return together(*(lesson(f"t{k}", [1, 2, 3, 4], team="m") for k in range(3)))


@pytest.mark.parametrize(
    ("column", "row", "value", "says"),
    [
        ("value", 5, 9, r"column 'value', row 5: found 9.*1 to 4"),
        ("value", 2, 2.5, r"column 'value', row 2: found 2.5"),
        ("value", 0, "three", r"column 'value', row 0: found 'three'.*number"),
        ("mode", 7, "anonymous", r"column 'mode', row 7: found 'anonymous'.*coded or pooled"),
        ("item", 3, "XX9", r"column 'item', row 3: found 'XX9'.*items"),
        ("teacher", 1, "t2", r"column 'teacher', row 1: found 't2'.*one teacher"),
        ("classroom", 6, "other", r"column 'classroom', row 6: found 'other'.*one classroom"),
        ("team", 9, "n", r"column 'team', row 9: found 'n'.*one team"),
        ("team", 9, None, r"column 'team', row 9.*one team"),
        ("student", 3, "A", r"column 'student'|same administration, student, item|column 'item'"),
        ("student", 3, None, r"column 'student', row 3.*empty"),
        ("administration", 3, None, r"column 'administration', row 3.*empty"),
    ],
)
def test_a_faulty_cell_is_named(answers, column, row, value, says):
    answers[column] = answers[column].astype(object)
    answers.loc[row, column] = value
    with pytest.raises(FrameError, match=says):
        released(answers)


def test_a_rating_that_is_no_option_or_not_one_is_named(answers):
    with pytest.raises(FrameError, match=r"column 'rating', row 0: found 7"):
        released(answers.assign(rating=7))
    two = answers.assign(rating=np.where(answers.index == 2, 3, 2))
    with pytest.raises(FrameError, match=r"column 'rating', row 2.*another rating"):
        released(two)


@pytest.mark.parametrize(
    "column", ["teacher", "classroom", "administration", "student", "item", "mode", "value"]
)
def test_a_missing_column_is_named(answers, column):
    with pytest.raises(FrameError, match=column):
        released(answers.drop(columns=column))


def test_a_grouping_that_is_asked_for_must_be_there(answers):
    with pytest.raises(FrameError, match="'region'"):
        released(answers, [["region"]])


def test_a_grouping_cannot_split_the_children_of_a_class(answers):
    split = answers.assign(grade_band=np.where(answers["student"] == "A", "K-2", "3-5"))
    with pytest.raises(FrameError, match=r"column 'grade_band', row 1.*one grade_band"):
        released(split, [["grade_band"]])


def test_something_that_is_no_table_is_refused():
    with pytest.raises(FrameError, match="DataFrame"):
        released([1, 2, 3])


def test_no_answers_make_an_empty_release(answers):
    release = make_release(answers.head(0), ITEMS, [["team"], []], label="week")
    assert release.cells.empty
    assert release.as_bytes() == b""
    assert release.ledger.entries == ()


def test_answers_that_are_all_missing_make_an_empty_release(answers):
    empty = answers.assign(value=np.nan, missing="skipped")
    release = make_release(empty, ITEMS, [["team"]], label="week")
    assert release.cells.empty
    assert release.dropped == 12


def test_one_student_and_constant_answers_are_no_special_case():
    assert set(released(lesson("t", [4], team="m"))["status"]) == {"withheld"}
    same = together(*(lesson(f"t{k}", [2] * 6, team="m") for k in range(4)))
    assert released(same)["says"].tolist() == ["20 % or less"]


def test_keys_of_any_kind_are_taken(answers):
    import uuid

    names = {name: uuid.uuid5(uuid.NAMESPACE_OID, name) for name in answers["teacher"].unique()}
    other = answers.assign(teacher=answers["teacher"].map(names), student=np.arange(len(answers)))
    assert released(other)["n"].tolist() == released(answers)["n"].tolist()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"count": -1}, r"column 'count', row 0: found -1"),
        ({"count": 1.5}, r"column 'count', row 0: found 1.5"),
        ({"mode": "coded"}, r"column 'mode', row 0: found 'coded'.*pooled"),
    ],
)
def test_faulty_counts_are_named(change, says):
    counts = pd.DataFrame(
        {
            "teacher": "t",
            "classroom": "c",
            "administration": "a",
            "item": "SM1",
            "mode": "pooled",
            "value": [1],
            "count": 3,
        }
    )
    with pytest.raises(FrameError, match=says):
        contributions_from_counts(counts.assign(**change))
