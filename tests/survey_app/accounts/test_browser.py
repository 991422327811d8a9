"""The first minutes in a real browser: by keyboard, on a phone, without JavaScript."""

import pytest

from tests.survey_app.accounts.staff import PASSWORD, link_in

ROUND = "/play/look?chance=4&own_way=2&student_A=4&student_B=2&student_C=3&student_D=3&student_E=4"


def fits(page):
    """Tell whether the page stays within a small phone."""
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    return width <= 320


def test_a_round_on_a_phone_without_javascript(open_page):
    page = open_page(width=390, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Play a round").click()
    page.get_by_role("link", name="Say what I saw").click()
    page.get_by_role("group", name="How much of a chance").get_by_label("A lot").check()
    page.get_by_role("group", name="How much did").get_by_label("A little").check()
    page.get_by_role("button", name="Go on to the prediction").click()
    for code, pick in zip("ABCDE", ("A lot", "A little", "Some", "Some", "A lot"), strict=True):
        page.locator(f"#f-student_{code}").get_by_label(pick).check()
    page.get_by_role("button", name="Lock my prediction").click(timeout=60_000)
    assert page.locator("figcaption").inner_text().startswith("You saw more")
    assert page.locator(".figure__picture--phone svg").is_visible()
    assert not page.locator(".figure__picture--wide svg").is_visible()
    page.get_by_role("link", name="Make my account").click()
    assert page.url.endswith("/first-account")


def test_the_first_account_by_keyboard_alone(open_page):
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")  # past the skip link and the name of the site
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/first-account")
    page.locator("#f-name").focus()
    for text in ("Ana Lopez", "ana@lincoln.example", PASSWORD, "Lincoln Middle School"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # the time zone stays as it is
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cycles")
    assert page.context.cookies()[0]["httpOnly"] is True


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_fits_a_small_phone(open_page, app, clock, network, scheme):
    network.add("Ada", "Lincoln", "administrator", "coach")
    network.add("Ben", "Lincoln", "teacher")
    admin = network.browser("Ada")
    place = str(network.places["Lincoln"])
    fields = {"name": "New", "email": "new@lincoln.example", "role": "coach", "organisation": place}
    invitation = link_in(admin.post("/people/invite", **fields))
    ben = f"/people/{network.people['Ben']}"
    password = link_in(admin.post(f"{ben}/password-link"))

    page = open_page(color_scheme=scheme)
    strangers = ("/sign-in", "/sample-network", "/play", "/play/predict?x=1", "/join/none")
    for path in (*strangers, invitation, password):
        page.goto(path)
        page.check_axe()
        assert fits(page), path
    page.goto("/sign-in?next=/account")
    page.fill("#f-email", network.email("Ada"))
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="My account").wait_for()
    for path in ("/account", "/", "/use", "/account/password-again", "/people", "/people/invite", ben):
        page.goto(path)
        page.check_axe()
        assert fits(page), path


def test_the_reveal_of_the_round_passes_axe(open_page):
    page = open_page()
    page.goto(ROUND, timeout=60_000)
    page.get_by_text("Show as table").click()
    page.check_axe()
    assert fits(page)


def test_after_sign_out_the_back_button_shows_nothing(open_page, network):
    network.add("Ada", "Lincoln", "coach")
    page = open_page()
    page.goto("/sign-in?next=/account")
    page.fill("#f-email", network.email("Ada"))
    page.fill("#f-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in?did=signed-out")
    page.go_back()
    assert "ada@lincoln.example" not in page.content()
