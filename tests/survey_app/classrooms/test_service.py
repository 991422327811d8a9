"""Rules of classes, focal codes and cards, on both databases."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from survey_app.classrooms import archive, queries, service
from survey_app.classrooms.codes import is_card_code, is_class_code
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Card, Classroom, FocalCode
from survey_app.models.people import Organisation, Person
from survey_app.permissions import Viewer
from tests.keys import CARD_KEYS, card_hash

NOW = datetime(2026, 3, 3, 23, 10, tzinfo=UTC)
EN, ES = ({"locale": one, "keys": CARD_KEYS, "now": NOW} for one in ("en", "es"))


@pytest.fixture
def teacher(db) -> Viewer:
    school = Organisation(kind="school", name="Lincoln", created_at=NOW)
    db.add(school)
    db.flush()
    person = Person(organisation_id=school.id, email="t@example.org", display_name="Ms. R", created_at=NOW)
    db.add(person)
    db.flush()
    return Viewer(person.id, school.id, "Ms. Rivera", frozenset({"teacher"}), uuid.uuid4(), "UTC", True)


def make(db, teacher, **changes) -> Classroom:
    about = {"nickname": "Period 4", "band": "3-12", "grade": 7, "subject": "Math", "students": 28, **changes}
    return service.make_class(db, teacher, **about, now=NOW)


@pytest.fixture
def classroom(db, teacher) -> Classroom:
    return make(db, teacher)


def labels(codes) -> list[str]:
    return [code.label for code in codes]


def test_a_class_has_a_code_of_its_own(db, teacher):
    made = [make(db, teacher, nickname=f"Period {number}") for number in range(1, 6)]
    assert len({one.class_code for one in made}) == 5
    assert all(is_class_code(one.class_code) for one in made)


def test_the_same_form_sent_twice_makes_one_class(db, teacher):
    key = uuid.uuid4()
    first, second = make(db, teacher, classroom_id=key), make(db, teacher, classroom_id=key)
    assert first is second
    assert db.scalar(select(func.count()).select_from(Classroom)) == 1


def test_the_key_of_somebody_elses_class_makes_an_own_one(db, teacher, classroom):
    other = Person(
        organisation_id=teacher.organisation_id, email="o@example.org", display_name="Mr. Ota", created_at=NOW
    )
    db.add(other)
    db.flush()
    stranger = Viewer(
        other.id, teacher.organisation_id, "Mr. Ota", frozenset({"teacher"}), uuid.uuid4(), "UTC", True
    )
    made = make(db, stranger, nickname="Mine", classroom_id=classroom.id)
    assert made.id != classroom.id
    assert made.owner_id == other.id
    assert classroom.nickname == "Period 4"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"nickname": "  "}, "nickname"),
        ({"band": "4-6"}, "grade"),
        ({"grade": 2}, "grade"),
        ({"grade": 13}, "grade"),
        ({"band": "K-2", "grade": 3}, "grade"),
        ({"students": 0}, "students"),
        ({"students": 201}, "students"),
    ],
)
def test_a_class_that_makes_no_sense_is_refused_at_its_field(db, teacher, change, field):
    with pytest.raises(BadInput) as refused:
        make(db, teacher, **change)
    assert list(refused.value.faults) == [field]


def test_a_number_is_enough_for_focal_codes(db, classroom):
    assert labels(service.set_focal_codes(db, classroom, 5)) == ["A", "B", "C", "D", "E"]
    assert labels(service.set_focal_codes(db, classroom, 5)) == ["A", "B", "C", "D", "E"]
    assert labels(service.set_focal_codes(db, classroom, 6)) == ["A", "B", "C", "D", "E", "F"]


def test_the_label_of_a_child_who_left_is_never_given_to_another(db, classroom):
    codes = service.set_focal_codes(db, classroom, 3)
    service.retire_focal_code(db, classroom, codes[1], now=NOW)
    assert labels(service.set_focal_codes(db, classroom, 3)) == ["A", "C", "D"]


def test_labels_go_on_after_z(db, classroom):
    db.add_all(
        FocalCode(classroom_id=classroom.id, label=letter, retired_at=NOW)
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )
    db.flush()
    assert labels(service.set_focal_codes(db, classroom, 3)) == ["AA", "AB", "AC"]


@pytest.mark.parametrize("count", [-1, 7, 2])
def test_focal_codes_are_not_taken_away_by_a_number(db, classroom, count):
    service.set_focal_codes(db, classroom, 3)
    with pytest.raises(BadInput) as refused:
        service.set_focal_codes(db, classroom, count)
    assert "focal" in refused.value.faults
    assert labels(queries.live_focal_codes(db, classroom.id)) == ["A", "B", "C"]


def test_cards_are_known_once_and_stored_hashed(db, classroom):
    codes = service.set_focal_codes(db, classroom, 4)
    made = service.make_cards(db, classroom, focal_codes=codes, others=6, **ES)
    assert [one.label for one in made] == ["A", "B", "C", "D", *[None] * 6]
    assert len({one.token for one in made}) == 10
    assert all(is_card_code(one.token) for one in made)
    db.expire_all()
    stored = db.scalars(select(Card)).all()
    assert {card.token_hash for card in stored} == {card_hash(one.token) for one in made}
    assert {card.locale for card in stored} == {"es"}


def test_a_reprinted_focal_card_revokes_the_earlier_one(db, classroom):
    codes = service.set_focal_codes(db, classroom, 3)
    first = service.make_cards(db, classroom, focal_codes=codes, others=2, **EN)
    service.make_cards(db, classroom, focal_codes=codes[:1], others=1, **EN)
    assert first[0].card.revoked_at == NOW
    assert [one.card.revoked_at for one in first[1:]] == [None] * 4
    assert len(queries.live_cards(db, classroom.id)) == 6


def test_a_retired_code_has_no_living_card(db, classroom):
    codes = service.set_focal_codes(db, classroom, 3)
    made = service.make_cards(db, classroom, focal_codes=codes, others=0, **EN)
    service.retire_focal_code(db, classroom, codes[0], now=NOW)
    assert [one.card.revoked_at for one in made] == [NOW, None, None]


@pytest.mark.parametrize("others", [-1, 201])
def test_an_impossible_number_of_cards_is_refused(db, classroom, others):
    with pytest.raises(BadInput):
        service.make_cards(db, classroom, focal_codes=[], others=others, **EN)


def test_a_class_put_away_can_be_read_only_and_comes_back(db, classroom):
    service.archive_class(db, classroom, now=NOW)
    for change in (
        lambda: service.set_focal_codes(db, classroom, 3),
        lambda: service.make_cards(db, classroom, focal_codes=[], others=3, **EN),
        lambda: service.change_class(
            db, classroom, nickname="X", band="3-12", grade=7, subject=None, students=None
        ),
    ):
        with pytest.raises(NotYet):
            change()
    service.unarchive_class(db, classroom)
    assert labels(service.set_focal_codes(db, classroom, 3)) == ["A", "B", "C"]


def test_what_is_registered_closes_before_a_class_is_put_away(db, classroom, monkeypatch):
    closed = []
    monkeypatch.setattr(archive, "_closers", [])
    service.before_archive(lambda _db, one, now: closed.append((one.id, now)))
    service.archive_class(db, classroom, now=NOW)
    service.archive_class(db, classroom, now=NOW)
    assert closed == [(classroom.id, NOW)]
