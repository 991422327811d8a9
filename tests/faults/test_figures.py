"""Each figure of reliability at its small size: a real server, real faults, a ledger kept outside."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.faults import server
from tests.faults.all_figures import FIGURES

pytestmark = [
    pytest.mark.usefixtures("loopback"),
    pytest.mark.skipif(
        os.name == "nt", reason="Processes are killed in groups, which Windows does not have."
    ),
]


@pytest.fixture(autouse=True)
def _without_a_picture_beforehand(monkeypatch):
    monkeypatch.setattr(server, "SERVED", "tests.faults.unwarmed")


@pytest.fixture
def place():
    """Return a folder with a short address (a socket stands in it), open to PostgreSQL's own user."""
    folder = Path(tempfile.mkdtemp(prefix="focal-f-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def marked(figure):
    marks = [pytest.mark.postgres] if figure.database == "postgres" else []
    return pytest.param(figure, id=figure.name, marks=marks)


@pytest.mark.parametrize("figure", [marked(one) for one in FIGURES if one.in_suite])
def test_it_holds_and_its_faults_were_real(figure, place):
    tally = figure.batch(place, figure.fast)
    figure.check(tally)
