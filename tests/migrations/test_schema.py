"""The migrations end in one head, and make exactly what the models say."""

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from survey_app.db import ONLY, Base
from survey_app.migrate import SCHEMA, alembic_config
from tests.databases import TESTS


def test_there_is_one_head_and_a_start_knows_its_name():
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [SCHEMA]


def test_the_migrations_make_what_the_models_say(database):
    """Raises with the list of differences if there is one."""
    settings = alembic_config()
    with database.writing(TESTS).connection() as connection:
        settings.attributes["connection"] = connection
        command.check(settings)


def test_an_index_over_some_rows_is_over_those_that_the_models_say(database):
    """Alembic does not compare it. PostgreSQL says it in its own words, so there only which ones they are."""
    kind = database.engine.dialect.name
    with database.reading(TESTS).connection() as connection:
        found = [one for table in Base.metadata.tables for one in inspect(connection).get_indexes(table)]
    conditions = {one["name"]: one.get("dialect_options", {}).get(f"{kind}_where") for one in found}
    made = {name: condition for name, condition in conditions.items() if condition is not None}
    said = {
        index.name: index.info[ONLY]
        for table in Base.metadata.tables.values()
        for index in table.indexes
        if ONLY in index.info
    }
    assert said.keys() == made.keys()
    if kind == "sqlite":
        # SQLite's own word for true is 1.
        assert {name: words.replace(" IS true", " IS 1") for name, words in said.items()} == {
            name: str(condition) for name, condition in made.items()
        }
