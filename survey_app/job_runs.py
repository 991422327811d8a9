"""When scheduled work ran and how it ended; one run of a job at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from survey_app.models.releases import JobRun

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

# How long a job may stay away before somebody should look, and how long one run can be under way.
OVERDUE = {"nightly": timedelta(days=2), "weekly": timedelta(days=8)}
GIVEN_UP = timedelta(hours=6)


def begin(db: Session, job: str, *, now: datetime) -> JobRun | None:
    """Begin a run; none while another one is under way. The caller commits."""
    for running in db.scalars(select(JobRun).where(JobRun.job == job, JobRun.outcome == "running")):
        if now - running.started_at < GIVEN_UP:
            return None
        end(running, "failed", "It stopped before its end.", now=now)
    run = JobRun(job=job, started_at=now, outcome="running")
    db.add(run)
    try:
        db.flush()
    except IntegrityError:
        # Two started in the same moment, and the other one was quicker.
        db.rollback()
        return None
    return run


def end(run: JobRun, outcome: str, said: str, *, now: datetime) -> None:
    """Write down how a run ended: done, failed, or with something to look at."""
    run.outcome, run.ended_at, run.said = outcome, now, said[:300]


def newest(db: Session, job: str) -> JobRun | None:
    """Return the newest run of a job that came to an end."""
    return db.scalars(
        select(JobRun)
        .where(JobRun.job == job, JobRun.outcome != "running")
        .order_by(JobRun.started_at.desc())
        .limit(1)
    ).first()


def ages(db: Session, *, now: datetime) -> dict[str, timedelta]:
    """Return how long ago each job last came to an end, as far as it ever did."""
    found = {job: newest(db, job) for job in OVERDUE}
    return {job: now - (run.ended_at or run.started_at) for job, run in found.items() if run is not None}


def complaints(db: Session, *, now: datetime) -> list[str]:
    """Return what is wrong with scheduled work: what stays away, and what did not end well.

    For ``doctor``. A job that never ran has a sentence of its own: a new installation has no timer yet.
    """
    found = []
    for job, longest in OVERDUE.items():
        run = newest(db, job)
        if run is None:
            found.append(f"no {job} job has run yet: set its timer (docs/operating.md).")
        elif now - run.started_at > longest:
            days = (now - run.started_at).days
            found.append(f"no {job} job for {days} days: look at its timer (docs/operating.md).")
        elif run.outcome != "done":
            found.append(f"the last {job} job wants a look: {run.said}")
    return found
