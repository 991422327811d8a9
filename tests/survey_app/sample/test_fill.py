"""The sample network as it stands in the database: whole, believable, and the same for the same seed."""

import hashlib
import json
import re

import pytest
from sqlalchemy import text

from survey_app.accounts.demo import DEMO_PASSWORD
from survey_app.accounts.passwords import Passwords
from survey_app.audit import first_broken_link
from survey_app.models.people import Organisation, Person
from survey_app.results.snapshots import hash_of
from survey_app.sample.fill import NotEmpty, fill, is_filled
from survey_app.sample.material import phrases
from tests.databases import TESTS

from .conftest import TEACHERS, TODAY

PROSE = ("aim", "dose", "adaptations", "absences", "keep_what", "keep_where", "change_next", "support_step",
         "reason", "data_point", "told_students")  # fmt: skip


def content(db) -> str:
    """Return a fingerprint of everything that people would read, without ids and codes."""
    queries = (
        "SELECT kind, name FROM organisations",
        "SELECT display_name, email FROM people",
        "SELECT nickname, grade, students FROM classrooms",
        f"SELECT number, lesson, change, decision, {', '.join(PROSE)} FROM cycles",
        "SELECT strength, wonder, noticing, was_absent FROM cycle_focals",
        "SELECT number, content_hash, late FROM snapshots",
        "SELECT k, n, words, frozen FROM plan_predictions",
        "SELECT mode, state, part, expected, has_answers, saw_answers_first FROM administrations",
        "SELECT mode, locale, entry, late FROM responses",
        "SELECT value, words, missing FROM answers",
        "SELECT level, asks FROM cycle_shares",
        "SELECT words FROM comments",
        "SELECT act, route FROM audit_events",
    )
    rows = [sorted(json.dumps(list(row), default=str) for row in db.execute(text(q))) for q in queries]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def counts(db) -> dict[str, int]:
    tables = ("people", "classrooms", "cycles", "administrations", "responses", "answers", "snapshots")
    return {table: db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


def test_a_block_has_its_people(ask):
    kinds = dict(ask("SELECT kind, count(*) FROM organisations GROUP BY kind"))
    assert kinds == {"network": 1, "region": 3, "district": 6, "school": 12}
    roles = dict(ask("SELECT role, count(*) FROM role_grants GROUP BY role"))
    assert roles == {"teacher": 40, "coach": 6, "lead": 3, "researcher": 2, "administrator": 7}
    assert ask("SELECT email FROM people WHERE display_name = 'Ana Lopez'") == [
        ("ana.lopez@sample.focal.example",)
    ]


def test_everybody_signs_in_with_the_printed_password(ask):
    [(stored,)] = ask("SELECT DISTINCT password_hash FROM people")
    assert Passwords().fit(stored, DEMO_PASSWORD)


def test_the_change_ideas_are_the_networks_and_series_point_at_them(ask):
    assert ask("SELECT count(*) FROM change_ideas WHERE owner_id IS NOT NULL") == [(0,)]
    assert ask("SELECT count(*) FROM series WHERE change_idea_id IS NULL") == [(0,)]


def test_every_snapshot_is_what_its_hash_says(network):
    with network.reading(TESTS) as db:
        rows = db.execute(text("SELECT tables, content_hash FROM snapshots")).all()
    assert len(rows) > 30
    assert all(hash_of(json.loads(tables)) == given for tables, given in rows)


def test_whatever_can_happen_to_a_survey_has_happened(ask):
    assert {state for (state,) in ask("SELECT state FROM administrations")} == {"open", "closed", "void"}
    assert ask("SELECT count(*) > 0 FROM snapshots WHERE number = 2 AND late") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM responses WHERE entry = 'paper'") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM responses WHERE late") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM administrations WHERE saw_answers_first") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM administrations WHERE prediction_skipped_at IS NOT NULL") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM focal_codes WHERE retired_at IS NOT NULL AND label <> 'A'") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM classrooms WHERE archived_at IS NOT NULL") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM cycle_focals WHERE was_absent") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM cycles WHERE asked_about_id IS NOT NULL") == [(1,)]
    assert ask("SELECT count(*) > 0 FROM cycles WHERE shares_with_region AND reason <> ''") == [(1,)]


def test_families_were_told_and_who_said_no_has_no_card_and_no_answer(ask):
    assert ask("SELECT kind FROM consent_rules") == [("notice_sent",)]
    assert {kind for (kind,) in ask("SELECT kind FROM consents")} == {"notice_sent", "opted_out"}
    [(rooms,)] = ask("SELECT count(*) FROM classrooms")
    assert ask("SELECT count(DISTINCT classroom_id) FROM consents") == [(rooms,)]
    said_no = "SELECT focal_code_id FROM consents WHERE kind = 'opted_out'"
    for table in ("cards", "responses", "cycle_focals"):
        assert ask(f"SELECT count(*) FROM {table} WHERE focal_code_id IN ({said_no})") == [(0,)]


def test_a_class_of_four_shows_nothing(network):
    with network.reading(TESTS) as db:
        tables = [json.loads(one) for (one,) in db.execute(text("SELECT tables FROM snapshots"))]
    small = [one for one in tables if one["too_few"]]
    assert small
    assert all("counts" not in one and one["n"] <= 4 for one in small)


def test_a_question_was_reworded_because_students_did_not_understand_it(ask):
    rows = ask(
        "SELECT v.key, avg(coalesce(a.missing, '') = 'not_understood') FROM answers a JOIN item_versions v"
        " ON v.id = a.item_version_id WHERE v.key LIKE 'WCG1%' GROUP BY v.key ORDER BY v.key"
    )
    assert [key for key, _share in rows] == ["WCG1.3-12.1", "WCG1.3-12.2"]
    assert rows[0][1] > 0.1 > rows[1][1]


def test_every_reason_for_no_answer_is_there_and_rare(ask):
    rows = ask("SELECT missing, count(*) FROM answers WHERE words IS NULL GROUP BY missing")
    reasons = dict(rows)
    assert set(reasons) == {None, "skipped", "not_understood"} | ({"not_applicable"} & set(reasons))
    assert sum(n for reason, n in rows if reason) < 0.25 * sum(n for _reason, n in rows)


def test_nobody_writes_a_students_name(ask):
    written = " ".join(
        str(value) for row in ask(f"SELECT {', '.join(PROSE)} FROM cycles") for value in row if value
    )
    written += " ".join(" ".join(row) for row in ask("SELECT strength, wonder, noticing FROM cycle_focals"))
    for name in phrases()["names"]["first"]:
        assert not re.search(rf"\b{name}\b", written)


def test_the_data_point_is_what_the_students_answered(ask):
    points = [point for (point,) in ask("SELECT data_point FROM cycles WHERE decided_at IS NOT NULL")]
    assert all(re.match(r"(\d+ of \d+ picked “|Fewer than five answers)", point) for point in points)


def test_nothing_happens_after_today_and_the_audit_is_whole(network, ask):
    for column in ("opened_at", "closed_at", "locked_at", "revealed_at", "reopened_at"):
        assert ask(f"SELECT count(*) FROM administrations WHERE {column} > '{TODAY}'") == [(0,)]
    with network.reading(TESTS) as db:
        assert first_broken_link(db) is None
    assert {"survey.opened", "prediction.locked", "results.revealed", "cycle.decided"} <= {
        act for (act,) in ask("SELECT act FROM audit_events")
    }


def test_keys_of_sheets_are_kept_for_a_week_only(ask):
    assert ask(
        "SELECT count(*) FROM receipts r JOIN administrations a ON a.id = r.administration_id"
        " WHERE a.closed_at < '2026-11-13'"
    ) == [(0,)]
    assert ask("SELECT count(*) > 0 FROM receipts") == [(1,)]


@pytest.mark.database("sqlite")
def test_the_same_seed_gives_the_same_network(network, db, ask):
    fill(db, today=TODAY, teachers=TEACHERS)
    with network.reading(TESTS) as first:
        assert content(db) == content(first)


@pytest.mark.database("sqlite")
def test_another_seed_gives_another_network(db):
    fill(db, today=TODAY, teachers=1, seed=1)
    one = content(db)
    db.rollback()
    fill(db, today=TODAY, teachers=1, seed=2)
    assert content(db) != one


def test_a_large_network_repeats_what_was_lived_in_other_schools(db):
    fill(db, today=TODAY, factor=2, lived=1, teachers=1)
    # Six people belong to the whole network: its administrator, three leads, two researchers.
    assert counts(db)["people"] == 2 * 52 + 6
    doubled = {table: count for table, count in counts(db).items() if table != "people"}
    assert all(count and count % 2 == 0 for count in doubled.values()), doubled
    hashes = [one for (one,) in db.execute(text("SELECT content_hash FROM snapshots ORDER BY content_hash"))]
    assert hashes[::2] == hashes[1::2]
    for column in ("locked_at", "revealed_at", "prediction_skipped_at"):
        assert db.execute(text(f"SELECT count({column}) FROM administrations")).scalar_one() % 2 == 0
    assert db.execute(text("SELECT count(*) FROM surveys WHERE frozen_at IS NULL")).scalar_one() == 0
    for column, table in (("email", "people"), ("class_code", "classrooms"), ("token_hash", "cards")):
        total, distinct = db.execute(
            text(f"SELECT count(*), count(DISTINCT {column}) FROM {table}")
        ).one()
        assert total == distinct


def test_it_is_filled_once(network, db):
    assert not is_filled(db)
    with network.reading(TESTS) as other:
        assert is_filled(other)


def test_it_never_joins_real_people(db, clock):
    school = Organisation(kind="school", name="Lincoln", created_at=clock())
    db.add(school)
    db.flush()
    db.add(Person(organisation_id=school.id, email="r@x.org", display_name="R", created_at=clock()))
    db.flush()
    with pytest.raises(NotEmpty, match="database of its own"):
        is_filled(db)


def test_nobody_works_before_she_has_an_account(ask):
    assert ask(
        "SELECT count(*) FROM classrooms c JOIN people p ON p.id = c.owner_id"
        " WHERE c.created_at <= p.created_at"
    ) == [(0,)]
    assert ask("SELECT count(*) > 0 FROM diagram_versions") == [(1,)]


def test_a_cycle_is_lived_in_its_order(ask):
    late = "opened_at < c.created_at OR closed_at < opened_at OR revealed_at < locked_at"
    assert ask(
        "SELECT count(*) FROM administrations a JOIN cycles c ON c.id = a.cycle_id"
        f" WHERE ({late} OR decided_at < revealed_at) AND reopened_at IS NULL"
    ) == [(0,)]
