"""The test databases are real, and no test sees what another one did."""

import pytest
from sqlalchemy import text


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_commits_the_next_one_does_not_see(owners, turn):
    with owners.begin() as connection:
        rows = connection.execute(text("SELECT count(*) FROM organisations")).scalar_one()
        assert rows == 0
        connection.execute(text("CREATE TABLE left_behind (turn INTEGER)"))


def test_the_schema_is_at_head(database):
    from survey_app.migrate import is_at_head

    assert is_at_head(database)


def test_statements_and_commits_are_counted_without_transaction_words(db, count_statements):
    with count_statements() as counted:
        db.execute(text("SELECT 1"))
        db.execute(text("SELECT 2"))
        db.commit()
    assert counted.sent == ["SELECT 1", "SELECT 2"], str(counted)
    assert counted.commits == 1


@pytest.mark.database("sqlite")
def test_a_test_may_ask_for_one_kind_only(database_kind):
    assert database_kind == "sqlite"
