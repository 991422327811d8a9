"""What tests of the research slice ask for."""

import pytest

from tests.survey_app.research.classes import Region


@pytest.fixture
def region(db, clock) -> Region:
    """Return an empty region in the test's own session."""
    return Region(db, clock)
