"""The record of acts is checked by a command and each night: a change shows, and so does a missing end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from migrations import rules
from survey_app.audit import record_act
from survey_app.erasure import chain, nightly
from tests.databases import TESTS


@pytest.fixture
def command(app, monkeypatch, capsys):
    """Run the command for this test's installation; return its code and what it said."""
    config = app.config["FOCAL"]
    monkeypatch.setenv("DATABASE_URL", config.database_url)
    monkeypatch.setenv("FOCAL_SECRET_KEY", config.secret_key)
    monkeypatch.setenv("FOCAL_INSTANCE", str(config.instance))

    def run() -> tuple[int, str]:
        code = chain.main()
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def events(app, clock, count: int) -> None:
    with app.extensions["focal_db"].writing(TESTS) as db:
        for number in range(count):
            record_act(
                db, "class.archived", actor_id=None, organisation_id=None, route=f"r{number}", now=clock()
            )
        db.commit()


def tamper(owners, name: str, statement: str) -> None:
    rule = next(one for one in rules.RULES if one.name == name)
    with owners.begin() as connection:
        rules.drop(connection, rule)
        connection.execute(text(statement))


@pytest.mark.database("sqlite")
def test_a_whole_record_is_whole(app, clock, command):
    events(app, clock, 5)
    assert command() == (0, "The record of acts is whole: 5 events.\n")


@pytest.mark.database("sqlite")
def test_a_changed_word_shows(app, clock, command, owners):
    events(app, clock, 5)
    tamper(owners, "audit_events_never_edited", "UPDATE audit_events SET route = 'r9' WHERE number = 3")
    assert command() == (
        1,
        "The record of acts was changed at number 3: compare it with a backup.\n",
    )


def test_an_end_that_was_cut_off_shows(app, clock, command, owners):
    events(app, clock, 5)
    nightly.work(app.extensions["focal_db"], app.config["FOCAL"], now=clock())
    assert command()[0] == 0
    rule = next(one.name for one in rules.RULES if one.table == "audit_events" and one.event == "DELETE")
    tamper(owners, rule, "DELETE FROM audit_events WHERE number > 4")
    code, said = command()
    assert (code, "lacks its end: number 6" in said) == (1, True)
