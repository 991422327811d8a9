"""A letter to families with the very questions, in two languages, that prints on a page each."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from survey_app.erasure.retention import ARCHIVE_KEPT, CLASS_LIVES
from survey_app.models.surveys import Administration
from survey_app.paper.routes import LONGEST_KEPT
from tests.survey_app.loop.teacher import Teacher, answer


@pytest.fixture
def teacher(app, clock) -> Teacher:
    return Teacher.arrive(app, clock)


def test_the_letter_has_the_surveys_own_words(teacher):
    cycle = teacher.start(do="draft")
    assert "can still change" in teacher.get(f"{cycle}/letter")
    teacher.post(f"{cycle}/open")
    token = teacher.cards()["A"]
    answer(teacher.app, token)
    letter = unescape(teacher.get(f"{cycle}/letter"))
    assert "can still change" not in letter
    sheet = teacher.sheet(cycle)
    for locale in ("en", "es"):
        for item in sheet["items"]:
            words = sheet["words"][locale]["items"][item["id"]]["student"]
            assert words["text"] in letter
            assert all(words["labels"][str(value)] in letter for value in item["values"])
    with teacher.reading() as db:
        frozen = db.scalars(select(Administration.notice).where(Administration.notice.is_not(None))).one()
    assert frozen["en"] in letter
    assert frozen["es"] in letter
    assert "/letter" in teacher.get(cycle)


@pytest.mark.database("sqlite")
def test_it_is_hers_alone_and_says_the_truth_about_time(teacher, app, clock):
    cycle = teacher.start()
    assert (CLASS_LIVES + ARCHIVE_KEPT).days / 30.44 == pytest.approx(LONGEST_KEPT, abs=0.5)
    Teacher.arrive(app, clock, "Somebody Else").get(f"{cycle}/letter", 404)


def test_it_reads_at_every_width_and_prints_on_a_page_for_each_language(open_page, teacher):
    cycle = teacher.start()
    page = open_page(width=1280)
    token = teacher.client.get_cookie("focal_session").value
    page.context.add_cookies([{"name": "focal_session", "value": token, "url": "http://127.0.0.1"}])
    page.goto(f"{cycle}/letter")
    page.check_axe()
    page.shoot("letter")
    for size in ("Letter", "A4"):
        assert len(re.findall(rb"/Type /Page\b(?!s)", page.pdf(format=size))) == 2
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
