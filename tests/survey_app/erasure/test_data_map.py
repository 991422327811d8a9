"""The data map a district reads is the schema that is stored."""

from survey_app.db import Base
from survey_app.erasure.data_map import COMMAND, PAGE, data_map
from survey_app.erasure.retention import KINDS
from survey_app.models import load_all


def test_the_data_map_is_current():
    assert PAGE.read_text(encoding="utf-8") == data_map(), f"The schema changed: run {COMMAND}"


def test_every_column_stands_in_it():
    load_all()
    page = data_map()
    for table in Base.metadata.tables.values():
        section = page.split(f"### {table.name}\n", 1)[1].split("\n##", 1)[0]
        for column in table.columns:
            assert f"\n| {column.name} | " in section, f"{table.name}.{column.name}"


def test_every_table_has_one_kind_in_the_public_notice():
    """The notice leaves nothing out: a new table says in retention.py how long it is kept."""
    load_all()
    named = [table for kind in KINDS for table in kind.tables]
    assert sorted(named) == sorted(set(named)), "a table under two kinds"
    assert set(named) == set(Base.metadata.tables)


def test_what_names_a_student_is_said_to_go_with_her():
    load_all()
    page = data_map()
    for table in Base.metadata.tables.values():
        if "focal_code_id" in table.columns:
            section = page.split(f"### {table.name}\n", 1)[1].split("\n##", 1)[0]
            assert "*Goes with:* student" in section, table.name
