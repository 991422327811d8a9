"""The papers for districts: as the code has it, and claiming no test that is not there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from survey_app.db import Base
from survey_app.models import load_all
from survey_app.papers import data_schedule, tables
from survey_app.papers.__main__ import FOLDER, PAPERS

OF_STUDENTS = ("responses", "answers", "cards", "focal_codes", "turnout", "receipts")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def known_tests() -> set[str]:
    names = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return names


@pytest.mark.parametrize("name", PAPERS)
def test_it_is_current(name):
    words = "Write them anew: python -m survey_app.papers"
    assert (FOLDER / name).read_text(encoding="utf-8") == PAPERS[name](), words


@pytest.mark.parametrize("table", [tables.asvs, tables.wcag])
def test_every_test_that_is_named_exists(table, known_tests):
    named = {name for row in table() for name in row.tests}
    assert len(named) > 20
    assert named - known_tests == set()


def test_no_requirement_is_met_without_a_test_and_none_is_missing_without_a_reason():
    for row in tables.asvs():
        assert row.verdict in ("yes", "partly", "no", "n/a"), row
        assert row.tests or row.verdict != "yes", row
        assert row.note or row.verdict == "yes", row
    for row in tables.wcag():
        assert row.verdict in ("supports", "partially supports", "does not support", "not applicable"), row
        assert row.note, row
        assert row.tests or row.verdict != "supports" or row.key == "2.3.1", row


def test_all_of_asvs_is_there():
    """Levels 1 and 2 of ASVS 5.0 have 253 requirements in 17 chapters."""
    keys = [row.key for row in tables.asvs()]
    assert len(keys) == len(set(keys))
    assert len(keys) + sum(tables.CHAPTERS_WITHOUT.values()) == 253
    chapters = {key.split(".")[0] for key in keys} | {name.split()[0] for name in tables.CHAPTERS_WITHOUT}
    assert chapters == {f"V{number}" for number in range(1, 18)}


def test_all_of_wcag_is_there():
    """WCAG 2.2 has 31 criteria of level A and 24 of level AA (4.1.1 is obsolete)."""
    rows = tables.wcag()
    assert len({row.key for row in rows}) == 55
    assert Counter(row.level for row in rows) == {"A": 31, "AA": 24}


def test_every_column_of_the_schedule_exists_and_none_of_a_student_is_left_out():
    load_all()
    known = {
        f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns
    }
    assert data_schedule.columns() <= known
    for name in ("email", "name", "birth", "phone", "address", "gender", "ip"):
        held = {one for one in known if re.search(rf"(^|_){name}($|_)", one.partition(".")[2])}
        of_students = {
            one for one in held if one.split(".")[0] in ("responses", "answers", "cards", "focal_codes")
        }
        assert of_students == set(), "the schedule says that none of this is collected"


def test_the_schedule_says_how_long_in_the_words_of_the_notice():
    page = data_schedule.schedule_page()
    for kind in data_schedule.KINDS:
        assert kind.how_long in page
    assert "35 days after they were made" in page
