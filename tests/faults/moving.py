"""What is moved with its data: a schema up, down and killed half-way; a database into a backup and back."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory

from survey_app import migrate
from survey_app.db import Database
from survey_app.models import load_all
from tests.faults import schema
from tests.faults.children import Class, Ledger
from tests.faults.figure import Figure, Tally
from tests.faults.installation import NOUGHT, QUESTIONS, installed, open_class
from tests.faults.outside import Browser, Teacher, fill
from tests.faults.reckoning import reckon, unsound
from tests.faults.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.faults.server import Server

KILLED = -9


def up_and_down(folder: Path, size: Mapping[str, int]) -> Tally:
    """Take each migration down and up again on a database with rows in it; then kill the way up."""
    tally = Tally()
    with installed(folder, "postgres" if size.get("postgres") else "sqlite") as (server, cluster):
        _live_a_little(server)
        server.stop()
        load_all()
        url = server.database_url
        whole = schema.parts(url)
        walk = ScriptDirectory.from_config(migrate.alembic_config()).walk_revisions()
        revisions = [one.revision for one in walk]
        for newer, older in islice(pairwise(revisions), size["newest"]):
            _one_migration(url, newer, older, tally)
        # Everything down to the first and up again: killed at points spread over the whole way.
        _step(url, revisions[-1], down=True)
        before = schema.content(url)
        kept = schema.columns(url)
        start = _copy(server, cluster)
        steps = int(_upgrade(url, 0).stdout.split()[-1])
        tally.add(_difference(before, schema.content(url, only=kept), "rows changed on the way up"))
        tally.add(_difference(whole, schema.parts(url), "parts of the schema that differ"))
        for point in sorted(random.sample(range(2, steps), min(size["kills"], steps - 2))):
            _put(server, cluster, start)
            tally.add({"killed": int(_upgrade(url, point).returncode == KILLED)})
            _upgrade(url, 0).check_returncode()
            tally.add({"points": 1})
            tally.add(_difference(before, schema.content(url, only=kept), "rows changed by a kill"))
            tally.add(_difference(whole, schema.parts(url), "parts of the schema that differ"))
            tally.add({"unsound": unsound(url)})
        server.start()
        seen = Teacher(server.port).sign_in().browser.get("/cycles").status
        tally.add({"pages that broke afterwards": int(seen != 200)})
    return tally


def _one_migration(url: str, newer: str, older: str, tally: Tally) -> None:
    """Take one migration down, up, down and up; what the older schema knows must not change by it."""
    _step(url, older, down=True)
    known = schema.columns(url)
    below, shape = schema.content(url), schema.parts(url)
    _step(url, newer, down=False)
    tally.add(_difference(below, schema.content(url, only=known), "rows changed on the way up"))
    _step(url, older, down=True)
    tally.add(_difference(below, schema.content(url), "rows changed on the way down"))
    tally.add(_difference(shape, schema.parts(url), "parts of the schema that differ"))
    _step(url, newer, down=False)
    _step(url, older, down=True)
    tally.add({"migrations": 1, "rows compared": sum(int(one.split()[1]) for one in below.values())})


def _difference(before: Mapping, after: Mapping, name: str) -> dict[str, int]:
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    for key in sorted(differing, key=str):
        print(f"{name}: {key}\n   {before.get(key)}\n   {after.get(key)}")
    return {name: len(differing)}


def _step(url: str, revision: str, *, down: bool) -> None:
    database = Database(url, as_owner=True)
    (migrate.downgrade if down else migrate.upgrade)(database, revision)
    database.engine.dispose()


def _upgrade(url: str, point: int) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "tests.faults.upgrading", url, str(point)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=180)


def _copy(server: Server, cluster) -> Path | None:
    if cluster is None:
        kept = server.file.with_suffix(".kept")
        shutil.copyfile(server.file, kept)
        return kept
    cluster.run_elsewhere("CREATE DATABASE kept TEMPLATE postgres")
    return None


def _put(server: Server, cluster, kept: Path | None) -> None:
    if kept is not None:
        for suffix in ("-wal", "-shm"):
            server.file.with_name(server.file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(kept, server.file)
        return
    cluster.run_elsewhere("DROP DATABASE postgres WITH (FORCE)", "CREATE DATABASE postgres TEMPLATE kept")


def _live_a_little(server: Server) -> None:
    """Fill the tables by the pages: class, cards, answers of both kinds, plan, lock, reveal, decision."""
    teacher = Teacher(server.port).open_the_first_account()
    cycle = teacher.open_survey(focal=3, rest=8)
    for place, card in enumerate(teacher.cards(focal=3, others=8)):
        sheet = fill(Browser(server.port).get(f"/s/{card}"), f"/s/{card}", f"said {place}")
        Browser(server.port).post(sheet.path, sheet.fields)
    teacher.send(f"{cycle}/plan", aim="More voices", driver="Talk moves", change="Wait ten seconds")
    teacher.lock(cycle)
    teacher.post(f"{cycle}/reveal")
    fields = {"decision": "adapt", "reason": "Two of three", "shares_with_region": "1", "do": "decide"}
    teacher.send(f"{cycle}/decide", **fields)
    teacher.open_survey(nickname="Period 5", focal=4)


def hot_backup(folder: Path, size: Mapping[str, int]) -> Tally:
    """Back up while children send; put it back elsewhere; hold it against the ledger of before the start."""
    tally = Tally()
    with installed(folder, "postgres" if size.get("postgres") else "sqlite") as (server, cluster):
        path = open_class(server)
        with Class(server.port, path) as children:
            children.begin(size["clients"])
            for turn in range(size["backups"]):
                children.wait_for(len(children.ledger.moments) + 30, at_most=30)
                with children.ledger.lock:
                    thanked, began = dict(children.ledger.thanked), time.monotonic()
                made = _tool(server, "backup", "--to", str(folder / f"kept-{turn}"))
                tally.time("making a backup", time.monotonic() - began)
                while_made = sum(at > began for at in children.ledger.moments)
                if turn == size["backups"] - 1:
                    children.stop.set()
                archive = next(one for one in (folder / f"kept-{turn}").iterdir() if one.is_file())
                into = _elsewhere(folder, cluster, turn)
                began = time.monotonic()
                put = _tool(server, "restore", str(archive), "--into", into)
                tally.time("putting it back", time.monotonic() - began)
                for done in (made, put):
                    if done.returncode:
                        raise AssertionError(f"{done.args[-3:]}: {done.stdout}{done.stderr}")
                tally.add({"backups": 1, "thanked while it was made": while_made})
                _hold_against(into, thanked, children.ledger, tally)
                spoilt, times = folder / f"into-{turn}-altered.sqlite", size["altered"]
                tally.add({"altered and not refused": _altered(server, archive, spoilt, times)})
                tally.add({"altered": times})
            children.end()
    return tally


def _hold_against(into: str, thanked: dict[str, bytes], ledger: Ledger, tally: Tally) -> None:
    """Every sheet thanked before the start is in it, whole; others may be in it or not, but never in part."""
    with ledger.lock:
        then = Ledger(thanked=thanked, tried=dict(ledger.tried))
    tally.add(reckon(into, then, questions=QUESTIONS))


def _altered(server: Server, archive: Path, into: Path, times: int) -> int:
    """Change a byte in the middle, at the beginning, at the end; count how often it is taken all the same."""
    taken = 0
    body = archive.read_bytes()
    for place in (len(body) // 2, 10, len(body) - 10)[:times]:
        changed = archive.with_name(f"altered-{place}-{archive.name}")
        changed.write_bytes(body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :])
        taken += _tool(server, "restore", str(changed), "--into", str(into)).returncode == 0 or into.exists()
        changed.unlink()
    return taken


def _elsewhere(folder: Path, cluster, turn: int) -> str:
    if cluster is None:
        return f"sqlite:///{folder / f'into-{turn}.sqlite'}"
    cluster.run(f"CREATE DATABASE into_{turn}")
    return cluster.url.replace("/postgres?", f"/into_{turn}?")


def _tool(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "survey_app.backup", *arguments]
    return subprocess.run(
        program, cwd=ROOT, env=server.surroundings(), capture_output=True, text=True, timeout=300
    )


MOVED = ("parts of the schema that differ", "rows changed on the way up", "rows changed on the way down")
AFTER = ("rows changed by a kill", "pages that broke afterwards", "unsound")
FIGURES = (
    Figure(
        name="R16",
        title="each migration down, up, down, up with rows; the way up killed at 10 points, SQLite",
        passes="rows, columns, keys, triggers and indexes are the same; the next start completes it",
        batch=up_and_down,
        fast={"newest": 1, "kills": 2},
        full={"newest": 1000, "kills": 10},
        goal={"points": 10},
        faults=("migrations", "killed", "rows compared"),
        zero=(*MOVED, *AFTER),
    ),
    Figure(
        name="R16b",
        title="each migration down, up, down, up with rows; the way up killed at 10 points, PostgreSQL",
        passes="rows, columns, keys, triggers, indexes, policies stay; the next start completes it",
        batch=up_and_down,
        fast={"newest": 1, "kills": 1, "postgres": 1},
        full={"newest": 1000, "kills": 10, "postgres": 1},
        goal={"points": 10},
        faults=("migrations", "killed", "rows compared"),
        zero=(*MOVED, *AFTER),
        database="postgres",
        in_suite=False,
    ),
    Figure(
        name="R17",
        title="a backup while children send, put back elsewhere, SQLite",
        passes="sound; holds every thanks from before its start; altered ones are refused",
        batch=hot_backup,
        fast={"clients": 6, "backups": 1, "altered": 1},
        full={"clients": 12, "backups": 5, "altered": 3},
        goal={"backups": 10},
        faults=("backups", "thanked while it was made", "altered"),
        zero=(*NOUGHT, "altered and not refused"),
    ),
    Figure(
        name="R17b",
        title="a backup while children send, put back elsewhere, PostgreSQL",
        passes="sound; holds every thanks from before its start; altered ones are refused",
        batch=hot_backup,
        fast={"clients": 6, "backups": 1, "altered": 1, "postgres": 1},
        full={"clients": 12, "backups": 5, "altered": 3, "postgres": 1},
        goal={"backups": 10},
        faults=("backups", "thanked while it was made", "altered"),
        zero=(*NOUGHT, "altered and not refused"),
        database="postgres",
        in_suite=False,
    ),
)
