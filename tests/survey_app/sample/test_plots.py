"""What is planned for forty teachers, before a row is written."""

from collections import Counter

from survey_app.sample.stories import ARCS, plot_of

PLOTS = [plot_of(number, seed=2026) for number in range(40)]
SERIES = [series for plot in PLOTS for series in plot.series]
TURNS = [turn for series in SERIES for turn in series.turns]


def test_forty_teachers_run_more_than_150_cycles():
    assert 150 < len(TURNS) < 300


def test_a_cycle_waits_at_every_stage_somewhere():
    ends = Counter(turn.ends for turn in TURNS)
    assert set(ends) == {"planned", "open", "closed", "locked", "revealed", "decided", "aside"}
    assert min(ends[name] for name in ("planned", "open", "closed", "locked", "revealed")) >= 2


def test_whatever_a_teacher_can_meet_is_there():
    marks = Counter(mark for turn in TURNS for mark in turn.marks)
    for mark in (
        "voided", "late", "roster", "other question", "own question", "own question reworded", "paper",
        "paper first", "no plan prediction", "skips prediction", "predicts all", "somebody absent",
        "question asked about", "told", "shares with region", "plan unfinished",
    ):  # fmt: skip
        assert marks[mark], f"nobody meets: {mark}"


def test_focal_groups_whole_classes_and_both_at_once_are_asked():
    assert {(s.asks_focal, s.asks_rest) for s in SERIES} == {(True, False), (False, True), (True, True)}


def test_every_way_a_series_can_go_is_there():
    assert {series.arc.name for series in SERIES} == {arc.name for arc in ARCS}
    assert {turn.decision for turn in TURNS} == {"adopt", "adapt", "abandon"}


def test_young_and_older_classes_a_class_of_four_and_an_archived_one():
    rooms = [room for plot in PLOTS for room in plot.rooms]
    assert {room.band for room in rooms} == {"K-2", "3-12"}
    assert any(room.students == 4 for room in rooms)
    assert any(room.is_archived for room in rooms)


def test_many_series_have_three_cycles_and_some_more_than_ten():
    lengths = [len(series.turns) for series in SERIES]
    assert sum(length >= 3 for length in lengths) >= 30
    assert sum(length > 10 for length in lengths) == 2


def test_many_series_begin_with_the_lesson_before_the_change():
    assert sum(series.turns[0].is_baseline for series in SERIES) >= 15


def test_an_idea_is_tried_in_the_grades_it_is_for():
    for plot in PLOTS:
        for series in plot.series:
            assert series.idea.fits(plot.rooms[series.room].grade)


def test_turns_of_a_series_come_one_after_the_other():
    for series in SERIES:
        places = [turn.place for turn in series.turns]
        assert places == sorted(places)
        assert 0 <= places[0] <= places[-1] <= 1
        assert all(turn.ends == "decided" for turn in series.turns[:-1])


def test_another_seed_gives_other_plots():
    assert plot_of(5, seed=1) == plot_of(5, seed=1)
    assert [plot_of(n, seed=1) for n in range(5)] != [plot_of(n, seed=2) for n in range(5)]
