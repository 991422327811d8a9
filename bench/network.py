"""What each page of a lead costs in the sample network as it is, ten times and more times as large.

For each page: statements, bytes, and the median processor time after the first turn, side by side. The
networks are made once and kept in ``instance/bench``; ``FOCAL_BENCH_FACTORS`` names other sizes ("1 10 100"),
and making the largest takes the longest. A page may ask at most 25 statements, and takes longer with what it
shows, never with how many answers there are.
"""

from __future__ import annotations

import os
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import event, select

from bench.walk import Stuck
from config import ROOT, Config
from survey_app import migrate
from survey_app.accounts import service as accounts
from survey_app.app import create_app
from survey_app.cli import demo_data
from survey_app.db import Database
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.snapshots import Snapshot
from survey_app.permissions import Permission
from survey_app.principal import job
from survey_app.sample.fill import SEED

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

FACTORS = "1 10"
MOST_STATEMENTS = 25
REPEATS = 5
FOR_LEADS = (Permission.SEE_NETWORK, Permission.EDIT_AIM)
# Pages with words of their own in the address, beside those of the URL map.
MORE = (
    "/network?by=team",
    "/network/pictures?by=school",
    "/network/pictures?by=team&show=experience",
    "/network/pictures?by=change_idea&who=pooled",
    "/network/pictures?by=cycle_number&show=experience",
)
Cost = tuple[int, int, float]


def main() -> None:
    """Print a line for each page."""
    factors = [int(one) for one in os.environ.get("FOCAL_BENCH_FACTORS", FACTORS).split()]
    measured = {factor: _measure(factor) for factor in factors}
    heads = "".join(f"{factor:>6} x: SQL{'KB':>6}{'ms':>7}" for factor in factors)
    print(f"  {'':52}{heads}")
    for path in dict.fromkeys(path for pages in measured.values() for path in pages):
        cells = "".join(_cell(measured[factor].get(path)) for factor in factors)
        print(f"  {path:52}{cells}")
    most = max(cost[0] for pages in measured.values() for cost in pages.values())
    print(f"  at most {most} statements a page" + ("" if most <= MOST_STATEMENTS else ": TOO MANY"))


def _cell(cost: Cost | None) -> str:
    if cost is None:
        return " " * 27
    statements, size, milliseconds = cost
    return f"{statements:12}{size / 1024:8.1f}{milliseconds:7.0f}"


def _measure(factor: int) -> dict[str, Cost]:
    config = _network(factor)
    app = create_app(config, now=lambda: datetime.now(UTC))
    database = app.extensions["focal_db"]
    client, place = _sign_in(app, database)
    sent: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: sent.append(statement)
    )
    found = {}
    for path in (*_pages(app), *MORE, f"/network/{place}"):
        shown = path if str(place) not in path else "/network/<a school>"
        found[shown] = _cost(client, path, sent)
    database.engine.dispose()
    return found


def _network(factor: int) -> Config:
    folder = ROOT / "instance" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / f'network-{factor}.sqlite'}"
    given = {"DATABASE_URL": url, "FOCAL_INSTANCE": str(folder), "FOCAL_SECRET_KEY": "bench " * 8}
    config = Config.from_env(given)
    demo_data(config, factor=factor, seed=SEED)
    database = Database(url)
    if not migrate.is_at_head(database):
        migrate.upgrade(database)
    with database.reading(job("bench")) as db:
        answers = len(db.scalars(select(Snapshot.administration_id)).all())
    database.engine.dispose()
    print(f"  {factor} x: {answers} frozen results")
    return config


def _sign_in(app: Flask, database: Database) -> tuple[FlaskClient, object]:
    with database.writing(job("bench")) as db:
        lead = db.scalars(
            select(Person).join(RoleGrant).where(RoleGrant.role == "lead").order_by(Person.email)
        ).first()
        if lead is None:
            raise Stuck("There is no lead in this network.")
        token = accounts.start_session(db, lead, old_token="", now=datetime.now(UTC))
        district = select(Organisation.id).where(Organisation.parent_id == lead.organisation_id)
        place = db.scalars(
            select(Organisation.id)
            .where(Organisation.kind == "school", Organisation.parent_id.in_(district))
            .order_by(Organisation.name)
        ).first()
        db.commit()
    client = app.test_client()
    client.set_cookie("focal_session", token)
    return client, place


def _pages(app: Flask) -> list[str]:
    """Return the addresses for leads that name no object."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and getattr(app.view_functions[rule.endpoint], "focal_access", None) in FOR_LEADS
    )


def _cost(client: FlaskClient, path: str, sent: list[str]) -> Cost:
    times, size, count = [], 0, 0
    for turn in range(REPEATS + 1):
        sent.clear()
        started = time.process_time()
        answer = client.get(path)
        if turn:
            times.append(time.process_time() - started)
        if answer.status_code >= 400:
            raise Stuck(f"{path} answered {answer.status_code}")
        size = len(answer.get_data())
        count = sum(not one.startswith(("BEGIN", "SAVEPOINT", "PRAGMA", "SELECT set_config")) for one in sent)
    return count, size, 1000 * statistics.median(times)
