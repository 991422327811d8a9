"""Colours that can be told apart and read, in light, dark and print; and what an import costs."""

import subprocess
import sys

import pytest

from analytics.charts import theme
from analytics.charts.lettering import text_width, wrapped


def luminance(colour):
    """Return relative luminance, WCAG 2.2."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, two):
    """Return the contrast ratio of two colours, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def in_theme(colour, colours):
    return colours.get(colour, colour)


@pytest.mark.parametrize("colours", [{}, theme.DARK, theme.PRINT], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ink", [theme.INK, theme.QUIET, theme.TEACHER, theme.STUDENT, theme.CHANGE])
def test_words_can_be_read(ink, colours):
    assert contrast(in_theme(ink, colours), in_theme(theme.PAPER, colours)) >= 4.5


@pytest.mark.parametrize("colours", [{}, theme.DARK, theme.PRINT], ids=["light", "dark", "print"])
@pytest.mark.parametrize("mark", [theme.TEACHER, theme.STUDENT, theme.CHANGE, theme.AGREEMENT, theme.EDGE])
def test_marks_stand_out(mark, colours):
    assert contrast(in_theme(mark, colours), in_theme(theme.PAPER, colours)) >= 3


@pytest.mark.parametrize("colours", [{}, theme.PRINT], ids=["light", "print"])
def test_words_on_bars_can_be_read(colours):
    for bar in (theme.LOW_END, theme.HIGH_END):
        assert contrast(in_theme(bar, colours), "#FFFFFF") >= 4.5
    for bar in (theme.LOW, theme.MIDDLE, theme.HIGH):
        assert contrast(in_theme(bar, colours), "#000000") >= 4.5


def test_the_tokens_are_those_of_the_design():
    assert (theme.INK, theme.PAPER) == ("#1F2430", "#FFFDF9")
    assert (theme.TEACHER, theme.STUDENT) == ("#0072B2", "#B24A00")
    assert (theme.CHANGE, theme.AGREEMENT, theme.EDGE) == ("#8A3D69", "#009E73", "#8A8A8A")
    assert theme.DIVERGING[5] == ("#8C510A", "#D8B365", "#F5F5F5", "#5AA0CC", "#08519C")


def test_the_stylesheet_turns_every_colour_dark_by_its_attribute():
    rules = theme.stylesheet(theme.DARK, within=".picture")

    assert f'.picture [fill="{theme.INK}"]{{fill:{theme.DARK[theme.INK]}}}' in rules
    assert rules.count("\n") + 1 == 2 * len(theme.DARK)


def test_a_picture_without_the_font_package_still_has_a_font(monkeypatch):
    monkeypatch.setattr(theme, "FONT_PACKAGE", "no_such_font_package")

    assert theme.font_directory() is None
    assert theme.font_files() == {}
    assert "Liberation Sans" in theme.FONT_STACK


def test_lines_are_never_wider_than_their_room_unless_one_word_is():
    text = "How much of a chance did you have to share your thinking?"
    for room in (60, 90, 140, 300):
        for line in wrapped(text, room, size=14):
            assert text_width(line, 14) <= room or " " not in line
    assert " ".join(wrapped(text, 90, size=14)) == text


@pytest.mark.parametrize("module", ["analytics", "analytics.charts"])
def test_importing_the_package_loads_no_heavy_library(module):
    heavy = "{'altair', 'pandas', 'scipy', 'vl_convert'}"
    check = f"import sys, {module}; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_declaring_and_laying_out_a_picture_loads_no_altair_until_it_is_drawn():
    check = "import sys, analytics.charts.gap, analytics.describe; sys.exit('altair' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
