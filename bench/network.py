"""What each page of a lead costs in the sample network as it is, ten times and more times as large.

For each page: statements, bytes, and the median processor time after the first turn, side by side. Where a
page's totals stand for some minutes, "anew" counts them at each turn, "again" finds them counted. A lead of
a region comes first, then the lead of the whole network, who sees everything. The networks are made once and
kept in ``instance/bench``; ``FOCAL_BENCH_FACTORS`` names other sizes ("1 10 100"). One block lives through
the product's services and is copied for the rest; the release of more than one block is a written one
(``network_release``). A page may ask at most 25 statements, and takes longer with what it shows, never with
how many answers there are.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import event, func, select

from bench.network_release import write_release
from bench.walk import Stuck
from config import ROOT, Config
from survey_app.accounts import service as accounts
from survey_app.app import create_app
from survey_app.db import Database
from survey_app.models.cycles import Cycle
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.releases import ReleaseCell
from survey_app.models.responses import Answer
from survey_app.permissions import Permission
from survey_app.prepare import prepare_database
from survey_app.principal import job
from survey_app.releases import queries as releases
from survey_app.sample.fill import SEED, fill, is_filled
from survey_app.sample.releases import release_weeks

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
COUNTED = {"people": Person, "cycles": Cycle, "answers": Answer, "released cells": ReleaseCell}
AGAIN = "Count again now"
Cost = tuple[int, int, float, float | None]


def main() -> None:
    """Print a line for each page."""
    factors = [int(one) for one in os.environ.get("FOCAL_BENCH_FACTORS", FACTORS).split()]
    measured = {factor: _measure(factor) for factor in factors}
    heads = "".join(f"{factor:>6} x: SQL{'KB':>6}{'anew':>7}{'again':>7}" for factor in factors)
    print(f"  {'':58}{heads}")
    for path in dict.fromkeys(path for pages in measured.values() for path in pages):
        cells = "".join(_cell(measured[factor].get(path)) for factor in factors)
        print(f"  {path:58}{cells}")
    most = max(cost[0] for pages in measured.values() for cost in pages.values())
    print(f"  at most {most} statements a page" + ("" if most <= MOST_STATEMENTS else ": TOO MANY"))


def _cell(cost: Cost | None) -> str:
    if cost is None:
        return " " * 34
    statements, size, anew, again = cost
    stands = "" if again is None else f"{again:.0f}"
    return f"{statements:12}{size / 1024:8.1f}{anew:7.0f}{stands:>7}"


def _measure(factor: int) -> dict[str, Cost]:
    config = _network(factor)
    app = create_app(config, now=lambda: datetime.now(UTC))
    database = app.extensions["focal_db"]
    sent: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: sent.append(statement)
    )
    found = {}
    for whose, of_all in (("region ", False), ("all    ", True)):
        client, place = _sign_in(app, database, of_all=of_all)
        own = {f"/network/{place}": "/network/<a school>", _an_idea(client): "/network/ideas?idea=<one>"}
        for path in (*_pages(app), *MORE, *own):
            found[f"{whose}{own.get(path, path)}"] = _cost(client, path, sent)
    database.engine.dispose()
    return found


def _an_idea(client: FlaskClient) -> str:
    """Return the address of the first idea that somebody has tried."""
    found = re.search(r"/network/ideas\?idea=[0-9a-f-]+", client.get("/network/ideas").text)
    if found is None:
        raise Stuck("Nobody has tried any idea in this network.")
    return found[0]


def _network(factor: int) -> Config:
    folder = ROOT / "instance" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / f'network-{factor}.sqlite'}"
    given = {"DATABASE_URL": url, "FOCAL_INSTANCE": str(folder), "FOCAL_SECRET_KEY": "bench " * 8}
    config = Config.from_env(given)
    prepare_database(config.owner_url)
    database = Database(url)
    now, started = datetime.now(UTC), time.perf_counter()
    with database.writing(job("bench")) as db:
        if not is_filled(db):
            fill(db, today=now.date(), factor=factor, seed=SEED, lived=1, reports=False)
            db.commit()
    with database.reading(job("bench")) as db:
        [network] = releases.networks(db)
        bare = releases.newest_release(db, network.id) is None
    if bare and factor == 1:
        release_weeks(database, today=now.date(), weeks=1)
    elif bare:
        with database.writing(job("bench")) as db:
            write_release(db, network, now=now)
            db.commit()
    with database.reading(job("bench")) as db:
        counts = {
            name: db.scalar(select(func.count()).select_from(table)) for name, table in COUNTED.items()
        }
    database.engine.dispose()
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    print(f"  {factor} x: {said} ({time.perf_counter() - started:.0f} s to have it)", flush=True)
    return config


def _sign_in(app: Flask, database: Database, *, of_all: bool) -> tuple[FlaskClient, object]:
    """Sign the first lead in, or let the last one lead the whole network; name a school in her reach."""
    with database.writing(job("bench")) as db:
        leads = db.scalars(
            select(Person).join(RoleGrant).where(RoleGrant.role == "lead").order_by(Person.email)
        ).all()
        if len(leads) < 2:
            raise Stuck("There are no two leads in this network.")
        lead = leads[-1] if of_all else leads[0]
        grant = db.scalars(select(RoleGrant).where(RoleGrant.person_id == lead.id)).one()
        if of_all:
            [network] = releases.networks(db)
            lead.organisation_id = grant.organisation_id = network.id
        token = accounts.start_session(db, lead, old_token="", now=datetime.now(UTC))
        region = grant.organisation_id if not of_all else leads[0].organisation_id
        district = select(Organisation.id).where(Organisation.parent_id == region)
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
    """Return what a page costs counted anew and, where its totals then stand, what it costs again."""
    if AGAIN not in client.get(path).text:
        return *_turns(client, path, sent), None
    statements, size, anew = _turns(client, f"{path}{'&' if '?' in path else '?'}count=now", sent)
    fewer, _, again = _turns(client, path, sent)
    return max(statements, fewer), size, anew, again


def _turns(client: FlaskClient, path: str, sent: list[str]) -> tuple[int, int, float]:
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
