"""Which passwords are refused, and how they are kept (cases E19; NIST SP 800-63B-4)."""

import time

import pytest

from survey_app.accounts.passwords import Passwords, password_fault
from tests.survey_app.accounts.staff import CHEAP, PASSWORD

ABOUT = ["Ana Lopez", "ana.lopez@lincoln.example", "Lincoln Middle School"]


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "8302749182734652",
        "mi perro come tortillas azules",
        "sunshine over the football field",
        "Ünïcödé wörds änd möre",
        "x7#Kp2!vQ9@mZ4$",
        "a long one, with commas and spaces, that a manager of passwords made: " + "fGh3kQ" * 10 + "zzu8",
    ],
)
def test_e19_long_and_uncommon_is_enough_whatever_the_letters(password):
    assert password_fault(password, about=ABOUT) is None


@pytest.mark.parametrize("length", [1, 8, 14])
def test_e19_fourteen_characters_are_too_few_and_the_page_says_how_many_there_were(length):
    assert f"this one has {length}" in password_fault("q7fz9kpm2xw4tv"[:length])


def test_fifteen_characters_are_enough_and_an_emoji_counts_as_one():
    assert password_fault("q7fz9kpm2xw4tv!") is None
    assert password_fault("q7fz9kpm2xw4t🙂🙃") is None


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "password12345678",
        "P@ssw0rdP@ssw0rd!",
        "Password Password 1!",
        "1234567890123456",
        "9876543210987654",
        "qwertyuiopasdfghjkl",
        "1qaz2wsx3edc4rfv",
        "correcthorsebatterystaple",
        "Correct Horse Battery Staple 1",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "iloveyouiloveyou",
        "letmeinletmein123",
        "contraseña contraseña",
    ],
)
def test_e19_what_everybody_tries_first_is_refused(password):
    assert "among the first" in password_fault(password)


@pytest.mark.parametrize("password", ["MrsLopezLincoln2026", "ana.lopez@lincoln", "Lincoln Middle School"])
def test_ones_own_name_and_school_do_not_make_a_password(password):
    assert "among the first" in password_fault(password, about=ABOUT)


def test_e19_the_longest_allowed_is_256_and_a_megabyte_costs_nothing():
    assert password_fault("k7Qz" * 3 + "marble thunder oatmeal kite " * 8) is None
    started = time.perf_counter()
    assert "256 characters at most" in password_fault("x7#K" * 250_000)
    assert time.perf_counter() - started < 0.05


def test_a_check_of_50000_characters_about_oneself_takes_no_time():
    started = time.perf_counter()
    password_fault("q7fz9kpm2xw4tv!" * 17, about=["a" * 50_000, "b c " * 12_500])
    assert time.perf_counter() - started < 0.1


def test_a_hash_fits_its_own_password_only_and_is_argon2id():
    kept = CHEAP.hash(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert CHEAP.hash(PASSWORD) != kept
    assert CHEAP.fit(kept, PASSWORD)
    assert not CHEAP.fit(kept, PASSWORD + " ")
    assert not CHEAP.fit(None, PASSWORD)
    assert not CHEAP.fit("no hash at all", PASSWORD)


def test_the_same_letters_from_another_keyboard_fit():
    composed, apart = "contrase\u00f1a azul y verde", "contrasen\u0303a azul y verde"
    assert CHEAP.fit(CHEAP.hash(composed), apart)


def test_the_product_hashes_at_the_cost_that_owasp_names_first():
    kept = Passwords().hash(PASSWORD)
    assert "m=19456,t=2,p=1" in kept
    assert CHEAP.is_old(kept)
    assert not Passwords().is_old(kept)
