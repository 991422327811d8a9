"""The browser of the tests is real and sees what only a browser can see."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from survey_app.security import CONTENT_POLICY
from tests import browser as harness

PAGE = """<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"></head>
<body><main><h1>A page</h1><p>{}</p></main></body></html>"""
FAULTS = {
    "style": ("<b style='color:red'>x</b>", "style-src"),
    "script": ("<script>document.title = 'x'</script>", "script-src"),
    "missing": ("<script src='/static/no.js'></script>", "answered 404"),
}


@pytest.fixture
def app():
    made = Flask(__name__, static_folder=None)
    made.add_url_rule("/", view_func=lambda: PAGE.format("Quiet."))
    made.add_url_rule("/plain", "plain", lambda: PAGE.format("<img src='data:,'>"))
    for name, (markup, _words) in FAULTS.items():
        made.add_url_rule(f"/{name}", name, lambda markup=markup: PAGE.format(markup))

    @made.after_request
    def add_policy(response):
        response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response

    return made


def test_a_good_page_opens_and_passes_axe(page):
    page.goto("/")
    expect(page.get_by_role("heading", name="A page")).to_be_visible()
    page.check_axe()


def test_a_missing_page_is_no_fault_of_the_browser(page):
    assert page.goto("/nowhere").status == 404


@pytest.mark.parametrize("name", FAULTS)
def test_what_the_browser_meets_is_noted(browser, live_server, name):
    faults = []
    context = browser.new_context(base_url=live_server)
    opened = context.new_page()
    harness._watch(opened, live_server, faults)
    opened.goto(f"/{name}")
    context.close()
    assert FAULTS[name][1] in " ".join(faults)


def test_axe_names_a_planted_fault(page):
    page.goto("/plain")
    with pytest.raises(AssertionError, match="image-alt"):
        page.check_axe()


def test_a_page_without_script_opens_too(open_page):
    page = open_page(java_script_enabled=False, width=390)
    page.goto("/")
    expect(page.locator("h1")).to_have_text("A page")


def test_pictures_are_kept_at_both_widths(page, monkeypatch, tmp_path):
    monkeypatch.setattr(harness, "SHOTS", tmp_path)
    page.goto("/")
    page.shoot("first")
    assert [path.name.rsplit("-", 1)[1] for path in sorted(tmp_path.iterdir())] == ["1280.png", "390.png"]


def test_a_browser_that_is_not_there_is_said_loudly(monkeypatch):
    monkeypatch.setenv("FOCAL_BROWSER", "/nowhere/chrome")
    from playwright.sync_api import Error

    class Nothing:
        class chromium:
            @staticmethod
            def launch(**_options):
                raise Error("no such file")

    with pytest.raises(harness.NoBrowser, match="BROWSER TESTS SKIPPED"):
        harness.start_browser(Nothing)
