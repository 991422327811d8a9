"""Somebody looks around in the sample network, in a real browser: sign-ins, and pictures behind them."""

import shutil
import uuid
from datetime import UTC, datetime

import pytest

from config import Config
from survey_app.app import create_app
from tests.databases import TESTS
from tests.pages import PageLint


@pytest.fixture
def app(network, tmp_path):
    """The demo on a copy of the sample network, with every page held against the rules."""
    path = tmp_path / "demo.sqlite"
    with network.reading(TESTS) as db:
        db.connection().exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(network.url.removeprefix("sqlite:///"), path)
    settings = {
        "DATABASE_URL": f"sqlite:///{path}",
        "FOCAL_INSTANCE": str(tmp_path),
        "FOCAL_SECRET_KEY": "only-for-tests-" + "0" * 32,
        "FOCAL_DEMO": "1",
    }
    made = create_app(Config.from_env(settings), now=lambda: datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    made.config["TESTING"] = True
    page_lint = PageLint()
    page_lint.watch(made)
    yield made
    made.extensions["focal_db"].engine.dispose()
    page_lint.check()


@pytest.mark.browser
def test_a_tap_signs_in_and_every_kind_of_page_has_something_to_show(page):
    page.goto("/sign-in")
    page.check_axe()
    page.get_by_role("button", name="Look around as Ana Lopez").click()

    assert page.get_by_role("heading", name="My cycles").is_visible()
    assert page.get_by_text("invented people, invented answers").is_visible()
    page.check_axe()

    series = page.get_by_role("link", name="the series so far").first.get_attribute("href")
    # Her last cycle waits for the decision; the picture is one step back.
    page.get_by_role("link", name="Decide").first.click()
    page.get_by_role("link", name="Back to what they said").click()
    assert page.get_by_role("heading", name="What they said").is_visible()
    assert page.locator("figure svg").count() > 2
    page.check_axe()

    page.goto(series)
    assert page.get_by_role("heading", name="What I did and decided").is_visible()
    assert page.get_by_text("other focal students, so the line starts anew").count() > 0
    page.check_axe()

    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_a_teacher_with_a_class_of_four_is_told_why_she_sees_nothing(page, ask):
    [(email,)] = ask(
        "SELECT p.email FROM people p JOIN classrooms c ON c.owner_id = p.id WHERE c.students = 4 LIMIT 1"
    )
    [(cycle_id,)] = ask(
        "SELECT a.cycle_id FROM administrations a JOIN classrooms c ON c.id = a.classroom_id"
        " WHERE c.students = 4 AND a.revealed_at IS NOT NULL LIMIT 1"
    )
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill("invented people only")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"/cycles/{uuid.UUID(cycle_id)}/look")
    assert page.get_by_text("Fewer than 5 students").first.is_visible()
    assert page.locator("figure svg").count() == 0
