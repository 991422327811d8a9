"""No page, export or picture gives any result before the lock or the skip; what is locked never changes."""

import re
import uuid

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from survey_app.models.classrooms import FocalCode
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration
from tests.databases import TESTS
from tests.survey_app.loop.teacher import answer, visible

RESULT_PAGES = (
    "look/students",
    "look/focal-gap.svg",
    "look/focal-gap.png",
    "export.csv",
    "decide",
    "desk-print",
)


@pytest.fixture
def answered(teacher):
    """A cycle that everybody has answered, and that nobody has rated."""
    cycle = teacher.start()
    for token in teacher.cards().values():
        answer(teacher.app, token, "4")
    return cycle


@pytest.mark.parametrize("page", RESULT_PAGES)
def test_every_result_page_says_one_step_comes_first(teacher, answered, page):
    assert "First say what you saw" in visible(teacher.get(f"{answered}/{page}", 409))


def test_before_the_lock_a_count_is_all_there_is(teacher, answered):
    words = visible(teacher.get(answered))
    assert "5 of 5 answered" in words
    for page in (answered, f"{answered}/projector", f"{answered}/look", f"{answered}/saw", "/my-answers.csv"):
        assert "A lot (" not in visible(teacher.get(page))
    assert teacher.get("/my-answers.csv").count("\n") == 1, "only the names of the columns"


def test_the_reveal_is_refused_before_the_lock(teacher, answered):
    teacher.post(f"{answered}/reveal", 409)
    assert all(a.revealed_at is None and a.state == "open" for a in teacher.administrations(answered))


def test_the_database_refuses_a_reveal_before_the_lock(teacher, answered):
    with teacher.app.extensions["focal_db"].writing(TESTS) as db, pytest.raises(DBAPIError):
        db.execute(update(Administration).values(revealed_at=teacher.clock()))


def test_the_lock_asks_for_every_rating_and_keeps_what_was_chosen(teacher, answered):
    first = teacher.sheet(answered)["items"][0]
    page = teacher.post(f"{answered}/saw", 422, **{f"own-focal-{first['id']}": "3", "do": "next"}).text
    assert page.count("Choose an answer") == 3
    assert re.search(r'value="3" checked', page)
    teacher.post(f"{answered}/lock", 409)


def test_nothing_predicted_is_not_locked_by_accident(teacher, answered):
    teacher.see(answered)
    page = teacher.post(f"{answered}/predict", 409, do="lock").text
    assert "choose “Skip the prediction”" in visible(page)


def test_a_skipped_prediction_is_recorded_and_none_is_drawn(teacher, answered):
    teacher.see(answered)
    teacher.post(f"{answered}/lock")
    teacher.post(f"{answered}/reveal")
    look = visible(teacher.get(f"{answered}/look"))
    assert "You skipped the prediction this time." in look
    assert "You predicted" not in look
    assert teacher.administrations(answered)[0].prediction_skipped_at is not None


def test_what_is_locked_never_changes(teacher, answered):
    teacher.see(answered)
    teacher.predict_and_lock(answered)
    teacher.post(f"{answered}/predict", 409, do="lock", **predictions_of(teacher, answered))
    first = teacher.sheet(answered)["items"][0]
    teacher.post(f"{answered}/saw", 409, **{f"own-focal-{first['id']}": "1"})
    database = teacher.app.extensions["focal_db"]
    for model in (OwnRating, Prediction):
        with database.writing(TESTS) as db, pytest.raises(DBAPIError):
            db.execute(text(f"DELETE FROM {model.__tablename__}"))
    with database.writing(TESTS) as db, pytest.raises(DBAPIError):
        db.execute(update(Administration).values(locked_at=None))


def predictions_of(teacher, cycle):
    with teacher.reading() as db:
        row = db.scalars(select(Prediction)).first()
        return {f"pick_{row.item_version_id}_{row.focal_code_id}": "4"}


def test_a_snapshot_never_changes(teacher, answered):
    teacher.see(answered)
    teacher.predict_and_lock(answered)
    teacher.post(f"{answered}/reveal")
    with teacher.app.extensions["focal_db"].writing(TESTS) as db, pytest.raises(DBAPIError):
        db.execute(update(Snapshot).values(late=True))


def test_the_reveal_closes_the_survey_and_late_children_are_told(teacher):
    cycle = teacher.start()
    tokens = teacher.cards()
    answer(teacher.app, tokens["A"])
    browser = teacher.app.test_client()
    page = browser.get(f"/s/{tokens['B']}").text
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    form[teacher.sheet(cycle)["items"][0]["key"]] = "2"
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    assert browser.post(f"/s/{tokens['B']}", data=form).status_code == 410


def test_a_reopened_coded_survey_makes_a_late_snapshot_and_the_prediction_stays(teacher):
    cycle = teacher.start()
    tokens = teacher.cards()
    for label in "ABCD":
        answer(teacher.app, tokens[label], "2")
    teacher.see(cycle)
    teacher.predict_and_lock(cycle, "2")
    teacher.post(f"{cycle}/reveal")
    teacher.post(f"{cycle}/reopen")
    answer(teacher.app, tokens["E"], "4")
    teacher.post(f"{cycle}/close")
    look = visible(teacher.get(f"{cycle}/look"))
    assert "With answers that came late; your prediction stays scored on the first 4." in look
    assert "You predicted 4 of 4 answers exactly" in look
    with teacher.reading() as db:
        found = list(db.scalars(select(Snapshot).order_by(Snapshot.number)))
    assert [(s.number, s.late, s.tables["n"]) for s in found] == [(1, False, 4), (2, True, 5)]


def test_a_plan_prediction_is_frozen_at_the_first_answer(teacher):
    cycle = teacher.start()
    item = teacher.sheet(cycle)["items"][0]
    shown = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/plan"))[1]
    teacher.post(f"{cycle}/plan", version=shown, **{f"predict-{item['id']}": "4"})
    answer(teacher.app, teacher.cards()["A"])
    shown = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/plan"))[1]
    teacher.post(f"{cycle}/plan", version=shown, **{f"predict-{item['id']}": "1"})
    assert "4 of 5" in visible(teacher.get(f"{cycle}/plan"))
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    labels = teacher.sheet(cycle)["words"]["en"]["items"][item["id"]]["student"]["labels"]
    told = f"You predicted that 4 of 5 would pick “{labels['3']}” or “{labels['4']}”; 0 of 1 did."
    assert told in visible(teacher.get(f"{cycle}/look"))


def test_a_plan_prediction_of_more_than_there_are_is_told(teacher):
    cycle = teacher.start()
    item = teacher.sheet(cycle)["items"][0]
    shown = re.search(r'name="version" value="(\d+)"', teacher.get(f"{cycle}/plan"))[1]
    for typed, told in (("6", "Write a number from 0 to 5."), ("four", "Write a whole number.")):
        page = teacher.post(f"{cycle}/plan", 422, version=shown, **{f"predict-{item['id']}": typed}).text
        assert told in page
        assert f'value="{typed}"' in page


def test_a_foreign_code_cannot_be_predicted(teacher, answered):
    teacher.see(answered)
    item = teacher.sheet(answered)["items"][0]
    teacher.post(f"{answered}/predict", 422, do="lock", **{f"pick_{item['id']}_{uuid.uuid4()}": "1"})


def test_level_spread_and_order_of_a_prediction_are_said_in_words(teacher):
    cycle = teacher.start()
    tokens = teacher.cards()
    for label, value in zip("ABCDE", "11244", strict=True):
        answer(teacher.app, tokens[label], value)
    teacher.see(cycle)
    item = teacher.sheet(cycle)["items"][0]
    with teacher.reading() as db:
        codes = dict(db.execute(select(FocalCode.label, FocalCode.id)).all())
    picks = zip("ABCDE", "33344", strict=True)
    expected = {f"pick_{item['id']}_{codes[label]}": value for label, value in picks}
    teacher.post(f"{cycle}/predict", do="lock", **expected)
    teacher.post(f"{cycle}/reveal")
    look = visible(teacher.get(f"{cycle}/look"))
    # By hand: means 3.4 and 2.4; sd 0.55 and 1.52; six pairs in order, two tied: tau-b 0.87.
    assert "Level: you expected more than they picked." in look
    assert "Spread: you saw them as more alike than they are." in look
    assert "Order: you knew mostly who feels it more and who less. (5 students)" in look
