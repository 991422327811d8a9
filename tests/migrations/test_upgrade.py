"""Migrations with data in the tables: up, down to nothing, up again; every rule is there afterwards."""

import pytest
from sqlalchemy import bindparam, func, inspect, select, text

from migrations import rules
from survey_app import migrate, prepare
from survey_app.db import Base, Database, UtcDateTime
from survey_app.models.catalogue import ItemVersion
from survey_app.models.people import Organisation, Person
from survey_app.releases import packing, told
from tests.databases import TESTS


def _triggers(connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return set(connection.scalars(text(query)))


def _functions(connection) -> set[str]:
    if connection.dialect.name == "sqlite":
        return set()
    return set(connection.scalars(text("SELECT proname FROM pg_proc WHERE proname LIKE 'focal%'")))


@pytest.fixture
def with_people(database, clock):
    """The database of a first day: the library, and somebody with an account."""
    with database.writing(TESTS) as db:
        now = clock()
        district = Organisation(kind="district", name="Dos Rios", created_at=now)
        db.add(district)
        db.flush()
        school = Organisation(kind="school", parent_id=district.id, name="Lincoln", created_at=now)
        db.add(school)
        db.flush()
        db.add(Person(organisation_id=school.id, email="r@x.org", display_name="R", created_at=now))
        db.commit()
    return database


def test_every_rule_stands_after_the_upgrade(engine):
    with engine.connect() as connection:
        assert _triggers(connection) == {f"focal_{rule.name}" for rule in rules.RULES}


def test_each_rule_has_a_name_of_its_own_that_postgres_does_not_cut():
    names = [f"focal_{rule.name}" for rule in rules.RULES]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 63


def test_down_takes_everything_away_even_with_rows_in_the_tables(with_people):
    migrate.downgrade(with_people, "base")
    with with_people.engine.connect() as connection:
        left = set(inspect(connection).get_table_names()) - {"alembic_version"}
        assert left == set()
        assert _triggers(connection) == set()


def test_down_leaves_no_function_behind(with_people):
    migrate.downgrade(with_people, "base")
    with with_people.engine.connect() as connection:
        assert _functions(connection) == set()


def test_up_again_after_down_is_like_new(with_people):
    migrate.downgrade(with_people, "base")
    migrate.upgrade(with_people)
    assert migrate.is_at_head(with_people)
    with with_people.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        assert tables == set(Base.metadata.tables)
        assert _triggers(connection) == {f"focal_{rule.name}" for rule in rules.RULES}


def test_upgrading_twice_changes_nothing(with_people):
    migrate.upgrade(with_people)
    with with_people.reading(TESTS) as db:
        assert db.scalar(select(func.count()).select_from(Person)) == 1
        assert db.scalar(select(func.count()).select_from(ItemVersion)) > 100


def test_a_database_without_tables_is_not_at_head(tmp_path):
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert not migrate.is_at_head(empty)
    empty.engine.dispose()


def test_the_ledger_of_the_item_reports_moves_whole_and_back(with_people, clock):
    written = '{"contributors":[["t","c","a","A"]],"entries":[]}'
    asked = text("SELECT ledger FROM item_report_runs")
    migrate.downgrade(with_people, "20261127_releases")
    with with_people.writing(TESTS) as db:
        run = "INSERT INTO item_report_runs (number, label, made_at, ledger) VALUES (1, 'one', :at, :it)"
        db.execute(text(run).bindparams(bindparam("at", clock(), UtcDateTime), it=written))
        db.commit()
    migrate.upgrade(with_people)
    with with_people.reading(TESTS) as db:
        assert [packing.ledger_of(row).dump() for row in told.report_ledgers(db)] == [written]
    migrate.downgrade(with_people, "20261127_releases")
    with with_people.reading(TESTS) as db:
        assert db.scalars(asked).all() == [written]
    migrate.upgrade(with_people)


@pytest.mark.database("sqlite")
def test_the_schema_goes_back_by_a_command_and_a_later_one_is_refused(database_url, tmp_path, capsys):
    env = {"DATABASE_URL": database_url, "FOCAL_INSTANCE": str(tmp_path / "instance")}
    assert prepare.main(env, ["--down-to", "base"]) == 1, "which would take everything"
    assert "There is no schema 'base'" in capsys.readouterr().err
    assert prepare.main(env, ["--down-to", "20261127_releases"]) == 0
    database = Database(database_url)
    assert not migrate.is_at_head(database)
    assert prepare.main(env) == 0
    assert migrate.is_at_head(database)
    with database.writing(TESTS) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '20991231_later'"))
        db.commit()
    database.engine.dispose()
    assert prepare.main(env) == 1
    assert "20991231_later) is of a later version" in capsys.readouterr().err


def test_rules_can_be_made_anew_on_a_table_that_was_rebuilt(owners):
    """What a later migration does after SQLite's batch mode has dropped a table's triggers."""
    with owners.connect() as connection:
        for rule in rules.RULES:
            rules.drop(connection, rule)
        assert _triggers(connection) == set()
        rules.install(connection)
        assert _triggers(connection) == {f"focal_{rule.name}" for rule in rules.RULES}
