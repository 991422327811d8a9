"""What attacks need: the application with cheap passwords, people of every role, a class with surveys."""

import pytest

from tests.survey_app.accounts.staff import CountedPasswords, Network
from tests.survey_app.loop.teacher import Teacher
from tests.survey_app.respond.conftest import fill, new_school, school
from tests.survey_app.sharing.conftest import room

__all__ = ["fill", "new_school", "room", "school"]


@pytest.fixture
def app(app):
    """Return the application with a hasher that is quick and counts."""
    app.extensions["focal_passwords"] = CountedPasswords()
    return app


@pytest.fixture
def network(app, clock) -> Network:
    """Return a network with a region and two schools, and nobody in it yet."""
    return Network(app, clock).build()


@pytest.fixture
def teacher(app, clock) -> Teacher:
    """Return a signed-in teacher without any class."""
    return Teacher.arrive(app, clock)
