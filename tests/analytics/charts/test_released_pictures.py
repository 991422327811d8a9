"""Released pictures: what is withheld stays withheld, what came out stands as it came out."""

import json

import pandas as pd
import pytest

from analytics.charts.released_cells import released_cells
from analytics.charts.released_lines import released_lines
from analytics.charts.released_wall import released_wall
from analytics.columns import FrameError


def everything(picture):
    return json.dumps([picture.spec, picture.sentence, picture.sentences, picture.table.to_dict()])


def cells(*rows):
    return pd.DataFrame(rows, columns=["group", "item", "place", "words", "n", "teachers"])


def lines(*rows):
    return pd.DataFrame(rows, columns=["group", "cycle", "students", "teacher", "n"])


def test_a_withheld_cell_carries_nothing_whatever_stands_in_its_row():
    frame = cells(("North", "Share", 15.0, "+15", 44, 6), ("South", "Share", 87.0, None, 871, 872))
    picture = released_cells(frame, measure="gap", kind="Region")
    for hidden in ("87", "871", "872"):
        assert hidden not in everything(picture)
    assert picture.table.values.tolist() == [
        ["North", "Share", "+15", "44", "6"],
        ["South", "Share", "too few", "too few", "too few"],
    ]
    assert "1 cell withheld because too few" in picture.sentences[0]


def test_cells_withheld_for_themselves_and_for_a_neighbour_look_the_same():
    frame = cells(
        ("North", "Share", None, None, 2, 1),
        ("South", "Share", None, None, 40, 9),
        ("West", "Share", 5.0, "+5", 31, 9),
    )
    picture = released_cells(frame, measure="gap", kind="Region")
    layer = next(layer for layer in picture.spec["layer"] if layer["mark"].get("strokeDash") == [4, 3])
    rows = picture.spec["datasets"][layer["data"]["name"]]
    assert len(rows) == 2
    assert len({row["x2"] - row["x"] for row in rows}) == 1


def test_groups_stand_in_the_order_given_whatever_their_numbers():
    frame = cells(
        ("East", "Share", 40.0, "+40", 31, 9),
        ("North", "Share", -15.0, "−15", 31, 9),
        ("West", "Share", 5.0, "+5", 31, 9),
    )
    picture = released_cells(frame, measure="gap", kind="Region")
    assert picture.table["Region"].tolist() == ["East", "North", "West"]
    drawn = {row["place"] for rows in picture.spec["datasets"].values() for row in rows if "place" in row}
    assert drawn == {40.0, -15.0, 5.0}


def test_a_figure_stands_in_the_words_in_which_it_came_out():
    frame = cells(("North", "Share", 30.0, "20 to 40 %", 14, 3), ("South", "Share", 63.0, "63 %", 84, 9))
    picture = released_cells(frame, measure="experience", kind="Region")
    assert picture.table["Picked a top answer"].tolist() == ["20 to 40 %", "63 %"]
    assert "1 of 2 shares shown is exact" in picture.sentences[2]
    assert "30" not in json.dumps([picture.sentence, picture.sentences])


def test_a_withheld_point_carries_no_rating_and_a_line_stops_before_it():
    frame = lines(
        ("North", 1, 40.0, 60.0, 20), ("North", 2, None, 777.0, 778), ("North", 3, 55.0, None, 31)
    )
    picture = released_lines(frame, item="Share", kind="Region")
    for hidden in ("777", "778"):
        assert hidden not in everything(picture)
    assert picture.table["Teachers"].tolist() == ["60", "too few", "no rating"]
    joined = [
        rows
        for layer in picture.spec["layer"]
        if layer["mark"]["type"] == "line"
        for rows in [picture.spec["datasets"][layer["data"]["name"]]]
    ]
    assert all(len({row["run"] for row in rows}) == len(rows) for rows in joined), "no two points are joined"


def test_a_withheld_point_is_a_box_that_says_too_few():
    frame = lines(
        *(("North", cycle, students, None, 33) for cycle, students in enumerate((60.0, None, 70.0), 1)),
        *(("South", cycle, None, None, None) for cycle in (1, 2, 3)),
    )
    picture = released_lines(frame, item="Share", kind="Region")
    said = [row["say"] for rows in picture.spec["datasets"].values() for row in rows if "say" in row]
    assert "North, cycle 2: too few" in said
    assert sum("too few" in text for text in said) == 4
    assert picture.sentence == (
        "Students picked higher answers than at first in 1 of 1 region (up to 33 students a point)"
    )


def test_more_groups_than_a_page_holds_are_refused():
    frame = cells(*((f"Region {k:02}", "Share", 1.0, "+1", 50, 5) for k in range(13)))
    with pytest.raises(FrameError, match="13 groups"):
        released_cells(frame, measure="gap", kind="Region")
    frame = lines(*((f"Region {k:02}", 1, 50.0, 60.0, 50) for k in range(13)))
    with pytest.raises(FrameError, match="13 groups"):
        released_lines(frame, item="Share", kind="Region")


def test_a_wall_holds_what_came_out_and_nothing_of_the_withheld():
    columns = ["item", "students", "teacher", "words", "n"]
    rows = [
        ("Share", 55.0, 80.0, "47 %", 84),
        ("Decide", 70.0, 60.0, "66 %", 83),
        ("Build", 62.0, 62.0, "60 %", 40),
        ("Band", None, 777.0, "20 to 80 %", 8),
        ("Few", 871.0, 872.0, None, 873),
    ]
    for width in ("wide", "phone"):
        picture = released_wall(pd.DataFrame(rows, columns=columns), group="North", width=width)
        for hidden in ("777", "871", "872", "873"):
            assert hidden not in everything(picture)
        for shown in ("teachers +25", "students +10", "both alike", "too few to show", "20 to 80 %"):
            assert shown in json.dumps(picture.spec), shown
    assert picture.sentence.startswith("North: teachers saw more than students felt on 1 of 3 questions")
    assert picture.table["Teachers"].tolist() == ["80", "60", "62", "–", "too few"]
    with pytest.raises(FrameError, match="9 questions"):
        released_wall(pd.DataFrame([(str(k), *rows[0][1:]) for k in range(9)], columns=columns), group="N")
