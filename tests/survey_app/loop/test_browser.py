"""The loop in a real browser: with and without JavaScript, by keyboard, at both widths, held against axe."""

import re

import pytest

from tests.survey_app.loop.teacher import answer


@pytest.fixture
def enter(open_page, teacher, live_server):
    """Return a function that opens a window in which the teacher is signed in."""

    def opened(**options):
        page = open_page(**options)
        cookie = teacher.client.get_cookie("focal_session")
        page.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
        return page

    return opened


def fits(page):
    """Fail when the page scrolls sideways at 320 px, the width of a zoomed phone."""
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size(before)


def check(page, name):
    """Hold the page against axe at phone and desktop width, and keep its pictures."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.check_axe()
    fits(page)
    page.shoot(name)


def test_a_teacher_new_to_focal_has_a_code_on_the_projector(enter, teacher):
    page = enter()
    page.goto("/cycles")
    check(page, "home-empty")
    page.click("text=Start my first cycle")
    check(page, "quick-start")
    page.fill("[name=nickname]", "Period 4")
    page.select_option("[name=grade]", "7")
    page.click("button:has-text('Open the survey')")
    page.wait_for_selector(".projector__code")
    assert re.fullmatch(r"Class code:\s[2-9A-Z]{3}-[2-9A-Z]{3}", page.inner_text(".projector__code"))
    check(page, "projector")
    page.click("text=Back to the cycle")
    check(page, "cycle-open")
    for path, name in (
        ("survey", "questions"),
        ("preview", "preview"),
        ("plan", "plan"),
        ("log", "log"),
        ("paper", "paper"),
        ("key-in", "key-in"),
        ("look", "not-yet"),
    ):
        page.goto(f"{page.url.split('?')[0].rsplit('/cycles/')[0]}/cycles/{cycle_of(page)}/{path}")
        check(page, name)


def cycle_of(page):
    return re.search(r"/cycles/([0-9a-f-]{36})", page.url)[1]


@pytest.mark.parametrize("java_script", [True, False])
def test_from_what_she_saw_to_the_decision(enter, teacher, java_script):
    cycle = teacher.start(asks_rest="1", rest_count="6", ready_set="whole_class")
    for place, token in enumerate(teacher.cards(others=6).values()):
        answer(teacher.app, token, str(place % 4 + 1))
    page = enter(java_script_enabled=java_script)
    hold = check if java_script else lambda page, name: None
    page.goto(f"{cycle}/saw")
    hold(page, "saw")
    for question in page.locator("fieldset").all():
        question.locator("input").nth(2).check()
    page.click("button:has-text('Go on to the prediction')")
    hold(page, "predict")
    for row in page.locator("fieldset.grid >> nth=0").locator(".grid__row").all():
        row.locator("label").nth(1).click()
    page.click("button:has-text('Lock my prediction')")
    hold(page, "ready")
    # The first picture of a process loads what draws; a busy machine needs its time.
    page.set_default_timeout(60_000)
    page.click("button:has-text('See what they said')")
    page.wait_for_selector("figure svg")
    assert page.locator("figure:has(svg)").count() >= 2
    hold(page, "look")
    page.click("text=What surprises you?")
    hold(page, "students")
    page.locator("textarea").first.fill("Talks with the neighbor, not with the class")
    page.click("text=Save what I noticed")
    page.click("text=Go on to the decision")
    hold(page, "decide")
    page.check("input[value=adapt]")
    page.fill("[name=reason]", "Two had no chance")
    page.click("button:has-text('Make the decision')")
    assert page.locator("text=Run cycle 2 now").is_visible()
    hold(page, "decided")


def test_a_picture_comes_to_life_when_asked_and_breaks_no_policy(enter, teacher):
    cycle = teacher.start()
    for token in teacher.cards().values():
        answer(teacher.app, token)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    page = enter()
    page.goto(f"{cycle}/look")
    page.locator("[data-explore] button").first.click()
    page.wait_for_selector(".figure__live[data-state=ready] svg")
    check(page, "explore")


def test_the_series_the_desk_print_and_the_library(enter, teacher):
    cycle = teacher.start()
    tokens = teacher.cards()
    teacher.whole_cycle(cycle, tokens)
    home = teacher.get("/cycles")
    series = re.search(r'action="(/series/[^"]+)/next"', home)[1]
    second = teacher.post(f"{series}/next", do="open").location.removesuffix("/projector")
    teacher.whole_cycle(second, tokens)
    page = enter()
    for path, name in (
        (series, "series"),
        (f"{second}/desk-print", "desk-print"),
        ("/questions", "questions"),
        ("/questions/AG", "measure"),
        ("/cycles", "home"),
    ):
        page.goto(path)
        check(page, name)


def test_the_prediction_by_keyboard_alone(enter, teacher):
    cycle = teacher.start()
    answer(teacher.app, teacher.cards()["A"])
    teacher.see(cycle)
    page = enter()
    page.goto(f"{cycle}/predict")
    page.locator("fieldset.grid input").first.focus()
    for _ in range(5):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
    assert page.locator("fieldset.grid >> nth=0").locator("input:checked").count() == 5
    while page.evaluate("document.activeElement.textContent") != "Lock my prediction":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your view is locked")


def test_six_sheets_of_paper_are_keyed_in_by_keyboard(enter, teacher):
    cycle = teacher.start(focal_count="6")
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    page = enter()
    page.goto(f"{cycle}/key-in")
    page.locator(".keying__cell").first.focus()
    for sheet in range(6):
        for question in range(4):
            page.keyboard.press(str((sheet + question) % 4 + 1))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The answers from paper are stored.")
    teacher.post(f"{cycle}/reveal")
    assert "6 students" in page.goto(f"{cycle}/look").text()
