"""The rules that every page keeps, held against each page that any test opens.

The lint reads the HTML that the application sends, so it works the same for a test client, for a browser and
for a browser without JavaScript. What only a browser can see is in ``tests/browser.py``.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "form": "action"}
REFERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")


@dataclass
class Element:
    """An element of the page, with what stands around and in it."""

    name: str
    attributes: dict[str, str]
    around: list[Element]
    inside: list[Element] = field(default_factory=list)
    words: str = ""

    def within(self, name: str) -> Element | None:
        """Return the nearest element of this name around this one."""
        return next((one for one in reversed(self.around) if one.name == name), None)

    def holds(self, name: str) -> bool:
        """Tell whether an element of this name stands anywhere inside."""
        return any(one.name == name for one in self.inside)

    def __str__(self) -> str:
        named = self.attributes.get("name") or self.attributes.get("id") or self.attributes.get("class") or ""
        return f"<{self.name} {named}>"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, list(self._open))
        self.elements.append(element)
        for outer in self._open:
            outer.inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        names = [one.name for one in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        for outer in self._open:
            outer.words += data


def read_page(html: str) -> list[Element]:
    """Return the elements of a page in reading order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.elements


def lint(html: str) -> list[str]:
    """Return what is wrong with a page, in words; an empty list when nothing is."""
    elements = read_page(html)
    return [
        *_head_faults(elements),
        *_id_faults(elements),
        *_label_faults(elements),
        *_policy_faults(elements),
        *_chart_faults(elements),
    ]


def _head_faults(elements: list[Element]) -> list[str]:
    faults = []
    headings = [one for one in elements if one.name == "h1"]
    if len(headings) != 1 or not headings[0].words.strip():
        faults.append(f"{len(headings)} h1 headings; a page has exactly one, with words in it")
    html = next((one for one in elements if one.name == "html"), None)
    if html is None or not html.attributes.get("lang"):
        faults.append("no lang on <html>")
    titles = [one for one in elements if one.name == "title" and not one.within("svg")]
    if len(titles) != 1 or not titles[0].words.strip():
        faults.append("no title")
    return faults


def _id_faults(elements: list[Element]) -> list[str]:
    ids = [one.attributes["id"] for one in elements if "id" in one.attributes]
    known = set(ids)
    faults = [f"id {one!r} stands {ids.count(one)} times" for one in sorted(known) if ids.count(one) > 1]
    for one in elements:
        for name in REFERS:
            faults += [
                f"{one} says {name}={target!r}, and nothing has that id"
                for target in one.attributes.get(name, "").split()
                if target not in known
            ]
    return faults


def _label_faults(elements: list[Element]) -> list[str]:
    labelled = {one.attributes.get("for") for one in elements if one.name == "label"}
    faults = []
    for one in elements:
        kind = one.attributes.get("type", "text")
        if one.name not in ("input", "select", "textarea") or (one.name == "input" and kind in UNLABELLED):
            continue
        named = one.attributes.get("aria-label") or one.attributes.get("aria-labelledby")
        if not (named or one.within("label") or (one.attributes.get("id") or 0) in labelled):
            faults.append(f"{one} has no label")
        group = one.within("fieldset")
        if kind == "radio" and (group is None or not group.holds("legend")):
            faults.append(f"{one} is a radio outside a fieldset with a legend")
    return faults


def _policy_faults(elements: list[Element]) -> list[str]:
    """Find what the content security policy would stop, and hosts that are not ours."""
    faults = []
    for one in elements:
        if one.name == "style" or (one.name == "script" and not _is_file_or_data(one)):
            faults.append(f"inline <{one.name}>")
        faults += [f"{one} has an inline {name}" for name in one.attributes if name.startswith("on")]
        if "style" in one.attributes:
            faults.append(f"{one} has an inline style")
        address = one.attributes.get(LOADS.get(one.name, ""), "")
        if re.match(r"(https?:)?//", address, re.IGNORECASE):
            faults.append(f"{one} loads from another host: {address}")
    return faults


def _is_file_or_data(script: Element) -> bool:
    return "src" in script.attributes or script.attributes.get("type") == "application/json"


def _chart_faults(elements: list[Element]) -> list[str]:
    faults = []
    for one in elements:
        if one.name == "svg" and "marks" in one.attributes.get("class", "").split():
            figure = one.within("figure")
            if figure is None:
                faults.append("a chart stands outside a <figure>")
            elif not (figure.holds("figcaption") and figure.holds("table")):
                faults.append(f"{figure} shows a chart without a sentence (figcaption) and a table")
    return faults


class PageLint:
    """Reads along with the application and remembers every fault of every page it sends."""

    def __init__(self) -> None:
        self.faults: dict[str, list[str]] = {}
        self.pages = 0

    def watch(self, app) -> None:
        """Look at every HTML page that the application answers with."""
        app.after_request(self._look)

    def _look(self, response):
        from flask import request

        is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        if is_page and request.method != "HEAD" and not response.direct_passthrough:
            self.pages += 1
            packed = response.content_encoding == "gzip"
            body = gzip.decompress(response.get_data()) if packed else response.get_data()
            if faults := lint(body.decode()):
                self.faults[f"{request.method} {request.path} ({response.status_code})"] = faults
        return response

    def check(self) -> None:
        """Fail with every fault of every page, if there was any."""
        lines = [f"{page}: {fault}" for page, faults in self.faults.items() for fault in faults]
        assert not lines, "Pages with faults:\n  " + "\n  ".join(lines)


def packed_size(*bodies: bytes) -> int:
    """Return how many bytes these weigh together on the wire, each compressed."""
    return sum(len(gzip.compress(body, mtime=0)) for body in bodies)


def weigh(client, path: str) -> dict[str, int]:
    """Return the bytes on the wire of a page and of each file that it loads, as a browser asks for them."""
    page = client.get(path)
    assert page.status_code == 200, f"{path} answered {page.status_code}"
    weights = {path: packed_size(page.data)}
    for one in read_page(page.get_data(as_text=True)):
        address = one.attributes.get(LOADS.get(one.name, ""), "")
        is_loaded = one.name != "form" and (one.name != "link" or _is_loaded(one))
        if address and is_loaded and not address.startswith("data:"):
            target = urlsplit(urljoin(path, address))
            answer = client.get(
                target.path, query_string=target.query, headers={"Accept-Encoding": "gzip"}
            )
            assert answer.status_code == 200, f"{path} loads {address}, which answered {answer.status_code}"
            weights[address] = len(answer.data)
    return weights


def _is_loaded(link: Element) -> bool:
    return bool({"stylesheet", "icon", "preload", "manifest"} & set(link.attributes.get("rel", "").split()))
