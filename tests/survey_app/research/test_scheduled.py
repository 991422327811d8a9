"""What runs by itself: reports on an empty network, files whose link has run out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from survey_app.models.audit import AuditEvent
from survey_app.package_files import keep_file, remove_all_files, take_file
from survey_app.research.scheduled import make_item_reports, remove_package_files
from tests.databases import TESTS


@pytest.mark.database("sqlite")
def test_a_network_without_answers_has_a_run_and_no_report(database, clock):
    said = make_item_reports(database, now=clock())
    assert said[0] == "item reports told: 0"
    make_item_reports(database, now=clock.forward(days=7))
    with database.reading(TESTS) as db:
        assert db.scalars(select(AuditEvent.act)).all() == ["research.reports-made"] * 2


def test_files_go_when_their_link_has_run_out_and_what_a_broken_process_left_goes_too(tmp_path, clock):
    assert remove_package_files(tmp_path, now=clock()) == []
    keep_file(tmp_path, "one", b"1", until=clock() + timedelta(minutes=15))
    keep_file(tmp_path, "two", b"2", until=clock() + timedelta(minutes=30))
    keep_file(tmp_path, "two", b"3", until=clock() + timedelta(minutes=30))
    (tmp_path / "packages" / ".half").write_bytes(b"half")
    assert remove_package_files(tmp_path, now=clock.forward(minutes=15)) == ["package files removed: 2"]
    assert take_file(tmp_path, "one") is None
    assert take_file(tmp_path, "two") == b"3"
    assert take_file(tmp_path, "two") is None
    keep_file(tmp_path, "two", b"3", until=clock())
    assert remove_all_files(tmp_path) == 1
