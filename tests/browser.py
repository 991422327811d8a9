"""A real browser for tests: found by trying, and watched while it is used.

``python -m tests.browser`` says which browser is found, or what to install.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# A browser that looks for updates in a closed network only makes noise.
QUIET = (
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (390, 1280)
SHOTS = Path(__file__).resolve().parents[1] / "instance" / "screenshots"
MISSING = (
    "BROWSER TESTS SKIPPED: no Chromium, Chrome or Edge could be started.\n"
    "  Debian or Ubuntu: sudo apt install chromium      macOS: install Google Chrome\n"
    "  or say where it is: FOCAL_BROWSER=/path/to/chrome"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, so that ``-m "not browser"`` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly, at the end, that browser tests were skipped."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any("BROWSER TESTS SKIPPED" in str(report.longrepr) for report in skipped):
        terminalreporter.write_sep("!", "BROWSER TESTS SKIPPED", red=True, bold=True)
        terminalreporter.write_line(MISSING)


class NoBrowser(Exception):
    """No browser on this machine can be started."""


def start_browser(playwright: Playwright) -> Browser:
    """Start the first browser that starts: the named one, an installed one, or playwright's own."""
    from playwright.sync_api import Error

    # Chromium's sandbox cannot be set up by root; for everybody else it stays on.
    arguments = [*QUIET, *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
    for path in _candidates():
        try:
            return playwright.chromium.launch(executable_path=path, args=arguments)
        except Error:
            continue
    raise NoBrowser(MISSING)


def _candidates() -> list[str | None]:
    named = os.environ.get("FOCAL_BROWSER")
    if named:
        return [named]
    found = [path for name in NAMES if (path := shutil.which(name))]
    return [*found, *(place for place in PLACES if Path(place).exists()), None]


def is_required() -> bool:
    """Tell whether a missing browser is a failure and not a skip."""
    return os.environ.get("FOCAL_REQUIRE_BROWSER") == "1" or os.environ.get("CI") == "true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one real browser for all tests of this process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            started = start_browser(playwright)
        except NoBrowser as fault:
            (pytest.fail if is_required() else pytest.skip)(str(fault))
        yield started
        started.close()


@pytest.fixture
def live_server(app) -> Iterator[str]:
    """Serve the test's application on a free port; return its address."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(browser: Browser, live_server: str, request: pytest.FixtureRequest):
    """Return a function that opens a window: ``open_page(width=390, java_script_enabled=False)``.

    Each window shares nothing with the others. When the test ends it fails if any of them saw a script error,
    something that the content policy stopped, a file that did not load, or a call to another host.

    The page can also ``check_axe()``, and ``shoot("name")`` itself at 390 and 1280 px.
    """
    contexts = []
    faults: list[str] = []

    def open_one(*, width: int = 1280, height: int = 800, **options) -> Page:
        options = {"base_url": live_server, "viewport": {"width": width, "height": height}, **options}
        context = browser.new_context(**options)
        # The first picture of a process loads what draws; a busy machine needs its time.
        context.set_default_timeout(45_000)
        contexts.append(context)
        page = context.new_page()
        _watch(page, live_server, faults)
        page.check_axe = lambda: check_axe(page)
        page.shoot = lambda name: shoot(page, f"{request.node.name}-{name}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not faults, "The browser met faults:\n  " + "\n  ".join(faults)


@pytest.fixture
def page(open_page) -> Page:
    """Return one browser window at 1280 px; see ``open_page`` for others."""
    return open_page()


def _watch(page: Page, home: str, faults: list[str]) -> None:
    def note_console(message) -> None:
        # A page that answers 404 or 409 on purpose is logged, too; files that fail are noted below.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            faults.append(f"{page.url} console: {message.text}")

    def note_request(sent) -> None:
        if urlsplit(sent.url).scheme in ("http", "https") and not sent.url.startswith(f"{home}/"):
            faults.append(f"{page.url} calls another host: {sent.url}")

    def note_response(answer) -> None:
        if answer.status >= 400 and answer.request.resource_type in ("stylesheet", "script", "image", "font"):
            faults.append(f"{page.url} loads {answer.url}, which answered {answer.status}")

    page.on("console", note_console)
    page.on("pageerror", lambda error: faults.append(f"{page.url} script: {error}"))
    page.on("request", note_request)
    page.on("response", note_response)


def check_axe(page: Page) -> None:
    """Fail with every accessibility fault that axe-core finds on the page as it is now."""
    script = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(script)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(r => r.violations)", RULES
    )
    lines = [
        f"{one['id']}: {one['help']}: {node['html'][:160]}" for one in found for node in one["nodes"]
    ]
    assert not lines, f"{page.url} has accessibility faults:\n  " + "\n  ".join(lines)


def shoot(page: Page, name: str) -> list[Path]:
    """Keep a picture of the whole page at each width, in ``instance/screenshots``; return their paths."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    name = re.sub(r"[^\w.-]+", "-", name)
    paths = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        paths.append(SHOTS / f"{name}-{width}.png")
        page.screenshot(path=paths[-1], full_page=True)
    page.set_viewport_size(before)
    return paths


def main() -> int:
    """Say which browser the tests would use; return 0 when there is one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        try:
            browser = start_browser(playwright)
        except NoBrowser as fault:
            print(f"\n{'!' * 79}\n{fault}\n{'!' * 79}\n")
            return 1
        print(f"  ok   browser for the tests: Chromium {browser.version}")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
