"""What must not start: two processes that write one SQLite file; and what every thanks rests on: a sync."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

from survey_app.db import Database
from survey_app.principal import PUBLIC_PAGES
from survey_app.turns import SAFE_FOR_SEVERAL
from tests.faults.children import Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS, installed, open_class
from tests.faults.outside import Browser, fill
from tests.faults.reckoning import reckon
from tests.faults.server import ROOT, NotStarted, Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FULL = 2


def second_process(folder: Path, size: Mapping[str, int]) -> Tally:
    """Start a second server, and gunicorn with two workers, on a file that is being served."""
    tally, ledger = Tally(), Ledger()
    with installed(folder) as (server, _cluster):
        path = open_class(server)
        for turn in range(size["tries"]):
            tally.add({"second servers refused": int(_is_refused(server)), "tries": 1})
            tally.add({"two workers refused": int(_two_workers_are_refused(server))})
            sheet = fill(Browser(server.port).get(path), path, f"still-{turn}")
            tally.add({"first server hurt": int(not ledger.send(Browser(server.port), sheet).is_thanks)})
        server.prove_identity()
        wanted = size["tries"] if sqlite3.sqlite_version_info < SAFE_FOR_SEVERAL else 0
        missing = max(0, wanted - tally.counts["second servers refused"])
        tally.add({"started all the same": missing + size["tries"] - tally.counts["two workers refused"]})
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _is_refused(server: Server) -> bool:
    with Server(server.instance, server.database_url) as second:
        try:
            second.start()
        except NotStarted as told:
            return "Traceback" not in str(told)
    return False


def _two_workers_are_refused(server: Server) -> bool:
    """Gunicorn's settings refuse before any worker is made, whatever else runs."""
    program = [sys.executable, "-m", "gunicorn", "-c", "survey_app/gunicorn.py", "--check-config"]
    surroundings = server.surroundings() | {"FOCAL_WORKERS": "2", "FOCAL_BIND": "127.0.0.1:0"}
    done = subprocess.run(program, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=120)
    return done.returncode != 0 and "worker processes" in done.stdout + done.stderr


def syncs(folder: Path, size: Mapping[str, int]) -> Tally:
    """Count, from outside, how often the server waits for the disk while children are thanked."""
    tally, ledger, never = Tally(), Ledger(), threading.Event()
    with installed(folder) as (server, _cluster):
        path = open_class(server)
        opened = Database(server.database_url)
        with closing(opened.writing(PUBLIC_PAGES)) as db:
            setting = db.connection().exec_driver_sql("PRAGMA synchronous").scalar()
            tally.add({"connections looked at": 1, "connections that do not wait": int(setting != FULL)})
        opened.engine.dispose()
        sheets = [fill(Browser(server.port).get(path), path, f"sync-{n}") for n in range(size["sheets"])]
        watched = _watch(server.pid, folder / "syncs") if shutil.which("strace") else None
        for sheet in sheets:
            ledger.send_until_told(Browser(server.port), sheet, never)
        if watched is not None:
            watched.send_signal(signal.SIGINT)
            watched.wait(30)
            seen = (folder / "syncs").read_text()
            count = seen.count("fdatasync(") + seen.count("fsync(")
            tally.add({"syncs": count, "thanks without a sync": max(0, len(sheets) - count)})
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _watch(pid: int, into: Path) -> subprocess.Popen[bytes] | None:
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(into), "-p", str(pid)]
    watching = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    if watching.poll() is not None:
        return None  # not allowed to look at another process
    return watching


FIGURES = (
    Figure(
        name="R4",
        title="waits for the disk, seen from outside (strace), SQLite",
        passes="at least one sync for each thanks; every connection has synchronous=FULL",
        batch=syncs,
        fast={"sheets": 10},
        full={"sheets": 500},
        goal={"syncs": 500},
        faults=("connections looked at", "acknowledged"),
        zero=(*NOUGHT, "connections that do not wait"),
    ),
    Figure(
        name="R25",
        title="a second server, and two worker processes, on one SQLite file",
        passes="refuse to start, with words; the first goes on",
        batch=second_process,
        fast={"tries": 1},
        full={"tries": 5},
        goal={"tries": 5},
        faults=("tries", "two workers refused"),
        zero=(*NOUGHT, "started all the same", "first server hurt"),
    ),
)
