"""Scheduled work, one door: ``python -m survey_app.jobs nightly|weekly [--rehearse]``, or ``check``.

``nightly`` deletes what its time is over for; ``weekly`` makes the releases. ``--rehearse`` says what would
happen and writes nothing. ``check`` makes every release anew and compares. Each returns 1 when a person has
to look. Started twice at once, the second one says so and leaves.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from config import Config, ConfigError
from survey_app import clock, job_runs
from survey_app.db import Database
from survey_app.erasure import nightly, overdue
from survey_app.models import load_all
from survey_app.models.releases import JobRun
from survey_app.principal import job as job_principal
from survey_app.releases import service as releases
from survey_app.research.scheduled import make_item_reports, remove_package_files

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

log = logging.getLogger("focal")
RUNS = job_principal("jobs")
Said = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Step:
    """One piece of scheduled work.

    ``do`` takes database, config and ``now``; it returns what it did, and what a person has to look at, in
    lines. ``rehearse`` takes the same, writes nothing, and returns what would be done.
    """

    name: str
    do: Callable[..., Said]
    rehearse: Callable[..., list[str]]


def _delete(database: Database, config: Config, *, now: datetime) -> Said:
    done, faults = nightly.work(database, config, now=now)
    return [f"{what}: {count}" for what, count in sorted(done.items())], faults


def _would_delete(database: Database, config: Config, *, now: datetime) -> list[str]:
    del config
    with database.reading(RUNS) as db:
        archive, erase = overdue.classes_to_archive(db, now=now), overdue.classes_to_erase(db, now=now)
    return [f"classes to archive: {len(archive)}", f"classes to erase: {len(erase)}"]


def _forget(database: Database, config: Config, *, now: datetime) -> Said:
    del config, now
    count = releases.forget_erased(database)
    return ([f"erased students taken out of the release ledger: {count}"] if count else []), []


def _release(database: Database, config: Config, *, now: datetime) -> Said:
    del config
    return releases.make_releases(database, now=now), []


def _would_release(database: Database, config: Config, *, now: datetime) -> list[str]:
    del config
    return releases.rehearse(database, now=now)


def _report(database: Database, config: Config, *, now: datetime) -> Said:
    del config
    return make_item_reports(database, now=now), []


def _clear_away(database: Database, config: Config, *, now: datetime) -> Said:
    del database
    return remove_package_files(config.instance, now=now), []


def _nothing_to_say(_database: Database, _config: Config, *, now: datetime) -> list[str]:
    del now
    return []


# The order in which they are done; a later slice adds its step here.
STEPS = {
    "nightly": (
        Step("deletion", _delete, _would_delete),
        Step("release ledger", _forget, _nothing_to_say),
        Step("package files", _clear_away, _nothing_to_say),
    ),
    "weekly": (
        Step("releases", _release, _would_release),
        Step("item reports", _report, _nothing_to_say),
    ),
}


def main(arguments: list[str]) -> int:
    """Do one job for the installation that the environment describes; say what was done."""
    parser = argparse.ArgumentParser(prog="survey_app.jobs", description=__doc__)
    parser.add_argument("job", choices=(*STEPS, "check"))
    parser.add_argument("--rehearse", action="store_true", help="say what would happen, write nothing")
    wanted = parser.parse_args(arguments)
    try:
        config = Config.from_env(os.environ)
    except ConfigError as fault:
        print(fault, file=sys.stderr)
        return 1
    load_all()
    database = Database(config.database_url)
    try:
        if wanted.job == "check":
            said, faults = check(database)
        elif wanted.rehearse:
            said, faults = rehearse(database, config, wanted.job, now=clock.now()), []
        else:
            said, faults = run(database, config, wanted.job, now=clock.now)
    finally:
        database.engine.dispose()
    print("\n".join(said) or "Nothing was due.")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def run(database: Database, config: Config, job: str, *, now: Callable[[], datetime]) -> Said:
    """Do a job's steps and leave a row that says when it ran and how it ended."""
    with database.writing(RUNS) as db:
        begun = job_runs.begin(db, job, now=now())
        run_id = None if begun is None else begun.id
        db.commit()
    if run_id is None:
        return [f"Another {job} job is under way; this one leaves it to its work."], []
    said, faults = [], []
    for step in STEPS[job]:
        try:
            did, wrong = step.do(database, config, now=now())
        except Exception as fault:
            # One step that fails keeps no other from its work, and the row says which one it was.
            log.exception("the %s job failed at: %s", job, step.name)
            did, wrong = [], [f"{step.name} failed: {type(fault).__name__}. The log says more."]
        said += did
        faults += wrong
    _end(database, run_id, said, faults, now=now())
    return said, faults


def _end(database: Database, run_id: uuid.UUID, said: list[str], faults: list[str], *, now: datetime) -> None:
    outcome = "look" if faults else "done"
    if any(" failed: " in one for one in faults):
        outcome = "failed"
    with database.writing(RUNS) as db:
        job_runs.end(db.get_one(JobRun, run_id), outcome, "; ".join([*faults, *said]), now=now)
        db.commit()


def rehearse(database: Database, config: Config, job: str, *, now: datetime) -> list[str]:
    """Return what a job would do now; nothing is written."""
    return [line for step in STEPS[job] for line in step.rehearse(database, config, now=now)]


def check(database: Database) -> Said:
    """Make every release anew and compare it with what stands in the tables."""
    found = releases.check_releases(database)
    return (
        [f"{one.label}: {one.says}" for one in found if not one.fault],
        [f"{one.label}: {one.fault}" for one in found if one.fault],
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
