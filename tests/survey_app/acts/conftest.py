"""A network with people in it."""

import pytest

from tests.survey_app.accounts.staff import CountedPasswords, Network


@pytest.fixture
def app(app):
    """Return the application with a hasher that is quick."""
    app.extensions["focal_passwords"] = CountedPasswords()
    return app


@pytest.fixture
def network(app, clock) -> Network:
    """Return a network with a region and two schools, and nobody in it yet."""
    return Network(app, clock).build()
