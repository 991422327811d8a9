"""Every example is a test: it builds, its spec is valid, its words carry n, nothing clips, nothing leaks."""

import json
import re
import xml.etree.ElementTree as ET

import altair as alt
import pytest
from altair.utils.schemapi import validate_jsonschema

from analytics.charts import theme
from analytics.examples import EXAMPLES, all_pictures

WIDTHS = ("wide", "phone")
SCHEMA = alt.load_schema()
SVG = "{http://www.w3.org/2000/svg}"
OWN_VIEW = {"prediction-by-student", "student-rows"}
# What a mark needs: its place, its label, what is spoken. Everything else in a spec would be a leak.
PLACES = {
    "x",
    "y",
    "x2",
    "y2",
    "step",
    "cycle",
    "gap",
    "value",
    "lessons",
    "lesson",
    "target",
    "centre",
}
COLUMNS = PLACES | {
    *("text", "say", "from", "to", "top", "at", "mean", "teacher", "students", "line", "run", "zero"),
    *("predicted", "picked", "said", "happened", "low", "high", "place", "height"),
}
# A letter alone, but not the article before a word.
FOCAL_CODE = re.compile(r"(?<!\w)(?:[B-F]|A(?! [a-z]))(?!\w)")


@pytest.fixture(scope="module")
def pictures():
    return {(name, width): picture for width in WIDTHS for name, _, picture in all_pictures(width)}


@pytest.fixture(scope="module")
def drawings(pictures):
    return {key: ET.fromstring(picture.svg()) for key, picture in pictures.items()}


@pytest.fixture(
    params=[(name, width) for name in EXAMPLES for width in WIDTHS], ids=lambda key: "-".join(key)
)
def key(request):
    return request.param


@pytest.fixture
def picture(pictures, key):
    return pictures[key]


@pytest.fixture
def drawing(drawings, key):
    return drawings[key]


def rows_of(picture):
    return [row for rows in picture.spec["datasets"].values() for row in rows]


def strings_of(picture):
    texts = [value for row in rows_of(picture) for value in row.values() if isinstance(value, str)]
    return [
        *texts,
        picture.sentence,
        *picture.sentences,
        picture.description,
        *map(str, picture.table.to_numpy().ravel()),
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_spec_is_valid_vega_lite(pictures, name):
    # Two rows of each table are enough: the schema says nothing about rows and is slow to read them.
    spec = pictures[name, "wide"].spec
    few = {table: rows[:2] for table, rows in spec["datasets"].items()}
    validate_jsonschema({**spec, "datasets": few}, SCHEMA, rootschema=SCHEMA)


def test_a_picture_becomes_an_altair_chart(pictures):
    picture = pictures["gap-small-class", "wide"]
    assert isinstance(picture.chart(), alt.LayerChart)


def test_it_holds_no_number_that_json_does_not_know(picture):
    json.dumps(picture.spec, allow_nan=False)


def test_its_headline_says_how_many(picture):
    assert re.search(r"\d+", picture.sentence), picture.sentence
    assert any(re.search(r"\d", level) for level in picture.sentences)


def test_all_three_levels_are_sentences(picture):
    assert len(picture.sentences) == 3
    for level in picture.sentences:
        assert level == level.strip()
        assert level.endswith(".")
        assert "  " not in level
        assert "nan" not in level.split()


def test_its_table_is_for_people(picture):
    assert len(picture.table)
    assert not picture.table.isna().any(axis=None)
    assert all(column[0].isupper() or column[0] == "n" for column in picture.table.columns)


def test_no_spec_holds_a_column_that_the_picture_does_not_need(picture):
    assert {name for row in rows_of(picture) for name in row} <= COLUMNS


def test_no_focal_code_leaves_the_teachers_own_view(picture):
    codes = [text for text in strings_of(picture) if FOCAL_CODE.search(text)]
    if picture.own_view:
        assert codes
    else:
        assert not codes


def test_only_pictures_of_single_students_are_the_teachers_own(pictures):
    assert {name for (name, _), picture in pictures.items() if picture.own_view} == OWN_VIEW


def test_its_svg_can_stand_in_a_page_under_a_strict_policy(drawing):
    assert drawing.tag == f"{SVG}svg"
    for element in drawing.iter():
        assert "style" not in element.attrib
        assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}
        assert not any(name.startswith("on") for name in element.attrib)


def test_the_drawing_has_a_name(picture, drawing):
    assert drawing.get("role") == "graphics-document"
    assert drawing.get("aria-label") == picture.description


def test_each_mark_that_speaks_says_something(drawing):
    labels = [
        e.get("aria-label")
        for e in drawing.iter()
        if e.get("role") == "graphics-symbol" and e.get("aria-label")
    ]
    assert labels
    assert not [label for label in labels if "undefined" in label or "null" in label or not label.strip()]


def test_no_label_is_clipped_or_meets_another(picture, label_faults):
    assert label_faults(picture) == []


def test_it_fits_the_phone_and_the_page(pictures):
    for (_, width), picture in pictures.items():
        assert picture.spec["width"] == theme.PIXELS[width]


def test_no_text_is_smaller_than_twelve_pixels(drawing):
    assert min(float(text.get("font-size").removesuffix("px")) for text in drawing.iter(f"{SVG}text")) >= 12


def test_both_widths_tell_the_same_story(pictures):
    for name in EXAMPLES:
        wide, phone = pictures[name, "wide"], pictures[name, "phone"]
        assert wide.sentences == phone.sentences
        assert wide.table.equals(phone.table)


def test_what_leaves_the_page_says_what_it_is_for(pictures):
    framed = pictures["gap-focal", "wide"].png(1)
    assert framed.startswith(b"\x89PNG")


def test_printed_in_grey_no_colour_is_left(picture):
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(theme.recoloured(picture.spec, theme.PRINT))))
    assert colours
    for colour in colours:
        assert len({colour[1:3].lower(), colour[3:5].lower(), colour[5:7].lower()}) == 1, colour


def test_every_colour_of_a_mark_has_its_partner_in_the_dark(picture):
    blended = {theme.LOW_END, theme.LOW, theme.MIDDLE, theme.HIGH, theme.HIGH_END}
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(picture.spec))) - blended
    assert colours <= theme.DARK.keys()
