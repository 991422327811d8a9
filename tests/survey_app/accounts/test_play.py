"""Play a round: real pictures, nothing stored, no JavaScript, no account."""

import pytest
from sqlalchemy import func, select

from survey_app.accounts import play
from survey_app.db import Base
from survey_app.models.catalogue import Item, ItemVersion, Wording
from tests.survey_app.accounts.staff import words_of

RATING = "chance=4&own_way=2"
PREDICTION = "student_A=4&student_B=2&student_C=3&student_D=3&student_E=4"


def test_the_two_questions_are_the_librarys_word_for_word(db):
    for question in play.QUESTIONS:
        words = db.execute(
            select(Wording.perspective, Wording.text, Wording.labels)
            .join(ItemVersion, ItemVersion.id == Wording.item_version_id)
            .join(Item, Item.id == ItemVersion.item_id)
            .where(Item.key == question.key, ItemVersion.band == "3-12", Wording.locale == "en")
        ).all()
        said = {row.perspective: row.text for row in words}
        assert said["student"] == question.student
        assert said["teacher_own"] == question.teacher
        labels = next(row.labels for row in words if row.perspective == "student")
        assert tuple(labels[key] for key in sorted(labels, key=int)) == play.OPTIONS


@pytest.mark.database("sqlite")
def test_a_whole_round_leaves_no_trace(client, db):
    def rows():
        return {
            table.name: db.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }

    before = rows()
    db.rollback()
    for path in ("/play", "/play/saw", f"/play/predict?{RATING}", f"/play/look?{RATING}&{PREDICTION}"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers
    assert rows() == before


@pytest.mark.database("sqlite")
def test_the_reveal_shows_the_gap_picture_and_each_prediction_in_words(client):
    page = client.get(f"/play/look?{RATING}&{PREDICTION}")
    said = words_of(page)
    assert "You saw more" in said
    assert "on 1 of 2 questions (5 students)" in said
    # A 4-4, B 2-3, C 3-1, D 3-2, E 4-2, counted by hand.
    assert "You had 1 of 5 exactly, and 3 of 5 within one step." in said
    assert "A A lot A lot just as you said" in said
    assert "B A little Some 1 step higher" in said
    assert "C Some Not at all 2 steps lower" in said
    html = page.get_data(as_text=True)
    assert html.count("<svg role=") == 2
    assert "Make my account" in said


@pytest.mark.database("sqlite")
def test_a_missing_pick_is_asked_for_by_name_and_the_others_stay(client):
    answer = client.get("/play/predict?chance=4")
    assert answer.status_code == 422
    assert "Their own way to figure it out: pick one answer." in words_of(answer)
    assert 'name="chance" value="4" checked' in answer.get_data(as_text=True)
    answer = client.get(f"/play/look?{RATING}&student_A=4&student_C=1")
    assert answer.status_code == 422
    assert "3 things need another look" in words_of(answer)
    assert 'name="student_C" value="1" checked' in answer.get_data(as_text=True)


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("pick", ["0", "5", "-1", "1e9", "NaN", "<img src=x onerror=alert()>", "", "2 ", "٣"])
def test_what_is_no_option_counts_as_not_picked(client, pick):
    answer = client.get("/play/predict", query_string={"chance": pick, "own_way": "2"})
    assert answer.status_code == 422
    assert "onerror" not in answer.get_data(as_text=True)


@pytest.mark.database("sqlite")
def test_a_look_without_a_rating_begins_anew(client):
    assert client.get(f"/play/look?{PREDICTION}").headers["Location"] == "/play"


@pytest.mark.database("sqlite")
def test_whoever_has_an_account_is_not_offered_another(network):
    network.add("Ana", "Lincoln", "teacher")
    path = f"/play/look?{RATING}&{PREDICTION}"
    assert "Go to my pages" in words_of(network.browser("Ana").get(path))
    stranger = words_of(network.browser().get(path))
    assert "Sign in" in stranger
    assert "Make my account" not in stranger
