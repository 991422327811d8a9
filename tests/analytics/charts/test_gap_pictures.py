"""What a gap picture shows, for few and for many, and what it refuses to show."""

import json
import re

import pandas as pd
import pytest

from analytics.charts.distribution import distribution_with_mark
from analytics.charts.gap import gap_of_class, gap_of_focal_students
from analytics.columns import FrameError
from analytics.gap import BOTH_SAW_IT, BOTH_WANT_MORE, THEY_FELT_MORE, WORDS, YOU_SAW_MORE

AMOUNT = ("Not at all", "A little", "Some", "A lot")
COUNTS = ("Never", "Once", "2 or 3 times", "4 or more times")


def steps(item, counts, teacher, word="", options=AMOUNT, **more):
    return [
        {
            "item": item,
            "step": k,
            "option": option,
            "students": count,
            "teacher": k == teacher,
            "word": word,
            **more,
        }
        for k, (option, count) in enumerate(zip(options, counts, strict=True), 1)
    ]


def table(*questions):
    return pd.DataFrame([row for question in questions for row in question])


FOCAL = table(
    steps("Share", [1, 2, 1, 1], 4, YOU_SAW_MORE),
    steps("Own way", [0, 1, 3, 1], 3, BOTH_SAW_IT),
    steps("Kids' ideas", [2, 2, 0, 0], 3, YOU_SAW_MORE),
    steps("Science", [0, 0, 0, 5], 3, THEY_FELT_MORE),
)


def marks(picture, shape):
    layers = [layer for layer in picture.spec["layer"] if layer["mark"].get("shape") == shape]
    return [row for layer in layers for row in picture.spec["datasets"][layer["data"]["name"]]]


def test_the_headline_counts_the_questions_on_which_the_teacher_saw_more():
    picture = gap_of_focal_students(FOCAL, about="voice")

    assert picture.sentence == "You saw more voice than they felt on 2 of 4 questions (5 students)"


def test_the_headline_turns_when_students_felt_more():
    picture = gap_of_focal_students(table(steps("Share", [0, 0, 1, 4], 2, THEY_FELT_MORE)))

    assert picture.sentence == "They felt more than you saw on 1 of 1 question (5 students)"


def test_alike_is_not_yet_good_and_the_headline_says_so():
    low, high = (
        steps("Share", [1, 3, 1, 0], 2, BOTH_WANT_MORE),
        steps("Science", [0, 1, 3, 1], 3, BOTH_SAW_IT),
    )

    picture = gap_of_focal_students(table(low, high))

    assert (
        picture.sentence
        == "You both saw it on 1 of 2 questions and you both want more on 1 of 2 questions (5 students)"
    )


def test_the_four_words_are_those_of_the_gap_itself():
    for word in WORDS:
        picture = gap_of_focal_students(table(steps("Share", [1, 2, 1, 1], 4, word)))

        assert f"{word[0].upper()}{word[1:]}: Share." in picture.sentences[2]


def test_each_student_is_one_dot_on_the_step_that_was_picked():
    picture = gap_of_focal_students(FOCAL)

    legend, dots = 1, marks(picture, "circle")
    assert len(dots) == 5 + 5 + 4 + 5 + legend
    spoken = [row["say"] for row in dots if "say" in row]
    assert "Share: 2 students picked A little" in spoken
    assert "Science: 5 students picked A lot" in spoken


def test_the_diamond_stands_on_the_teachers_step():
    picture = gap_of_focal_students(FOCAL)

    steps_of = [row["step"] for row in marks(picture, "diamond") if "step" in row]
    assert steps_of == [4, 3, 3, 3]


def test_the_shade_runs_from_the_teacher_to_the_middle_student():
    picture = gap_of_focal_students(FOCAL)

    spans = {
        (row["from"], row["to"])
        for rows in picture.spec["datasets"].values()
        for row in rows
        if "from" in row
    }
    assert spans == {(4, 2.0), (3, 1.5), (3, 4.0)}


def test_the_table_holds_the_counts_of_the_picture():
    picture = gap_of_focal_students(FOCAL)

    assert picture.table[list(AMOUNT)].to_numpy().tolist() == [
        [1, 2, 1, 1],
        [0, 1, 3, 1],
        [2, 2, 0, 0],
        [0, 0, 0, 5],
    ]
    assert picture.table["Students"].tolist() == [5, 5, 4, 5]
    assert picture.table["Beside you"].tolist() == [
        "4 of 5 lower",
        "3 of 5 the same",
        "all 4 lower",
        "all 5 higher",
    ]
    assert picture.table["You picked"].tolist() == ["A lot", "Some", "Some", "Some"]


def test_an_absence_says_how_many_answered():
    picture = gap_of_focal_students(FOCAL, students=5)

    assert "4 of 5 answered" in json.dumps(picture.spec)


@pytest.mark.parametrize("draw", [gap_of_focal_students, gap_of_class, distribution_with_mark])
def test_below_ten_students_there_is_no_percentage_and_no_mean(draw):
    with_mean = FOCAL.assign(mean=2.4)

    picture = draw(with_mean)

    said = json.dumps(picture.spec["datasets"]) + " ".join(picture.sentences) + picture.table.to_string()
    assert "%" not in said
    assert "mean" not in said
    assert "2.4" not in said


def test_from_ten_on_a_class_shows_its_mean_with_the_bars():
    frame = table(steps("Share", [4, 9, 8, 5], 4, YOU_SAW_MORE, mean=66 / 26))

    picture = gap_of_class(frame)

    assert [row["mean"] for row in marks(picture, "circle") if "mean" in row] == [round(66 / 26, 4)]
    assert "Share: 9 students picked A little" in json.dumps(picture.spec)


def test_focal_students_never_become_a_mean_however_many_they_are():
    frame = table(steps("Share", [4, 9, 8, 5], 4, YOU_SAW_MORE, mean=66 / 26))

    assert '"mean"' not in json.dumps(gap_of_focal_students(frame).spec["datasets"])


def test_bars_carry_counts_below_fifteen_and_percentages_from_fifteen_on():
    fourteen, fifteen = steps("Share", [2, 5, 4, 3], 3), steps("Share", [3, 5, 4, 3], 3)

    few, many = distribution_with_mark(table(fourteen)), distribution_with_mark(table(fifteen))

    assert "%" not in json.dumps(few.spec)
    assert "33%" in json.dumps(many.spec)


def test_a_bar_straddles_the_middle_of_an_odd_scale():
    cups = steps("Share", [1, 2, 3], 3, options=("No", "Some", "Yes, a lot"))

    picture = distribution_with_mark(table(cups))

    bars = [
        row for rows in picture.spec["datasets"].values() for row in rows if "from" in row and "say" in row
    ]
    assert [(row["from"], row["to"]) for row in bars] == [(-2, -1), (-1, 1), (1, 4)]


def test_the_mark_of_an_answer_that_nobody_picked_stands_on_the_boundary():
    picture = distribution_with_mark(table(steps("Science", [0, 0, 0, 5], 3)))

    assert [row["at"] for row in marks(picture, "diamond") if "at" in row] == [0]


def test_all_questions_share_one_reach():
    picture = distribution_with_mark(table(steps("Share", [0, 0, 0, 5], 3)), reach=12)

    scales = {
        tuple(layer["encoding"]["x"]["scale"]["domain"])
        for layer in picture.spec["layer"]
        if layer["encoding"]["x"]["field"] in ("from", "at")
    }
    assert scales == {(-12, 12)}


def test_questions_with_different_options_carry_their_own_words():
    frame = table(steps("Share", [1, 2, 1, 1], 4), steps("How often", [1, 1, 2, 1], 2, options=COUNTS))

    picture = gap_of_focal_students(frame)

    assert "4 or more\\ntimes" in json.dumps(picture.spec)
    assert picture.table["Students picked"][1] == "Never: 1, Once: 1, 2 or 3 times: 2, 4 or more times: 1"


def test_without_a_rating_there_is_no_diamond_and_no_gap():
    picture = gap_of_focal_students(table(steps("Share", [1, 2, 1, 1], None)))

    assert picture.sentence == "What your students said; you gave no rating (5 students)"
    assert not [row for row in marks(picture, "diamond") if "step" in row]


def test_too_few_answers_are_a_reason_and_not_a_dot():
    withheld = steps("Share", [None] * 4, 3, too_few="fewer than 5 answers")

    picture = gap_of_class(table(withheld, steps("Science", [0, 2, 2, 2], 3, BOTH_SAW_IT)))

    assert "fewer than 5 answers" in picture.table["Beside you"].tolist()
    assert "Share: fewer than 5 answers" not in [row.get("say") for row in marks(picture, "circle")]
    assert len(marks(picture, "circle")) == 6 + 1


def test_a_split_class_gets_no_word_of_the_four():
    picture = gap_of_focal_students(table(steps("Share", [3, 0, 0, 3], 3, BOTH_SAW_IT, split=True)))

    assert "Your students are split: Share." in picture.sentences[2]
    assert BOTH_SAW_IT not in picture.sentences[2].lower()


def test_a_column_that_is_not_declared_never_reaches_the_spec():
    frame = FOCAL.assign(response="r-4711", student="B")

    text = json.dumps(gap_of_focal_students(frame).spec)

    assert "r-4711" not in text
    assert not re.search(r'"B"', text)


def test_the_callers_table_is_left_as_it_was():
    before = FOCAL.copy(deep=True)

    gap_of_focal_students(FOCAL)

    pd.testing.assert_frame_equal(FOCAL, before)


@pytest.mark.parametrize("draw", [gap_of_focal_students, gap_of_class, distribution_with_mark])
def test_an_empty_table_is_refused_in_plain_words(draw):
    with pytest.raises(FrameError, match="no row to draw"):
        draw(FOCAL.head(0))


def test_a_missing_column_is_named():
    with pytest.raises(FrameError, match="column 'option'"):
        gap_of_focal_students(FOCAL.drop(columns="option"))


def test_the_shade_never_covers_a_mark_even_when_the_first_question_has_none():
    picture = gap_of_focal_students(
        table(steps("Own way", [0, 1, 3, 1], 3, BOTH_SAW_IT), steps("Share", [3, 1, 1, 0], 3, YOU_SAW_MORE))
    )
    kinds = [layer["mark"]["type"] for layer in picture.spec["layer"]]
    shapes = [place for place, layer in enumerate(picture.spec["layer"]) if layer["mark"].get("shape")]
    assert kinds.index("rect") < min(shapes)
