"""Components from pairs are those of the analysis of variance where a design is balanced."""

import numpy as np
import pytest

from analytics.gstudy import class_components


def _anova(cube: np.ndarray) -> dict[str, float]:
    """Work out the expected mean squares of (lessons x students) within classes."""
    classes, lessons, students = cube.shape
    room = cube.mean((1, 2))
    by_lesson, by_student = cube.mean(2), cube.mean(1)
    ms_room = lessons * students * ((room - cube.mean()) ** 2).sum() / (classes - 1)
    ms_lesson = students * ((by_lesson - room[:, None]) ** 2).sum() / (classes * (lessons - 1))
    ms_student = lessons * ((by_student - room[:, None]) ** 2).sum() / (classes * (students - 1))
    left = cube - by_lesson[:, :, None] - by_student[:, None, :] + room[:, None, None]
    ms_left = (left**2).sum() / (classes * (lessons - 1) * (students - 1))
    return {
        "teacher": (ms_room - ms_lesson - ms_student + ms_left) / (lessons * students),
        "student": (ms_student - ms_left) / lessons,
        "teacher_by_lesson": (ms_lesson - ms_left) / students,
        "residual": ms_left,
    }


def _keys(shape):
    room, lesson, student = np.indices(shape).reshape(3, -1)
    return room, room * shape[1] + lesson, room * shape[2] + student


def test_balanced_designs_give_the_estimates_of_the_analysis_of_variance():
    draw = np.random.default_rng(4)
    shape = (12, 3, 5)
    effects = draw.normal(size=(12, 1, 1)) + draw.normal(size=(12, 3, 1)) + draw.normal(size=(12, 1, 5))
    cube = effects + draw.normal(size=shape)
    found = class_components(cube.ravel(), *_keys(shape))
    expected = _anova(cube)
    assert min(expected.values()) > 0
    for name, value in expected.items():
        assert getattr(found.components, name) == pytest.approx(value, abs=1e-10)


def test_sparse_designs_come_near_the_truth():
    """Truth: 0.5, 0.4, 0.3, 0.8. With 1500 classes the sampling error of each is below 0.04."""
    draw = np.random.default_rng(8)
    shape = (1500, 4, 6)
    room, lesson, student = _keys(shape)
    values = (
        draw.normal(0, 0.5**0.5, 1500)[room]
        + draw.normal(0, 0.3**0.5, 6000)[lesson]
        + draw.normal(0, 0.4**0.5, 9000)[student]
        + draw.normal(0, 0.8**0.5, room.size)
    )
    values[draw.random(room.size) < 0.4] = np.nan
    found = class_components(values, room, lesson, student)
    parts = found.components
    assert [parts.teacher, parts.student, parts.teacher_by_lesson, parts.residual] == pytest.approx(
        [0.5, 0.4, 0.3, 0.8], abs=0.06
    )
    assert found.dropped == np.isnan(values).sum()


def test_students_who_are_not_known_again_join_the_residual():
    draw = np.random.default_rng(4)
    shape = (400, 3, 5)
    room, lesson, student = _keys(shape)
    values = draw.normal(size=400)[room] + draw.normal(size=2000)[student] + draw.normal(size=room.size)
    found = class_components(values, room, lesson)
    assert found.components.student == 0
    assert found.components.residual == pytest.approx(2.0, abs=0.1)
    assert "teacher_by_lesson" in found.below_zero or found.components.teacher_by_lesson < 0.05


@pytest.mark.parametrize(
    ("shape", "value", "of"),
    [((9, 3, 5), None, "classes with two or more lessons"), ((12, 3, 5), 2.0, "different answers"),
     ((12, 3, 1), None, "lessons with two or more answers")],
)  # fmt: skip
def test_too_little_is_said(shape, value, of):
    values = np.full(np.prod(shape), value) if value else np.random.default_rng(1).normal(size=np.prod(shape))
    found = class_components(values, *_keys(shape))
    assert found.components is None
    assert found.too_few.of == of
