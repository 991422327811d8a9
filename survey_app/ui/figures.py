"""Pictures on a page: the sentence, the drawing at two widths, the words that say the same, and the table.

A page calls :func:`draw` with a chart builder of ``analytics.charts`` and its table, and :func:`figure` with
what comes back. A drawing takes half a second to make and nothing to keep, so it is kept under a hash of
everything that goes into it. Import builders inside the function that draws: they load Altair and pandas,
which no other request needs.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import OrderedDict
from dataclasses import asdict, dataclass
from functools import cache
from html.parser import HTMLParser
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, render_template
from markupsafe import Markup, escape

from config import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analytics.charts.picture import Picture

KEPT_IN_MEMORY = 200
KEPT_ON_DISK = 2000
EMPTY_CELL = "–"
# What the renderer writes for a still picture. Anything else in it is a reason to stop, not to show.
SVG_ELEMENTS = frozenset(
    {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title", "desc", "defs", "clippath"}
    | {"lineargradient", "radialgradient", "stop"}
)

# What a group or mark without a name of its own would say of itself; where there is a name, its role stays.
NAMELESS = re.compile(r"<(?![^>]* aria-label=)[^>]*>")
ROLES = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")')
FONTS = re.compile(r' font-family="[^"]*"')
NOTHING = re.compile(
    r'<path class="(?:fore|back)ground"(?: aria-hidden="true")? d="" display="none"/>| font-weight="400"'
)
PLACES, HUNDREDTHS = re.compile(r' (?:d|transform)="[^"]*"'), re.compile(r"(\.\d\d)\d+")
LEAN = "2"  # raise it with any change of how a drawing is made lean, so that no older one is shown

_memory: OrderedDict[str, Drawing] = OrderedDict()


class PictureFault(Exception):
    """A picture holds something that a still picture never needs, so it is not put on a page."""


@dataclass(frozen=True)
class Drawing:
    """One picture, ready for a page, and small enough to keep.

    ``wide`` and ``phone`` are SVG; ``says`` are the numbers and the pattern in words; ``rows`` is the table.
    """

    name: str
    sentence: str
    description: str
    says: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: str
    phone: str


def draw(builder: Callable[..., Picture], frame: pd.DataFrame, **options: Any) -> Drawing:
    """Return the drawing of a table by a chart builder, for wide screens and for phones; made once and kept.

    Parameters
    ----------
    builder : callable
        Takes the table, the options and ``width`` ("wide" or "phone"); returns a ``Picture``.
    frame : DataFrame
        The builder's own table.
    options
        Passed on to the builder: words and whole numbers only.
    """
    key = _key(builder, frame, options)
    folder = current_app.config["FOCAL"].instance / "pictures"
    kept = _memory.get(key) or _read(folder / f"{key}.json")
    if kept is None:
        wide, phone = (builder(frame, width=width, **options) for width in ("wide", "phone"))
        kept = drawing_of(wide, phone)
        # Single students' answers stay in the database, where they can be erased.
        if not wide.own_view:
            _write(folder, key, kept)
    _memory[key] = kept
    while len(_memory) > KEPT_IN_MEMORY:
        _memory.popitem(last=False)
    return kept


def figure(
    drawing: Drawing, *, id: str, svg: str | None = None, png: str | None = None, json: str | None = None
) -> Markup:
    """Return a drawing as one ``<figure>`` for a template: sentence, picture, words, table, and what to keep.

    Parameters
    ----------
    drawing : Drawing
        From :func:`draw`.
    id : str
        Unique on the page.
    svg, png : str, optional
        Addresses at which the picture can be kept as a file.
    json : str, optional
        Address of the picture's spec: with it, a button brings the picture to life when the reader asks.
    """
    return _trusted(
        render_template(
            "ui/figure.html",
            drawing=drawing,
            id=id,
            wide=_inline(drawing.wide, f"{id}-wide", drawing.description),
            phone=_inline(drawing.phone, f"{id}-phone", drawing.description),
            svg=svg,
            png=png,
            spec=json,
        )
    )


def forget_pictures(instance: Path) -> None:
    """Delete every picture that is kept, here and on disk: after an erasure nothing may outlive its rows."""
    _memory.clear()
    for path in (instance / "pictures").glob("*"):
        path.unlink(missing_ok=True)


def drawing_of(wide: Picture, phone: Picture) -> Drawing:
    """Return the drawing of one picture built at both widths; kept nowhere."""
    table = wide.table
    return Drawing(
        name=wide.name,
        sentence=wide.sentence,
        description=wide.description,
        says=tuple(says for says in wide.sentences[1:] if says),
        columns=tuple(str(column) for column in table.columns),
        rows=tuple(tuple(map(_cell, row)) for row in table.itertuples(index=False, name=None)),
        wide=_lean(_checked(wide.svg())),
        phone=_lean(_checked(phone.svg())),
    )


def _lean(svg: str) -> str:
    """Return an SVG without what nobody hears or sees: a sixth of its bytes and more."""
    head, body = svg.split(">", 1)
    fonts = set(FONTS.findall(body))
    font = fonts.pop() if len(fonts) == 1 else ""
    body = NAMELESS.sub(lambda tag: ROLES.sub("", tag[0]), body)
    body = NOTHING.sub("", body.replace(font, ""))
    body = PLACES.sub(lambda found: HUNDREDTHS.sub(r"\1", found[0]), body)
    return f"{head}{font}>{body}"


def _cell(value: object) -> str:
    # Empty is NaN, NaT, pandas' NA or None: none of them equals itself, or it is none at all.
    if value is None or str(value) in ("nan", "NaT", "<NA>", ""):
        return EMPTY_CELL
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _key(builder: Callable[..., Picture], frame: pd.DataFrame, options: dict[str, Any]) -> str:
    parts = (
        LEAN,
        _renderer(),
        builder.__module__,
        builder.__qualname__,
        frame.to_json(orient="split", double_precision=15),
        json.dumps(options, sort_keys=True),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@cache
def _renderer() -> str:
    """Return a mark of everything that decides how a table is drawn, so that no picture outlives its code."""
    versions = [f"{name} {metadata.version(name)}" for name in ("altair", "vl-convert-python", "pandas")]
    sources = sorted([*(ROOT / "analytics").glob("*.py"), *(ROOT / "analytics" / "charts").glob("*.py")])
    texts = [path.read_text(encoding="utf-8") for path in sources]
    return hashlib.sha256("\n".join([*versions, *texts]).encode()).hexdigest()


def _read(path: Path) -> Drawing | None:
    try:
        kept = json.loads(path.read_bytes())
        return Drawing(
            **{
                **kept,
                "says": tuple(kept["says"]),
                "columns": tuple(kept["columns"]),
                "rows": tuple(map(tuple, kept["rows"])),
            }
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(folder: Path, key: str, drawing: Drawing) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sum(1 for _ in folder.iterdir()) >= KEPT_ON_DISK:
            for path in folder.glob("*.json"):
                path.unlink(missing_ok=True)
        aside = folder / f".{key}.{os.getpid()}"
        aside.write_text(json.dumps(asdict(drawing)), encoding="utf-8")
        aside.replace(folder / f"{key}.json")
    except OSError:
        # A full or read-only disk costs the next page half a second, and nothing else.
        return


class _Checker(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        bad = [name for name, _ in attrs if name.startswith("on") or name in ("style", "href", "xlink:href")]
        if tag not in SVG_ELEMENTS or bad:
            raise PictureFault(f"The picture holds <{tag} {' '.join(bad)}>; a still one never needs that.")


def _checked(svg: str) -> str:
    """Return an SVG after making sure that nothing in it can run or load."""
    checker = _Checker()
    checker.feed(svg)
    checker.close()
    return svg


def _inline(svg: str, mark: str, description: str) -> Markup:
    """Return an SVG that can stand beside others on a page: its ids its own, and spoken as one picture."""
    svg = re.sub(r'(\sid="|url\(#)', lambda found: f"{found[0]}{mark}-", svg)
    return _trusted(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(description)}" ', 1))


def _trusted(checked: str) -> Markup:
    # The one place where text becomes page: our template with its escaping, or an SVG that _checked has read.
    return Markup(checked)  # noqa: S704  (that is what this function is for)
