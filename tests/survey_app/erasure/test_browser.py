"""The pages of erasure in a real browser: look, keyboard, no script, narrow and dark."""

from __future__ import annotations

import pytest

from tests.survey_app.erasure.test_erase import lived_class


@pytest.fixture
def window(open_page, teacher):
    """Open a signed-in window."""

    def opened(**options):
        page = open_page(**options)
        token = teacher.client.get_cookie("focal_session").value
        page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
        return page

    return opened


def no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_erase_a_student_by_keyboard_without_script(window, teacher):
    made = lived_class(teacher)
    page = window(width=390, java_script_enabled=False)
    page.goto(made["room"])
    page.get_by_text("Erase a student or the class").click()
    page.get_by_role("link", name="Erase student B").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Erase student B", level=1).wait_for()
    page.get_by_role("button", name="Erase student B").click()
    page.get_by_role("link", name="Say that you know").click()
    page.get_by_label("I know that nobody can undo this").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing about this student is held any more.").wait_for()
    assert page.get_by_role("link", name="Erase student B").count() == 0


def test_pages_hold_at_every_width(window, teacher):
    made = lived_class(teacher)
    page = window(width=1280)
    narrow = window(width=320, color_scheme="dark")
    for name, path in (
        ("code", f"{made['code']}/erase"),
        ("class", f"{made['room']}/erase"),
        ("privacy", "/privacy"),
    ):
        page.goto(path)
        page.check_axe()
        page.shoot(name)
        narrow.goto(path)
        narrow.check_axe()
        assert no_sideways_scroll(narrow)
    page.goto(made["room"])
    page.check_axe()
    page.shoot("room")
    page.goto(f"{made['code']}/erase")
    page.get_by_role("button", name="Erase student B").click()
    page.check_axe()
    page.shoot("not-sure")
