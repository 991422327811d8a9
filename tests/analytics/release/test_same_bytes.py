"""C10, C15, C16: the same answers give the same bytes, and a hidden row is a hidden row."""

import numpy as np
import pandas as pd
import pytest

from analytics.release import make_release
from tests.analytics.release.classes import ITEMS, lesson, together


@pytest.fixture(scope="module")
def answers():
    draw = np.random.default_rng(4)
    parts = [
        lesson(
            f"t{k}",
            draw.integers(1, 5, size=draw.integers(3, 7)),
            team=f"m{k // 4}",
            region=f"r{k // 8}",
            subject=["math", "science"][k % 2],
            cycle=cycle,
            item=item,
        )
        for k in range(17)
        for cycle in (1, 2)
        for item in ("SM1", "WC5")
    ]
    return together(*parts)


TABLES = [[], ["region"], ["team"], ["subject"], ["cycle_number"], ["team", "cycle_number"]]
TWO_ITEMS = pd.DataFrame({"item": ["SM1", "WC5"], "steps": [4, 4]})


def digest(answers):
    return make_release(answers, TWO_ITEMS, TABLES, label="week").digest


@pytest.mark.parametrize("seed", range(3))
def test_c10_rows_in_any_order_give_the_same_bytes(answers, seed):
    shuffled = answers.sample(frac=1, random_state=seed)
    assert digest(shuffled) == digest(answers)


def test_columns_types_and_index_do_not_matter(answers):
    other = answers[answers.columns[::-1]].set_index(np.arange(len(answers)) * 3)
    other["team"] = other["team"].astype("category")
    other["cycle_number"] = other["cycle_number"].astype(float)
    assert digest(other) == digest(answers)


def test_one_other_answer_gives_other_bytes(answers):
    changed = answers.copy()
    changed.loc[changed["teacher"].isin(["t0", "t1", "t2", "t3"]), "value"] = 1
    assert digest(changed) != digest(answers)


def test_nothing_is_changed_in_the_tables_given(answers):
    before = answers.copy(deep=True)
    digest(answers)
    pd.testing.assert_frame_equal(answers, before)


def test_hidden_rows_differ_in_their_names_alone(answers):
    cells = make_release(answers, TWO_ITEMS, TABLES, label="week").cells
    hidden = cells[cells["status"] == "withheld"]
    assert len(hidden)
    figures = hidden.columns[hidden.columns.get_loc("status") + 1 :]
    assert hidden[figures].isna().all(axis=None)
    shown = cells[cells["status"] == "released"]
    assert (
        shown[["n", "teachers", "answers", "share_low", "share_high", "says", "as_of"]].notna().all(axis=None)
    )


def test_c16_a_cell_nobody_answered_looks_like_one_of_four(answers):
    # Team m0 never answered WC5 and m1 only three times: both rows are there, and alike.
    some = answers[(answers["item"] == "SM1") | ~answers["team"].isin(["m0", "m1"])]
    few = answers[(answers["item"] == "WC5") & (answers["team"] == "m1")].head(3)
    cells = make_release(together(some, few), TWO_ITEMS, [["team"]], label="week").cells
    rows = cells[(cells["item"] == "WC5") & cells["team"].isin(["m0", "m1"])].drop(columns="team")
    assert len(rows) == 2
    assert rows.iloc[0].isna().equals(rows.iloc[1].isna())
    assert set(rows["status"]) == {"withheld"}


def test_rows_stand_in_the_order_of_their_names(answers):
    cells = make_release(answers, TWO_ITEMS, [["team", "cycle_number"]], label="week").cells
    names = cells[["team", "cycle_number", "item"]].values.tolist()
    assert names == sorted(names)


def test_no_student_and_no_class_stands_in_the_released_bytes(answers):
    text = make_release(answers, TWO_ITEMS, TABLES, label="week").as_bytes().decode()
    assert "class of" not in text
    assert '"t1"' not in text
    assert ITEMS["item"][0] in text
