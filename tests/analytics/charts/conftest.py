"""What the tests of pictures share: where each line of text stands, and which lines clip or meet."""

import re
import xml.etree.ElementTree as ET
from itertools import combinations

import pytest

from analytics.charts.lettering import text_width

SVG = "{http://www.w3.org/2000/svg}"


def lines_of_text(drawing):
    """Yield each drawn line of text with its box: left, top, right, bottom in pixels."""
    for element in drawing.iter(f"{SVG}text"):
        left, top = map(
            float, re.match(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform")).groups()
        )
        size = float(element.get("font-size").removesuffix("px"))
        spans = element.findall(f"{SVG}tspan")
        for k, text in enumerate([span.text or "" for span in spans] or [element.text or ""]):
            wide = text_width(text, size, bold=element.get("font-weight") == "600")
            shift = {"end": -wide, "middle": -wide / 2}.get(element.get("text-anchor"), 0)
            base = top + k * round(size * 1.25)
            yield text, (left + shift, base - 0.72 * size, left + shift + wide, base + 0.2 * size)


def faults_of(drawing):
    """Return a sentence for each label that clips or meets another."""
    wide, high = float(drawing.get("width")), float(drawing.get("height"))
    lines = [(text, box) for text, box in lines_of_text(drawing) if text.strip()]
    clipped = [
        f"{text!r} is clipped"
        for text, (left, top, right, bottom) in lines
        if left < -1 or right > wide + 1 or top < -1 or bottom > high + 1
    ]
    met = [
        f"{one!r} meets {two!r}"
        for (one, a), (two, b) in combinations(lines, 2)
        if a[2] > b[0] + 1 and b[2] > a[0] + 1 and a[3] > b[1] + 1 and b[3] > a[1] + 1
    ]
    return clipped + met


@pytest.fixture
def label_faults():
    """Return a function from a picture to what is wrong with its labels."""
    return lambda picture: faults_of(ET.fromstring(picture.svg()))
