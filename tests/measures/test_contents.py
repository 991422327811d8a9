"""The library that ships says what was agreed at launch, in both languages.

``launch_wordings.csv`` holds the wordings as they were agreed, copied from the launch page and not from the
library: item, key (plus, reversed, open), scale, first side's and second side's words, and the
Flesch-Kincaid grade where the page gave one.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from measures import Library, load_library

HERE = Path(__file__).parent
K2_ITEMS = {"SM1", "WC5", "AG1", "EA2", "BE1", "TC1"}
POOLED_ONLY = {"BE3", "CS3", "ID2", "ID3", "EA4", "GM3", "TC1", "TC2", "TC3", "PC1", "PC2"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def agreed() -> list[dict[str, str]]:
    with (HERE / "launch_wordings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def newest(library: Library, item: str, band: str = "3-12"):
    version = library.items[item].latest(band)
    assert version is not None
    return version


def test_there_are_thirty_constructs_and_a_hundred_and_five_items(library):
    asked = [item for item in library.items.values() if not item.is_process_check]
    assert len(library.constructs) == 30
    assert len(asked) == 105
    assert sorted(item.key for item in library.items.values() if item.is_process_check) == [
        "PC1", "PC2", "PC3", "PC4",
    ]  # fmt: skip
    assert len(library.item_versions) == 105 + 4 + len(K2_ITEMS)
    assert len(library.measures) == 30


def test_the_constructs_stand_in_the_order_of_launch_core_first_among_them(library):
    assert " ".join(library.constructs) == (
        "SM MS SG WC CS LB EX AG OW ID EA CD PS FA TL GW DQ LG CH BE GM TC FG MW LA UD AD AV VC PL"
    )
    tiers = Counter(construct.tier.value for construct in library.constructs.values())
    assert tiers == {"core": 20, "extended": 10}


@pytest.mark.parametrize("row", agreed(), ids=lambda row: row["item"])
def test_each_item_is_worded_scaled_and_keyed_as_agreed(library, row):
    item = library.items[row["item"]]
    version = item.latest("3-12") or item.latest("adult")
    scale = "WHO0" if row["item"] == "GW3" else row["scale"]
    assert version.scale.key == scale
    assert version.reverse == (row["key"] == "reversed")
    assert (version.kind == "text") == (row["key"] == "open")
    if version.band == "adult":
        first, second = "adult_self", "matched_other"
    else:
        first, second = "student", "teacher_own"
    if row["item"] == "DQ3":
        assert version.perspectives == ("teacher_own", "observer")
    else:
        assert version.wordings[first, "en"].text == row["first"]
    expected = row["first"] if row["item"].startswith("VC") else row["second"]
    assert version.wordings[second, "en"].text == expected


def test_scales_have_the_steps_and_scores_of_launch(library):
    def labels(reference, perspective="student"):
        return [(option.label_for(perspective), option.score) for option in library.scales[reference].options]

    assert labels("F1") == [("Not at all", 1), ("A little", 2), ("Some", 3), ("A lot", 4)]
    assert labels("F2") == [("Never", 1), ("Once", 2), ("2 or 3 times", 3), ("4 or more times", 4)]
    assert labels("F3") == [("Not {adj}", 1), ("A little {adj}", 2), ("Mostly {adj}", 3), ("Very {adj}", 4)]
    assert labels("WHO") == [("One of us", 1), ("Some of us", 2), ("Most of us", 3), ("All of us", 4)]
    assert labels("WHO0")[0] == ("None of us", 1)
    assert labels("N4") == [("0 or 1", 1), ("2 or 3", 2), ("4 to 6", 3), ("7 or more", 4)]
    assert labels("START")[0] == ("I never did", 1)
    assert labels("START")[3] == ("Right away", 4)
    assert labels("SOON", "teacher_own")[0] == ("They never got it", 1)
    assert labels("PERS")[0] == ("I stopped right away", 1)
    assert labels("PERS", "teacher_own") == [
        ("They stopped right away", 1),
        ("They tried a little longer", 2),
        ("They tried a lot longer", 3),
        ("They kept trying to the end", 4),
    ]
    assert labels("WAYS") == [("None", 1), ("One", 2), ("Two", 3), ("Three or more", 4)]
    assert labels("KIDS") == [("None", 1), ("One", 2), ("A few", 3), ("Most", 4)]
    assert labels("GOAL")[1:3] == [("Part way", 2), ("Most of the way", 3)]
    assert labels("K2") == [("No", 1), ("Some", 2), ("Yes, a lot", 3)]
    assert [score for _, score in labels("A5")] == [1, 2, 3, 4, 5]
    assert labels("CNT") == [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("4 or more", 4)]
    assert [label for label, _ in labels("RUB5")] == [
        "Teacher talk", "Answer reports", "Reasoned turns", "Linked talk", "Joint reasoning",
    ]  # fmt: skip
    assert [label for label, _ in labels("RUB4")] == ["Forming", "Planned", "Working", "Routine"]
    assert library.scales["TXT"].max_length == 300
    assert library.scales["K2"].picture == "cups"


def test_every_student_choice_of_grades_3_to_12_has_four_steps(library):
    for version in library.item_versions.values():
        if version.asks("student") and version.kind == "choice":
            steps = 3 if version.band == "K-2" else 4
            assert len(version.scale.options) == steps, version.key


def test_degree_labels_carry_the_items_own_adjective(library):
    labels = {
        item: newest(library, item).wordings["student", "en"].option_labels["very_so"]
        for item in ("SM3", "CS1", "CS2", "CS3", "OW2", "EA3", "CD1", "TL1", "TC3", "UD2", "PC3")
    }
    assert labels == {
        "SM3": "Very sure",
        "CS1": "Very okay",
        "CS2": "Very kind",
        "CS3": "Very worried",
        "OW2": "Very proud",
        "EA3": "Very fair",
        "CD1": "Very hard",
        "TL1": "Very clear",
        "TC3": "Very safe",
        "UD2": "Very easy",
        "PC3": "Very easy",
    }


def test_does_not_apply_is_offered_exactly_where_agreed_and_in_these_words(library):
    labels = {
        version.item: version.wordings["student", "en"].not_applicable_label
        for version in library.item_versions.values()
        if version.asks("student") and "not_applicable" in version.missing_reasons
    }
    in_group = {f"SG{n}": "I did not work in a group" for n in range(1, 5)}
    in_group |= {f"GW{n}": "I did not work in a group" for n in range(1, 4)}
    assert labels == in_group | {
        "PS1": "It never got hard",
        "PS2": "It never got hard",
        "PS3": "I did not need help",
        "PS4": "It never got hard",
        "UD3": "I did not need help",
        "AG2": "I never got stuck",
        "CS2": "No one made a mistake",
        "EX2": "I did not share an answer",
        "FG1": "I did not get any tips",
        "FG2": "I did not get any tips",
        "FG3": "I did not get any tips",
    }


def test_every_question_may_be_skipped_or_not_understood(library):
    for version in library.item_versions.values():
        assert {"skipped", "not_understood"} <= set(version.missing_reasons), version.key
        assert "not_shown" not in version.missing_reasons


def test_sensitive_questions_are_for_pooled_mode_only(library):
    pooled = {version.item for version in library.item_versions.values() if version.pooled_only}
    assert pooled == POOLED_ONLY


def test_reversed_student_questions_start_at_grade_six(library):
    reversed_versions = [v for v in library.item_versions.values() if v.reverse and v.asks("student")]
    assert len(reversed_versions) == 14
    assert {version.min_grade for version in reversed_versions} == {6}


def test_unmatched_pairs_draw_no_gap(library):
    unpaired = {
        version.item
        for version in library.item_versions.values()
        if not version.paired and len(version.perspectives) > 1
    }
    assert unpaired == {"AD3", "AV2", "AV4", "ID4", "DQ3"}


def test_young_students_have_their_own_versions_with_cups_and_a_matched_teacher(library):
    cups = {v.item: v for v in library.item_versions.values() if v.band == "K-2"}
    assert set(cups) == K2_ITEMS
    for version in cups.values():
        assert version.scale.key == "K2"
        assert version.parent == f"{version.item}.3-12.1"
        assert version.comparability == "new"
        teacher = version.wordings["teacher_own", "en"]
        assert "a typical one of these {n} students" in teacher.text
        assert version.placeholders == ("n",)
        assert list(teacher.option_labels.values()) == ["No", "Some", "Yes, a lot"]
    assert cups["TC1"].pooled_only
    assert cups["SM1"].wordings["student", "en"].text == "Did the main idea make sense to you?"
    assert cups["AG1"].wordings["student", "en"].text == "Did you get to do it your own way?"


def test_only_the_goal_and_the_number_of_students_are_left_to_fill(library):
    used = {v.key: v.placeholders for v in library.item_versions.values() if v.placeholders}
    assert used.pop("LG2.3-12.1") == ("goal",)
    assert set(used) == {f"{item}.K-2.1" for item in K2_ITEMS}


def test_ready_sets_ask_what_was_agreed(library):
    def asked(key):
        instrument = library.instruments[key]
        return [v.item for v in instrument.items], [v.item for v in instrument.after_send]

    assert asked("mist_short") == (["WC5", "SM1", "MS1", "AG1", "OW1", "ID5"], ["MS4"])
    assert asked("small_group") == (["SG1", "SG2", "GW1", "LB3"], [])
    assert asked("whole_class") == (["WC2", "WC3", "LB3", "CS1"], [])
    assert asked("launch") == (["TL1", "TL2", "TL3"], [])
    assert asked("tru_five") == (["SM1", "CD1", "EA2", "OW1", "FA2"], [])
    assert asked("agency_lesson_study") == (["AG1", "AG2", "OW1", "LG2"], ["ID4"])
    assert asked("udl_lesson_study") == (["UD1", "UD2", "EA2", "LG3"], [])
    assert asked("symposium_follow_up") == (["AD1", "AD2", "AD3", "AV1", "AV2"], [])
    not_offered = {key for key, instrument in library.instruments.items() if not instrument.is_offered}
    assert not_offered == {"symposium_follow_up"}


def test_no_ready_set_needs_pooled_mode(library):
    assert not any(instrument.pooled_only for instrument in library.instruments.values())


def test_a_teacher_finds_everything_by_a_question_and_reads_what_to_try(library):
    questions = [construct.question for construct in library.constructs.values()]
    assert len(set(questions)) == 30
    assert library.constructs["WC"].question == "Do my students have a voice?"
    for construct in library.constructs.values():
        assert 1 <= len(construct.if_low) <= 3
        assert construct.source
        assert construct.licence == "CC BY 4.0"
        assert construct.status == "piloting"


def test_nobody_has_reviewed_an_item_for_protected_topics_yet(library):
    assert {item.ppra_class.value for item in library.items.values()} == {"unreviewed"}


def test_an_observer_has_a_look_for_wherever_students_answer(library):
    for construct in library.constructs.values():
        assert bool(construct.look_fors) != construct.is_for_adults, construct.key
    assert library.constructs["DQ"].look_fors[0].scale.key == "RUB5"
    assert [look_for.text.split(":")[0] for look_for in library.constructs["CD"].look_fors] == [
        "Task as written", "Task as carried out",
    ]  # fmt: skip
    weak = {key for key, c in library.constructs.items() if any(look.is_weak for look in c.look_fors)}
    assert weak == {"ID", "BE"}


def test_scales_of_the_library_are_all_used(library):
    used = {version.scale.reference for version in library.item_versions.values()}
    assert used == set(library.scales)


def test_process_checks_wait_for_the_second_cycle_where_agreed(library):
    assert newest(library, "PC4").from_cycle == 2
    assert {newest(library, f"PC{n}").from_cycle for n in (1, 2, 3)} == {1}


def test_spanish_has_no_holes_and_says_that_a_machine_wrote_it(library):
    assert library.holes("es") == []
    assert library.locales == ("en", "es")
    spanish = [
        wording
        for version in library.item_versions.values()
        for (_, locale), wording in version.wordings.items()
        if locale == "es"
    ]
    assert len(spanish) == 100
    assert {wording.state.value for wording in spanish} == {"machine_draft"}


def test_spanish_speaks_to_one_child_as_tu_and_leaves_no_english(library):
    for version in library.item_versions.values():
        words = version.wordings.get(("student", "es"))
        if words is None:
            continue
        english = version.wordings["student", "en"]
        said = f" {words.text.lower()} {' '.join(words.option_labels.values()).lower()} "
        assert words.text != english.text
        assert not {"usted", "ustedes", "vosotros", "su", "sus"} & set(said.split()), version.key
        if words.text.endswith("?"):
            assert "¿" in words.text, version.key
        assert bool(words.not_applicable_label) == bool(english.not_applicable_label)


def test_spanish_degree_labels_agree_without_asking_who_answers(library):
    def label(item):
        return newest(library, item).wordings["student", "es"].option_labels["very_so"]

    assert label("TL1") == "Muy claro"
    assert label("TL2") == "Muy claras"
    assert label("SM3") == "Mucha seguridad"
    for version in library.item_versions.values():
        words = version.wordings.get(("student", "es"))
        said = " ".join([words.text, *words.option_labels.values()]).lower() if words else ""
        gendered = {"seguro", "segura", "orgulloso", "orgullosa", "preocupado", "preocupada"}
        assert not gendered & set(said.split()), version.key


def test_the_digest_is_known_without_parsing(library):
    from measures import library_digest

    assert library_digest() == library.digest
