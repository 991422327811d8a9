"""What the log and the figures hold: allowed fields and route templates; nothing that somebody sent."""

from __future__ import annotations

import io
import json
import logging
import re
import warnings

import pytest
from prometheus_client import generate_latest
from sqlalchemy.exc import OperationalError

from survey_app import logs, metrics
from survey_app.requests import pseudonym

CANARY = "zqcanaryzq"
ALLOWED = {"at", "level", "from", "says", "fault", "through", *logs.FIELDS}


@pytest.fixture
def written(monkeypatch):
    """Return a function that gives the lines which were logged since it was last asked."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (list(root.handlers), root.level, logs.access.level)
    logs.configure(every_request=True, stream=stream)

    def lines():
        told = stream.getvalue()
        stream.truncate(0)
        stream.seek(0)
        return [json.loads(line) for line in told.splitlines()]

    yield lines
    logging.captureWarnings(capture=False)
    root.handlers, root.level, logs.access.level = before


HEADERS = {
    "User-Agent": CANARY,
    "Referer": f"https://{CANARY}.example/",
    "X-Request-Id": CANARY,
    "X-Forwarded-For": CANARY,
    "Cookie": f"other={CANARY}",
    "Accept-Language": CANARY,
}


def test_nothing_that_was_sent_is_in_any_line_or_figure(teacher, app, written, monkeypatch):
    teacher.start()
    token = teacher.cards()["A"]
    written()
    child = app.test_client()
    child.get(f"/s/{CANARY}?tablet={CANARY}", headers=HEADERS)
    child.post("/s", data={"code": CANARY, CANARY: CANARY}, headers=HEADERS)
    child.post(f"/s/{token}", data={"key": CANARY, CANARY: CANARY}, headers=HEADERS)
    child.get(f"/{CANARY}/{CANARY}?{CANARY}={CANARY}", headers=HEADERS)
    child.post("/sign-in", data={"email": f"{CANARY}@example.org", "password": CANARY * 2}, headers=HEADERS)
    child.open(f"/s/{token}", method=CANARY.upper(), headers=HEADERS)
    teacher.client.get(f"/classes/{CANARY}", headers=HEADERS)
    teacher.post("/cycles/new", 422, nickname=CANARY, ready_set=CANARY, cycle_id=CANARY)

    def breaks(**_path):
        raise ValueError(f"what {CANARY} typed")

    def is_away(**_path):
        raise OperationalError(f"SELECT {CANARY}", {"name": CANARY}, Exception(CANARY))

    for fault in (breaks, is_away):
        fault.focal_access = "public"
        monkeypatch.setitem(app.view_functions, "respond.sheet", fault)
        monkeypatch.setitem(app.view_functions, "accounts.sign_in", fault)
        child.get(f"/s/{token}", headers=HEADERS)
        child.get("/sign-in", headers=HEADERS)
    logging.getLogger("waitress").exception(f"Exception while serving /s/{CANARY}")
    logging.getLogger("gunicorn.error").warning("Invalid request from %s: %s", CANARY, ValueError(CANARY))
    logging.getLogger("focal").warning("about %s and %s", CANARY, {"a": CANARY})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"about {CANARY}", stacklevel=1)
    lines = written()
    assert len(lines) >= 16
    assert {name for line in lines for name in line} <= ALLOWED
    assert CANARY not in json.dumps(lines).lower()
    assert token not in json.dumps(lines)
    assert CANARY not in generate_latest(metrics.REGISTRY).decode().lower()
    faults = [line for line in lines if line.get("fault") == "ValueError" and line["from"] == "focal"]
    assert len(faults) == 2
    assert all("test_logs.py:breaks:" in line["through"][-1] for line in faults)


def test_a_line_tells_route_status_time_and_for_staff_role_and_organisation(teacher, app, written):
    teacher.start()
    written()
    seen = teacher.client.get("/classes", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    (line,) = written()
    with teacher.reading() as db:
        from survey_app.models.people import Organisation

        school = db.query(Organisation.id).scalar()
    assert line.pop("ms") >= 0
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("at"))
    assert line == {
        "level": "info",
        "from": "focal.access",
        "says": "request",
        "request": seen.headers["X-Request-Id"],
        "method": "GET",
        "route": "/classes",
        "status": 200,
        "role": "teacher",
        "tenant": pseudonym(app.config["FOCAL"].secret_key, str(school)),
        "network": "203.0.113.0/24",
    }


def test_of_a_child_there_is_no_address_and_no_second(teacher, app, written):
    teacher.start()
    token = teacher.cards()["A"]
    written()
    app.test_client().get(f"/s/{token}", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    (line,) = written()
    assert set(line) == {"at", "level", "from", "says", "request", "method", "route", "status", "ms"}
    assert line["route"] == "/s/<code>"
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\dZ", line["at"])


@pytest.mark.database("sqlite")
def test_the_page_of_a_fault_says_the_number_of_its_line(client, app, written, monkeypatch):
    def breaks():
        raise KeyError("x")

    breaks.focal_access = "public"
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", breaks)
    answer = client.get("/sign-in")
    number = answer.headers["X-Request-Id"]
    assert number in answer.text
    assert [line["level"] for line in written() if number in json.dumps(line)] == ["error", "error"]
    assert client.get("/sign-in").headers["X-Request-Id"] != number


@pytest.mark.database("sqlite")
def test_sheets_are_counted_when_a_child_was_thanked(teacher, app):
    teacher.start()
    token = teacher.cards()["A"]
    child = app.test_client()
    sheet = child.get(f"/s/{token}").text
    form = {"key": re.search(r'name="key" value="([^"]+)"', sheet)[1], "sure": "1"}

    def counted():
        told = generate_latest(metrics.REGISTRY).decode()
        return float(re.search(r"^focal_sheets_acknowledged_total (\S+)", told, re.MULTILINE)[1])

    before = counted()
    child.post(f"/s/{token}", data={"key": "wrong"})
    assert counted() == before
    assert child.post(f"/s/{token}", data=form).status_code == 303
    assert counted() == before + 1


@pytest.mark.database("sqlite")
def test_a_proxy_is_believed_only_as_far_as_somebody_has_counted(app, database_url, tmp_path, clock):
    from config import Config
    from survey_app.app import create_app

    def seen(hops):
        config = Config.from_env(
            {"DATABASE_URL": database_url, "FOCAL_INSTANCE": str(tmp_path), "FOCAL_PROXY_HOPS": hops}
        )
        made = create_app(config, now=clock)
        found = []
        from flask import request

        made.before_request(lambda: found.append((request.remote_addr, request.host, request.scheme)))
        headers = {
            "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
            "X-Forwarded-Host": "evil.example, focal.example.org",
            "X-Forwarded-Proto": "http, https",
        }
        made.test_client().get("/livez", headers=headers)
        made.extensions["focal_db"].engine.dispose()
        return found[0]

    assert seen("0") == ("127.0.0.1", "localhost", "http")
    assert seen("1") == ("203.0.113.9", "focal.example.org", "https")
