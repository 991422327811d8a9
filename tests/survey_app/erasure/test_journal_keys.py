"""The journal of erasures survives a change of the server's key."""

from datetime import UTC, datetime

import pytest

from survey_app.erasure.journal import JournalBroken, read_lines, write_line

OLD, NEW, OTHER = ("k" * 40, "n" * 40, "x" * 40)
NOW = datetime(2026, 3, 3, tzinfo=UTC)


def test_lines_of_a_replaced_key_are_still_believed_and_those_of_any_other_are_not(tmp_path):
    write_line(tmp_path, OLD, "code", id="1", now=NOW)
    write_line(tmp_path, NEW, "code", id="2", now=NOW)
    assert [line["id"] for line in read_lines(tmp_path, NEW, OLD)] == ["1", "2"]
    for keys in ((NEW,), (OLD,), (OTHER, OTHER)):
        with pytest.raises(JournalBroken):
            read_lines(tmp_path, *keys)
