"""The queue in front of one SQLite file: in order, in time, and never stuck."""

import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from survey_app import turns
from survey_app.turns import Turns
from tests.faults.server import ROOT

OTHER = (
    "import sys, time; from survey_app.turns import Turns; t = Turns(sys.argv[1]);"
    " t.take(lambda s: None); print('held', flush=True); time.sleep(30)"
)


@pytest.fixture
def queue(tmp_path):
    return Turns(str(tmp_path / "focal.sqlite"))


def test_a_turn_that_could_not_begin_is_given_back(queue):
    with pytest.raises(sqlite3.OperationalError):
        queue.take(fail)
    queue.take(lambda _seconds: None)
    queue.give_back()


def fail(_seconds):
    raise sqlite3.OperationalError("disk I/O error")


def test_whoever_waits_too_long_is_told_as_sqlite_tells_it(queue):
    queue.take(lambda _seconds: None)
    began = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        queue.take(lambda _seconds: None, patience=0.3)
    assert 0.25 < time.monotonic() - began < 3
    queue.give_back()


def test_while_somebody_outside_holds_the_file_few_wait_and_the_others_hear_at_once(queue, monkeypatch):
    monkeypatch.setattr(turns, "STUCK_AFTER", 0.1)
    over, waited = threading.Event(), []

    def held_outside(seconds):
        over.wait(min(seconds, 2.0))
        raise sqlite3.OperationalError("database is locked")

    def come():
        began = time.monotonic()
        with pytest.raises(sqlite3.OperationalError):
            queue.take(held_outside, patience=2.0)
        waited.append(time.monotonic() - began)

    people = [threading.Thread(target=come) for _person in range(8)]
    for one in people:
        one.start()
    time.sleep(1.2)
    told_early = len(waited)
    over.set()
    for one in people:
        one.join()
    assert 3 <= told_early < 8
    assert max(waited) < 4


@pytest.mark.skipif(
    sqlite3.sqlite_version_info >= turns.SAFE_FOR_SEVERAL, reason="this SQLite needs no lock beside it"
)
@pytest.mark.skipif(turns.fcntl is None, reason="Windows has no such lock")
def test_another_process_stands_in_the_same_queue(queue, tmp_path):
    program = [sys.executable, "-c", OTHER, str(tmp_path / "focal.sqlite")]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            queue.take(lambda _seconds: None, patience=0.3)
        other.kill()
        other.wait()
    queue.take(lambda _seconds: None)
    queue.give_back()
