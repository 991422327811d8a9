"""The files that pages load: made once at set-up out of installed packages, served compressed.

Nothing that others wrote is kept in this project. The chart bundle comes out of vl-convert and the typeface
out of its package; both land in the git-ignored folder ``static/built``. Our own CSS and JavaScript stand
beside it. ``asset()`` in a template puts a mark of the content into each address.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import os
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, abort, request, url_for

from survey_app.security import public

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

STATIC = Path(__file__).resolve().parent / "static"
BUILT = STATIC / "built"
# Its figures are tabular by default, and its upright cuts are plain TTF, which a chart renderer reads too.
TYPEFACE = "Source Sans Pro"
TYPEFACE_FILES = {
    "source-sans-regular.ttf": "SourceSansPro-Regular.ttf",
    "source-sans-semibold.ttf": "SourceSansPro-Semibold.ttf",
}
FOLDERS = ("css", "js", "img", "built")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"
COMPRESSED = frozenset({".css", ".js", ".json", ".svg", ".ttf", ".txt"})


class AssetMissing(Exception):
    """A page asked for a file that is not there."""


def typeface_folder() -> Path:
    """Return the folder of the typeface's TTF files, for a renderer to register."""
    return Path(str(resources.files("font_source_sans_pro") / "files"))


def build(built: Path = BUILT) -> list[str]:
    """Make what is missing or older than its package, and return the names made.

    A second call costs a few milliseconds; two at once do no harm.
    """
    built.mkdir(parents=True, exist_ok=True)
    notes = _read_notes(built)
    sources = _sources()
    made = out_of_date(built)
    for name in made:
        origin, content = sources[name]
        _replace(built / name, content())
        notes[name] = origin
    if made:
        _replace(built / "made_from.json", json.dumps(notes, indent=1, sort_keys=True).encode())
    return made


def out_of_date(built: Path = BUILT) -> list[str]:
    """Return the names of files that are not there, or were made from another version of their package."""
    notes = _read_notes(built)
    return [
        name
        for name, (origin, _content) in _sources().items()
        if notes.get(name) != origin or not (built / name).exists()
    ]


def init_app(app: Flask) -> None:
    """Serve the files under ``/assets/`` and give templates ``asset("staff.css")``."""
    app.add_url_rule("/assets/<file>", endpoint="asset", view_func=_serve)
    app.add_template_global(asset, "asset")


def asset(name: str) -> str:
    """Return a file's address with a mark of its content, so that no browser keeps an old one."""
    path = _find(name)
    if path is None:
        raise AssetMissing(f"{name} is in no static folder. To build it: python -m survey_app.assets")
    return url_for("asset", file=name, v=_mark(str(path), path.stat().st_mtime_ns))


@public
def _serve(file: str) -> Response:
    path = _find(file)
    if path is None:
        abort(404)
    zipped = path.suffix in COMPRESSED and "gzip" in request.accept_encodings
    body = _packed(str(path), path.stat().st_mtime_ns) if zipped else path.read_bytes()
    response = Response(body, mimetype=mimetypes.guess_type(path.name)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = FOR_EVER if "v" in request.args else FOR_A_DAY
    response.vary.add("Accept-Encoding")
    response.add_etag()
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response.make_conditional(request)


def _find(name: str) -> Path | None:
    if Path(name).name != name:
        return None
    return next((path for folder in FOLDERS if (path := STATIC / folder / name).is_file()), None)


@cache
def _mark(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


@cache
def _packed(path: str, _changed: int) -> bytes:
    """Return the file compressed; kept in memory, there are a dozen of them."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=9, mtime=0)


def _sources() -> dict[str, tuple[str, Callable[[], bytes]]]:
    """Return what comes out of installed packages: name -> (which package and version, how to make it)."""
    charts = f"vl-convert-python {metadata.version('vl-convert-python')}"
    typeface = f"font-source-sans-pro {metadata.version('font-source-sans-pro')}"
    sources: dict[str, tuple[str, Callable[[], bytes]]] = {
        "vega.js": (charts, _chart_bundle),
        "notices.txt": (f"{charts}, {typeface}", _notices),
    }
    for name, original in TYPEFACE_FILES.items():
        sources[name] = (typeface, (typeface_folder() / original).read_bytes)
    return sources


def _chart_bundle() -> bytes:
    # Imported here: the renderer costs 70 MB, and only set-up needs its bundle.
    import vl_convert

    return vl_convert.javascript_bundle().encode()


def _notices() -> bytes:
    """Gather the licences of what the built folder holds and others wrote."""
    parts = [
        "The chart bundle holds, taken out of vl-convert-python:\n"
        "Vega, Vega-Lite, Vega-Embed, Vega-Tooltip: Copyright (c) 2015 University of Washington Interactive"
        " Data Lab and contributors, all rights reserved, under the conditions of the next licence;\n"
        "D3: Copyright 2010 Mike Bostock. Permission to use, copy, modify, and/or distribute this software"
        " for any purpose with or without fee is hereby granted, provided that the above copyright notice and"
        ' this permission notice appear in all copies. The software is provided "as is" and the author'
        " disclaims all warranties with regard to this software.",
        _licence_of("vl-convert-python"),
        "The typeface Source Sans Pro:",
        (typeface_folder() / "LICENSE.txt").read_text(encoding="utf-8"),
    ]
    return "\n\n".join(parts).encode()


def _licence_of(distribution: str) -> str:
    files = metadata.files(distribution) or []
    return "\n\n".join(file.read_text() for file in files if file.name.upper().startswith("LICENSE"))


def _replace(path: Path, content: bytes) -> None:
    # Two set-ups may run at once: each writes aside, then renames, so nobody reads half a file.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


def _read_notes(built: Path) -> dict[str, str]:
    try:
        notes: dict[str, str] = json.loads((built / "made_from.json").read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return notes


if __name__ == "__main__":
    print(f"Page files made: {', '.join(made)}." if (made := build()) else "Page files are ready.")
