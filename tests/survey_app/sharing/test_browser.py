"""Sharing in a real browser: by keyboard, at phone and desktop width, held against axe."""

import pytest


@pytest.fixture
def enter(open_page, live_server):
    """Return a function that opens a window in which somebody is signed in."""

    def opened(person, **options):
        page = open_page(**options)
        cookie = person.client.get_cookie("focal_session")
        page.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
        return page

    return opened


def check(page):
    """Hold the page against axe at both widths, and against scrolling sideways at 320 px."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.check_axe()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


def test_a_teacher_shares_and_a_coach_comments(enter, room):
    owner = enter(room.owner)
    owner.goto(room.cycle)
    owner.get_by_role("link", name="Share this cycle").click()
    owner.get_by_label("With whom?").select_option(label="Cora Coach, coach, Hill School")
    owner.get_by_label("pictures as bands").check()
    owner.get_by_label("What would you like from them?").fill("Is my question too long?")
    owner.get_by_role("button", name="Share the cycle").press("Enter")
    owner.get_by_text("It is shared.").wait_for()
    check(owner)
    coach = enter(room.coach)
    coach.goto("/shared")
    check(coach)
    coach.get_by_role("link", name="cycle 1").click()
    coach.get_by_label("Write a comment").fill("Try it with fewer words.")
    coach.get_by_role("button", name="Send the comment").press("Enter")
    coach.get_by_text("Your comment is there.").wait_for()
    check(coach)
    owner.reload()
    owner.get_by_text("Try it with fewer words.").wait_for()
    owner.get_by_role("button", name="Take it back from Cora Coach").click()
    owner.get_by_text("It is taken back.").wait_for()
    coach.reload()
    coach.get_by_text("There is nothing here").wait_for()
