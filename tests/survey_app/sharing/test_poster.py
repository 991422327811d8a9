"""The convening poster: one page of bands, on A4 and on Letter, whatever was written."""

import re

import pytest

from survey_app.sharing.poster import shorten
from tests.survey_app.loop.teacher import answer, visible


def test_it_carries_words_rating_and_bands_and_no_code(room):
    page = room.owner.get(f"{room.cycle}/poster")
    words = visible(page)
    assert words.count("in between of 5") == 4
    for said in ("Adapt", "Three of five had no chance.", "Talk in pairs", "not for evaluation"):
        assert said in words
    for hidden in ("Ask C first", "2 of 5 high", "Student by student"):
        assert hidden not in words


def test_four_students_give_no_result(room, run_cycle):
    words = visible(room.owner.get(f"{run_cycle(room.owner, codes=4, nickname='Four')}/poster"))
    assert words.count("too few") == 4
    assert "in between" not in words


def test_before_the_reveal_it_shows_the_plan_alone(room):
    cycle = room.owner.start(nickname="Not yet")
    for token in room.owner.cards().values():
        answer(room.owner.app, token)
    assert "No results yet." in visible(room.owner.get(f"{cycle}/poster"))


def test_it_is_nobody_elses(room):
    room.share(room.coach, "bands")
    room.colleague.get(f"{room.cycle}/poster", 404)
    room.coach.get(f"{room.cycle}/poster", 403)


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_it_prints_on_one_page_with_long_words(room, run_cycle, open_page, live_server, size):
    long = "The quiet students wrote first, then spoke in pairs, and only then to everybody else. " * 20
    both = {"ready_set": "whole_class", "asks_rest": "1", "rest_count": "6"}
    cycle = run_cycle(room.owner, nickname="Wordy", decide=False, **both)
    version = re.search(r'name="version" value="(\d+)"', room.owner.get(f"{cycle}/decide"))[1]
    fields = dict.fromkeys(("keep_what", "change_next", "reason"), long[:1900])
    room.owner.post(f"{cycle}/decide", version=version, decision="adapt", do="decide", **fields)
    window = open_page()
    cookie = room.owner.client.get_cookie("focal_session")
    window.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
    window.goto(f"{cycle}/poster")
    printed = window.pdf(format=size)
    assert len(re.findall(rb"/Type /Page\b(?!s)", printed)) == 1
    for width in (390, 1280):
        window.set_viewport_size({"width": width, "height": 800})
        window.check_axe()
    assert "only the beginning of the reason, what to keep, what to change" in visible(window.content())


def test_words_are_cut_between_words():
    assert shorten("one two three", 20) == "one two three"
    assert shorten("one two three", 9) == "one two…"
    assert len(shorten("x" * 500, 100)) == 100
