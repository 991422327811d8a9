"""The decision study: the published table of student ratings, simulation, and numbers that cannot be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.columns import FrameError
from analytics.dependability import (
    RESEARCH,
    Components,
    class_mean_dependability,
    decision_study,
    lessons_needed,
    students_needed,
)

# Bijlsma's thesis, Table 2.2: teacher, time, students within teacher, teacher x time, residual.
PUBLISHED = Components(1.000, lesson=0.368, student=0.275, teacher_by_lesson=0.423, residual=0.411)
LESSONS = (1, 2, 3, 4, 6, 8)
TABLE = {
    3: ((0.61, 0.73, 0.78, 0.81, 0.84, 0.86), (0.50, 0.64, 0.71, 0.76, 0.80, 0.83)),
    5: ((0.64, 0.76, 0.82, 0.85, 0.88, 0.89), (0.52, 0.67, 0.74, 0.79, 0.83, 0.86)),
    8: ((0.66, 0.79, 0.84, 0.87, 0.90, 0.91), (0.53, 0.69, 0.76, 0.80, 0.85, 0.88)),
    30: ((0.69, 0.81, 0.87, 0.89, 0.92, 0.94), (0.55, 0.71, 0.78, 0.83, 0.87, 0.90)),
}
VARIANCE = st.floats(0.01, 3)


@pytest.mark.parametrize("students", TABLE)
def test_the_table_of_students_and_lessons_to_two_decimals(students):
    found = decision_study(PUBLISHED, students=[students], lessons=LESSONS)
    assert tuple(found["relative"].round(2)) == TABLE[students][0]
    assert tuple(found["absolute"].round(2)) == TABLE[students][1]
    assert found["n"].tolist() == [students * lessons for lessons in LESSONS]


def test_lessons_beat_students():
    found = decision_study(PUBLISHED, students=[5, 30], lessons=[1, 4]).set_index(["students", "lessons"])
    assert found.loc[(5, 4), "relative"] > found.loc[(30, 1), "relative"]


def test_dependability_is_the_squared_correlation_with_the_truth_that_simulation_finds():
    # 40,000 teachers, 4 students and 3 lessons each: relative dependability = squared correlation.
    draw, many, n_s, n_l = np.random.default_rng(1), 40_000, 4, 3
    c = PUBLISHED
    truth = draw.normal(0, np.sqrt(c.teacher), many)
    for who in ("same", "new"):
        student = draw.normal(0, np.sqrt(c.student), (many, n_s, 1 if who == "same" else n_l))
        lesson = draw.normal(0, np.sqrt(c.teacher_by_lesson), (many, 1, n_l))
        rest = draw.normal(0, np.sqrt(c.residual), (many, n_s, n_l))
        mean = truth + (student + lesson + rest).mean(axis=(1, 2))
        expected = decision_study(c, students=[n_s], lessons=[n_l], who=who)["relative"].item()
        assert np.corrcoef(mean, truth)[0, 1] ** 2 == pytest.approx(expected, abs=0.01)


def test_the_fewest_lessons_reach_the_target_and_one_fewer_does_not():
    for students in (3, 5, 8):
        for target in (0.7, 0.8, 0.85):
            lessons = lessons_needed(PUBLISHED, students, target=target)
            around = decision_study(PUBLISHED, students=[students], lessons=[max(lessons - 1, 1), lessons])
            assert around["relative"].iloc[1] >= target
            assert lessons == 1 or around["relative"].iloc[0] < target
    assert lessons_needed(PUBLISHED, 1, target=0.8) is None
    assert lessons_needed(PUBLISHED, 1, target=0.8, who="new") == 5


def test_students_needed_in_one_lesson_are_those_published_for_lecture_ratings():
    # A mean of 3, 5, 8 and 30 students is 0.41, 0.53, 0.65 and 0.87 dependable: 11 for 0.7, 18 for 0.8.
    icc1 = 0.185
    assert [round(class_mean_dependability(icc1, n), 2) for n in (3, 5, 8, 30)] == [0.41, 0.53, 0.64, 0.87]
    assert (students_needed(icc1), students_needed(icc1, target=RESEARCH)) == (11, 18)
    assert students_needed(0.0) is None
    assert students_needed(1.0) == 1


@settings(max_examples=80)
@given(VARIANCE, VARIANCE, VARIANCE, VARIANCE, VARIANCE)
def test_more_students_and_more_lessons_never_hurt(teacher, lesson, student, crossed, residual):
    components = Components(teacher, lesson, student, crossed, residual)
    found = decision_study(components, students=[2, 5, 9], lessons=[1, 3, 7])
    for name in ("relative", "absolute"):
        grid = found.pivot(index="students", columns="lessons", values=name).to_numpy()
        assert (np.diff(grid, axis=0) > 0).all()
        assert (np.diff(grid, axis=1) > 0).all()
    assert (found["absolute"] <= found["relative"]).all()
    new = decision_study(components, students=[2, 5, 9], lessons=[1, 3, 7], who="new")
    assert (new["relative"] >= found["relative"] - 1e-12).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: decision_study(Components(0, 1, 1, 1, 1)), "nothing is told apart"),
        (lambda: decision_study(Components(1, -0.1, 1, 1, 1)), "column 'lesson'"),
        (lambda: decision_study(PUBLISHED, students=[0]), "row 0: found 0"),
        (lambda: decision_study(PUBLISHED, lessons=[1.5]), "row 0: found 1.5"),
        (lambda: decision_study(PUBLISHED, who="both"), "Expected same or new"),
        (lambda: lessons_needed(PUBLISHED, 5, target=1.0), "between 0 and 1"),
        (lambda: students_needed(1.2), "from 0 to 1"),
    ],
)
def test_impossible_numbers_are_refused(call, says):
    with pytest.raises(FrameError, match=says):
        call()
