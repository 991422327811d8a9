"""An impossible object cannot be constructed, and says everything that is wrong with it."""

import dataclasses
from typing import Any

import pytest

from measures import (
    Construct,
    DefinitionError,
    Instrument,
    Item,
    ItemVersion,
    LookFor,
    Measure,
    Option,
    Scale,
    Wording,
    load_library,
)
from measures.vocabulary import Band, Comparability, Kind, MissingReason, Perspective, Status, Tier

YES_NO = Scale("YN", 1, "yes or no", (Option("no", 1, "No"), Option("yes", 2, "Yes")))
TEXT = Scale("TX", 1, "own words", max_length=300)
LABELS = {"no": "No", "yes": "Yes"}


def version(**changes: Any) -> ItemVersion:
    values: dict[str, Any] = {
        "item": "AB1",
        "band": Band.GRADES_3_12,
        "number": 1,
        "kind": Kind.CHOICE,
        "scale": YES_NO,
        "wordings": {("student", "en"): Wording("Was it clear?", LABELS)},
        "paired": False,
        "min_grade": 3,
        "max_grade": 12,
    }
    return ItemVersion(**(values | changes))


def item(*versions: ItemVersion, **changes: Any) -> Item:
    values: dict[str, Any] = {
        "key": "AB1",
        "name": "Clear",
        "construct": "AB",
        "position": 1,
        "versions": versions,
        "source": "Made for a test",
        "licence": "CC BY 4.0",
    }
    return Item(**(values | changes))


def construct(**changes: Any) -> Construct:
    values: dict[str, Any] = {
        "key": "AB",
        "name": "Clarity",
        "tier": Tier.CORE,
        "definition": "It is clear.",
        "question": "Was it clear?",
        "source": "Made for a test",
        "licence": "CC BY 4.0",
        "status": Status.PILOTING,
        "perspectives": (Perspective.STUDENT,),
        "if_low": ("Say it again.",),
        "items": ("AB1",),
        "min_grade": 3,
        "max_grade": 12,
    }
    return Construct(**(values | changes))


def instrument(**changes: Any) -> Instrument:
    values: dict[str, Any] = {
        "key": "short",
        "name": "Short",
        "question": "Was it clear?",
        "when": "At the end.",
        "band": Band.GRADES_3_12,
        "items": (version(), version(item="AB2")),
        "after_send": (),
        "minutes": 1,
        "source": "Made for a test",
        "licence": "CC BY 4.0",
    }
    return Instrument(**(values | changes))


def problems_of(make: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(DefinitionError) as refused:
        make(*args, **kwargs)
    return " ".join(refused.value.problems)


def test_the_makers_of_this_file_make_possible_things():
    assert version().key == "AB1.3-12.1"
    assert item(version()).latest("3-12") == version()
    assert construct().is_for_adults is False
    assert instrument().min_grade == 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": "f1"}, "should be capitals"),
        ({"version": 0}, "count from 1"),
        ({"name": " "}, "name is empty"),
        ({"options": ()}, "two options, or max_length"),
        ({"options": (Option("no", 1, "No"),)}, "no choice"),
        ({"options": (Option("no", 2, "No"), Option("yes", 1, "Yes"))}, "must rise"),
        ({"options": (Option("no", 1, "No"), Option("yes", 1, "Yes"))}, "must rise"),
        ({"options": (Option("no", -1, "No"), Option("yes", 1, "Yes"))}, "negative numbers"),
        ({"options": (Option("no", 1, "No"), Option("no", 2, "Yes"))}, "'no' stands twice"),
        ({"options": (Option("no", 1, "No"), Option("yes", 2, "No"))}, "'No' stands twice"),
        ({"options": (Option("no", 1, "Not {adj}"), Option("yes", 2, "Yes"))}, "or none has"),
        ({"max_length": 300}, "not both"),
    ],
)
def test_an_impossible_scale_is_refused(changes, reason):
    values = {"key": "YN", "version": 1, "name": "yes or no", "options": YES_NO.options} | changes
    assert reason in problems_of(Scale, **values)


def test_an_option_needs_a_label_and_a_code_that_databases_like():
    said = problems_of(Option, "Yes, a lot", 1, " ")
    assert "label is empty" in said
    assert "lower-case letters" in said


@pytest.mark.parametrize(
    ("text", "labels", "reason"),
    [
        ("", LABELS, "question is empty"),
        ("Was it?", {"no": "No", "yes": " "}, "label of yes is empty"),
        ("Was it?", {"no": "Same", "yes": "Same"}, "read the same"),
        ("Was it?", {"no": "Not {adj}", "yes": "Very {adj}"}, "waits for its adjective"),
        ("Was {thing} it?", LABELS, "Nobody fills {thing}"),
    ],
)
def test_impossible_words_are_refused(text, labels, reason):
    assert reason in problems_of(Wording, text, labels)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": 0}, "count from 1"),
        ({"scale": TEXT}, "do not fit together"),
        ({"kind": Kind.RUBRIC}, "needs a descriptor"),
        ({"kind": Kind.TEXT, "scale": TEXT, "reverse": True}, "cannot be reversed"),
        ({"missing_reasons": ()}, "may be skipped"),
        ({"missing_reasons": (MissingReason.SKIPPED, MissingReason.NOT_SHOWN)}, "never offered"),
        ({"missing_reasons": (MissingReason.SKIPPED, MissingReason.NOT_APPLICABLE)}, "'does not apply'"),
        ({"min_grade": None, "max_grade": None}, "needs grades"),
        ({"band": Band.ADULT}, "adult band has none"),
        ({"min_grade": 12, "max_grade": 3}, "not a range"),
        ({"min_grade": 3, "max_grade": 13}, "not a range"),
        ({"min_grade": 3, "max_grade": None}, "both ends"),
        ({"min_grade": 2}, "starts at grade 3"),
        ({"band": Band.K_2, "min_grade": 0, "max_grade": 3}, "ends at grade 2"),
        ({"reverse": True}, "starts at grade 6"),
        ({"paired": True}, "both sides"),
        ({"wordings": {}}, "No wording in English"),
        ({"wordings": {("child", "en"): Wording("Was it clear?", LABELS)}}, "no such wording"),
        ({"wordings": {("teacher_prediction", "en"): Wording("Clear?", LABELS)}}, "student's words"),
        ({"wordings": {("student", "en"): Wording("Was it clear?", {"no": "No"})}}, "not those of scale YN"),
        ({"parent": "AB1.3-12.1"}, "its own parent"),
        ({"comparability": Comparability.LINKED}, "without a parent"),
    ],
)
def test_an_impossible_item_version_is_refused(changes, reason):
    assert reason in problems_of(version, **changes)


def test_a_translation_may_not_lose_a_placeholder():
    wordings = {
        ("student", "en"): Wording("Our goal: {goal}. Was it clear?", LABELS),
        ("student", "es"): Wording("¿Fue claro?", {"no": "No", "yes": "Sí"}),
    }
    assert "{placeholders}" in problems_of(version, wordings=wordings)


def test_every_problem_of_a_version_is_told_at_once():
    with pytest.raises(DefinitionError) as refused:
        version(number=0, reverse=True, paired=True, comparability=Comparability.SAME, missing_reasons=())
    assert len(refused.value.problems) == 5


def test_an_item_keeps_its_versions_in_order_and_to_itself():
    first = version()
    assert "stands twice" in problems_of(item, first, first)
    assert "another item" in problems_of(item, version(item="AB2"))
    assert "no earlier version" in problems_of(item, first, version(number=2, parent="AB1.3-12.9"))
    assert "at least one version" in problems_of(item)
    assert "should be capitals" in problems_of(item, version(item="ab1"), key="ab1")
    assert "reason for accepting length is empty" in problems_of(item, first, accepted={"length": ""})


def test_a_version_that_claims_to_be_the_same_keeps_its_scale():
    other = Scale("NY", 1, "no or yes", YES_NO.options)
    second = version(number=2, scale=other, parent="AB1.3-12.1", comparability=Comparability.SAME)
    assert "not the 'same'" in problems_of(item, version(), second)
    linked = dataclasses.replace(second, comparability=Comparability.LINKED)
    assert item(version(), linked).latest("3-12") == linked


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"question": "It was clear."}, "question mark"),
        ({"if_low": ()}, "one thing to try"),
        ({"if_low": ("Try this.", " ")}, "one thing to try"),
        ({"items": ()}, "needs items"),
        ({"perspectives": ()}, "perspective"),
        ({"source": ""}, "source is empty"),
        ({"licence": ""}, "licence is empty"),
        ({"min_grade": None}, "both ends"),
    ],
)
def test_an_impossible_construct_is_refused(changes, reason):
    assert reason in problems_of(construct, **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"items": (version(),)}, "1 questions; a survey has 2 to 8"),
        ({"items": tuple(version(item=f"AB{n}") for n in range(9))}, "9 questions"),
        ({"items": (version(), version())}, "AB1 is asked twice"),
        ({"after_send": (version(item="AB3"),)}, "not an open question"),
        (
            {"items": tuple(version(item=f"AB{n}", reverse=True, min_grade=6) for n in (1, 2))},
            "At most one reversed",
        ),
        ({"band": Band.K_2}, "not of band K-2"),
        ({"minutes": 0}, "0 minutes"),
        ({"key": "Two words"}, "lower-case letters"),
        ({"question": "Clear"}, "question mark"),
    ],
)
def test_an_impossible_ready_set_is_refused(changes, reason):
    assert reason in problems_of(instrument, **changes)


def test_a_measure_has_a_scale_a_purpose_and_a_practical_length():
    said = problems_of(Measure, construct(), (), "", "None yet.", 60)
    assert "needs a scale" in said
    assert "purpose is empty" in said
    assert "60 minutes" in said


def test_a_look_for_has_the_labels_of_its_scale():
    assert "not those of the scale" in problems_of(LookFor, "Who speaks.", YES_NO, {})


def test_nothing_of_the_library_can_be_changed_in_place():
    library = load_library()
    sm1 = library.item_versions["SM1.3-12.1"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        sm1.reverse = True
    with pytest.raises(TypeError):
        sm1.wordings["student", "en"] = sm1.wordings["student", "es"]
    with pytest.raises(TypeError):
        sm1.wordings["student", "en"].option_labels["a_lot"] = "Tons"


def test_a_changed_english_word_changes_the_fingerprint_and_a_mended_translation_does_not():
    spanish = Wording("¿Fue claro?", {"no": "No", "yes": "Sí"}, state="machine_draft")
    english = Wording("Was it clear?", LABELS)
    before = version(wordings={("student", "en"): english, ("student", "es"): spanish})
    mended = dataclasses.replace(spanish, text="¿Estuvo claro?", revision=2, state="reviewed")
    translated = version(wordings=dict(before.wordings) | {("student", "es"): mended})
    other = dataclasses.replace(english, text="Was it so clear?")
    reworded = version(wordings=dict(before.wordings) | {("student", "en"): other})
    flipped = dataclasses.replace(before, reverse=True, min_grade=6)
    older_only = dataclasses.replace(before, min_grade=6, pooled_only=True)
    assert translated.content_hash == before.content_hash
    assert older_only.content_hash == before.content_hash
    assert reworded.content_hash != before.content_hash
    assert flipped.content_hash != before.content_hash
    assert mended.content_hash != spanish.content_hash
