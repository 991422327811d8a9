"""Every exported column has one name for ever and says what its numbers mean."""

import re

import pytest

from measures import Library, load_library
from measures.codebook import MISSING_CODES, codebook, column_name


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_names_are_unique_and_fit_statistics_programs(library):
    names = [column.name for column in codebook(library.item_versions.values())]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9_]{0,31}", name) for name in names)


def test_a_prediction_has_the_students_words_and_values(library):
    columns = {column.name: column for column in codebook([library.item_versions["PS1.3-12.1"]])}
    assert set(columns) == {
        f"PS1_v1_{side}{percent}" for side in ("s", "t", "p") for percent in ("", "_pomp")
    }
    assert columns["PS1_v1_p"].question == "When it got hard, how long did you keep trying?"
    assert columns["PS1_v1_p"].values == columns["PS1_v1_s"].values
    assert columns["PS1_v1_t"].values[1] == "They stopped right away"


def test_missing_values_are_told_apart_and_never_a_score(library):
    column = codebook([library.item_versions["PS1.3-12.1"]])[0]
    assert column.values[-2] == "It never got hard"
    assert column.missing == (-1, -2, -3, -4)
    lowest = min(scale.lowest for scale in library.scales.values() if not scale.is_text)
    assert max(MISSING_CODES.values()) < lowest


def test_a_reversed_column_keeps_what_was_marked_and_says_how_it_was_turned(library):
    marked, percent = codebook([library.item_versions["SM4.3-12.1"]])[:2]
    assert marked.is_reversed
    assert marked.values[1] == "Not at all"
    assert "1 is 100, 2 is 66.67, 3 is 33.33, 4 is 0" in percent.unit


def test_open_text_is_one_column_without_values(library):
    columns = codebook([library.item_versions["MS4.3-12.1"]])
    assert [column.name for column in columns] == ["MS4_v1_s", "MS4_v1_t"]
    assert columns[0].unit == "text"
    assert not columns[0].values


def test_adults_and_observers_have_their_own_letter(library):
    assert column_name(library.item_versions["AD1.adult.1"], "adult_self") == "AD1_v1_a"
    assert column_name(library.item_versions["AD1.adult.1"], "matched_other") == "AD1_v1_m"
    assert column_name(library.item_versions["DQ3.3-12.1"], "observer") == "DQ3_v1_o"
