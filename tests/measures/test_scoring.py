"""Numbers by hand, and what must hold for every scale there could be."""

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures import ItemVersion, Library, Option, Scale, Wording, load_library
from measures.scoring import construct_score, is_favourable, keyed_score, option_scores, pomp, raw_score
from measures.vocabulary import Band, Kind


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def made_version(scores: list[int], *, reverse: bool = False, item: str = "XX1") -> ItemVersion:
    options = tuple(Option(f"step_{place}", score, f"Step {place}") for place, score in enumerate(scores))
    scale = Scale("XS", 1, "made for a test", options)
    words = Wording("How much?", {option.code: option.label for option in options})
    return ItemVersion(
        item=item,
        band=Band.GRADES_3_12,
        number=1,
        kind=Kind.CHOICE,
        scale=scale,
        wordings={("student", "en"): words},
        reverse=reverse,
        paired=False,
        min_grade=6,
        max_grade=12,
    )


@pytest.mark.parametrize(
    ("score", "lowest", "highest", "by_hand"),
    [
        (1, 1, 4, 0),
        (2, 1, 4, 100 / 3),
        (3, 1, 4, 200 / 3),
        (4, 1, 4, 100),
        (2, 1, 3, 50),
        (4, 1, 5, 75),
        (0, 0, 4, 0),
        (1, 0, 4, 25),
    ],
)
def test_percent_of_the_maximum_possible_by_hand(score, lowest, highest, by_hand):
    assert pomp(score, lowest, highest) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("score", "lowest", "highest"), [(0, 1, 4), (5, 1, 4), (1, 1, 1), (1, 4, 1), (float("nan"), 1, 4)]
)
def test_a_score_off_its_scale_is_refused(score, lowest, highest):
    with pytest.raises(ValueError, match=r"outside|no length"):
        pomp(score, lowest, highest)


def test_the_top_two_of_four_are_favourable(library):
    table = option_scores(library.item_versions["SM1.3-12.1"])
    assert [one.is_favourable for one in table] == [False, False, True, True]
    assert [one.raw for one in table] == [1, 2, 3, 4]


def test_a_reversed_item_is_flipped_before_anything_else(library):
    table = option_scores(library.item_versions["SM4.3-12.1"])
    assert [(one.raw, one.keyed) for one in table] == [(1, 4), (2, 3), (3, 2), (4, 1)]
    assert [one.is_favourable for one in table] == [True, True, False, False]
    assert table[0].pomp == 100


def test_favourable_starts_at_sixty_six():
    assert not is_favourable(65.99)
    assert is_favourable(66)


def test_of_three_cups_only_the_full_one_is_favourable(library):
    table = option_scores(library.item_versions["BE1.K-2.1"])
    assert [(one.pomp, one.is_favourable) for one in table] == [(0, False), (50, False), (100, True)]


def test_an_open_question_has_no_numbers(library):
    assert option_scores(library.item_versions["MS4.3-12.1"]) == ()


def test_an_unknown_option_says_which_there_are(library):
    with pytest.raises(KeyError, match="not_at_all, a_little, some, a_lot"):
        raw_score(library.scales["F1"], "often")


def test_a_construct_score_is_the_mean_of_what_was_answered(library):
    asked = [library.item_versions[f"MS{n}.3-12.1"] for n in (1, 2, 3, 4)]
    score = construct_score(asked, {"MS1.3-12.1": "a_lot", "MS2.3-12.1": "some", "MS3.3-12.1": None})
    assert score.asked == 3  # the open question is not scored
    assert score.answered == 2
    assert score.score == pytest.approx((100 + 200 / 3) / 2)


@pytest.mark.parametrize(
    ("asked", "answered", "is_scored"),
    [
        (1, 1, False),
        (2, 1, False),
        (2, 2, True),
        (3, 1, False),
        (3, 2, True),
        (4, 2, True),
        (5, 2, False),
        (5, 3, True),
    ],
)
def test_a_construct_score_needs_half_of_its_items_and_at_least_two(asked, answered, is_scored):
    versions = [made_version([1, 2, 3, 4], item=f"XX{n}") for n in range(1, asked + 1)]
    answers = {version.key: "step_3" for version in versions[:answered]}
    assert (construct_score(versions, answers).score is not None) == is_scored


def test_nothing_asked_has_no_score():
    score = construct_score([], {})
    assert (score.score, score.answered, score.asked) == (None, 0, 0)


def test_an_answer_to_a_question_that_was_not_asked_is_refused(library):
    with pytest.raises(ValueError, match=r"SM2\.3-12\.1"):
        construct_score([library.item_versions["SM1.3-12.1"]], {"SM2.3-12.1": "once"})


def test_the_same_item_twice_is_refused(library):
    version = library.item_versions["SM1.3-12.1"]
    with pytest.raises(ValueError, match="Asked twice: SM1"):
        construct_score([version, library.item_versions["SM1.K-2.1"]], {})


rising_scores = st.lists(st.integers(0, 20), min_size=2, max_size=7, unique=True).map(sorted)


@given(scores=rising_scores)
def test_every_scale_runs_from_nought_to_a_hundred_and_rises(scores):
    percents = [one.pomp for one in option_scores(made_version(scores))]
    assert percents[0] == 0
    assert percents[-1] == 100
    assert percents == sorted(percents)


@given(scores=rising_scores)
def test_reversal_mirrors_the_scale_and_twice_is_nothing(scores):
    plus, minus = made_version(scores), made_version(scores, reverse=True)
    for one, other in zip(option_scores(plus), option_scores(minus), strict=True):
        assert one.pomp + other.pomp == pytest.approx(100)
        assert one.raw == other.raw
        assert scores[0] + scores[-1] - keyed_score(minus, one.code) == keyed_score(plus, one.code)


@given(scores=rising_scores, shift=st.integers(0, 50), stretch=st.integers(1, 9))
def test_percents_do_not_depend_on_where_a_scale_starts_or_how_it_is_stretched(scores, shift, stretch):
    moved = [shift + stretch * score for score in scores]
    before = [one.pomp for one in option_scores(made_version(scores))]
    after = [one.pomp for one in option_scores(made_version(moved))]
    assert after == pytest.approx(before)


@given(data=st.data(), asked=st.integers(1, 8))
def test_a_construct_score_lies_between_its_lowest_and_highest_answer(data, asked):
    versions = [
        made_version([1, 2, 3, 4], item=f"XX{n}", reverse=data.draw(st.booleans()))
        for n in range(1, asked + 1)
    ]
    codes = st.none() | st.sampled_from(["step_0", "step_1", "step_2", "step_3"])
    answers = {version.key: data.draw(codes) for version in versions}
    score = construct_score(versions, answers)
    given_answers = {key: code for key, code in answers.items() if code is not None}
    percents = [
        Fraction(100 * (keyed_score(version, given_answers[version.key]) - 1), 3)
        for version in versions
        if version.key in given_answers
    ]
    assert score.answered == len(percents)
    if score.score is None:
        assert len(percents) < max(2, asked / 2)
    else:
        assert score.score == pytest.approx(float(sum(percents) / len(percents)))


def test_a_table_of_scores_cannot_be_changed(library):
    one = option_scores(library.item_versions["SM1.3-12.1"])[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.pomp = 50
