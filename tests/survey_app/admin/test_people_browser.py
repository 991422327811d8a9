"""The pages of people, places and teams in a real browser: by keyboard, at two widths, held against axe."""

import pytest


@pytest.fixture
def window(network, open_page, live_server):
    """Return a window in which an administrator of the network is signed in."""
    network.add("Nia", "Bay network", "administrator")
    network.add("Ben", "Lincoln", "teacher")
    nia = network.browser("Nia")
    page = open_page()
    page.context.add_cookies([{"name": "focal_session", "value": nia.token, "url": live_server}])
    return page


def check(page):
    """Hold the page against axe at both widths, and against scrolling sideways at 320 px."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.check_axe()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.database("sqlite")
def test_a_school_a_team_and_a_list_of_people(window):
    window.goto("/people")
    window.get_by_role("link", name="Places and teams").click()
    check(window)
    window.get_by_role("link", name="Add a school").click()
    window.get_by_label("What is it called?").fill("Oak Middle")
    window.get_by_label("What does it belong to?").select_option(label="North region (region)")
    check(window)
    window.get_by_role("button", name="Add the place").press("Enter")
    window.get_by_text("The place is added.").wait_for()
    window.get_by_label("A new team is called").fill("Grade 7")
    window.get_by_role("button", name="Add the team").press("Enter")
    window.get_by_label("by email address").fill("ben@lincoln.example")
    window.get_by_role("button", name="Put into the team").press("Enter")
    window.get_by_text("They are in the team.").wait_for()
    check(window)
    window.get_by_role("link", name="Oak Middle").click()
    check(window)
    window.goto("/people/invite/many")
    rows = ("name\temail\tschool", "Ana Ruiz\tana@x.example\tOak Middle", "Bo\tbo\tNowhere")
    window.get_by_label("The list").fill("\n".join(rows))
    check(window)
    window.get_by_role("button", name="Look at the list").press("Enter")
    window.get_by_role("heading", name="What would happen").wait_for()
    check(window)
    window.get_by_role("button", name="Invite 1 person").press("Enter")
    window.get_by_role("heading", name="Their links").wait_for()
    check(window)
    link = window.get_by_label("All of them, to copy").input_value().split("\t")[-1]
    assert "/join/" in link
    window.reload()  # sends the form once more, as a lost connection would
    assert window.get_by_label("All of them, to copy").input_value().split("\t")[-1] == link
