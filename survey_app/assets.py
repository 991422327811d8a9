"""The files that pages load: made once at set-up, named by their content, compressed beforehand.

Nothing that others wrote is kept in this project. The chart bundle comes out of vl-convert and the typeface
out of its package; both land, with our own CSS and JavaScript, in the git-ignored folder ``static/built``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
import os
import re
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
# Tabular figures by default, upright cuts as plain TTF: what a chart renderer and a browser both read.
TYPEFACE = "Source Sans Pro"
TYPEFACE_FILES = {
    "source-sans-regular.ttf": "SourceSansPro-Regular.ttf",
    "source-sans-semibold.ttf": "SourceSansPro-Semibold.ttf",
}
NEVER_CHANGES = "public, max-age=31536000, immutable"


class AssetsMissing(Exception):
    """A page asked for a file that set-up has not made."""


def typeface_folder() -> Path:
    """Return the folder of the typeface's TTF files, for a renderer to register."""
    return Path(str(resources.files("font_source_sans_pro") / "files"))


def build(built: Path = BUILT) -> list[str]:
    """Make what is missing or out of date, and return the names made.

    Old files stay: a server that is running still hands them out. A page's file is only made again when what
    it is made from has changed, so a second call costs a few milliseconds.
    """
    built.mkdir(parents=True, exist_ok=True)
    manifest = _read_manifest(built)
    made = []
    for name, (fingerprint, content) in _sources().items():
        entry = manifest.get(name)
        if entry and entry["from"] == fingerprint and (built / entry["file"]).exists():
            continue
        manifest[name] = {"from": fingerprint, "file": _write(built, name, content())}
        made.append(name)
    made += _build_own_files(built, manifest)
    _replace(built / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
    return made


def init_app(app: Flask, built: Path = BUILT) -> None:
    """Serve the built files under ``/assets/`` and give templates ``asset("focal.css")``."""
    files = {name: entry["file"] for name, entry in _read_manifest(built).items()}
    known = set(files.values())

    def asset(name: str) -> str:
        if name not in files:
            raise AssetsMissing(f"{name} is not built. Run: python -m survey_app.assets")
        return url_for("asset", file=files[name])

    @public
    def serve(file: str) -> Response:
        if file not in known:
            abort(404)
        return _file_response(built / file)

    app.add_url_rule("/assets/<file>", endpoint="asset", view_func=serve)
    app.add_template_global(asset, "asset")


def _file_response(path: Path) -> Response:
    """Answer with the file, compressed when the browser takes it; its name changes when its content does."""
    packed = path.with_name(path.name + ".gz")
    zipped = packed.exists() and "gzip" in request.accept_encodings
    response = Response((packed if zipped else path).read_bytes())
    response.mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response.headers["Cache-Control"] = NEVER_CHANGES
    response.vary.add("Accept-Encoding")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _sources() -> dict[str, tuple[str, Callable[[], bytes]]]:
    """Return what comes out of installed packages: name -> (fingerprint, how to make it)."""
    charts = f"vl-convert-python {metadata.version('vl-convert-python')}"
    typeface = f"font-source-sans-pro {metadata.version('font-source-sans-pro')}"
    sources: dict[str, tuple[str, Callable[[], bytes]]] = {
        "vega.js": (charts, _chart_bundle),
        "notices.txt": (f"{charts}, {typeface}", _notices),
    }
    for name, original in TYPEFACE_FILES.items():
        sources[name] = (typeface, (typeface_folder() / original).read_bytes)
    return sources


def _build_own_files(built: Path, manifest: dict[str, dict[str, str]]) -> list[str]:
    """Copy our CSS and JavaScript, with each ``url(name)`` pointing at the built name."""
    made = []
    own = sorted([*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js"), *STATIC.glob("img/*")])
    for path in own:
        content = path.read_bytes()
        if path.suffix == ".css":
            content = _point_urls(content.decode(), manifest).encode()
        fingerprint = hashlib.sha256(content).hexdigest()
        entry = manifest.get(path.name)
        if not entry or entry["from"] != fingerprint or not (built / entry["file"]).exists():
            manifest[path.name] = {"from": fingerprint, "file": _write(built, path.name, content)}
            made.append(path.name)
    return made


def _point_urls(css: str, manifest: dict[str, dict[str, str]]) -> str:
    return re.sub(
        r"url\(([\w.-]+)\)", lambda hit: f"url({manifest.get(hit[1], {}).get('file', hit[1])})", css
    )


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


def _write(built: Path, name: str, content: bytes) -> str:
    """Write the file and its compressed twin under a name that holds its hash; return that name."""
    stem, _, ending = name.rpartition(".")
    file = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
    _replace(built / file, content)
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    if len(packed) < 0.9 * len(content):
        _replace(built / f"{file}.gz", packed)
    return file


def _replace(path: Path, content: bytes) -> None:
    # Two set-ups may run at once: each writes aside, then renames, so nobody reads half a file.
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


def _read_manifest(built: Path) -> dict[str, dict[str, str]]:
    try:
        manifest: dict[str, dict[str, str]] = json.loads((built / "manifest.json").read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return manifest


if __name__ == "__main__":
    print("Page files are ready." if not (names := build()) else f"Page files made: {', '.join(names)}.")
