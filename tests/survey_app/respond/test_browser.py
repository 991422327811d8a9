"""The student's minute in a real browser: by keyboard, without script, on a network that fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[3] / "survey_app" / "static" / "css" / "student.css"
THANKS = "Sent. Your teacher will tell you what the class learned."


def no_sideways_scroll(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def answer_all(page) -> None:
    for group in page.locator("fieldset").all():
        group.locator(".row").nth(2).click()


@pytest.mark.parametrize("card", ["en", "es"])
def test_the_form_is_calm_and_clean_in_each_language(new_school, open_page, card):
    new_school.begin(locale=card).open(
        focal=True, rest=True, items=["SG1", "SM1", "AG1", "OW1", "MS4"], lesson="number talk"
    )
    page = open_page(width=390)
    page.goto(f"/s/{new_school.cards['A']}")
    page.check_axe()
    page.shoot(f"form-{card}")
    page.locator(".row").nth(1).click()
    page.get_by_role("button", name="Español" if card == "en" else "English").click()
    assert page.locator("html").get_attribute("lang") == ("es" if card == "en" else "en")
    assert page.locator("input:checked").count() == 1
    page.check_axe()


@pytest.mark.parametrize("path", ["/s", "/s?lang=es", "/s/7H4MPX", "/check", "/s/7H4MPX23/thanks?tablet=1"])
def test_the_other_pages_are_clean_too(open_page, path):
    page = open_page(width=390)
    page.goto(path)
    page.check_axe()
    page.shoot(re.sub(r"\W+", "-", path))


def test_cups_for_the_youngest(new_school, open_page):
    new_school.begin(band="K-2", grade=1).open(items=["SM1", "WC5"])
    page = open_page(width=390)
    page.goto(f"/s/{new_school.cards['A']}")
    page.check_axe()
    page.shoot("cups")


def test_it_is_readable_in_the_dark_and_on_a_very_small_screen(school, open_page):
    school.open(items=["SG1", "SM1", "AG1", "OW1", "MS4"])
    page = open_page(width=320, color_scheme="dark")
    for path in ("/s", f"/s/{school.cards['A']}", "/check"):
        page.goto(path)
        page.check_axe()
        assert no_sideways_scroll(page), path
    page.goto(f"/s/{school.cards['A']}")
    page.locator(".row").nth(1).click()
    page.shoot("dark")


def test_targets_are_as_big_as_a_finger(school, open_page):
    school.open(items=["SG1", "SM1", "AG1", "OW1"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    page.locator(".row").first.click()
    for one in page.locator("label:visible, button:visible").all():
        assert one.bounding_box()["height"] >= 48


def test_without_script_by_keyboard_alone(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390, java_script_enabled=False)
    page.goto("/s")
    page.keyboard.press("Tab")
    page.keyboard.type(school.cards["A"].lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/s/*")
    page.wait_for_load_state()
    page.keyboard.press("Tab")  # language
    page.keyboard.press("Tab")  # first question
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # shows the same page again: it sends nothing and switches nothing
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("input:checked").get_attribute("value") == "2"
    assert school.stored() == []
    page.locator("input:checked").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Send"
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks*")
    assert THANKS in page.content()
    assert sorted(value for _item, value, _words, _missing in school.answers()) == [1, 2]


def test_with_script_the_enter_key_does_nothing(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    page.locator("input").nth(3).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.locator("input:checked").count() == 1
    assert school.stored() == []


def test_without_script_a_language_switch_and_a_skipped_question(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390, java_script_enabled=False)
    page.goto(f"/s/{school.cards['A']}")
    page.get_by_text("Some", exact=True).first.click()
    page.get_by_role("button", name="Español").click()
    assert page.locator("input:checked").count() == 1
    page.get_by_role("button", name="Enviar").click()
    assert "Enviado." in page.content()
    assert {missing for _item, _value, _words, missing in school.answers()} == {None, "skipped"}


def test_a_mis_tap_can_be_taken_back(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    undo = page.locator(".undo").first
    assert not undo.is_visible()
    page.locator(".row").nth(2).click()
    undo.locator("label").click()
    page.locator("fieldset").nth(1).locator(".row").first.click()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks*")
    assert sorted(str(missing) for _item, _value, _words, missing in school.answers()) == ["None", "skipped"]


@pytest.mark.parametrize("script", [True, False])
def test_b11_back_after_send_shows_no_answer_to_the_next_child(school, open_page, script):
    school.open(focal=False, rest=True, items=["SM1", "AG1", "MS4"])
    page = open_page(width=390, java_script_enabled=script)
    page.goto("/s")
    page.goto(f"/s/{school.class_code}")
    answer_all(page)
    page.locator("textarea").fill("my own words")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks*")
    page.go_back()
    assert page.locator("input:checked").count() == 0
    assert "my own words" not in page.content()
    assert page.locator("textarea").count() == 0 or page.locator("textarea").input_value() == ""


def test_back_after_send_says_already_sent_where_the_card_is_known(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390, java_script_enabled=False)
    page.goto(f"/s/{school.cards['A']}")
    answer_all(page)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks*")
    page.go_back()
    assert "Your answers are already sent." in page.content()


def test_a_failed_send_keeps_the_answers_and_goes_on_trying_without_doubling(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    answer_all(page)
    failures = iter(["offline", "lost answer"])

    def network(route):
        kind = next(failures, None) if route.request.method == "POST" else None
        if kind == "offline":
            route.abort("internetdisconnected")
        elif kind == "lost answer":
            route.fetch(max_redirects=0)  # it arrives and is stored; its answer gets lost
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/s/*", network)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("No internet right now.").wait_for()
    page.shoot("trying")
    page.check_axe()
    assert page.locator("input:checked").count() == 2
    page.get_by_role("button", name="Send again").click()
    page.wait_for_url("**/thanks*", timeout=15_000)
    assert len(school.stored()) == 1


def test_a_busy_server_is_tried_again_by_itself(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    answer_all(page)
    answers = iter([503, 503])

    def network(route):
        status = next(answers, None) if route.request.method == "POST" else None
        if status:
            route.fulfill(status=status, body="busy")
        else:
            route.continue_()

    page.route("**/s/*", network)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/thanks*", timeout=20_000)
    assert len(school.stored()) == 1


def test_what_the_server_has_to_say_is_shown_with_script_too(school, open_page, clock):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=390)
    page.goto(f"/s/{school.cards['A']}")
    answer_all(page)
    school.close()
    clock.forward(minutes=11)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your teacher closed the questions").wait_for()
    assert page.locator("input:checked").count() == 2
    page.shoot("late")
    page.check_axe()


def test_the_next_child_on_the_same_tablet(school, open_page):
    school.open(items=["SM1", "AG1"])
    page = open_page(width=820)
    page.goto(f"/s/{school.class_code}?tablet=1")
    for label in ("A", "B", "C"):
        page.get_by_role("textbox").fill(school.cards[label])
        page.get_by_role("button", name="Go").click()
        answer_all(page)
        page.get_by_role("button", name="Send").click()
        page.get_by_role("link", name="Next student").click()
        page.wait_for_url("**/s?tablet=1")
    assert len(school.stored()) == 3
    stored = page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]")
    assert stored == ["", 0, 0]


def test_the_css_knows_no_left_and_no_right():
    assert not re.search(r"\b(left|right)\b", CSS.read_text(encoding="utf-8"))
