"""The class pages in a real browser: look, keyboard, print."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def window(open_page, sign_in):
    """Open a signed-in window: ``window(width=390)``."""
    teacher = sign_in()

    def opened(**options):
        page = open_page(**options)
        home = page.url if page.url != "about:blank" else None
        page.context.add_cookies(
            [{"name": "focal_session", "value": teacher.token, "url": home or "http://127.0.0.1"}]
        )
        return page

    return opened


def add_class(page) -> str:
    page.goto("/classes/new")
    page.get_by_label("Nickname").fill("Period 4")
    page.get_by_label("Grade").select_option("7")
    page.get_by_label("Subject").fill("Math")
    page.get_by_label("How many students?").fill("28")
    page.get_by_role("button", name="Add the class").click()
    page.wait_for_url(re.compile("did=class_made"))
    return page.url.split("?")[0]


def no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_from_an_empty_list_to_printed_cards(window, tmp_path):
    page = window(width=390)
    page.goto("/classes")
    page.check_axe()
    page.shoot("empty")
    room = add_class(page)
    page.get_by_role("button", name="Add the codes").click()
    page.check_axe()
    page.shoot("class")
    page.get_by_role("link", name="Make cards").click()
    page.get_by_label("How many in English?").fill("6")
    page.get_by_label("How many in Spanish?").fill("3")
    page.check_axe()
    page.shoot("cards")
    page.get_by_role("button", name="Make the cards").click()
    page.get_by_role("heading", name="Print the cards now").wait_for()
    page.check_axe()
    page.shoot("print")
    page.emulate_media(media="print")
    for paper in ("letter", "a4"):
        page.evaluate("paper => { document.body.className = 'paper--' + paper }", paper)
        made = page.pdf(prefer_css_page_size=True, path=tmp_path / f"{paper}.pdf")
        # 14 cards are two sheets of eight, and the key list is a page of its own.
        assert len(re.findall(rb"/Type\s*/Page\b", made)) == 3
        box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", made)
        size = {"letter": (612, 792), "a4": (595, 842)}[paper]
        assert (round(float(box[1])), round(float(box[2]))) == pytest.approx(size, abs=1)
    page.emulate_media(media="screen")
    page.goto(f"{room}/cards")
    page.get_by_label("How many in English?").fill("1")
    page.locator("#f-make_A").check()
    page.get_by_role("button", name="Make the cards").click()
    page.get_by_role("heading", name="These cards will stop working").wait_for()
    page.check_axe()
    page.shoot("replace")
    page.goto(f"{room}/families")
    page.check_axe()
    page.shoot("families")


@pytest.mark.parametrize("options", [{"width": 320}, {"width": 390, "color_scheme": "dark"}])
def test_nothing_scrolls_sideways_and_the_dark_is_readable(window, options):
    page = window(**options)
    room = add_class(page)
    page.get_by_role("button", name="Add the codes").click()
    for path in ("/classes", "/classes/new", room, f"{room}/cards", f"{room}/change", f"{room}/families"):
        page.goto(path)
        assert no_sideways_scroll(page), path
        page.check_axe()
    page.goto(f"{room}/cards")
    page.get_by_role("button", name="Make the cards").click()
    page.get_by_role("heading", name="Print the cards now").wait_for()
    assert no_sideways_scroll(page)


def test_without_script_by_keyboard(window):
    page = window(width=1280, java_script_enabled=False)
    page.goto("/classes/new")
    page.get_by_label("Nickname").focus()
    page.keyboard.type("Period 2")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("did=class_made"))
    assert page.get_by_role("heading", level=1).inner_text() == "Period 2"
