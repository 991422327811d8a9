"""A sheet is stored once, whole, before the close, and with nothing beside it; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from survey_app.errors import BadInput
from survey_app.models.classrooms import Card
from survey_app.models.cycles import PlanPrediction
from survey_app.models.responses import Answer, Receipt, Response
from survey_app.models.surveys import Administration, SurveyItem
from survey_app.models.turnout import Turnout
from survey_app.respond.keys import SheetKey, read_key
from survey_app.respond.refusals import ChangedAfterSending, Late, UsedBefore
from survey_app.respond.service import record_response
from tests.databases import TESTS
from tests.keys import card_hash


@pytest.fixture
def send(school):
    """Store a sheet and commit: ``send("coded", "A", q={...}, key=...)``; returns the key used."""

    def sending(mode, label=None, *, answers=None, key=None, entry="screen", now=None):
        administration = school.administration(mode)
        with school.database.writing(TESTS) as db:
            token = school.cards.get(label) or label
            card = (
                db.scalars(select(Card).where(Card.token_hash == card_hash(token))).one() if token else None
            )
            key = key or SheetKey.fresh(administration.id, now=school.clock())
            if answers is None:
                answers = {item["id"]: 3 for item in school.sheet()["items"] if item["kind"] == "choice"}
            record_response(
                db,
                administration,
                focal_code_id=card.focal_code_id if card and mode == "coded" else None,
                card_id=card.id if card else None,
                answers=answers,
                locale="en",
                entry=entry,
                key=key,
                now=now or school.clock(),
            )
            db.commit()
        return key

    return sending


def items(school) -> list[dict]:
    return school.sheet()["items"]


def test_a_coded_sheet_has_its_code_its_language_and_its_way_of_entry(school, send):
    school.open()
    send("coded", "B")
    [stored] = school.stored()
    assert stored.focal_code_id is not None
    assert (stored.mode, stored.locale, stored.entry, stored.late) == ("coded", "en", "screen", False)
    assert len(school.answers()) == len(items(school))
    assert school.turnout() == 0


def test_a_pooled_sheet_has_nothing_beside_its_answers(school, send):
    school.open(focal=False, rest=True)
    send("pooled", school.others[0])
    [stored] = school.stored()
    assert (stored.focal_code_id, stored.locale, stored.entry) == (None, None, None)
    assert school.turnout() == 1


def test_what_a_pooled_sheet_leaves_cannot_be_joined_to_a_card():
    response = set(Response.__table__.columns.keys()) | set(Answer.__table__.columns.keys())
    receipt = set(Receipt.__table__.columns.keys())
    turnout = set(Turnout.__table__.columns.keys())
    # Only what all children of the class share stands on both sides.
    assert response & turnout == {"administration_id", "classroom_id"}
    assert receipt & turnout == {"administration_id"}
    assert response & receipt == {"administration_id"}
    everything = response | receipt | turnout
    assert not any(
        word in column
        for column in everything
        for word in ("_at", "time", "address", "agent", "device", "name")
    )


@pytest.mark.database("sqlite")
def test_on_sqlite_the_tables_keep_no_order_of_arrival(school):
    with school.database.reading(TESTS) as db:
        for table in ("responses", "answers", "receipts", "turnout"):
            sql = (
                db.connection()
                .exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,))
                .scalar_one()
            )
            assert "WITHOUT ROWID" in sql


def test_the_same_sheet_sent_again_changes_nothing(school, send):
    school.open()
    key = send("coded", "A")
    for _ in range(5):
        send("coded", "A", key=key)
    assert len(school.stored()) == 1


def test_the_same_page_with_other_answers_is_refused(school, send):
    school.open()
    key = send("coded", "A")
    with pytest.raises(ChangedAfterSending):
        send("coded", "A", key=key, answers={items(school)[0]["id"]: 1})
    assert 1 not in [value for _item, value, _words, _missing in school.answers()]


def test_a_code_answers_once_and_so_does_a_card(school, send):
    school.open(focal=True, rest=True)
    send("coded", "A")
    send("pooled", school.others[0])
    with pytest.raises(UsedBefore):
        send("coded", "A")
    with pytest.raises(UsedBefore):
        send("pooled", school.others[0])
    assert len(school.stored()) == 2
    with school.database.reading(TESTS) as db:
        assert db.scalar(select(func.count()).select_from(Receipt)) == 2


def test_children_at_the_class_code_are_told_apart_by_their_pages_only(school, send):
    school.open(focal=False, rest=True)
    for _ in range(3):
        send("pooled")
    assert len(school.stored()) == 3
    assert school.turnout() == 0


def test_a_question_left_out_is_skipped_and_reasons_are_kept(school, send):
    school.open(items=["SM1", "SG1", "AG1"])
    first, second, third = (one["id"] for one in items(school))
    send("coded", "A", answers={first: "not_understood", second: "not_applicable"})
    assert sorted(school.answers()) == sorted(
        [
            (first, None, None, "not_understood"),
            (second, None, None, "not_applicable"),
            (third, None, None, "skipped"),
        ]
    )


def test_words_of_a_childs_own_come_last_and_are_kept_as_written(school, send):
    school.open(items=["SM1", "MS4", "AG1"])
    last = items(school)[-1]
    assert last["kind"] == "text"
    send("coded", "A", answers={last["id"]: "la gráfica = útil 🙂"})
    assert (last["id"], None, "la gráfica = útil 🙂", None) in school.answers()


@pytest.mark.parametrize(
    "answer", [0, 5, 6, -1, 1e308, float("nan"), float("inf"), 3.0, True, None, "", "3", "1 OR 1=1", [], {}]
)
def test_only_a_step_of_the_scale_is_stored(school, send, answer):
    school.open()
    with pytest.raises(BadInput):
        send("coded", "A", answers={items(school)[0]["id"]: answer})
    assert school.stored() == []


def test_does_not_apply_counts_only_where_it_is_offered(school, send):
    school.open(items=["SM1", "SG1"])
    with pytest.raises(BadInput):
        send("coded", "A", answers={items(school)[0]["id"]: "not_applicable"})
    with pytest.raises(BadInput):
        send("coded", "A", answers={"00000000-0000-0000-0000-000000000000": 1})


def test_the_first_answer_fixes_the_notice_and_the_plan_prediction(school, send):
    school.plan(may_be_shared=True)
    with school.database.writing(TESTS) as db:
        survey_id = school.administration("coded").survey_id
        asked = db.scalars(select(SurveyItem.item_version_id).where(SurveyItem.survey_id == survey_id)).all()
        mine = {"cycle_id": school.cycle_id, "owner_id": school.owner_id}
        db.add(PlanPrediction(**mine, item_version_id=asked[0], k=3, n=4))
        db.commit()
    school.open()
    send("coded", "A")
    send("coded", "B")
    frozen = school.administration("coded")
    assert frozen.has_answers
    assert "helps your teacher" in frozen.notice["en"]
    assert set(frozen.notice) == set(school.sheet()["words"])
    with school.database.reading(TESTS) as db:
        rows = {row.item_version_id: row for row in db.scalars(select(PlanPrediction))}
    assert set(rows) == set(asked)
    assert all(row.frozen for row in rows.values())
    assert (rows[asked[0]].k, rows[asked[0]].n) == (3, 4)
    assert all(rows[one].k is None for one in asked[1:])


def test_a_page_loaded_before_the_close_has_ten_minutes(school, send):
    school.open()
    loaded = SheetKey.fresh(school.administration("coded").id, now=school.clock())
    also_loaded = SheetKey.fresh(school.administration("coded").id, now=school.clock())
    school.clock.forward(minutes=3)
    school.close()
    school.clock.forward(minutes=10)
    send("coded", "A", key=loaded)
    school.clock.forward(seconds=1)
    with pytest.raises(Late):
        send("coded", "B", key=also_loaded)
    # What was taken stays taken, whenever it is asked again.
    send("coded", "A", key=loaded)
    assert len(school.stored()) == 1


def test_a_page_loaded_after_the_close_is_too_late(school, send):
    school.open().close()
    school.clock.forward(seconds=1)
    with pytest.raises(Late):
        send("coded", "A")


def test_the_reveal_ends_the_grace(school, send):
    school.open()
    loaded = SheetKey.fresh(school.administration("coded").id, now=school.clock())
    school.close()
    with school.database.writing(TESTS) as db:
        row = db.get_one(Administration, school.administration("coded").id)
        row.locked_at = row.revealed_at = school.clock()
        db.commit()
    with pytest.raises(Late):
        send("coded", "A", key=loaded)
    with pytest.raises(Late):
        send("coded", "A", entry="paper")
    school.reopen()
    send("coded", "A")
    assert school.stored()[0].late


def test_paper_is_keyed_until_the_reveal(school, send):
    school.open().close()
    school.clock.forward(hours=20)
    send("coded", "A", entry="paper")
    assert school.stored()[0].entry == "paper"


def test_a_try_out_that_was_voided_takes_nothing_and_thanks_for_nothing(school, send):
    school.open()
    before = school.administration("coded")
    key = send("coded", "A")
    school.void()
    with school.database.writing(TESTS) as db, pytest.raises(Late):
        record_response(
            db,
            before,
            focal_code_id=None,
            card_id=None,
            answers={},
            locale="en",
            entry="screen",
            key=key,
            now=school.clock(),
        )


def test_fifty_at_once_are_one(school):
    school.open()
    administration = school.administration("coded")
    key = SheetKey.fresh(administration.id, now=school.clock())
    answers = {one["id"]: 2 for one in items(school) if one["kind"] == "choice"}
    with school.database.reading(TESTS) as db:
        card = db.scalars(select(Card).where(Card.token_hash == card_hash(school.cards["A"]))).one()
    faults = []

    def store():
        try:
            with school.database.writing(TESTS) as db:
                record_response(
                    db,
                    administration,
                    focal_code_id=card.focal_code_id,
                    card_id=card.id,
                    answers=answers,
                    locale="es",
                    entry="screen",
                    key=key,
                    now=school.clock(),
                )
                db.commit()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=store) for _ in range(50)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    assert len(school.stored()) == 1
    assert len(school.answers()) == len(items(school))


@pytest.mark.parametrize("mode", ["coded", "pooled"])
def test_close_while_children_send_leaves_nobody_between(school, mode):
    school.open(focal=mode == "coded", rest=mode == "pooled")
    administration = school.administration(mode)
    with school.database.reading(TESTS) as db:
        tokens = list(school.cards.values()) if mode == "coded" else school.others
        cards = db.scalars(select(Card).where(Card.token_hash.in_([card_hash(one) for one in tokens]))).all()
    told = []
    start = threading.Barrier(len(cards) + 1)

    def store(card):
        start.wait()
        with school.database.writing(TESTS) as db:
            try:
                record_response(
                    db,
                    administration,
                    focal_code_id=card.focal_code_id if mode == "coded" else None,
                    card_id=card.id,
                    answers={},
                    locale="en",
                    entry="screen",
                    key=SheetKey.fresh(administration.id, now=school.clock() + timedelta(hours=1)),
                    now=school.clock(),
                )
                db.commit()
                told.append("thanks")
            except Late:
                told.append("late")

    threads = [threading.Thread(target=store, args=(card,)) for card in cards]
    for one in threads:
        one.start()
    start.wait()
    school.close()
    for one in threads:
        one.join()
    assert len(told) == len(cards)
    assert told.count("thanks") == len(school.stored())
    assert school.administration(mode).state == "closed"


def test_seven_statements_and_one_commit(school, send, count_statements):
    school.open(focal=True, rest=True)
    token = school.others[0]
    with school.database.reading(TESTS) as db:
        card = db.scalars(select(Card).where(Card.token_hash == card_hash(token))).one()
    administration = school.administration("pooled")
    key = SheetKey.fresh(administration.id, now=school.clock())
    with school.database.writing(TESTS) as db, count_statements() as counted:
        record_response(
            db,
            administration,
            focal_code_id=None,
            card_id=card.id,
            answers={},
            locale="en",
            entry="screen",
            key=key,
            now=school.clock(),
        )
        db.commit()
    assert len(counted) <= 7, str(counted)
    assert counted.commits == 1


def test_a_key_is_read_back_only_as_this_server_made_it(school, clock):
    school.open()
    key = SheetKey.fresh(school.administration("coded").id, now=clock())
    text = key.sign("a" * 32)
    assert read_key(text, "a" * 32) == key
    assert read_key(text, "b" * 32) is None
    for place in range(len(text)):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        assert read_key(changed, "a" * 32) is None
    for odd in (
        "",
        "null",
        "[]",
        " ",
        text[:-4],
        text + "AAAA",
        text.replace("A", "А"),
        "=" * 76,
        text + "\n",
    ):
        assert odd == text or read_key(odd, "a" * 32) is None
