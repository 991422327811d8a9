"""Codes that children type."""

from __future__ import annotations

import doctest

import pytest

from survey_app.classrooms import codes


@pytest.mark.parametrize(
    "typed",
    [
        "7H4MPX",
        "7h4mpx",
        " 7h4-mpx ",
        "7H4 MPX",
        "7 h 4 m p x",
        "７Ｈ４ＭＰＸ",
        "7h4\N{EN DASH}mpx",
        "7H4\N{NON-BREAKING HYPHEN}MPX",
        "7H4\N{NO-BREAK SPACE}MPX\N{ZERO WIDTH SPACE}",
        "\t7H4MPX\r\n",
        "HTTPS://FOCAL.EXAMPLE/S/7H4MPX",
        "https://focal.example/s/7h4mpx/",
    ],
)
def test_a_code_is_read_however_a_child_types_it(typed: str):
    assert codes.read_code(typed) == "7H4MPX"
    assert codes.is_class_code(codes.read_code(typed))


@pytest.mark.parametrize("typed", ["", "   ", "7H4MP", "7H4MPXX", "7Н4МРХ", "OIL015", "7H4MPX" * 10_000])
def test_what_is_no_code_stays_wrong(typed: str):
    read = codes.read_code(typed)
    assert not codes.is_class_code(read)
    assert len(read) <= codes.LONGEST_INPUT


def test_codes_hold_no_vowels_and_no_look_alikes():
    assert not set(codes.ALPHABET) & set("AEIOUY01LSBZ")
    made = [codes.new_class_code() for _ in range(200)] + [codes.new_card_token() for _ in range(200)]
    assert all(set(code) <= set(codes.ALPHABET) for code in made)
    assert len(set(made)) == 400
    assert {len(code) for code in made} == {6, 8}


def test_a_code_is_printed_in_two_halves_and_read_back():
    assert codes.show_code("7H4MPX") == "7H4-MPX"
    assert codes.show_code("7H4MPX23") == "7H4M-PX23"
    assert codes.read_code(codes.show_code("7H4MPX23")) == "7H4MPX23"


def test_a_cards_code_is_stored_only_as_a_hash_that_needs_the_servers_key():
    ours, others = codes.CardKeys("k" * 32), codes.CardKeys("l" * 32)
    assert ours.hash("7H4MPX23") == ours.hash("7H4MPX23")
    assert ours.hash("7H4MPX23") != ours.hash("7H4MPX24")
    assert ours.hash("7H4MPX23") not in others.all_hashes("7H4MPX23")
    assert len(ours.hash("7H4MPX23")) == 32


def test_the_examples_in_the_words_hold():
    assert doctest.testmod(codes).failed == 0
