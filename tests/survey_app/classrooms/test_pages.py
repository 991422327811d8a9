"""A teacher keeps her classes: the pages over HTTP, on both databases."""

from __future__ import annotations

import re
import threading
import uuid

import pytest
from sqlalchemy import func, select

from survey_app.classrooms import archive
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Card, Classroom, FocalCode
from tests.databases import TESTS
from tests.pages import read_page

PERIOD_4 = {"nickname": "Period 4", "grade": "7", "subject": "Math", "students": "28"}


def words(answer) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def add_class(teacher, **changes) -> str:
    """Add a class and return its address."""
    answer = teacher.send("/classes/new", {**PERIOD_4, **changes}, follow=False)
    assert answer.status_code == 303, words(answer)
    return answer.headers["Location"].split("?")[0]


def printed_codes(answer) -> list[str]:
    return re.findall(r'studentcard__code">([0-9A-Z-]+)<', answer.get_data(as_text=True))


@pytest.fixture
def room(teacher) -> str:
    address = add_class(teacher)
    teacher.send(f"{address}/focal", {"focal": "4"}, page=address)
    return address


def cards_in(database) -> list[Card]:
    with database.reading(TESTS) as db:
        return list(db.scalars(select(Card)))


def acts(database) -> list[str]:
    with database.reading(TESTS) as db:
        return list(db.scalars(select(AuditEvent.act).order_by(AuditEvent.number)))


def test_an_empty_list_says_what_will_be_here(teacher):
    page = words(teacher.get("/classes"))
    assert "Here will be your classes" in page
    assert "Add a class" in page


def test_a_class_is_added_and_found_again(teacher):
    address = add_class(teacher)
    page = words(teacher.get(address))
    for said in ("Period 4", "Grade 7", "Math", "28 students", "Focal students"):
        assert said in page
    assert "Period 4" in words(teacher.get("/classes"))


def test_the_same_form_sent_twice_adds_one_class(teacher, database):
    page = teacher.get("/classes/new").get_data(as_text=True)
    data = {
        **PERIOD_4,
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
        "form_key": re.search(r'name="form_key" value="([^"]+)"', page)[1],
    }
    start, got = threading.Barrier(5), []

    def press():
        client = teacher.client.application.test_client()
        client.set_cookie("focal_session", teacher.token)
        start.wait()
        got.append(client.post("/classes/new", data=data).headers.get("Location"))

    threads = [threading.Thread(target=press) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(set(got)) == 1
    with database.reading(TESTS) as db:
        assert db.scalar(select(func.count()).select_from(Classroom)) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"nickname": " "}, "Give the class a short name"),
        ({"nickname": "x" * 61}, "up to 60 letters"),
        ({"students": "many"}, "Write a number from 1 to 200"),
        ({"students": "0"}, "Write a number from 1 to 200"),
        ({"students": "1e9"}, "Write a number from 1 to 200"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(teacher, change, said):
    answer = teacher.send("/classes/new", {**PERIOD_4, "subject": "Earth <b>science</b>", **change})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Earth &lt;b&gt;science&lt;/b&gt;" in words(answer)


@pytest.mark.parametrize("grade", ["13", "-1", "7; DROP TABLE", "seven"])
def test_a_grade_that_is_not_offered_is_refused(teacher, grade):
    assert teacher.send("/classes/new", {**PERIOD_4, "grade": grade}).status_code == 422


def test_a_kindergarten_class_gets_the_pictures(teacher, database):
    add_class(teacher, grade="0")
    with database.reading(TESTS) as db:
        assert db.scalars(select(Classroom.band)).one() == "K-2"


def test_a_class_is_changed(teacher, room):
    teacher.send(f"{room}/change", {**PERIOD_4, "nickname": "Period 5", "students": ""})
    page = words(teacher.get(room))
    assert "Period 5" in page
    assert "28 students" not in page


def test_codes_are_added_retired_and_brought_back(teacher, room, database):
    assert "A B C D" in " ".join(re.findall(r'label">([A-Z]+)<', teacher.get(room).get_data(as_text=True)))
    with database.reading(TESTS) as db:
        b = db.scalars(select(FocalCode.id).where(FocalCode.label == "B")).one()
    page = words(teacher.send(f"{room}/focal/{b}/retire", page=room))
    assert "The code is retired" in page
    assert "Retired: B" in page
    assert "Add one more" in page
    page = words(teacher.send(f"{room}/focal", {"focal": "4"}, page=room))
    assert "Retire E" in page
    page = words(teacher.send(f"{room}/focal/{b}/restore", page=room))
    assert "Retire B" in page


@pytest.mark.parametrize("number", ["", "7", "2", "-3", "five", "1e3", "９", "4" * 5000])
def test_an_impossible_number_of_codes_is_refused(teacher, room, number):
    answer = teacher.send(f"{room}/focal", {"focal": number}, page=room)
    assert answer.status_code == 422
    assert "Retire D" in words(answer)


def test_cards_look_all_alike_and_the_key_stands_apart(teacher, room, database):
    answer = teacher.send(
        f"{room}/cards",
        {"make_A": "1", "language_A": "es", "make_B": "1", "others_en": "3", "others_es": "2"},
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    codes = printed_codes(answer)
    assert len(codes) == 7
    page = answer.get_data(as_text=True)
    faces = re.findall(r'<section class="studentcard".*?</section>', page, re.DOTALL)
    assert len(faces) == 7
    for face in faces:
        assert not re.search(r"focal student|Focal|Period 4|>\s*[AB]\s*<", face)
    shapes = {
        re.sub(r"<svg.*?</svg>|studentcard__code\">[^<]+", "", face, flags=re.DOTALL)
        for face in faces
        if 'lang="en"' in face
    }
    assert len(shapes) == 1
    assert sum('lang="es"' in face for face in faces) == 3
    key = re.search(r'class="keylist".*?</section>', page, re.DOTALL)[0]
    assert codes[0] in key
    assert codes[1] in key
    assert not any(code in key for code in codes[2:])
    stored = cards_in(database)
    assert sorted(card.locale for card in stored) == ["en", "en", "en", "en", "es", "es", "es"]
    assert not any(code.replace("-", "") in str(vars(card)) for code in codes for card in stored)


def test_cards_that_nobody_could_use_are_warned_of(teacher, room, app):
    said = "which no other device can reach"
    assert said in words(teacher.get(f"{room}/cards"))
    there = {"base_url": "https://focal.example.org"}
    teacher.client.set_cookie("focal_session", teacher.token, domain="focal.example.org")
    assert said not in words(teacher.get(f"{room}/cards", **there))


def test_a_printed_card_opens_the_students_page(teacher, room):
    code = printed_codes(teacher.send(f"{room}/cards", {"make_A": "1"}))[0]
    answer = teacher.client.application.test_client().get(f"/s/{code}")
    assert answer.status_code == 404
    assert "no questions for your class right now" in words(answer)


def test_the_same_press_twice_prints_the_same_cards(teacher, room, database):
    page = teacher.get(f"{room}/cards").get_data(as_text=True)
    data = {
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1],
        "form_key": re.search(r'name="form_key" value="([^"]+)"', page)[1],
        "make_A": "1",
        "others_en": "2",
    }
    first, second = (printed_codes(teacher.client.post(f"{room}/cards", data=data)) for _ in range(2))
    assert first == second
    assert len(cards_in(database)) == 3
    assert all(card.revoked_at is None for card in cards_in(database))


def test_printing_again_says_first_what_stops(teacher, room, database):
    teacher.send(f"{room}/cards", {"make_A": "1", "others_en": "3"})
    data = {"make_A": "1", "others_en": "1", "replace_rest": "1"}
    asked = teacher.send(f"{room}/cards", data)
    assert "These cards will stop working" in words(asked)
    assert "The card of A" in words(asked)
    assert "3 cards of the rest of the class" in words(asked)
    assert len(cards_in(database)) == 4
    answer = teacher.send(f"{room}/cards", {**data, "sure": "1"})
    assert len(printed_codes(answer)) == 2
    assert sum(card.revoked_at is not None for card in cards_in(database)) == 4
    assert acts(database) == ["cards.reprinted"]


def test_more_cards_for_the_rest_leave_the_earlier_ones_alive(teacher, room, database):
    teacher.send(f"{room}/cards", {"others_en": "3"})
    teacher.send(f"{room}/cards", {"others_en": "2"})
    assert len(cards_in(database)) == 5
    assert all(card.revoked_at is None for card in cards_in(database))
    assert acts(database) == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"others_en": "61"},
        {"others_en": "-1"},
        {"others_en": "x"},
        {"others_en": "9" * 5000},
        {"make_Z": "1"},
        {"make_A": "1", "form_key": "short"},
    ],
)
def test_no_card_is_made_for_what_makes_no_sense(teacher, room, database, data):
    assert teacher.send(f"{room}/cards", data).status_code == 422
    assert cards_in(database) == []


def test_an_unknown_language_falls_back_to_english(teacher, room, database):
    teacher.send(f"{room}/cards", {"make_A": "1", "language_A": "tlh"})
    assert [card.locale for card in cards_in(database)] == ["en"]


def test_an_archived_class_is_read_only_and_comes_back(teacher, room, database):
    page = words(teacher.send(f"{room}/archive", page=room))
    assert "Archived on" in page
    assert "Make cards" not in page
    assert "1 archived class" in words(teacher.get("/classes"))
    for path, data in ((f"{room}/focal", {"focal": "5"}), (f"{room}/cards", {"others_en": "1"})):
        assert teacher.send(path, data, page=room).status_code == 409
    assert teacher.send(f"{room}/change", PERIOD_4, page=room).status_code == 409
    teacher.send(f"{room}/archive", page=room)
    assert "The class is back" in words(teacher.send(f"{room}/unarchive", page=room))
    assert acts(database) == ["class.archived", "class.unarchived"]


def test_a_class_with_an_open_survey_is_closed_first_or_stays(teacher, room, database, monkeypatch):
    monkeypatch.setattr(archive.queries, "has_open_survey", lambda *_: True)
    answer = teacher.send(f"{room}/archive", page=room)
    assert answer.status_code == 409
    assert "still open" in words(answer)
    assert acts(database) == []


def test_somebody_elses_class_does_not_exist(sign_in, room, database):
    other = sign_in("Mr. Ota")
    mine = add_class(other)
    with database.reading(TESTS) as db:
        code = db.scalars(select(FocalCode.id).where(FocalCode.label == "A")).one()
    unknown = words(other.get(f"/classes/{uuid.uuid4()}"))
    for path in ("", "/change", "/cards", "/families"):
        answer = other.get(f"{room}{path}")
        assert answer.status_code == 404
        assert words(answer) == unknown
    for path in ("/focal", "/archive", "/unarchive", "/cards", "/change", f"/focal/{code}/retire"):
        assert other.send(f"{room}{path}", {"focal": "5"}, page=mine).status_code == 404
    assert other.send(f"{mine}/focal/{code}/retire", page=mine).status_code == 404
    assert set(acts(database)) == {"access.denied"}
    with database.reading(TESTS) as db:
        assert db.get_one(FocalCode, code).retired_at is None


def test_a_code_of_another_own_class_is_refused(teacher, room, database):
    elsewhere = add_class(teacher, nickname="Period 5")
    with database.reading(TESTS) as db:
        code = db.scalars(select(FocalCode.id).where(FocalCode.label == "A")).one()
    assert teacher.send(f"{elsewhere}/focal/{code}/retire", page=elsewhere).status_code == 422


@pytest.mark.parametrize("role", ["coach", "lead", "researcher", "administrator"])
def test_only_teachers_keep_classes(sign_in, role):
    assert sign_in(role=role).get("/classes").status_code == 403


def test_a_form_without_its_token_is_refused(teacher, room, database):
    assert teacher.client.post(f"{room}/archive").status_code == 403
    with database.reading(TESTS) as db:
        assert db.scalars(select(Classroom.archived_at)).one() is None


def test_extra_fields_change_nothing(teacher, database):
    add_class(teacher, class_code="AAAAAA", owner_id=str(uuid.uuid4()), band="4-5")
    with database.reading(TESTS) as db:
        made = db.scalars(select(Classroom)).one()
    assert made.owner_id == teacher.person_id
    assert made.class_code != "AAAAAA"
    assert made.band == "3-12"


def test_a_list_of_classes_costs_the_same_for_one_and_for_six(teacher, app, count_statements):
    engine = app.extensions["focal_db"].engine
    add_class(teacher)
    with count_statements(engine) as one:
        teacher.get("/classes")
    for number in range(5):
        add_class(teacher, nickname=f"Period {number}")
    with count_statements(engine) as six:
        teacher.get("/classes")
    assert len(one) == len(six) <= 4


def test_the_note_to_families_is_in_both_languages(teacher, room):
    page = read_page(teacher.get(f"{room}/families").get_data(as_text=True))
    assert [one.attributes["lang"] for one in page if one.name == "article"] == ["en", "es"]
