"""The model of invented answers: its variances are the ones that its first lines promise."""

import pytest

from survey_app.sample.students import (
    FOCAL_ARE_LOWER,
    TEACHERS_SD,
    Classroom,
    chance_for,
    predicted_counts,
    share_above,
    step,
)

FOUR = {"id": "q", "key": "SM1.3-12.1", "kind": "choice", "values": [1, 2, 3, 4], "reverse": False,
        "may_not_apply": False}  # fmt: skip
THREE = {**FOUR, "values": [1, 2, 3]}


def classroom(number, *, level=0.0, optimism=0.4):
    return Classroom(seed=7, place=f"class {number}", level=level, optimism=optimism, young=False)


def answers_of_classes(classes, students, *, lesson=0, seed_of_level=True):
    """Return one list of values a class: each with an effect of its own, as the network draws it."""
    values = []
    for number in range(classes):
        level = chance_for(7, "level", number).gauss(0, TEACHERS_SD) if seed_of_level else 0.0
        room = classroom(number, level=level)
        happened = room.lesson(lesson, change=0.0)
        given = [room.answers(room.other_child(n), [FOUR], happened, f"{n}")["q"] for n in range(students)]
        values.append([value for value in given if isinstance(value, int)])
    return values


def icc1(groups):
    """Return ICC(1) by analysis of variance (Shrout and Fleiss 1979), for groups of nearly equal size."""
    size = sum(map(len, groups)) / len(groups)
    means = [sum(group) / len(group) for group in groups]
    grand = sum(map(sum, groups)) / sum(map(len, groups))
    between = sum(len(g) * (m - grand) ** 2 for g, m in zip(groups, means, strict=True)) / (len(groups) - 1)
    within = sum((v - m) ** 2 for g, m in zip(groups, means, strict=True) for v in g)
    within /= sum(map(len, groups)) - len(groups)
    return (between - within) / (between + (size - 1) * within)


def test_lessons_differ_as_the_model_says():
    # (0.30 + 0.17) / (0.30 + 0.17 + 0.25 + 1.00) = 0.27 of the latent value; steps lose a little of it.
    assert icc1(answers_of_classes(400, 20)) == pytest.approx(0.25, abs=0.04)


def test_the_same_class_answers_alike_in_two_lessons():
    first = [sum(g) / len(g) for g in answers_of_classes(300, 20, lesson=1)]
    second = [sum(g) / len(g) for g in answers_of_classes(300, 20, lesson=2)]
    mean1, mean2 = sum(first) / 300, sum(second) / 300
    covariance = sum((a - mean1) * (b - mean2) for a, b in zip(first, second, strict=True))
    spread = sum((a - mean1) ** 2 for a in first) * sum((b - mean2) ** 2 for b in second)
    # 0.30 of 0.30 + 0.17 + 1.25 / 20, seen through steps and through one question's own day.
    assert covariance / spread**0.5 == pytest.approx(0.55, abs=0.1)


def test_all_four_steps_are_used_and_none_by_nearly_all():
    values = [value for group in answers_of_classes(300, 20) for value in group]
    shares = [values.count(step) / len(values) for step in (1, 2, 3, 4)]
    assert min(shares) > 0.08
    assert max(shares) < 0.45


def test_a_change_that_helps_lifts_answers():
    room = classroom(1)
    before = room.lesson(1, change=0.0)
    after = room.lesson(1, change=1.0)
    for number in range(50):
        child = room.other_child(number)
        one = room.answers(child, [FOUR], before, f"{number}")["q"]
        other = room.answers(child, [FOUR], after, f"{number}")["q"]
        if isinstance(one, int):
            assert other >= one


def test_the_same_student_answers_the_same_lesson_the_same_way():
    room, again = classroom(3), classroom(3)
    happened = room.lesson(2, change=0.2)
    child, other = room.focal_child("C"), again.focal_child("C")
    assert child == other
    assert room.answers(child, [FOUR, THREE], happened, "C") == again.answers(
        other, [FOUR, THREE], happened, "C"
    )


def test_focal_students_are_the_ones_heard_from_least():
    room = classroom(4)
    focal = [classroom(n).focal_child("A").level for n in range(400)]
    rest = [room.other_child(n).level for n in range(400)]
    assert sum(rest) / 400 - sum(focal) / 400 == pytest.approx(FOCAL_ARE_LOWER, abs=0.1)


def test_a_rosy_teacher_rates_above_a_gloomy_one():
    rosy, gloomy = classroom(5, optimism=1.5), classroom(5, optimism=-1.5)
    children = [rosy.other_child(n) for n in range(20)]
    happened = rosy.lesson(1, change=0.0)
    assert rosy.own_rating(children, FOUR, happened, 0.0) > gloomy.own_rating(children, FOUR, happened, 0.0)


def test_not_being_understood_is_told_as_a_reason():
    room = Classroom(seed=7, place="young", level=0.0, optimism=0.0, young=True)
    happened = room.lesson(1, change=0.0)
    given = [room.answers(room.other_child(n), [THREE], happened, f"{n}")["q"] for n in range(500)]
    assert 0.03 < given.count("not_understood") / 500 < 0.10


def test_only_questions_that_may_not_apply_do_not_apply():
    room = classroom(6)
    happened = room.lesson(1, change=0.0)
    may = {**FOUR, "may_not_apply": True}
    never = [room.answers(room.other_child(n), [FOUR], happened, f"{n}")["q"] for n in range(200)]
    some = [room.answers(room.other_child(n), [may], happened, f"{n}")["q"] for n in range(200)]
    assert never.count("not_applicable") == 0
    assert some.count("not_applicable") > 5


def test_a_question_turned_round_has_its_steps_turned_round():
    assert [step(latent, FOUR) for latent in (-3, -0.5, 0.5, 3)] == [1, 2, 3, 4]
    assert [step(latent, {**FOUR, "reverse": True}) for latent in (-3, -0.5, 0.5, 3)] == [4, 3, 2, 1]
    assert [step(latent, THREE) for latent in (-3, 0, 3)] == [1, 2, 3]


def test_predicted_counts_add_up_to_the_class():
    assert predicted_counts([3, 3, 4, 1], FOUR) == {"1": "1", "2": "0", "3": "2", "4": "1"}


def test_the_share_in_the_top_two_grows_with_the_level():
    assert share_above(-3) < 0.02 < share_above(0) < share_above(1) < share_above(3) <= 1
