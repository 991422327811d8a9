"""People outside: browsers that know Focal only by its pages and its address on this machine."""

from __future__ import annotations

import base64
import hashlib
import html
import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"
PATIENCE = 40.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PASSWORD = "counts every thank-you twice"


class NoAnswer(Exception):
    """The server gave none: refused before the request was taken, or broken off while it was under way."""

    def __init__(self, cause: BaseException, *, was_taken: bool) -> None:
        self.was_taken = was_taken
        super().__init__(f"{type(cause).__name__}: {cause}")


class Stuck(Exception):
    """A page was not what it should be; the text says which."""


@dataclass(frozen=True)
class Page:
    """What came back."""

    path: str
    status: int
    headers: dict[str, str]
    text: str
    seconds: float

    @property
    def is_thanks(self) -> bool:
        """Tell whether this acknowledges a sheet: the child is sent on to the page that says thanks."""
        return self.status == 303 and "/thanks" in self.headers.get("location", "")

    def hidden(self, name: str) -> str:
        """Return what a hidden field holds."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        if found is None:
            raise Stuck(f"{self.path} ({self.status}) has no hidden field {name!r}.")
        return html.unescape(found[1])


@dataclass
class Browser:
    """One browser: cookies, and a connection for each request unless it keeps one open."""

    port: int
    keeps_open: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    line: http.client.HTTPConnection | None = None
    timeout: float = PATIENCE

    def get(self, path: str, headers: dict[str, str] | None = None) -> Page:
        """Open a page, without following it anywhere."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, fields: dict[str, str]) -> Page:
        """Send a form, without following where it leads."""
        return self._ask("POST", path, urlencode(fields).encode(), FORM)

    def close(self) -> None:
        """Let go of the connection."""
        if self.line is not None:
            self.line.close()
            self.line = None

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        started = time.monotonic()
        is_new = self.line is None
        line = self.line or http.client.HTTPConnection(HOST, self.port, timeout=self.timeout)
        self.line = None
        try:
            if is_new:
                line.connect()
        except OSError as fault:
            line.close()
            raise NoAnswer(fault, was_taken=False) from None
        try:
            line.request(method, path, body, headers | self._sent_always())
            answer = line.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as fault:
            line.close()
            raise NoAnswer(fault, was_taken=True) from None
        found = {name.lower(): value for name, value in answer.getheaders()}
        self._keep_cookies(answer.headers.get_all("Set-Cookie") or [])
        if self.keeps_open and not answer.will_close:
            self.line = line
        else:
            line.close()
        return Page(path, answer.status, found, text, time.monotonic() - started)

    def _sent_always(self) -> dict[str, str]:
        sent = {"Connection": "keep-alive" if self.keeps_open else "close"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return sent

    def _keep_cookies(self, lines: list[str]) -> None:
        for one in lines:
            name, _, value = one.split(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()


@dataclass(frozen=True)
class Sheet:
    """One child's page, filled in: where it goes, what it sends, and by which words it is found again."""

    path: str
    fields: dict[str, str]
    mark: str

    @property
    def key_hash(self) -> bytes:
        """Return what the server keeps of the page's key, worked out from the page alone."""
        return hashlib.sha256(
            b"focal sheet key " + base64.urlsafe_b64decode(self.fields["key"])[:16]
        ).digest()


def fill(page: Page, path: str, mark: str, choice: str = "2") -> Sheet:
    """Answer every question of a page; the child's own words are the mark in the ledger."""
    radios = re.findall(r'<input[^>]*type="radio"[^>]*>', page.text)
    names = {re.search(r'name="([^"]+)"', one)[1] for one in radios}
    fields = {"key": page.hidden("key"), "lang": page.hidden("lang"), **dict.fromkeys(names, choice)}
    written = re.findall(r'<textarea[^>]*name="([^"]+)"', page.text)
    return Sheet(path, fields | dict.fromkeys(written, mark), mark)


class Teacher:
    """A teacher at her browser, on a new installation or at her door again."""

    def __init__(self, port: int, *, name: str = "Ms. R", email: str = "r@example.org") -> None:
        self.browser = Browser(port)
        self.name, self.email = name, email
        self.form_token = ""

    def open_the_first_account(self) -> Teacher:
        """Make the first account of this installation, and agree to how it is used."""
        fields = {"name": self.name, "organisation": "Lincoln", "agrees": "1"}
        self.send("/first-account", **fields, email=self.email, password=PASSWORD)
        return self

    def sign_in(self) -> Teacher:
        """Come in through the door."""
        self.send("/sign-in", email=self.email, password=PASSWORD)
        return self

    def send(
        self, path: str, *, page: str | None = None, statuses: tuple[int, ...] = (303,), **fields: str
    ) -> Page:
        """Send a form with what its page carries; refuse any other answer than the one expected."""
        shown = self.browser.get(page or path)
        carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown.text))
        answer = self.browser.post(path, carried | fields)
        if answer.status not in statuses:
            words = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())
            raise Stuck(f"{path} answered {answer.status}: {words[:600]}")
        return answer

    def post(self, path: str, **fields: str) -> Page:
        """Send a form without looking at its page first."""
        return self.browser.post(path, {"csrf_token": self._token()} | fields)

    def _token(self) -> str:
        if not self.form_token:
            self.form_token = self.browser.get("/cycles/new").hidden("csrf_token")
        return self.form_token

    def open_survey(
        self, *, nickname: str = "Period 4", focal: int = 0, rest: int = 0, ready_set: str = ""
    ) -> str:
        """Begin a cycle by the quick start, open its survey, and return the cycle's address."""
        cycle_id = self.browser.get("/cycles/new").hidden("cycle_id")
        fields = {
            "cycle_id": cycle_id,
            "ready_set": ready_set or "agency_lesson_study",
            "classroom": "new",
            "nickname": nickname,
            "grade": "7",
            "goal": "compare two fractions",
            "do": "open",
        }
        if focal:
            fields |= {"asks_focal": "1", "focal_count": str(focal)}
        if rest:
            fields |= {"asks_rest": "1", "rest_count": str(rest)}
        answer = self.post("/cycles/new", **fields)
        if answer.status != 303:
            raise Stuck(f"The quick start answered {answer.status}: {answer.text[-3000:]}")
        return f"/cycles/{cycle_id}"

    def class_code(self, cycle: str) -> str:
        """Read the code from the projector."""
        shown = self.browser.get(f"{cycle}/projector").text
        return re.search(
            r"\b([0-9A-Z]{3})-([0-9A-Z]{3,5})\b", re.sub(r"<svg.*?</svg>", "", shown, flags=re.S)
        )[0].replace("-", "")

    def cards(self, *, focal: int = 0, others: int = 0) -> list[str]:
        """Print cards for the first class listed; read their codes from the paper, the focal ones first."""
        rooms = re.findall(r'href="/classes/([0-9a-f-]{36})', self.browser.get("/classes").text)
        path = f"/classes/{rooms[0]}/cards"
        ticked = {f"make_{'ABCDEF'[place]}": "1" for place in range(focal)}
        paper = self.send(path, statuses=(200,), **ticked, others_en=str(others)).text
        return [
            code.replace(" ", "").replace("-", "")
            for code in re.findall(r'studentcard__code">([^<]+)<', paper)
        ]

    def lock(self, cycle: str) -> None:
        """Say what she saw, and lock it without a prediction."""
        shown = self.browser.get(f"{cycle}/saw")
        own = {name: "3" for name in re.findall(r'name="(own-[^"]+)"', shown.text)}
        self.send(f"{cycle}/saw", do="next", **own)
        self.send(f"{cycle}/lock", page=f"{cycle}/predict")
