"""The migrations end in one head, and make exactly what the models say."""

from alembic import command
from alembic.script import ScriptDirectory

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
