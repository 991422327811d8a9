"""The words of the sample network: enough of them, fit for their fields, and never a student's name."""

import re

from survey_app.catalogue.library import library
from survey_app.sample.material import FOLDER, hard_question, ideas, lessons_for, network, phrases
from survey_app.sample.names import KNOWN, adults, places


def test_every_idea_listens_with_a_ready_set_that_is_on_offer():
    offered = {key for key, one in library().instruments.items() if one.is_offered}
    assert {idea.ready_set for idea in ideas()} <= offered


def test_ideas_fit_their_fields():
    for idea in ideas():
        assert len(idea.name) <= 60
        # The change of a later cycle is the idea with one tweak; a page takes 200 letters.
        assert all(len(f"{idea.name}: {tweak}") <= 200 for tweak in idea.tweaks)


def test_every_grade_has_lessons_and_ideas():
    for grade in range(13):
        assert len(lessons_for(grade)) >= 8
        assert any(idea.fits(grade) for idea in ideas())


def test_lessons_above_grade_2_have_a_goal():
    assert all(lesson["goal"] for grade in (3, 6, 9) for lesson in lessons_for(grade))


def test_the_own_question_builds_on_a_construct_and_scale_of_the_library():
    question = network()["own_question"]
    assert question["construct"] in library().constructs
    assert question["scale"] in {version.scale.key for version in library().item_versions.values()}
    assert hard_question() not in library().item_versions


def test_adults_have_names_and_addresses_of_their_own_for_ever():
    known = adults(2026)
    people = [next(known) for _ in range(7000)] + list(KNOWN)
    addresses = [address for _name, address in people]
    assert len(set(addresses)) == len(addresses)
    assert all(re.fullmatch(r"[a-z.]+\d*@sample\.focal\.example", address) for address in addresses)


def test_places_do_not_come_twice():
    named = places(2026)
    some = [next(named) for _ in range(1500)]
    assert len(set(some)) == 1500


def test_what_teachers_write_holds_no_first_name():
    words = re.sub(r"names:.*?places:", "", (FOLDER / "phrases.yaml").read_text("utf-8"), flags=re.S)
    words += (FOLDER / "network.yaml").read_text("utf-8")
    for name in phrases()["names"]["first"]:
        assert not re.search(rf"\b{name}\b", words), f"{name} stands in the words of the sample network"
