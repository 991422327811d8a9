"""Lines over cycles, rows of students, predictions, the run chart: breaks, absences, reasons."""

import json

import pandas as pd
import pytest

from analytics import examples
from analytics.charts import shaping
from analytics.charts.calibration import calibration_curve
from analytics.charts.cycles import lines_over_cycles
from analytics.charts.predicted_counts import prediction_by_counts
from analytics.charts.predictions import prediction_by_student
from analytics.charts.students import student_rows
from analytics.runchart import analyse

AMOUNT = ("Not at all", "A little", "Some", "A lot")


def cycle(k, teacher, students, n=5, **more):
    row = {
        "item": "Share",
        "cycle": k,
        "label": f"Cycle {k}",
        "teacher": teacher,
        "students": students,
        "n": n,
    }
    return row | {"options": AMOUNT} | more


def lines_of(picture, colour):
    """Return the values of each line drawn in this colour."""
    layers = [layer for layer in picture.spec["layer"] if layer["mark"].get("color") == colour]
    return [
        (row["cycle"], row["line"])
        for layer in layers
        if layer["mark"]["type"] == "line"
        for row in picture.spec["datasets"][layer["data"]["name"]]
    ]


def test_a_new_question_breaks_both_lines_and_says_why():
    frame = pd.DataFrame(
        [
            cycle(1, 3, 2, line=1),
            cycle(2, 3, 2, line=1),
            cycle(3, 3, 3, line=2, reason="new question words"),
        ]
    )

    picture = lines_over_cycles(frame)

    first, second, third = (line for _, line in lines_of(picture, "#B24A00"))
    assert first == second != third
    assert "Cycle 3: new question words, so the line starts anew." in json.dumps(picture.spec)
    assert picture.table["Note"].tolist() == ["", "", "new question words"]


def test_a_cycle_too_small_to_show_breaks_the_students_line_only():
    frame = pd.DataFrame([cycle(1, 3, 2), cycle(2, 3, None, n=3), cycle(3, 3, 3)])

    picture = lines_over_cycles(frame)

    assert [k for k, _ in lines_of(picture, "#B24A00")] == [1, 3]
    assert len({line for _, line in lines_of(picture, "#B24A00")}) == 2
    assert len({line for _, line in lines_of(picture, "#0072B2")}) == 1
    assert picture.table["Students"].tolist() == ["A little", "too few", "Some"]
    assert '"3"' not in json.dumps(picture.spec["datasets"])


def test_places_between_two_steps_are_said_in_the_options_words():
    picture = lines_over_cycles(pd.DataFrame([cycle(1, 3, 2.5), cycle(2, 3, 3)]))

    assert picture.table["Students"].tolist() == ["between A little and Some", "Some"]


def test_late_answers_make_a_hollow_mark():
    picture = lines_over_cycles(pd.DataFrame([cycle(1, 3, 2, late=False), cycle(2, 3, 3, late=True)]))

    hollow = [layer for layer in picture.spec["layer"] if layer["mark"].get("fill") == "#FFFDF9"]
    cycles = [row.get("cycle") for layer in hollow for row in picture.spec["datasets"][layer["data"]["name"]]]
    assert 2 in cycles
    assert 1 not in cycles
    assert "late answers" in picture.table["Note"].tolist()


def test_the_headline_says_which_side_moved():
    frame = pd.DataFrame([cycle(1, 4, 2, moved="they rose a step, you stayed"), cycle(2, 4, 3)])

    assert lines_over_cycles(frame).sentence == "They rose a step, you stayed (5 students)"


def test_three_cycles_are_called_a_line_and_not_a_signal():
    three = pd.DataFrame([cycle(k, 4, 2) for k in range(1, 4)])

    assert "Three cycles make a line, not a signal." in lines_over_cycles(three).sentences[2]
    assert "signal" not in lines_over_cycles(three.head(2)).sentences[2]


def answers(steps, options=AMOUNT):
    return pd.DataFrame(
        [
            {
                "student": code,
                "cycle": k,
                "label": f"Cycle {k}",
                "step": step,
                "missing": "" if step else "away",
                "options": options,
            }
            for code, row in steps.items()
            for k, step in enumerate(row, 1)
        ]
    )


def test_an_absence_leaves_the_place_blank_and_breaks_the_line():
    picture = student_rows(answers({"A": [1, None, 3]}), item="Share")

    marks = [row for rows in picture.spec["datasets"].values() for row in rows if "say" in row]
    assert [row["say"] for row in marks] == ["A, Cycle 1: Not at all", "A, Cycle 3: Some"]
    runs = {row["run"] for rows in picture.spec["datasets"].values() for row in rows if "run" in row}
    assert len(runs) == 2
    assert picture.table.to_numpy().tolist() == [["A", "Not at all", "away", "Some"]]


def test_the_headline_counts_who_is_higher_than_the_first_time():
    picture = student_rows(answers({"A": [1, 2], "B": [3, 3], "C": [4, 2], "D": [2, None]}), item="Share")

    assert (
        picture.sentence
        == "Since the first time: 1 of 3 higher, 1 of 3 the same and 1 of 3 lower (4 students)"
    )
    assert "Not yet twice: D." in picture.sentences[2]


def prediction(code, predicted, picked, missing=""):
    return {
        "item": "Share",
        "student": code,
        "predicted": predicted,
        "picked": picked,
        "missing": missing,
        "options": AMOUNT,
    }


def test_each_prediction_is_compared_with_the_answer_in_steps():
    frame = pd.DataFrame(
        [
            prediction("A", 3, 1),
            prediction("B", 3, 3),
            prediction("C", 2, None, "away"),
            prediction("D", None, 2),
        ]
    )

    picture = prediction_by_student(frame)

    # C was away and for D nothing was predicted: both are drawn, and neither is counted as compared.
    assert picture.sentence == "You predicted 1 of 2 answers exactly (2 students)"
    assert picture.table["In words"].tolist() == ["2 steps lower", "as predicted", "away", "not predicted"]
    assert picture.own_view


def test_predicted_counts_say_how_many_lay_where_they_were_thought():
    frame = pd.DataFrame(
        {
            "item": "Share",
            "step": [1, 2, 3, 4],
            "option": AMOUNT,
            "predicted": [0, 2, 4, 4],
            "students": [3, 3, 2, 2],
        }
    )

    picture = prediction_by_counts(frame)

    # 0 + 2 + 2 + 2 of the ten answers were foreseen.
    assert picture.sentence == "6 of 10 answers lay where you thought (10 students)"
    assert picture.table["Students"].tolist() == ["3", "3", "2", "2"]


def test_too_few_predictions_draw_no_curve():
    frame = pd.DataFrame({"said": [0.3, 0.7], "happened": [0.2, 0.6], "low": 0.1, "high": 0.9, "n": [14, 15]})

    picture = calibration_curve(frame)

    assert picture.sentence == "Too early for a curve (29 predictions so far; a curve needs 30)"
    assert "happened" not in {
        name for rows in picture.spec["datasets"].values() for row in rows for name in row
    }
    assert len(calibration_curve(frame.assign(n=15)).table) == 2


def test_the_run_chart_marks_the_run_that_is_a_signal_and_no_other_point():
    gaps = [1.2, 1.0, 1.4, 1.1, 1.3, 1.2, 0.6, 0.4, 0.5, 0.7, 0.3, 0.6, 0.5]
    frame = shaping.run_chart_frame(gaps, [5] * 13, analyse(gaps, baseline=6), baseline=6)

    assert frame.loc[frame["signal"], "lesson"].tolist() == list(range(7, 14))
    assert frame.loc[frame["frozen"], "lesson"].tolist() == list(range(7, 14))


def test_a_short_series_gets_a_reason_and_no_signal():
    gaps = [1.0, 0.8, 1.2, 0.4]
    chart = analyse(gaps)

    verdict, rule = shaping.run_chart_words(chart)

    assert verdict == "Too early for run rules: 4 useful lessons, and they need 10"
    assert "4 useful of 4 lessons" in rule
    assert not shaping.run_chart_frame(gaps, [5] * 4, chart)["signal"].any()


def test_the_whole_way_from_answers_to_the_picture_keeps_reversed_items_straight():
    items = pd.DataFrame({"item": ["SM4"], "steps": [4], "reverse": [True], "options": [AMOUNT]})
    rows = pd.DataFrame({"administration": 1, "item": "SM4", "student": list("AB"), "value": [1, 4]})
    guesses = rows.assign(value=[2, 4])

    frame = shaping.prediction_frame(rows, guesses, items)

    assert frame["options"][0] == AMOUNT[::-1]
    assert frame["picked"].tolist() == [4, 1]
    assert frame["predicted"].tolist() == [3, 1]


@pytest.mark.parametrize("build", [examples.lines, examples.gap_focal, examples.student_rows])
def test_the_same_seed_gives_the_same_picture(build):
    assert build().spec == build().spec


def test_nothing_is_drawn_over_a_mark_even_when_the_first_row_has_less_than_the_others():
    frame = pd.DataFrame([prediction("A", 3, None, "away"), prediction("B", 3, 1)])

    kinds = [layer["mark"]["type"] for layer in prediction_by_student(frame).spec["layer"]]

    assert kinds == sorted(kinds, key=["rule", "rect", "line", "point", "text"].index)
