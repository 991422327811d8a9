"""What a good editor would say, said by rule."""

import dataclasses

import pytest

from measures import Library, Option, Scale, Wording, load_library
from measures.lint import lint, lint_item, lint_words


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def rules(text: str, **kwargs: bool) -> set[str]:
    return {rule for rule, _ in lint_words(text, **kwargs)}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("How much did you get to say what you think when we all sat in the big ring?", "length"),
        ("How much did the investigation facilitate conceptual understanding?", "reading_level"),
        ("How much did you listen and speak?", "double_barrelled"),
        ("How much did you not speak?", "negation"),
        ("How much did you feel you couldn’t speak?", "negation"),
        ("Do you agree that class was fun?", "agree_disagree"),
        ("Who would your family vote for?", "protected_topic"),
        ("How often do your parents pray?", "protected_topic"),
        ("How sad were you?", "protected_topic"),
        ("Who sells drugs at school?", "protected_topic"),
        ("How much money do you have?", "protected_topic"),
        ("What did you tell the doctor?", "protected_topic"),
    ],
)
def test_each_rule_finds_its_fault(text, rule):
    assert rule in rules(text)


def test_a_plain_question_passes_every_rule():
    assert rules("How much did you get to share?") == set()


def test_fifteen_words_pass_and_sixteen_do_not():
    fifteen = " ".join(["go"] * 15) + "?"
    assert "length" not in rules(fifteen)
    assert "length" in rules("go " + fifteen)


def test_adults_may_read_harder_and_longer_words():
    text = "How confident are you facilitating interdisciplinary investigations in the coming month?"
    assert rules(text, for_students=False) == set()
    assert "reading_level" in rules(text)


def test_the_library_raises_nothing_that_was_not_weighed(library):
    findings = lint(library)
    assert [str(finding) for finding in findings if not finding.accepted] == []
    assert {finding.rule for finding in findings} <= {
        "double_barrelled",
        "negation",
        "protected_topic",
        "reading_level",
    }
    assert all(len(finding.accepted) > 20 for finding in findings)


def test_without_its_reason_an_accepted_remark_is_raised(library):
    bare = dataclasses.replace(library.items["CS3"], accepted={})
    assert [finding.rule for finding in lint_item(bare) if not finding.accepted] == ["protected_topic"]


def test_a_reason_that_is_no_longer_needed_is_raised(library):
    eager = dataclasses.replace(library.items["SM1"], accepted={"length": "It was long once."})
    assert [finding.rule for finding in lint_item(eager)] == ["stale_acceptance"]


def test_a_closed_licence_and_a_missing_source_are_raised(library):
    borrowed = dataclasses.replace(library.items["SM1"], licence="All rights reserved", source="web")
    assert {finding.rule for finding in lint_item(borrowed)} == {"licence", "source"}


def test_steps_of_agreement_are_raised(library):
    options = (Option("no", 1, "Disagree"), Option("yes", 2, "Agree"))
    version = dataclasses.replace(
        library.item_versions["MW1.3-12.1"],
        scale=Scale("AGR", 1, "agreement", options),
        wordings={("student", "en"): Wording("Our work was good.", {"no": "Disagree", "yes": "Agree"})},
        paired=False,
    )
    item = dataclasses.replace(library.items["MW1"], versions=(version,))
    assert [finding.rule for finding in lint_item(item)] == ["agree_disagree"]


def test_a_hole_in_a_translation_names_the_question(library):
    chrome = dict(library.chrome)
    messages = {key: words for key, words in chrome["es"].messages.items() if key != "send"}
    chrome["es"] = dataclasses.replace(chrome["es"], messages=messages)
    holes = [f for f in lint(dataclasses.replace(library, chrome=chrome)) if f.rule == "translation_hole"]
    assert [str(hole) for hole in holes] == ["es translation_hole: not translated: message send."]
