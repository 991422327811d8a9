"""The disk is full, the database only reads, somebody else holds it: children are told nothing false."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from tests.faults.children import Class, Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS, installed
from tests.faults.kills import told
from tests.faults.outside import Browser, NoAnswer, Page, Teacher, fill
from tests.faults.reckoning import reckon
from tests.faults.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.faults.postgres import Cluster

BANNER = "save nothing right now"
WITHIN = 30.0


def until(happens: Callable[[], bool], *, at_most: float = WITHIN) -> float:
    """Wait until something is so; return how long that took; refuse to wait for longer."""
    began = time.monotonic()
    while not happens():
        if time.monotonic() - began > at_most:
            raise AssertionError(f"It did not happen within {at_most:.0f} seconds.")
        time.sleep(0.05)
    return time.monotonic() - began


def full_disk(folder: Path, size: Mapping[str, int]) -> Tally:
    """Fill the volume that holds the database while children send; make room again; restart nothing."""
    tally = Tally()
    with volume(folder) as (place, fill_up, make_room, kind):
        server = Server(folder / "instance", f"sqlite:///{place / 'focal.sqlite'}")
        with server, Class(0, "") as children:
            teacher = Teacher(server.start().port).open_the_first_account()
            cycle = teacher.open_survey(rest=30)
            children.port, children.path = server.port, f"/s/{teacher.class_code(cycle)}"
            children.begin(4)
            for _turn in range(size["rounds"]):
                children.wait_for(len(children.ledger.moments) + 10, at_most=WITHIN)
                fill_up(server)
                before = children.ledger.statuses[503]
                until(lambda before=before: children.ledger.statuses[503] > before + 3)
                _count_reading(tally, teacher, cycle, children.path)
                make_room(server)
                thanked = len(children.ledger.moments)
                tally.time(
                    "next thanks after there is room",
                    until(lambda n=thanked: len(children.ledger.moments) > n),
                )
                tally.add({f"{kind} filled": 1, "filled": 1})
            ledger = children.end()
            until(lambda: BANNER not in teacher.browser.get("/cycles").text)
            tally.add({"started again": server.starts - 1})
        told(tally, ledger)
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _count_reading(tally: Tally, teacher: Teacher, cycle: str, path: str) -> None:
    """Count pages that could not be read meanwhile, or that do not say that nothing can be saved."""
    staff = [teacher.browser.get(one) for one in ("/cycles", cycle)]
    child = Browser(teacher.browser.port).get(path)
    tally.add(
        {
            "pages read": 3,
            "pages not readable": sum(page.status != 200 for page in (*staff, child)),
            "pages without a word about it": sum(BANNER not in page.text for page in staff)
            + int("cannot save answers right now" not in child.text),
        }
    )


@contextmanager
def volume(folder: Path) -> Iterator[tuple[Path, Callable, Callable, str]]:
    """Give a small volume and what fills it; where none may be mounted, a limit on the server's files."""
    place = folder / "volume"
    place.mkdir()
    if _mounted(place):
        try:
            yield place, lambda _server: _fill(place), lambda _server: (place / "filler").unlink(), "volumes"
        finally:
            subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
        return
    none = resource.RLIM_INFINITY
    yield (
        place,
        lambda server: resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, none)),
        lambda server: resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (none, none)),
        "limits",
    )


def _mounted(place: Path) -> bool:
    if not shutil.which("mount") or os.geteuid():
        return False
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "focal-faults", str(place)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _fill(place: Path) -> None:
    """Take every byte that is left, and go on until nobody else gets one either."""
    with (place / "filler").open("ab", buffering=0) as filler:
        for _turn in range(20):
            for block in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        filler.write(b"x" * block)
                except OSError:
                    continue
            time.sleep(0.01)


def read_only(folder: Path, size: Mapping[str, int]) -> Tally:
    """Let the database only read, write to it by the pages, let it write again; restart nothing."""
    tally, ledger = Tally(), Ledger()
    with installed(folder, "postgres" if size.get("postgres") else "sqlite") as (server, cluster):
        teacher = Teacher(server.port).open_the_first_account()
        cycle = teacher.open_survey(rest=30)
        path = f"/s/{teacher.class_code(cycle)}"
        for turn in range(size["rounds"]):
            sheet = fill(Browser(server.port).get(path), path, f"ro-{turn}")
            plan = teacher.browser.get(f"{cycle}/plan").hidden("version")
            _may_write(server, cluster, writes=False)
            answers = [ledger.send(Browser(server.port), sheet) for _again in range(2)]
            written = f"what she typed in round {turn}"
            answers.append(teacher.post(f"{cycle}/plan", version=plan, aim=written))
            tally.add(
                {"turned read-only": 1, "writes": 3, "writes told 503": sum(a.status == 503 for a in answers)}
            )
            tally.add(
                {
                    "answers not kept": int(sheet.mark not in answers[0].text)
                    + int(written not in answers[2].text)
                }
            )
            tally.add({"writes told otherwise": sum(a.status != 503 for a in answers)})
            _count_reading(tally, teacher, cycle, path)
            tally.add({"ready although read-only": int(Browser(server.port).get("/readyz").status != 503)})
            _may_write(server, cluster, writes=True)
            took = until(lambda one=sheet: (ledger.send(Browser(server.port), one) or one).is_thanks)
            tally.time("thanks after it may write", took)
            until(lambda: BANNER not in teacher.browser.get("/cycles").text)
        tally.add({"started again": server.starts - 1})
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _may_write(server: Server, cluster: Cluster | None, *, writes: bool) -> None:
    if cluster is not None:
        cluster.run(
            f"ALTER SYSTEM SET default_transaction_read_only = {'off' if writes else 'on'}",
            "SELECT pg_reload_conf()",
        )
        time.sleep(0.3)
        return
    # The file's own mark for "made by something newer, only read it": byte 18 of the header.
    with closing(sqlite3.connect(server.file, timeout=10, isolation_level=None)) as connection:
        if not writes:
            until(lambda: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        with server.file.open("r+b") as file:
            file.seek(18)
            file.write(bytes([2 if writes else 3]))


def held_lock(folder: Path, size: Mapping[str, int]) -> Tally:
    """Hold the writer's lock from outside while children send and read."""
    tally = Tally()
    with installed(folder) as (server, _cluster), Class(server.port, "") as children:
        teacher = Teacher(server.port).open_the_first_account()
        cycle = teacher.open_survey(rest=30)
        children.path = f"/s/{teacher.class_code(cycle)}"
        ledger = children.ledger
        took: list[float] = []
        read: list[float] = []
        over = threading.Event()
        sheets = [
            fill(Browser(server.port).get(children.path), children.path, f"held-{n}")
            for n in range(size["writers"])
        ]

        def write(sheet) -> None:
            while not over.is_set():
                began = time.monotonic()
                answer = ledger.send(Browser(server.port), sheet)
                took.append(time.monotonic() - began)
                if answer is not None and answer.is_thanks:
                    return
                time.sleep(0.3)

        def look() -> None:
            while not over.is_set():
                read.append(Browser(server.port).get(children.path).seconds)
                time.sleep(0.1)

        with closing(sqlite3.connect(server.file, isolation_level=None)) as holder:
            until(lambda: _got_lock(holder))
            people = [threading.Thread(target=write, args=(one,)) for one in sheets]
            people.append(threading.Thread(target=look))
            for one in people:
                one.start()
            time.sleep(size["seconds"])
            ready = Browser(server.port).get("/readyz")
            held_503, thanked_meanwhile = ledger.statuses[503], len(ledger.thanked)
            holder.execute("ROLLBACK")
        tally.time("thanks after the lock was given back", until(lambda: len(ledger.thanked) == len(sheets)))
        over.set()
        for one in people:
            one.join()
        said = "".join(server.said)
        tally.add(
            {"seconds held": size["seconds"], "told 503": held_503, "thanked meanwhile": thanked_meanwhile}
        )
        tally.add(
            {"BUSY_SNAPSHOT": said.count("BUSY_SNAPSHOT"), "ready although locked": int(ready.status != 503)}
        )
        tally.add({"named in the log as busy": said.count("SQLITE_BUSY")})
        tally.add({"told otherwise": len(ledger.told)})
        tally.time("a write's answer", *took)
        tally.time("a page meanwhile", *read)
        tally.time("readyz while locked", ready.seconds)
        tally.add({"answers later than 6 s": sum(one > 6 for one in took)})
        tally.add(reckon(server.database_url, ledger, questions=QUESTIONS))
    return tally


def _got_lock(holder: sqlite3.Connection) -> bool:
    try:
        holder.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True


def health(folder: Path, size: Mapping[str, int]) -> Tally:
    """Ask /livez under load; see how soon /readyz flips when the database goes, and when it is back."""
    tally = Tally()
    with installed(folder, "postgres") as (server, cluster):
        teacher = Teacher(server.port).open_the_first_account()
        path = f"/s/{teacher.class_code(teacher.open_survey(rest=30))}"
        asking = Browser(server.port)
        for _turn in range(size["asked"]):
            tally.time("livez", _asked(asking, "/livez").seconds)
        with Class(server.port, path) as children:
            children.begin(4)
            for _turn in range(size["asked"]):
                tally.time("livez under load", _asked(asking, "/livez").seconds)
                time.sleep(0.01)
            children.end()
        for _turn in range(size["rounds"]):
            cluster.kill()
            tally.time("readyz says no", until(lambda: asking.get("/readyz").status == 503))
            tally.time("livez without a database", _asked(asking, "/livez").seconds)
            cluster.start()
            tally.time("readyz says yes", until(lambda: asking.get("/readyz").status == 200))
        tally.add(
            {"database gone": cluster.kills, "asked": size["asked"], "alive": len(tally.seconds["livez"])}
        )
        tally.add(
            {
                "flips later than 5 s": sum(
                    t > 5 for n in ("readyz says no", "readyz says yes") for t in tally.seconds[n]
                )
            }
        )
        tells = _asked(asking, "/readyz").text + _asked(asking, "/livez").text
        tally.add({"words that tell strangers more": len(tells.split()) - 2})
    return tally


def _asked(browser: Browser, path: str) -> Page:
    try:
        page = browser.get(path)
    except NoAnswer as fault:
        raise AssertionError(f"{path}: {fault}") from fault
    if path == "/livez" and page.status != 200:
        raise AssertionError(f"{path} answered {page.status}")
    return page


SPOKEN = ("pages not readable", "pages without a word about it", "started again")
FIGURES = (
    Figure(
        name="R10",
        title="the disk is full while children send, SQLite",
        passes="503 with the answers kept, 0 acknowledged lost, reading works, it goes on without a restart",
        batch=full_disk,
        fast={"rounds": 1},
        full={"rounds": 10},
        goal={"filled": 20},
        faults=("filled", "told 503", "acknowledged"),
        zero=(*NOUGHT, *SPOKEN, "told otherwise"),
    ),
    Figure(
        name="R11",
        title="the database only reads, SQLite",
        passes="writes 503 with the answers kept, reads 200, every page says so, no restart needed",
        batch=read_only,
        fast={"rounds": 1},
        full={"rounds": 10},
        goal={"turned read-only": 20},
        faults=("turned read-only", "writes told 503"),
        zero=(*NOUGHT, *SPOKEN, "writes told otherwise", "answers not kept", "ready although read-only"),
    ),
    Figure(
        name="R11b",
        title="the database only reads, PostgreSQL",
        passes="writes 503 with the answers kept, reads 200, every page says so, no restart needed",
        batch=read_only,
        fast={"rounds": 1, "postgres": 1},
        full={"rounds": 10, "postgres": 1},
        goal={"turned read-only": 20},
        faults=("turned read-only", "writes told 503"),
        zero=(*NOUGHT, *SPOKEN, "writes told otherwise", "answers not kept", "ready although read-only"),
        database="postgres",
        in_suite=False,
    ),
    Figure(
        name="R12",
        title="somebody outside holds the writer's lock for 30 s while 12 children send",
        passes="each hears within 6 s that it was not saved, pages go on, 0 BUSY_SNAPSHOT",
        batch=held_lock,
        fast={"writers": 12, "seconds": 7},
        full={"writers": 12, "seconds": 30},
        goal={"seconds held": 90},
        faults=("seconds held", "told 503", "named in the log as busy"),
        zero=(*NOUGHT, "thanked meanwhile", "BUSY_SNAPSHOT", "ready although locked", "told otherwise"),
        limits={
            "a write's answer": {"max": 6.0},
            "a page meanwhile": {"p95": 1.0},
            "readyz while locked": {"max": 5.0},
        },
    ),
    Figure(
        name="R19",
        title="/livez and /readyz, also while the database is gone",
        passes="live within 50 ms; ready flips within 5 s, both ways",
        batch=health,
        fast={"asked": 30, "rounds": 1},
        full={"asked": 500, "rounds": 10},
        goal={"database gone": 20},
        faults=("database gone", "alive"),
        zero=("words that tell strangers more",),
        limits={
            "livez": {"p95": 0.05},
            "readyz says no": {"max": 5.0},
            "readyz says yes": {"max": 5.0},
        },
        database="postgres",
    ),
)
