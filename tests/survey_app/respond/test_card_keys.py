"""Cards are stored under the server's key: a database alone gives none away, and a new key loses none."""

import pytest
from sqlalchemy import select, update

from survey_app.classrooms.codes import CardKeys, unkeyed_hash
from survey_app.models.classrooms import Card
from survey_app.respond import routes
from tests.databases import TESTS
from tests.keys import SECRET, card_hash

RETIRED = "the key of last year, long enough to be one"


def stored(school, token):
    with school.database.reading(TESTS) as db:
        hashes = set(db.scalars(select(Card.token_hash)))
    forms = {"today": card_hash, "retired": CardKeys(RETIRED).hash, "plain": unkeyed_hash}
    return [name for name, form in forms.items() if form(token) in hashes]


def store_as(school, token, form):
    with school.database.writing(TESTS) as db:
        db.execute(update(Card).where(Card.token_hash == card_hash(token)).values(token_hash=form))
        db.commit()


def test_what_lies_in_the_database_needs_the_key(school):
    assert stored(school, school.cards["A"]) == ["today"]


@pytest.mark.parametrize("form", [unkeyed_hash, CardKeys(RETIRED).hash], ids=["first-days", "retired-key"])
@pytest.mark.parametrize("card", ["A", "rest"])
def test_a_card_of_earlier_days_opens_and_moves_when_it_is_used(
    school, client, fill, monkeypatch, form, card
):
    monkeypatch.setattr(routes, "_card_keys", lambda: CardKeys(SECRET, (RETIRED,)))
    school.open(rest=True)
    token = school.cards.get(card) or school.others[0]
    store_as(school, token, form(token))
    sheet = fill(f"/s/{token}", **{school.sheet()["items"][0]["key"]: "3"})
    assert stored(school, token) != ["today"], "looking changes nothing"
    assert client.post(f"/s/{token}", data=sheet).status_code == 303
    assert stored(school, token) == ["today"]
    assert client.post(f"/s/{token}", data=sheet).status_code == 303, "sent twice it is thanked twice"
    assert len(school.stored()) == 1


def test_without_the_retired_key_its_cards_open_nothing(school, client):
    school.open()
    store_as(school, school.cards["A"], CardKeys(RETIRED).hash(school.cards["A"]))
    assert client.get(f"/s/{school.cards['A']}").status_code == 404


def test_of_one_code_in_two_forms_todays_counts(school, client, clock):
    school.open()
    with school.database.writing(TESTS) as db:
        card = db.scalars(select(Card).where(Card.token_hash == card_hash(school.cards["A"]))).one()
        old = {"token_hash": unkeyed_hash(school.cards["A"]), "revoked_at": clock(), "made_at": clock()}
        db.add(Card(classroom_id=card.classroom_id, focal_code_id=card.focal_code_id, **old))
        db.commit()
    assert client.get(f"/s/{school.cards['A']}").status_code == 200
