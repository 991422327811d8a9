"""Open answers: from ten students on, shared ones only, in an order that says nothing (C20)."""

import pandas as pd
import pytest

from analytics.release import FrameError, Policy, PolicyError, join_ledgers, release_texts
from tests.analytics.release.classes import lesson, row, together


def said(sizes, **groups):
    parts = [lesson(f"t{k}", [1] * n, item="MS4", **{"team": "m", **groups}) for k, n in enumerate(sizes)]
    answers = together(*parts).drop(columns="value")
    words = answers["teacher"] + answers["student"] + answers["cycle_number"].astype(str)
    return answers.assign(text="we measured " + words, shared=True)


def texts_of(texts, **options):
    return row(release_texts(texts, [["team"]], label=options.pop("label", "week 1"), **options).cells)


@pytest.mark.parametrize(
    ("sizes", "status"), [((3, 3, 3), "withheld"), ((4, 3, 3), "released"), ((5, 5), "withheld")]
)
def test_c20_ten_students_of_three_teachers(sizes, status):
    assert texts_of(said(sizes))["status"] == status


def test_what_a_teacher_did_not_share_is_not_there_and_does_not_count():
    texts = said((4, 4, 4))
    texts.loc[texts.index[:3], "shared"] = False
    hidden = texts_of(texts)
    assert hidden["status"] == "withheld"
    assert hidden[["n", "texts"]].isna().all()
    texts.loc[0, "shared"] = True
    cell = texts_of(texts)
    assert cell["n"] == 10
    assert "we measured t0B1" not in cell["texts"]


def test_c20_the_order_depends_on_the_words_alone():
    texts = said((4, 4, 4))
    first = texts_of(texts)["texts"]
    assert texts_of(texts.sample(frac=1, random_state=2))["texts"] == first
    assert list(first) != texts["text"].tolist()
    assert sorted(first) == sorted(texts["text"])


def test_texts_of_a_hidden_team_are_not_what_the_region_has_left():
    texts = together(said((4, 4, 4), region="r"), said((4,), region="r", team="n").replace({"t0": "u0"}))
    texts["administration"] += texts["team"]
    texts["classroom"] += texts["team"]
    cells = release_texts(texts, [["region"], ["team"]], label="week 1").cells
    assert row(cells, table="region")["n"] == 16
    assert row(cells, team="m")["status"] == "withheld"


def test_a_few_new_texts_wait():
    first = release_texts(said((4, 4, 4)), [["team"]], label="week 1")
    more = together(said((4, 4, 4)), said((2, 2, 2), cycle=2))
    second = release_texts(more, [["team"]], label="week 2", ledger=join_ledgers([first.ledger]))
    cell = row(second.cells)
    assert (cell["n"], cell["as_of"], len(cell["texts"])) == (12, "week 1", 12)
    enough = together(said((4, 4, 4)), said((4, 4, 4), cycle=2))
    third = row(release_texts(enough, [["team"]], label="week 3", ledger=first.ledger).cells)
    assert (third["as_of"], len(third["texts"])) == ("week 3", 24)


def test_the_number_may_be_raised_and_faults_are_named():
    assert texts_of(said((4, 4, 4)), policy=Policy(texts_from=13))["status"] == "withheld"
    with pytest.raises(PolicyError, match="texts_from"):
        Policy(texts_from=9)
    with pytest.raises(FrameError, match=r"column 'shared', row 0: found 'yes'"):
        texts_of(said((4, 4, 4)).assign(shared="yes"))
    with pytest.raises(FrameError, match=r"column 'text', row 0: found 5"):
        texts_of(said((4, 4, 4)).assign(text=pd.Series([5] * 12, dtype=object)))
