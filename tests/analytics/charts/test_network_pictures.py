"""Designs, questions, diagrams, icons: what is wrong is named."""

import pandas as pd
import pytest

from analytics import examples
from analytics.charts.decision_study import decision_study_curve
from analytics.charts.drivers import driver_diagram
from analytics.charts.icons import ASSURANCE, VARIATION, making_data_count_icons
from analytics.charts.item_panel import item_panel
from analytics.columns import FrameError
from analytics.mdc import ASSURANCE as ASSURANCE_WORDS
from analytics.mdc import VARIATION as VARIATION_WORDS
from analytics.mdc import classify


def test_the_decision_study_says_the_cheapest_way_to_learn():
    # Relative dependability of 5 students, from the components of Bijlsma, Table 2.2.
    frame = pd.DataFrame({"students": 5, "lessons": [1, 2, 3], "dependability": [0.64, 0.76, 0.82]})

    picture = decision_study_curve(frame, source="Bijlsma.")

    assert picture.sentence == "With 5 students, 2 lessons are enough to learn from"
    assert "5 students reach 0.7 with 2 lessons and 0.8 with 3 lessons." in picture.sentences[2]


def test_a_design_that_never_reaches_the_target_says_so():
    frame = pd.DataFrame({"students": 3, "lessons": [1, 2], "dependability": [0.3, 0.4]})

    assert decision_study_curve(frame, source="").sentence == "No design here reaches 0.7 (3 students)"


def boxes(*rows):
    return pd.DataFrame(rows, columns=["node", "parent", "text", "note"])


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (boxes(("a", None, "Aim", ""), ("b", None, "Aim", "")), "Expected one aim"),
        (boxes(("a", None, "Aim", ""), ("b", "x", "Driver", "")), "No box has the key 'x'"),
        (boxes(("a", None, "Aim", ""), ("b", "c", "One", ""), ("c", "b", "Two", "")), "in a circle"),
        (
            boxes(("a", None, "1", ""), *[(chr(97 + k), chr(96 + k), "x", "") for k in range(1, 5)]),
            "More than 4 levels",
        ),
    ],
    ids=["two aims", "unknown parent", "circle", "five levels"],
)
def test_a_diagram_that_is_no_tree_is_refused(frame, fault):
    with pytest.raises(FrameError, match=fault):
        driver_diagram(frame)


def test_no_two_boxes_of_sixty_meet():
    picture = examples.driver_diagram_of_60()

    places = [row for rows in picture.spec["datasets"].values() for row in rows if "say" in row]
    assert len(places) == 60
    for k, a in enumerate(places):
        for b in places[k + 1 :]:
            assert a["x2"] <= b["x"] or b["x2"] <= a["x"] or a["y2"] <= b["y"] or b["y2"] <= a["y"]


def test_an_index_outside_its_range_is_named():
    rows = [
        {
            "part": "quality",
            "label": "rest",
            "version": "AG1",
            "value": 0.2,
            "n": 50,
            "low": 0.3,
            "high": None,
        },
        {
            "part": "quality",
            "label": "top",
            "version": "AG1",
            "value": 0.2,
            "n": 50,
            "low": None,
            "high": 0.4,
        },
    ]

    picture = item_panel(
        pd.DataFrame(rows).astype({"low": float, "high": float}), version="AG1", wording="How much?"
    )

    assert picture.table["In words"].tolist() == ["below 0.3", "fine"]
    assert "Look at: rest below 0.3." in picture.sentences[2]


def test_there_is_an_icon_for_every_name_that_a_chart_can_have():
    assert VARIATION.keys() == VARIATION_WORDS.keys()
    assert ASSURANCE.keys() == ASSURANCE_WORDS.keys()


def test_too_few_lessons_leave_an_empty_circle_and_the_reason():
    frame = examples.icons_frame(classify([1.0, 0.8, 1.2], direction="low"))

    picture = making_data_count_icons(frame)

    assert picture.sentence == "Too few points: 3, and this needs at least 13 (3 lessons)"
    assert any(layer["mark"].get("strokeDash") == [4, 3] for layer in picture.spec["layer"])


def test_an_unknown_icon_is_refused():
    frame = pd.DataFrame(
        [{"variation": "smiley", "variation_says": "x", "assurance": "", "assurance_says": "y", "n": 20}]
    )

    with pytest.raises(FrameError, match="common_cause"):
        making_data_count_icons(frame)
