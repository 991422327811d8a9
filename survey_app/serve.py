"""Serve Focal on a port of this machine: settings, schema, library, then one process with threads.

One process, because SQLite before 3.51.3 can lose writes when several processes share a WAL file.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from config import Config, ConfigError
from measures import LibraryError
from survey_app import clock, draining, logs, metrics_server, running, safety
from survey_app.accounts import demo
from survey_app.accounts.first_key import first_key
from survey_app.accounts.queries import has_people
from survey_app.app import create_app
from survey_app.children_first import FOR_CHILDREN, ChildrenFirst
from survey_app.errors import Refusal
from survey_app.listening import CannotServe, lan_address
from survey_app.loading import loading
from survey_app.prepare import prepare
from survey_app.principal import PUBLIC_PAGES, job

if TYPE_CHECKING:
    import socket

    from flask import Flask

THREADS = 8
WARM_UP_AFTER = 5.0


def main(listening: socket.socket, environment: dict[str, str], *, lan: bool) -> int:
    """Serve on a port that is taken already; return when somebody stops it."""
    try:
        _run(listening, environment, lan=lan)
    except (CannotServe, ConfigError) as fault:
        words = str(fault)
    except LibraryError as fault:
        words = f"The library of measures cannot be used:\n{fault}"
    except Refusal as refusal:
        words = f"{refusal.title}:\n{refusal.words}"
    except OSError as fault:
        words = f"A folder or file that Focal needs cannot be used: {fault}"
    else:
        print("\nFocal has stopped. Everything is kept.")
        return 0
    print(words, file=sys.stderr)
    return 1


def _run(listening: socket.socket, environment: dict[str, str], *, lan: bool) -> None:
    port = listening.getsockname()[1]
    if lan:
        environment.setdefault("FOCAL_PUBLIC_URL", f"http://{lan_address()}:{port}")
    config = Config.from_env(environment)
    safety.check(config)
    logs.configure(every_request=config.production)
    with running.as_server(config):
        _serve_with(config, listening, lan=lan)


def _serve_with(config: Config, listening: socket.socket, *, lan: bool) -> None:
    try:
        prepare(config, tell=lambda words: print(words, flush=True))
    except SQLAlchemyError as fault:
        raise CannotServe(_database_words(config, fault)) from fault
    with loading():
        children = create_app(config, slices=FOR_CHILDREN)
    app, port = ChildrenFirst(children), listening.getsockname()[1]
    if config.metrics:
        metrics_server.serve(config, clock.now, where=config.metrics)

    def make_whole() -> Flask:
        with loading():
            whole = create_app(config, beside=children)
        if config.demo:
            _print_sign_ins(whole)
        _print_first_key(whole)
        _announce(config, port, lan=lan)
        _warm_up_later()
        return whole

    # A class that answers at once queues for a moment; that is no news for a teacher's screen.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    draining.serve(app, listening, threads=THREADS, meanwhile=lambda: app.load(make_whole))


def _announce(config: Config, port: int, *, lan: bool) -> None:
    print(f"\nFocal is at http://127.0.0.1:{port}")
    if lan and config.public_url:
        import segno

        print(f"Phones in this room: {config.public_url}\n")
        segno.make(config.public_url, error="l").terminal(compact=True)
        print("When a phone cannot reach it: same Wi-Fi? A firewall on this machine, or a network that keeps")
        print("devices apart, would stop it.")
    print("Stop it with Ctrl-C.", flush=True)


def _print_first_key(app: Flask) -> None:
    """Say what the first account of a server that others can reach takes, while there is none."""
    config: Config = app.config["FOCAL"]
    if not config.public_url:
        return
    with app.extensions["focal_db"].reading(PUBLIC_PAGES) as db:
        if not has_people(db):
            key = first_key(config.secret_key)
            print(f"\nNobody has an account yet. The first one takes this key: {key}")


def _print_sign_ins(app: Flask) -> None:
    with app.extensions["focal_db"].reading(job("sample")) as db:
        people = demo.people_to_show(db)
    print("\nEverybody here is invented. Sign in as:")
    for one in people:
        print(f"  {one.role:14}{one.email:44}{one.name}, {one.organisation}")
    print(f"  The password of each: {demo.DEMO_PASSWORD}")


def _warm_up_later() -> None:
    """Let the first answers after a start go first: a class that was cut off in the middle is waiting."""
    warming = threading.Timer(WARM_UP_AFTER, warm_up)
    warming.daemon = True
    warming.start()


def warm_up() -> None:
    """Draw one picture: loading what draws takes seconds, and no teacher should wait for it at her reveal."""
    from analytics.examples import gap_focal
    from survey_app.results import pictures  # noqa: F401  (loading it is the point)

    gap_focal().svg()


def _database_words(config: Config, fault: SQLAlchemyError) -> str:
    place = make_url(config.database_url).render_as_string(hide_password=True)
    cause = str(getattr(fault, "orig", None) or fault).splitlines()[0]
    return (
        f"The database could not be used: {place}\n  It says: {cause}\n"
        "Check DATABASE_URL, that the database is running, and that this account may write to it."
    )
