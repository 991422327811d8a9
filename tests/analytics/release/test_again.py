"""Questions of a release made once more stand in it as if it had been made so from the start."""

import pandas as pd
import pytest

from analytics.release import make_release, with_questions_again
from tests.analytics.release.classes import lesson, together

ITEMS = pd.DataFrame({"item": ["SM1", "SM2"], "steps": [4, 4]})


@pytest.fixture
def answers():
    """Two questions to six classes of two teams; a third team was asked the first one alone."""
    rows = []
    for item in ("SM1", "SM2"):
        for number in range(6):
            team = "north" if number < 3 else "south"
            values = [1 + (number + place + len(item)) % 4 for place in range(6)]
            rows.append(lesson(f"t{number}", values, item=item, team=team))
    rows += [lesson(f"w{number}", [1, 2, 3, 4, 4, 2], item="SM1", team="west") for number in range(3)]
    return together(*rows)


def made(answers, label="week 2", **how):
    return make_release(answers, ITEMS, [[], ["team"]], label=label, **how)


def test_a_question_made_again_the_same_way_changes_nothing(answers):
    ledger = made(answers[answers["team"] != "west"], "week 1").ledger
    whole = made(answers, ledger=ledger)
    one = made(answers[answers["item"] == "SM2"].reset_index(drop=True), ledger=ledger)
    again = with_questions_again(whole, {("SM2", "coded"): one})
    assert again.as_bytes() == whole.as_bytes()
    assert again.kept == whole.kept
    assert sorted(e.name for e in again.ledger.entries) == sorted(e.name for e in whole.ledger.entries)
    assert people(again.ledger) == people(whole.ledger)


def test_the_other_questions_stay_and_rows_of_keys_that_are_not_there_are_withheld(answers):
    whole = made(answers)
    few = answers[(answers["item"] == "SM1") & (answers["team"] == "north")].reset_index(drop=True)
    again = with_questions_again(whole, {("SM1", "coded"): made(few)})
    cells = again.cells.set_index(["item", "table", "team"])["n"]
    assert cells["SM1", "team", "north"] == 18
    assert pd.isna(cells["SM1", "team", "south"])
    assert pd.isna(cells["SM1", "team", "west"])
    other = again.cells["item"] == "SM2"
    pd.testing.assert_frame_equal(again.cells[other], whole.cells[other])
    assert {e.key for e in again.ledger.entries if e.item == "SM1"} == {(), ("north",)}


def test_a_question_left_out_is_in_neither_cells_nor_ledger_nor_are_those_who_answered_only_that(answers):
    left = with_questions_again(made(answers), {("SM1", "coded"): None})
    assert set(left.cells["item"]) == {"SM2"}
    assert {entry.item for entry in left.ledger.entries} == {"SM2"}
    assert not [person for person in left.ledger.contributors if person[0].startswith("w")]
    assert people(left.ledger)


def people(ledger):
    """Return who stands behind each entry, by name."""
    return {entry.name: sorted(ledger.contributors[m] for m in entry.members) for entry in ledger.entries}
