"""Settings for gunicorn: ``python3 focal.py serve``, or ``gunicorn -c survey_app/gunicorn.py``.

SQLite: one process with threads. PostgreSQL: a process for each core, up to four. ``FOCAL_BIND``,
``FOCAL_WORKERS`` and ``FOCAL_THREADS`` say otherwise. The picture renderer is warmed in each worker after the
fork; one that was used before the fork hangs in every child.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from config import Config, ConfigError
from measures import LibraryError
from survey_app import logs, running, safety
from survey_app.errors import Refusal

held = ExitStack()


class OneLog(Logger):
    """Let gunicorn's own words go through the one handler of ours."""

    def setup(self, cfg: Any) -> None:
        """Open no file and no stream."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.loglevel = self.LOG_LEVELS.get(cfg.loglevel.lower(), 20)
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True
        logs.configure(every_request=True)


def _number(name: str, usual: int) -> int:
    given = os.environ.get(name) or str(usual)
    if not given.isdecimal() or not 1 <= int(given) <= 64:
        raise ConfigError([f"{name} is {given!r}; it can be a number from 1 to 64."])
    return int(given)


def _settings() -> Config:
    settings = Config.from_env(os.environ)
    if settings.metrics:
        # Each worker counts in files here; they are added up when somebody asks.
        counts = tempfile.mkdtemp(prefix="focal-metrics-")
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", counts)
    return settings


try:
    focal = _settings()
    workers = _number("FOCAL_WORKERS", 1 if focal.on_sqlite else min(4, os.cpu_count() or 1))
    threads = _number("FOCAL_THREADS", 8)
    safety.check(focal, workers=workers)
except ConfigError as fault:
    print(fault, file=sys.stderr)
    raise SystemExit(1) from None

wsgi_app = "survey_app.wsgi:make()"
bind = os.environ.get("FOCAL_BIND") or "127.0.0.1:8000"
worker_class = "gthread"
logger_class = OneLog
proc_name = "focal"
# A stop lets requests that run come to their end; systemd waits a little longer than that.
timeout, graceful_timeout, keepalive = 60, 30, 5
# No header of a proxy is believed here; FOCAL_PROXY_HOPS decides, in the application.
control_socket_disable = True
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def on_starting(server: Any) -> None:
    """Hold the folder, and bring the database to where it can serve, before any worker exists."""
    from sqlalchemy.exc import SQLAlchemyError

    from survey_app.prepare import prepare

    try:
        safety.check(focal, workers=server.cfg.workers)
        held.enter_context(running.as_server(focal))
        prepare(focal)
    except (ConfigError, LibraryError, Refusal, OSError) as fault:
        print(fault, file=sys.stderr)
        raise SystemExit(1) from None
    except SQLAlchemyError as fault:
        print(
            f"The database could not be used: {type(fault).__name__}. Try: focal.py doctor", file=sys.stderr
        )
        raise SystemExit(1) from None


def when_ready(_server: Any) -> None:
    """Serve the figures from the process that outlives every worker."""
    if focal.metrics:
        from survey_app import clock, metrics_server

        metrics_server.serve(focal, clock.now, where=focal.metrics)


def post_worker_init(_worker: Any) -> None:
    """Draw one picture in the background: what draws takes seconds to load."""
    from survey_app.serve import warm_up

    threading.Thread(target=warm_up, daemon=True).start()


def child_exit(_server: Any, worker: Any) -> None:
    """Close the counts of a worker that has ended."""
    if focal.metrics:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
