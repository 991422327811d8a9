"""E. Accounts, sessions, operation. E1, E2, E4-E8 and half of E19 stand in accounts/ and admin/."""

import ast
import logging
import re
import time
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from config import Config, ConfigError
from survey_app.accounts.passwords import password_fault
from survey_app.audit import first_broken_link
from survey_app.db import Base
from survey_app.models.audit import AuditEvent
from survey_app.models.people import Person
from survey_app.security import HEADERS
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer
from tests.trust.forms import fill_all, ids_of, pages
from tests.trust.routes import addresses, is_student

ROOT = Path(__file__).resolve().parents[2]
ALL_ROLES = ("teacher", "coach", "lead", "researcher", "administrator")


@pytest.fixture
def everybody(app, clock):
    """One person with every role."""
    return Teacher.arrive(app, clock, "Ana Lopez", roles=ALL_ROLES)


def all_ids(app):
    with app.extensions["focal_db"].reading(TESTS) as db:
        return ids_of(db)


def imports(folder: str) -> set[str]:
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {one.name.split(".")[0] for one in node.names}
            if isinstance(node, ast.ImportFrom) and not node.level:
                found.add((node.module or "").split(".")[0])
    return found


FEDERATED = {
    "jwt",
    "jose",
    "authlib",
    "oauthlib",
    "requests_oauthlib",
    "flask_dance",
    "saml2",
    "onelogin",
    "josepy",
}
CALLERS = {"requests", "httpx", "urllib3", "aiohttp"}


def test_e9_there_is_no_sign_in_by_another_service_whose_token_could_be_forged(app, client):
    """Whoever adds one has to write E9: alg none, HS256 with the public key, jwk, iss, aud, nonce, replay."""
    assert not imports("survey_app") & (FEDERATED | CALLERS)
    locked = (ROOT / "requirements" / "app.txt").read_text(encoding="utf-8").lower()
    assert not [one for one in FEDERATED if re.search(rf"^{one.replace('_', '.')}==", locked, re.MULTILINE)]
    named = re.compile(r"oidc|oauth|sso|saml|callback|authorize|\.well-known|id.token", re.IGNORECASE)
    assert not [str(rule) for rule in app.url_map.iter_rules() if named.search(str(rule))]
    forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."
    assert client.get("/account", headers={"Authorization": f"Bearer {forged}"}).status_code == 303
    client.set_cookie("focal_session", forged)
    assert client.get("/account").status_code == 303


def test_e10_an_address_is_one_account_and_only_an_invitation_links_it(app, network):
    """No address of another tenant, unverified or not, can attach itself to an account."""
    foreign = re.compile(r"subject|issuer|provider|external|tenant")
    assert not [column.name for column in Person.__table__.c if foreign.search(column.name)]
    network.add("Ben", "Lincoln", "teacher")
    other = {"organisation_id": network.places["Mercer"], "email": network.email("Ben")}
    with network.writing() as db:
        db.add(Person(display_name="Another Ben", created_at=network.clock(), **other))
        with pytest.raises(DBAPIError):
            db.flush()


@pytest.fixture
def audited(app, everybody):
    for name in ("Ana", "Ana L.", "Ana Lopez"):
        everybody.post("/account/name", name=name)
    return app.extensions["focal_db"]


def test_e17_the_audit_takes_no_change_and_shows_one_that_was_forced(audited, database_url):
    for change in (
        update(AuditEvent).values(act="nothing"),
        delete(AuditEvent),
        update(AuditEvent).where(AuditEvent.number == 2).values(hash="0" * 64),
    ):
        with audited.writing(TESTS) as db, pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            db.execute(change)
    with audited.reading(TESTS) as db:
        assert first_broken_link(db) is None
    # Somebody with the owner's rights takes the rule away first; the chain tells which event she changed.
    owner = create_engine(database_url)
    table = "" if owner.dialect.name == "sqlite" else " ON audit_events"
    with owner.begin() as connection:
        connection.execute(text(f"DROP TRIGGER focal_audit_events_never_edited{table}"))
        changed = "UPDATE audit_events SET route = route || 'X' WHERE number = 2"
        connection.execute(text(changed))
    owner.dispose()
    with audited.reading(TESTS) as db:
        assert first_broken_link(db) == 2


def test_e18_every_act_of_a_cycle_is_one_event_and_sent_again_it_is_none_more(app, teacher, monkeypatch):
    acts: list[tuple[str, list[str]]] = []
    plain = Teacher.post

    def counted(self, path, status=303, **fields):
        before = len(events(app))
        answered = plain(self, path, status, **fields)
        acts.append((re.sub(r"[0-9a-f-]{36}", "<id>", path), events(app)[before:]))
        return answered

    monkeypatch.setattr(Teacher, "post", counted)
    cycle = teacher.start()
    tokens = teacher.cards()
    for token in tokens.values():
        answer(app, token)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    teacher.decide(cycle)
    noted = dict(acts)
    assert all(len(new) <= 1 for new in noted.values()), noted
    assert sum(map(len, noted.values())) >= 3, noted
    del acts[:]
    teacher.post(f"{cycle}/reveal")
    teacher.client.post(f"{cycle}/close", data={"csrf_token": teacher._form_token()})
    assert [new for _path, new in acts] == [[]], "a second reveal reveals nothing"
    for label in tokens:
        assert not any(label == (one or "") for one in objects(app)), "no label of a student is in the audit"


def events(app) -> list[str]:
    with app.extensions["focal_db"].reading(TESTS) as db:
        return list(db.scalars(select(AuditEvent.act).order_by(AuditEvent.number)))


def objects(app) -> list[str | None]:
    with app.extensions["focal_db"].reading(TESTS) as db:
        return list(db.scalars(select(AuditEvent.object_id)))


def test_e19_long_unicode_and_64_are_fine_14_and_what_everybody_has_are_not():
    assert "15 characters" in password_fault("a" + "b1c2d3e4f5g6h"[:13])
    assert password_fault("kattenluik regent zacht " * 3) is None
    assert password_fault("снег ложится на старую крышу") is None
    assert password_fault("passwordpassword") is not None
    started = time.process_time()
    assert "256" in password_fault("q" * 1_000_000)
    assert time.process_time() - started < 0.05


INSIDE = [
    "/console",
    "/.git/config",
    "/.git/HEAD",
    "/.env",
    "/metrics",
    "/debug",
    "/server-status",
    "/static/",
]
INSIDE += [
    "/config.py",
    "/instance/secret_key",
    "/focal.sqlite",
    "/.well-known/openid-configuration",
    "/admin",
]


def test_e20_nothing_of_the_inside_answers_and_production_takes_no_debugger(app, client, everybody):
    for path in INSIDE:
        for one in (client, everybody.client):
            assert one.get(path).status_code == 404, path
    for method in ("TRACE", "TRACK", "CONNECT", "DEBUG"):
        for path in ("/", "/cycles", "/s", "/account"):
            assert client.open(path, method=method).status_code in (404, 405), (method, path)
    shown = client.get("/?__debugger__=yes&cmd=resource&f=debugger.js")
    assert "werkzeug" not in shown.text.lower()
    assert "Server" not in shown.headers
    safe = {
        "FOCAL_ENV": "production",
        "FOCAL_SECRET_KEY": "qwertyuiopasdfghjklzxcvbnm0123456789",
        "FOCAL_PUBLIC_URL": "https://x.example",
        "DATABASE_URL": "postgresql://u:p@localhost/x",
    }
    with pytest.raises(ConfigError, match="FLASK_DEBUG"):
        Config.from_env(safe | {"FLASK_DEBUG": "1"})
    assert Config.from_env(safe | {"FLASK_DEBUG": "0"}).production
    assert not app.debug


FAULT = "SELECT secret_column FROM people /* the-inside */"


@pytest.mark.database("sqlite")
def test_e21_a_fault_in_any_route_gives_a_plain_page_with_a_mark_and_nothing_of_the_inside(
    app, everybody, monkeypatch, caplog
):
    cycle = everybody.start()
    ids, token = all_ids(app), everybody._form_token()

    def breaks(*_args, **_more):
        raise RuntimeError(FAULT)

    for endpoint, view in list(app.view_functions.items()):
        breaking = partial(breaks)
        breaking.focal_access = view.focal_access
        for name in ("focal_takes", "focal_body"):
            if hasattr(view, name):
                setattr(breaking, name, getattr(view, name))
        monkeypatch.setitem(app.view_functions, endpoint, breaking)
    seen = 0
    for method in ("GET", "POST"):
        for endpoint, path in addresses(app, method, **ids):
            caplog.clear()
            page = everybody.client.open(
                path, method=method, data={"csrf_token": token} if method == "POST" else None
            )
            assert page.status_code == 500, (endpoint, page.status_code)
            seen += 1
            for inside in ("SELECT", "the-inside", "RuntimeError", "Traceback", str(ROOT), "secret_column"):
                assert inside not in page.text, (endpoint, inside)
            for name, value in HEADERS.items():
                assert page.headers[name] == value, (endpoint, name)
            assert page.headers["Cache-Control"] == "no-store", endpoint
            mark = re.search(r"unexpected fault (\w{8})", caplog.text)
            assert mark, endpoint
            if not is_student(endpoint):
                assert mark[1] in page.text, endpoint
    assert seen > 100
    assert cycle


CANARY = "canary-{}-7f3a"


@pytest.mark.database("sqlite")
def test_e23_what_people_type_is_in_no_log_and_no_side_table(app, everybody, clock, caplog):
    caplog.set_level(logging.DEBUG)
    cycle = everybody.start()
    canaries = []

    def words(path, name):
        canaries.append(CANARY.format(len(canaries)))
        return CANARY.format("all")

    sent = fill_all(app, everybody.client, all_ids(app), words)
    assert sent >= 8
    canary = CANARY.format("all")
    for token in everybody.cards().values():
        answer(app, token, **{"extra": canary, "lang": "en"})
    app.test_client().post("/sign-in", data={"email": f"{canary}@x.example", "password": canary})
    app.test_client().post("/s", data={"code": canary})
    app.test_client().get(f"/s/{canary}")
    app.test_client().get(f"/join/{canary}")
    # A database that is away says its fault in the log: the statement, never what was in it.
    everybody.see(cycle)
    everybody.predict_and_lock(cycle)
    everybody.post(f"{cycle}/reveal")
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert canary not in logged
    side = (
        "audit_events",
        "sign_in_tries",
        "receipts",
        "turnout",
        "staff_sessions",
        "releases",
        "release_entries",
    )
    with app.extensions["focal_db"].reading(TESTS) as db:
        for table in Base.metadata.sorted_tables:
            if table.name in side:
                rows = db.execute(select(table)).all()
                assert canary not in repr(rows), table.name
    instance = app.config["FOCAL"].instance
    for file in instance.rglob("*") if instance.exists() else ():
        if file.is_file():
            assert canary.encode() not in file.read_bytes(), file


def test_e23_a_fault_of_the_database_logs_the_statement_and_none_of_its_values(app, everybody, caplog):
    with app.extensions["focal_db"].writing(TESTS) as db, pytest.raises(DBAPIError) as fault:
        db.execute(
            text("INSERT INTO audit_events (number, act) VALUES (:n, :canary)"),
            {"n": 1, "canary": "canary-x"},
        )
    assert "canary-x" not in str(fault.value)


def outside_addresses(body: str) -> list[str]:
    loads = re.findall(r'(?:src|href|action|poster|data|srcset|formaction)="((?:https?:)?//[^"]+)"', body)
    return [one for one in loads if "//localhost" not in one] + re.findall(
        r"url\(['\"]?(?:https?:)?//[^)]+", body
    )


def test_e25_every_answer_forbids_framing_sniffing_and_telling_where_one_came_from(app, clock, everybody):
    cycle = everybody.start()
    answer(app, everybody.cards()["A"])
    ids, stranger = all_ids(app), app.test_client()
    for endpoint, path in addresses(app, **ids):
        for client in (everybody.client, stranger) if endpoint != "results.gallery" else (stranger,):
            page = client.get(path)
            check_headers(page, path)
            if page.mimetype in ("text/html", "text/css"):
                outside = [
                    one for one in outside_addresses(page.text) if not endpoint.startswith("catalogue")
                ]
                assert not outside, (path, outside)
    wrong = (
        stranger.get("/nothing"),
        stranger.delete("/cycles"),
        stranger.post("/s", data=b"x" * 10_000_000),
        stranger.post("/s", headers={"Origin": "https://evil.example"}),
        stranger.post("/sign-in", data={}),
        everybody.client.post(f"{cycle}/close"),
        stranger.get("/s/7H4MPX"),
        stranger.head("/cycles"),
    )
    for page in wrong:
        check_headers(page, page.request.path)
        assert page.headers["Cache-Control"] == "no-store"


def check_headers(page, path):
    for name, value in HEADERS.items():
        assert page.headers.get(name) == value, (path, name)
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http:" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    is_file = path.startswith("/assets/") and page.status_code in (200, 304)
    assert is_file or page.headers["Cache-Control"] == "no-store", path
    for told in ("Server", "X-Powered-By", "Via"):
        assert told not in page.headers


def test_e25_our_own_style_and_scripts_call_nobody():
    for path in (ROOT / "survey_app" / "static").rglob("*"):
        if path.suffix in (".css", ".js") and "built" not in path.parts:
            called = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", path.read_text(encoding="utf-8"))
            assert not called, path
            assert not outside_addresses(path.read_text(encoding="utf-8")), path


def test_every_export_and_deletion_asks_for_the_password_again(app, everybody, clock):
    """Walk the map: whatever gives a file with answers, or deletes for good, asks who is at the keyboard."""
    cycle = everybody.start()
    for token in everybody.cards().values():
        answer(app, token)
    everybody.see(cycle)
    everybody.predict_and_lock(cycle)
    everybody.post(f"{cycle}/reveal")
    ids, token = all_ids(app), everybody._form_token()
    # Whose account she may erase: a colleague's, never her own.
    with app.extensions["focal_db"].writing(TESTS) as db:
        place = db.get(Person, everybody.person_id).organisation_id
        names = {"email": "colleague@example.org", "display_name": "A colleague"}
        db.add(colleague := Person(organisation_id=place, created_at=clock(), **names))
        db.commit()
        ids["person_id"] = colleague.id
    files = [
        path
        for path, page in pages(app, everybody.client, ids)
        if page.headers.get("Content-Disposition", "").startswith("attachment") and not is_drawing(path)
    ]
    assert len(files) >= 4, files
    clock.forward(minutes=11)
    for path in files:
        asked = everybody.client.get(path)
        assert asked.status_code == 303, path
        assert "/account/password-again" in asked.location, path
    endings = [one for one in addresses(app, "POST", **ids) if re.search(r"erase|delete|destroy", one[0])]
    assert len(endings) >= 2
    for endpoint, path in endings:
        asked = everybody.client.post(path, data={"csrf_token": token, "sure": "1"})
        assert asked.status_code == 303, (endpoint, asked.status_code)
        assert "/account/password-again" in asked.location, endpoint


def is_drawing(path: str) -> bool:
    """Tell whether a file is a drawing: of the aim, or of the page that is on the screen anyway."""
    return bool(re.search(r"\.(svg|png|pdf|txt|md)$", path))
