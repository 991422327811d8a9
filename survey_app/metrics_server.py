"""Figures for whoever keeps Focal running, on a port of their own.

They are served on this machine only unless ``FOCAL_METRICS`` says otherwise, and not at all without it.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, multiprocess, start_http_server
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from survey_app import job_runs
from survey_app.backup import keeping
from survey_app.db import Database
from survey_app.erasure import journal
from survey_app.metrics import REGISTRY
from survey_app.principal import job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from config import Config


class Installation:
    """What is looked at when somebody asks: database, disk, backups, the night's and the week's work."""

    def __init__(self, config: Config, now: Callable[[], datetime]) -> None:
        self.config = config
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures; one that cannot be known now is left out."""
        looks = {
            "focal_database_up": ("Whether the database answers (1) or not (0).", self._database_up),
            "focal_disk_free_share": ("Free share of the disk of the instance.", self._disk_free),
            "focal_backup_age_seconds": ("Age of the newest backup.", self._backup_age),
            "focal_night_age_seconds": ("Time since the night's work was done.", self._night_age),
        }
        for name, (words, look) in looks.items():
            value = look()
            if value is not None:
                yield GaugeMetricFamily(name, words, value=value)
        yield from self._jobs()

    def _jobs(self) -> Iterator[GaugeMetricFamily]:
        words = {
            "focal_week_age_seconds": "Time since the week's releases were made.",
            "focal_jobs_to_look_at": "Jobs that stay away, or whose last run did not end well.",
        }
        database = Database(self.config.database_url)
        try:
            with database.reading(job("metrics")) as db:
                ages = job_runs.ages(db, now=self.now())
                told = [ages.get("weekly"), len(job_runs.complaints(db, now=self.now()))]
        except SQLAlchemyError:
            return
        finally:
            database.engine.dispose()
        for (name, said), value in zip(words.items(), told, strict=True):
            if value is not None:
                seconds = value if isinstance(value, int) else value.total_seconds()
                yield GaugeMetricFamily(name, said, value=seconds)

    def _database_up(self) -> float:
        wait = {"timeout": 2} if self.config.on_sqlite else {"connect_timeout": 2}
        engine = create_engine(self.config.database_url, poolclass=NullPool, connect_args=wait)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1 FROM alembic_version"))
        except SQLAlchemyError:
            return 0.0
        return 1.0

    def _disk_free(self) -> float | None:
        try:
            usage = shutil.disk_usage(self.config.instance)
        except OSError:
            return None
        return usage.free / usage.total

    def _backup_age(self) -> float | None:
        age = keeping.age_of_newest(self.config.backup_folder, self.now())
        return None if age is None else age.total_seconds()

    def _night_age(self) -> float | None:
        last = journal.last_night(self.config.instance)
        return None if last is None else (self.now() - last).total_seconds()


def serve(config: Config, now: Callable[[], datetime], *, where: tuple[str, int]) -> Callable[[], None]:
    """Serve the figures in the background; return what stops it."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
    else:
        registry = REGISTRY
    installation = Installation(config, now)
    registry.register(installation)
    server, thread = start_http_server(where[1], addr=where[0], registry=registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()
        registry.unregister(installation)

    return stop
