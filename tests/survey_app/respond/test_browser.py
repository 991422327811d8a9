"""The student's minute in a real browser: by keyboard, without script, on a network that fails."""

from __future__ import annotations

import pytest


@pytest.fixture
def many(new_school):
    return new_school.begin(locale="en")


def test_the_form_looks_right_in_english_and_spanish(school, open_page):
    school.open(items=["SG1", "SM1", "AG1", "OW1", "MS4"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    page.check_axe()
    page.shoot("english")
    page.get_by_label("A little").first.check()
    page.get_by_role("button", name="Español").click()
    page.check_axe()
    page.shoot("spanish")
