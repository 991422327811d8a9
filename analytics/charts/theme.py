"""Colours, type and themes that every picture shares, and the font that the renderer measures with.

Marks carry the light colours as plain attributes. A page turns them dark with CSS rules on those attributes
(`stylesheet`), so that an inlined picture follows the page without a style attribute of its own; a picture
that leaves the page (a saved file, a print) is recoloured here.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Literal

Theme = Literal["light", "dark", "print"]
Width = Literal["wide", "phone"]

PIXELS: dict[Width, int] = {"wide": 720, "phone": 360}

INK = "#1F2430"
PAPER = "#FFFDF9"
QUIET = "#595959"
GRID = "#D8D4CC"
SHADE = "#EAE5DB"
TEACHER = "#0072B2"
STUDENT = "#B24A00"
CHANGE = "#8A3D69"
AGREEMENT = "#009E73"
EDGE = "#8A8A8A"
WITHHELD = "#FFFFFF"
NEUTRAL = "#7F7F7F"
BOX = "#EAF3FA"
STUDENT_TINT = "#F3DCC8"
# Words on a coloured bar keep their colour in every theme, so they are spelled apart from ink and paper.
ON_DARK = "white"
ON_LIGHT = "black"

LOW_END, LOW, MIDDLE, HIGH, HIGH_END = "#8C510A", "#D8B365", "#F5F5F5", "#5AA0CC", "#08519C"
DIVERGING: dict[int, tuple[str, ...]] = {
    2: (LOW_END, HIGH_END),
    3: (LOW_END, MIDDLE, HIGH_END),
    4: (LOW_END, LOW, HIGH, HIGH_END),
    5: (LOW_END, LOW, MIDDLE, HIGH, HIGH_END),
}

DARK: dict[str, str] = {
    INK: "#F3EFE6",
    PAPER: "#171A21",
    QUIET: "#BDB8AE",
    GRID: "#3C424F",
    SHADE: "#333947",
    TEACHER: "#5DB3EA",
    STUDENT: "#F0975A",
    CHANGE: "#DA8FB8",
    AGREEMENT: "#45C79E",
    EDGE: "#A0A0A0",
    WITHHELD: "#20242D",
    NEUTRAL: "#A8A8A8",
    BOX: "#22303C",
    STUDENT_TINT: "#55402F",
}
PRINT: dict[str, str] = {
    PAPER: "#FFFFFF",
    QUIET: "#4A4A4A",
    GRID: "#D0D0D0",
    SHADE: "#E6E6E6",
    INK: "#000000",
    TEACHER: "#000000",
    STUDENT: "#6E6E6E",
    CHANGE: "#3A3A3A",
    AGREEMENT: "#5A5A5A",
    EDGE: "#8A8A8A",
    NEUTRAL: "#8C8C8C",
    BOX: "#F4F4F4",
    STUDENT_TINT: "#DEDEDE",
    LOW_END: "#5E5E5E",
    LOW: "#B4B4B4",
    MIDDLE: "#F5F5F5",
    HIGH: "#D9D9D9",
    HIGH_END: "#3A3A3A",
}

FONT_PACKAGE = "font_source_sans_pro"
FONT_FAMILY = "Source Sans Pro"
# Liberation Sans is inside the renderer, so pictures keep their layout where the font package is missing.
FONT_STACK = f"{FONT_FAMILY}, Liberation Sans, Arial, sans-serif"


def font_directory() -> Path | None:
    """Return the folder of the font package's TTF files, or None where the package is not installed."""
    found = importlib.util.find_spec(FONT_PACKAGE)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "files"
    return folder if (folder / "SourceSansPro-Regular.ttf").is_file() else None


def font_files() -> dict[int, Path]:
    """Return the font file of each weight in use, for `@font-face`; nothing without the package."""
    folder = font_directory()
    if folder is None:
        return {}
    return {400: folder / "SourceSansPro-Regular.ttf", 600: folder / "SourceSansPro-Semibold.ttf"}


def stylesheet(colours: dict[str, str], *, within: str) -> str:
    """Return CSS rules that give an inlined picture other colours, for the page's own stylesheet.

    Examples
    --------
    >>> print(stylesheet({"#1F2430": "#F3EFE6"}, within=".picture"))
    .picture [fill="#1F2430"]{fill:#F3EFE6}
    .picture [stroke="#1F2430"]{stroke:#F3EFE6}
    """
    return "\n".join(
        f'{within} [{paint}="{light}"]{{{paint}:{other}}}'
        for light, other in colours.items()
        for paint in ("fill", "stroke")
    )


def recoloured(part: Any, colours: dict[str, str]) -> Any:
    """Return a spec, or a part of one, in which each colour of the light theme is replaced by its partner.

    Examples
    --------
    >>> recoloured({"mark": {"color": "#B24A00"}, "size": 3}, PRINT)
    {'mark': {'color': '#6E6E6E'}, 'size': 3}
    """
    if isinstance(part, dict):
        return {key: recoloured(value, colours) for key, value in part.items()}
    if isinstance(part, list):
        return [recoloured(value, colours) for value in part]
    return colours.get(part, part) if isinstance(part, str) else part
