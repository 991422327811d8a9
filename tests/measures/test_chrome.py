"""The words around the questions: notices from the settings, headers from what the teacher filled in."""

import re

import pytest

from measures import Chrome, DefinitionError, Library, fill, load_library, placeholders
from measures.readability import flesch_kincaid

CODED = (
    "Your teacher wants to know what class was like for you. Your teacher will know which answers are yours. "
    "No grades. You can skip any question."
)
POOLED = (
    "Your teacher will see how many kids picked each answer, but not who picked it. No grades. "
    "You can skip any question."
)
SHARED = " A grown-up who helps your teacher may see them too."
RESEARCH = " Grown-ups who study lessons may see them without your code."


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_the_notice_says_what_the_settings_say(library):
    english = library.chrome["en"]
    assert english.notice("coded") == CODED
    assert english.notice("pooled") == POOLED
    assert english.notice("coded", may_be_shared=True) == CODED + SHARED
    assert english.notice("coded", for_research=True) == CODED + RESEARCH
    assert english.notice("coded", may_be_shared=True, for_research=True) == CODED + SHARED + RESEARCH


def test_the_pooled_notice_cannot_be_widened(library):
    with pytest.raises(ValueError, match="teacher only"):
        library.chrome["en"].notice("pooled", may_be_shared=True)
    with pytest.raises(ValueError, match="coded or pooled"):
        library.chrome["en"].notice("anonymous")


def test_no_language_promises_anonymity(library):
    for chrome in library.chrome.values():
        said = " ".join([*chrome.messages.values(), *chrome.notices.values()]).lower()
        assert "anonym" not in said
        assert "anónim" not in said


def test_the_header_leaves_out_what_the_teacher_left_open(library):
    english = library.chrome["en"]
    assert english.header() == "Think about class today."
    assert english.header(lesson="heat lab", math="ratios", science="heat transfer") == (
        "Think about today's heat lab. The math was ratios. The science was heat transfer."
    )
    assert library.chrome["es"].header(math="razones") == (
        "Piensa en la clase de hoy. Las matemáticas fueron: razones."
    )


def test_thanks_and_the_way_out_are_said_as_promised(library):
    english = library.chrome["en"]
    assert english.say("sent") == "Sent. Your teacher will tell you what the class learned."
    assert english.say("not_understood") == "I don't understand this question"
    assert english.say("you_can_skip") == "You can skip any question."
    assert english.say("length_one_minute", n=4) == "4 questions · 1 minute"


@pytest.mark.parametrize(
    "situation",
    [
        "code_unknown", "code_missing", "code_wrong_length", "code_old_card", "card_needed", "class_over",
        "closed", "closed_while_answering", "already_sent", "card_already_used", "not_open_yet",
        "nothing_open", "old_page", "page_not_found", "not_saved_busy", "not_saved_broken", "page_broken",
        "questions_changed", "too_many_tries", "answer_not_read", "one_answer_only", "text_too_long",
    ],
)  # fmt: skip
def test_every_bad_turn_says_what_to_do_next_in_every_language(library, situation):
    next_steps = {
        "en": "ask|tell|type|press|try|done|wait|look|pick|use",
        "es": "pídele|pídesela|pregúntale|díselo|decirle|escribe|presiona|terminaste|mira|míralo|escoge"
        "|escógela|usa",
    }
    for locale, verbs in next_steps.items():
        words = library.chrome[locale].messages[situation].lower()
        assert re.search(rf"\b(?:{verbs})\b", words), (locale, words)


def test_nothing_scolds_a_child(library):
    english = " ".join(library.chrome["en"].messages.values()).lower()
    for word in ("invalid", "error", "oops", "failed", "wrong", "must", "success", "user"):
        assert word not in english.split(), word


def test_languages_have_the_same_messages_with_the_same_places_to_fill(library):
    english, spanish = library.chrome["en"].messages, library.chrome["es"].messages
    assert set(english) == set(spanish)
    for key, words in english.items():
        assert set(placeholders(words)) == set(placeholders(spanish[key])), key


def test_each_language_calls_itself_by_its_own_name(library):
    assert [(c.locale, c.name, c.direction) for c in library.chrome.values()] == [
        ("en", "English", "ltr"),
        ("es", "Español", "ltr"),
    ]


def test_a_message_that_does_not_exist_is_refused_with_a_hint(library):
    with pytest.raises(KeyError, match="did you mean send"):
        library.chrome["en"].say("sned")


@pytest.mark.parametrize("hostile", ["{n}", "{0.__class__}", "%(n)s", "<img src=x>", "\\g<0>"])
def test_what_a_teacher_typed_is_never_read_as_a_template(hostile):
    assert fill("Our goal: {goal}. {n} of us.", goal=hostile, n=3) == f"Our goal: {hostile}. 3 of us."


def test_a_forgotten_value_is_refused():
    with pytest.raises(KeyError, match="goal"):
        fill("Our goal: {goal}.", n=3)


def test_an_impossible_chrome_is_refused():
    with pytest.raises(DefinitionError) as refused:
        Chrome("xx", " ", "Test", "up", 1, "source", {"send": ""}, {"coded": "Yes."})
    assert len(refused.value.problems) == 4


def test_the_forms_of_adults_have_their_sentences(library):
    assert library.prompts["teacher_own_header"] == "Think of a typical one of these {n} students"
    assert library.prompts["prediction_coded"] == "Before you look: what will {code} pick?"
    assert fill(library.prompts["prediction_pooled"], n=24) == (
        "How many of your 24 students will pick each answer?"
    )


def test_a_third_grader_can_read_every_sentence_on_the_page(library):
    english = library.chrome["en"]
    for key, words in {**english.messages, **english.notices}.items():
        if len(words.split()) > 5:  # a button of two words has no reading level worth the name
            assert flesch_kincaid(words) < 5, key
