"""Pictures on a page: drawn once, kept, safe, and never without sentence and table."""

import re

import pandas as pd
import pytest

from analytics.charts.gap import gap_of_focal_students
from analytics.charts.predictions import prediction_by_student
from survey_app.ui import figures
from tests.pages import lint

OPTIONS = ("Not at all", "A little", "Some", "A lot")


def steps(item="A chance to share"):
    counts = {1: 1, 2: 2, 3: 1, 4: 1}
    return pd.DataFrame(
        {
            "item": item,
            "step": step,
            "option": OPTIONS[step - 1],
            "students": count,
            "teacher": step == 4,
            "word": "you saw more than they felt",
        }
        for step, count in counts.items()
    )


@pytest.fixture
def page(app):
    """A request, in which a page would be made; nothing is kept from earlier tests."""
    figures.forget_pictures(app.config["FOCAL"].instance)
    with app.test_request_context("/"):
        yield app
    figures.forget_pictures(app.config["FOCAL"].instance)


class Counted:
    """A chart builder that counts how often it is asked."""

    def __init__(self, builder):
        self.builder, self.calls = builder, 0
        self.__qualname__ = "counted"

    def __call__(self, frame, **options):
        self.calls += 1
        return self.builder(frame, **options)


pytestmark = pytest.mark.database("sqlite")


def test_a_figure_has_sentence_two_widths_numbers_pattern_and_table(page):
    html = figures.figure(figures.draw(gap_of_focal_students, steps()), id="gap", png="/a.png")
    assert html.count("<svg ") == 2
    assert 'width="720"' in html
    assert 'width="360"' in html
    assert "<figcaption>You saw more than they felt on 1 of 1 question (5 students)</figcaption>" in html
    assert "you picked A lot; 4 of 5 lower" in html
    assert '<th scope="row">A chance to share</th>' in html
    assert '<a href="/a.png" download>as PNG</a>' in html
    assert "style=" not in html


def test_two_figures_stand_on_one_page_without_sharing_an_id(page):
    drawing = figures.draw(gap_of_focal_students, steps())
    both = figures.figure(drawing, id="one") + figures.figure(drawing, id="two")
    whole = f"<!doctype html><html lang=en><title>t</title><h1>h</h1>{both}</html>"
    assert lint(whole) == []


def test_words_with_markup_are_only_words(page):
    text = '</text><script>alert(1)</script><img src=x onerror="x"> {{7*7}}'
    html = figures.figure(figures.draw(gap_of_focal_students, steps(text)), id="gap")
    assert "<script" not in html
    assert "<img" not in html
    assert "{{7*7}}" in html


@pytest.mark.parametrize(
    "svg",
    [
        "<svg><script>x</script></svg>",
        "<svg onload='x'><g></g></svg>",
        "<svg><a href='javascript:x'>t</a></svg>",
        "<svg><image href='https://else.example/x.png'/></svg>",
        "<svg><g style='fill:red'></g></svg>",
        "<svg><style>g{}</style></svg>",
        "<svg><foreignObject><p>x</p></foreignObject></svg>",
    ],
)
def test_a_drawing_that_could_run_or_load_something_is_refused(svg):
    with pytest.raises(figures.PictureFault):
        figures._checked(svg)


def test_the_same_table_is_drawn_once_even_after_a_restart(page):
    builder = Counted(gap_of_focal_students)
    first = figures.draw(builder, steps())
    assert figures.draw(builder, steps()) == first
    figures._memory.clear()
    assert figures.draw(builder, steps()) == first
    assert builder.calls == 2  # wide and phone, once each
    figures.draw(builder, steps(), about="voice")
    figures.draw(builder, steps("Another question"))
    assert builder.calls == 6


def test_answers_of_single_students_are_never_kept_on_disk(page):
    frame = pd.DataFrame(
        {"item": "A chance", "student": [*"ABC"], "predicted": [1.0, 2, 3], "picked": [2.0, 2, 4]}
    ).assign(missing="", options=[OPTIONS] * 3)
    figures.draw(prediction_by_student, frame)
    folder = page.config["FOCAL"].instance / "pictures"
    assert not list(folder.glob("*"))
    figures.draw(gap_of_focal_students, steps())
    (kept,) = folder.glob("*")
    assert folder.stat().st_mode & 0o077 == 0
    assert len(kept.stem) == 64


def test_after_an_erasure_no_picture_is_left(page):
    builder = Counted(gap_of_focal_students)
    figures.draw(builder, steps())
    figures.forget_pictures(page.config["FOCAL"].instance)
    assert not list((page.config["FOCAL"].instance / "pictures").glob("*"))
    figures.draw(builder, steps())
    assert builder.calls == 4


def test_a_broken_kept_file_or_a_folder_that_cannot_be_written_costs_only_time(page, monkeypatch):
    folder = page.config["FOCAL"].instance / "pictures"
    drawing = figures.draw(gap_of_focal_students, steps())
    (kept,) = folder.glob("*")
    for broken in ("", "{", "{}", '{"name": 1}', "[]"):
        kept.write_text(broken)
        figures._memory.clear()
        assert figures.draw(gap_of_focal_students, steps()) == drawing
    figures.forget_pictures(page.config["FOCAL"].instance)
    folder.rmdir()
    folder.write_text("a file where the folder should be")
    assert figures.draw(gap_of_focal_students, steps()) == drawing
    folder.unlink()


def test_memory_holds_a_limited_number_of_drawings(page, monkeypatch):
    monkeypatch.setattr(figures, "KEPT_IN_MEMORY", 2)
    for text in ("one", "two", "three"):
        figures.draw(gap_of_focal_students, steps(text))
    assert len(figures._memory) == 2


def test_an_empty_cell_is_a_dash_and_a_whole_number_has_no_point():
    cells = [None, float("nan"), pd.NA, pd.NaT, "", 3.0, 2.5, 4, "A lot"]
    assert [figures._cell(one) for one in cells] == ["–"] * 5 + ["3", "2.5", "4", "A lot"]


def test_a_lean_drawing_shows_and_says_the_same_in_fewer_bytes():
    picture = gap_of_focal_students(steps(), width="wide")
    whole, lean = picture.svg(), figures.drawing_of(picture, picture).wide
    for what in (r">([^<>]+)<", r'aria-label="([^"]+)"', r'fill="([^"]+)"', r"<(\w+)"):
        kept = re.findall(what, lean)
        if what == r"<(\w+)":
            assert set(kept) <= set(re.findall(what, whole))
        else:
            assert kept == re.findall(what, whole), what
    named = re.findall(r"<[^>]* aria-label=[^>]*>", lean)
    assert named
    assert all(" role=" in tag for tag in named), "a name without a role is heard by nobody"
    assert lean.count("font-family") == 1
    assert len(lean) < 0.85 * len(whole)
