"""What every test can ask for: databases, the application, a clock, a browser; and no way off the machine."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from analytics.charts.picture import Picture
from config import Config
from survey_app import assets, db
from survey_app.app import create_app
from tests.keys import SECRET
from tests.pages import PageLint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient


pytest_plugins = ["tests.browser", "tests.databases"]

# How fast examples come tells how busy the machine is, and nothing of the product.
settings.register_profile("focal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("focal")


class CompiledPages(BytecodeCache):
    """Templates compiled once in a test process, for all the applications that its tests make."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what was compiled from the same source before."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledPages()}


def _addresses_compiled_once() -> None:
    """Compile what builds a route's address once in a test process: it is most of what an application costs.

    The function that werkzeug makes gets its rule as an argument, so that equal rules can share it.
    """
    compiled = Rule._compile_builder
    kept: dict[tuple, Any] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = once


_addresses_compiled_once()


def _statements_compiled_once() -> None:
    """Let the engines of one kind share what compiles statements, and what it has compiled.

    A statement is kept for the dialect that compiled it, and each test's database has an engine of its own.
    """
    create = db.create_engine
    kept: dict[str, Engine] = {}

    def sharing(url: str, **options: Any) -> Engine:
        made = create(url, query_cache_size=5000, **options)
        first = kept.setdefault(made.dialect.name, made)
        if getattr(first.dialect, "server_version_info", None) is None:
            kept[made.dialect.name] = made  # the first has met no database yet
        else:
            made.dialect = made.pool._dialect = first.dialect
            made._compiled_cache = first._compiled_cache
        return made

    db.create_engine = sharing


_statements_compiled_once()


def _pictures_drawn_once() -> None:
    """Draw equal specs once in a test process: after an erasure they are forgotten, and drawn by the next."""
    draw = Picture.svg
    kept: dict[tuple[str, ...], str] = {}

    def once(picture: Picture, look: Any = "light") -> str:
        key = (json.dumps(picture.spec, sort_keys=True), picture.description, look)
        if key not in kept:
            kept[key] = draw(picture, look)
        return kept[key]

    Picture.svg = once


_pictures_drawn_once()


class FakeClock:
    """A clock that stands still until the test moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> datetime:
        """Move on by days, hours, minutes, seconds; return the new moment."""
        self.moment += timedelta(**amount)
        return self.moment


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that says Tuesday 3 March 2026, 15:10 in California."""
    return FakeClock(datetime(2026, 3, 3, 23, 10, tzinfo=UTC))


@pytest.fixture
def app(database_url: str, clock: FakeClock, tmp_path: Path) -> Iterator[Flask]:
    """Return the application on this test's database; every page that it sends is held against the rules."""
    config = Config.from_env(
        {
            "DATABASE_URL": database_url,
            "FOCAL_INSTANCE": str(tmp_path / "instance"),
            "FOCAL_SECRET_KEY": SECRET,
        }
    )
    made = create_app(config, now=clock)
    made.config["TESTING"] = True
    page_lint = PageLint()
    page_lint.watch(made)
    yield made
    made.extensions["focal_db"].engine.dispose()
    page_lint.check()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a test client without any sign-in."""
    return app.test_client()


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite not wait for the disk where nobody cuts the power; the faults look whether it does."""
    if "faults" in request.path.parts:
        return
    real = db._prepare_sqlite

    def hurried(connection: Any, record: object) -> None:
        real(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(db, "_prepare_sqlite", hurried)


@pytest.fixture(scope="session", autouse=True)
def _page_files() -> None:
    """Make the files that pages load, as set-up does."""
    assets.build()


class OutsideCall(Exception):
    """A test tried to reach another machine, or a socket that it did not ask for."""


@pytest.fixture(autouse=True)
def _no_way_out(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test reach another machine; let only tests with a live server reach this one."""
    connect = socket.socket.connect
    near = bool({"browser", "live_server", "loopback"} & set(request.fixturenames))

    def guarded(self: socket.socket, address) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        is_local_file = self.family == getattr(socket, "AF_UNIX", None)
        if not is_local_file and not (near and host in ("127.0.0.1", "::1", "localhost")):
            raise OutsideCall(f"A test tried to connect to {address!r}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def loopback() -> None:
    """Ask for this where a test serves and calls something on this machine itself."""
