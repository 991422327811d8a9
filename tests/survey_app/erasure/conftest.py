"""A teacher with a class in which every field about a student is filled."""

import pytest

from tests.survey_app.loop.teacher import Teacher


@pytest.fixture
def teacher(app, clock) -> Teacher:
    """Return a signed-in teacher without any class."""
    return Teacher.arrive(app, clock)
