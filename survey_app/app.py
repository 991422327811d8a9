"""Make the application: settings, database, gate, slices, pages for what goes wrong."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, request

from config import Config, ConfigError
from survey_app import assets, clock, compression, requests, row_security, security
from survey_app.accounts.service import viewer_of
from survey_app.db import Database, close
from survey_app.models import load_all
from survey_app.principal import PUBLIC_PAGES, STUDENT_CHANNEL, Principal
from survey_app.saving import Saving
from survey_app.ui import failures, filters, names
from survey_app.ui.dated import DatedTotals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

# The order a teacher's week runs; the addresses stand in each slice's routes.py.
SLICES = (
    "accounts",
    "catalogue",
    "classrooms",
    "surveys",
    "respond",
    "predictions",
    "results",
    "paper",
    "cycles",
    "sharing",
    "improvement",
    "network",
    "research",
    "erasure",
    "admin",
    "acts",
    "health",
)
LARGEST_FORM = 256 * 1024


def create_app(
    config: Config,
    *,
    now: Callable[[], datetime] = clock.now,
    slices: Sequence[str] = SLICES,
    beside: Flask | None = None,
) -> Flask:
    """Return the application for one configuration. ``now`` is the clock that routes read.

    ``slices`` may be fewer, for a server's first moment; the whole one is then made ``beside`` it, on the
    same database: one engine, and one queue of those who write.
    """
    load_all()
    app = Flask(__name__, static_folder=None)
    app.request_class = security.RequestInMemory
    app.config.update(
        FOCAL=config,
        FOCAL_NOW=now,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=2000,
    )
    app.jinja_options = {**app.jinja_options, "autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    if beside is None:
        app.extensions |= _opened(config)
    else:
        app.extensions |= {name: beside.extensions[name] for name in ("focal_db", "focal_saving")}
    app.extensions["focal_totals"] = DatedTotals()
    requests.install(app)
    app.before_request(_open_session)
    compression.install(app)
    security.guard(app)
    app.teardown_request(_close_session)
    assets.init_app(app)
    filters.install(app)
    names.install(app)
    failures.install(app)
    # It stands on the respond slice's blueprint, beside the routes that take answers.
    import_module("survey_app.respond.routes_practice")
    for name in slices:
        module = import_module(f"survey_app.{name}.routes" if name != "health" else "survey_app.health")
        app.register_blueprint(module.blueprint)
    return app


def _opened(config: Config) -> dict[str, object]:
    database = Database(config.database_url)
    if config.production and not config.on_sqlite:
        _refuse_open_walls(database)
    return {"focal_db": database, "focal_saving": Saving(database)}


def _refuse_open_walls(database: Database) -> None:
    """Do not serve children's answers from a database that would show them to whoever forgets to ask."""
    with database.engine.connect() as connection:
        found = row_security.faults(connection)
    if found:
        database.engine.dispose()
        raise ConfigError(found)


def _open_session() -> None:
    """Find out who is looking, and open this request's one database session for her."""
    database: Database = current_app.extensions["focal_db"]
    g.now = current_app.config["FOCAL_NOW"]()
    g.viewer, token = None, request.cookies.get("focal_session", "")
    # The student's page shares nothing with a staff sign-in, on a shared device least of all.
    if token and request.blueprint not in (None, "respond", "health"):
        # A transaction of its own: what asks who somebody is must not be what then acts for her.
        with database.reading(PUBLIC_PAGES) as door:
            g.viewer = viewer_of(door, token, now=g.now)
    opened = database.reading if request.method in security.SAFE_METHODS else database.writing
    g.db = opened(_principal())


def _principal() -> Principal:
    if request.blueprint == "respond":
        return STUDENT_CHANNEL
    return g.viewer.principal if g.viewer else PUBLIC_PAGES


def _close_session(_fault: BaseException | None) -> None:
    session = g.pop("db", None)
    if session is not None:
        close(session)
