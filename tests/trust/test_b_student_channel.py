"""B. The student's channel: codes guessed, tokens mixed up, forms bent, a thousand at once.

B1, B7, B8, B13, B17, B19 and half of B15 stand in tests/survey_app/respond, beside what they hold; B11's half
that needs a browser, too.
"""

import base64
import re
import socket
import statistics
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from survey_app.accounts import service as accounts
from survey_app.db import Base
from survey_app.models.people import Invitation, Person
from survey_app.models.responses import Response
from survey_app.respond import routes
from survey_app.respond.keys import SheetKey
from survey_app.respond.patience import LONGEST_DELAY, Patience
from survey_app.surveys.practice import practice_mark
from tests.keys import SECRET
from tests.survey_app.accounts.staff import link_in
from tests.survey_app.loop.teacher import Teacher
from tests.trust.routes import addresses, is_public


def choices(school, value="3") -> dict[str, str]:
    return {item["key"]: value for item in school.sheet()["items"] if item["kind"] == "choice"}


def test_b2_wrong_codes_from_everywhere_are_slowed_and_told_and_a_right_one_is_not(
    school, client, monkeypatch, caplog
):
    """Five thousand wrong codes from a thousand addresses; the clock and the waiting are the test's own."""
    waits = []
    patience = Patience(clock=lambda: 0.0, sleep=waits.append)
    monkeypatch.setattr(routes, "patience", patience)
    school.open(focal=False, rest=True)
    refused = [patience.wait_after_wrong(f"198.51.{n % 1000 // 250}.{n % 250}") for n in range(4990)]
    for n in range(10):
        answered = client.get("/s/7H4MPX", environ_base={"REMOTE_ADDR": f"203.0.113.{n}"})
        assert answered.status_code == 404
    assert not any(refused), "nobody is shut out by what others do"
    assert waits == sorted(waits)
    assert LONGEST_DELAY * 0.99 <= waits[-1] <= LONGEST_DELAY
    assert [one.levelname for one in caplog.records].count("WARNING") == 1, "one alert, not thousands"
    before, took = len(waits), []
    for _ in range(20):
        started = time.perf_counter()
        assert client.get(f"/s/{school.class_code}").status_code == 200
        took.append(time.perf_counter() - started)
    assert len(waits) == before, "a right code waits for nothing"
    assert statistics.quantiles(took, n=20)[-1] < 2


def test_b2_while_others_wait_the_server_still_has_threads(monkeypatch):
    """Two may sleep at once; whoever comes on top is told to come again, at once."""
    asleep, go_on = threading.Semaphore(0), threading.Event()

    def sleep(_seconds):
        asleep.release()
        go_on.wait(5)

    patience = Patience(clock=lambda: 0.0, sleep=sleep)
    for _ in range(100):
        patience._count("192.0.2.1")
    sleepers = [threading.Thread(target=patience.wait_after_wrong, args=("192.0.2.1",)) for _ in range(2)]
    for one in sleepers:
        one.start()
        asleep.acquire(timeout=5)
    assert patience.wait_after_wrong("192.0.2.1") is True
    go_on.set()
    for one in sleepers:
        one.join()


@pytest.fixture
def tokens(app, clock, network, school):
    """One living token of each kind there is."""
    school.open(rest=True)
    network.add("Ada", "Lincoln", "administrator")
    network.add("Ben", "Lincoln", "teacher")
    ada, ben = network.browser("Ada"), network.browser("Ben")
    invited = ada.post(
        "/people/invite",
        name="New",
        email="new@lincoln.example",
        role="teacher",
        organisation=str(network.places["Lincoln"]),
    )
    made = ada.post(f"/people/{network.people['Ben']}/password-link")
    page = app.test_client().get(f"/s/{school.cards['A']}").text
    return {
        "class code": school.class_code,
        "card": school.cards["A"],
        "practice": practice_mark(school.cycle_id, SECRET, now=clock()),
        "session": ben.token,
        "form": re.search(r'name="csrf_token" value="(\w+)"', ben.get("/account").text)[1],
        "invitation": link_in(invited).rsplit("/", 1)[1],
        "password": link_in(made).rsplit("/", 1)[1],
        "sheet": re.search(r'name="key" value="([^"]+)"', page)[1],
    }


DOORS = {
    "class code": lambda client, token: client.get(f"/s/{token}"),
    "card": lambda client, token: client.get(f"/s/{token}"),
    "practice": lambda client, token: client.get(f"/try/{token}"),
    "invitation": lambda client, token: client.get(f"/join/{token}"),
    "password": lambda client, token: client.get(f"/new-password/{token}"),
}


def session_door(app, token):
    client = app.test_client()
    client.set_cookie("focal_session", token)
    return client.get("/account")


def test_b4_each_token_opens_its_own_door_and_no_other(app, client, tokens, monkeypatch):
    monkeypatch.setattr(routes, "patience", Patience(sleep=lambda _seconds: None))
    for kind, token in tokens.items():
        for door, knock in DOORS.items():
            status = knock(client, token).status_code
            both_open_the_form = {kind, door} == {"class code", "card"}
            if kind == door or both_open_the_form:
                # The class code asks for the card while a coded survey is open: the door is the same one.
                assert status in (200, 404), (kind, door, status)
            else:
                assert status in (403, 404), (kind, door, status)
        assert session_door(app, token).status_code == (200 if kind == "session" else 303), kind
    ben = app.test_client()
    ben.set_cookie("focal_session", tokens["session"])
    for kind, token in tokens.items():
        sent = ben.post("/account/name", data={"name": "Ben", "csrf_token": token})
        assert sent.status_code == (303 if kind == "form" else 403), kind


def test_b4_a_sheet_is_taken_with_a_sheets_key_only(client, school, tokens):
    path = f"/s/{school.cards['A']}"
    for kind, token in tokens.items():
        sent = client.post(path, data={**choices(school), "key": token})
        assert sent.status_code == (303 if kind == "sheet" else 422), kind
        if kind == "sheet":
            break
    assert len(school.stored()) == 1


NOTHINGS = ["", " ", "\t\n", "null", "undefined", "[]", "{}", "%00", "А" * 8, "７Ｈ４ＭＰＸ", "../.."]
NOTHINGS.append("0" * 5000)


def test_b5_a_token_that_is_none_is_refused_everywhere(app, client, school, network, monkeypatch):
    monkeypatch.setattr(routes, "patience", Patience(sleep=lambda _seconds: None))
    school.open()
    for nothing in NOTHINGS:
        data = {"key": nothing, **choices(school)}
        assert client.post(f"/s/{school.cards['A']}", data=data).status_code == 422, nothing
        assert client.post("/s", data={"code": nothing}).status_code in (303, 422), nothing
        assert session_door(app, nothing[:1000].strip() or "-").status_code == 303
        if nothing.strip() and "/" not in nothing and len(nothing) < 1000:
            for path in ("/join/", "/new-password/", "/s/", "/try/"):
                assert client.get(path + nothing).status_code in (403, 404), (path, nothing)
    assert client.post(f"/s/{school.cards['A']}", data=choices(school)).status_code == 422
    assert school.stored() == []


def test_b5_no_column_of_a_token_may_be_empty():
    marks = re.compile(r"(token|key|content|password)_hash|_mark$|^class_code$")
    columns = [c for table in Base.metadata.sorted_tables for c in table.columns if marks.search(c.name)]
    assert len(columns) >= 6
    optional = {str(one) for one in columns if one.nullable}
    # Somebody who has set no password signs in with none; a package that is not approved has no link.
    assert optional <= {"people.password_hash", "data_packages.token_hash"}


def flipped(token: str, place: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[place % len(raw)] ^= 1 << (place % 8)
    return base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=" if len(token) % 4 else "")


def test_b6_a_bit_flipped_a_second_late_or_a_key_that_was_replaced(app, client, school, clock, fill):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    for place in range(0, 57, 3):
        sent = client.post(path, data={**data, "key": flipped(data["key"], place)})
        assert sent.status_code == 422, place
    retired = SheetKey.fresh(school.administration("coded").id, now=clock()).sign("the key of last year" * 2)
    assert client.post(path, data={**data, "key": retired}).status_code == 422
    mark = practice_mark(school.cycle_id, SECRET, now=clock())
    assert client.get(f"/try/{practice_mark(school.cycle_id, 'x' * 40, now=clock())}").status_code == 404
    assert all(client.get(f"/try/{flipped(mark, place)}").status_code == 404 for place in range(34))
    clock.forward(days=1)
    assert client.get(f"/try/{mark}").status_code == 200
    clock.forward(seconds=1)
    assert client.get(f"/try/{mark}").status_code == 404
    assert school.stored() == []


def test_b6_a_link_a_second_too_old_opens_nothing(app, network, clock):
    network.add("Ada", "Lincoln", "administrator")
    ada = network.browser("Ada")
    form = {"name": "New", "email": "new@lincoln.example", "role": "teacher"}
    link = link_in(ada.post("/people/invite", organisation=str(network.places["Lincoln"]), **form))
    with network.writing() as db:
        until = db.scalars(select(Invitation.expires_at)).one()
    clock.moment = until - timedelta(seconds=1)
    assert network.browser().get(link).status_code == 200
    clock.moment = until
    assert network.browser().get(link).status_code == 403
    assert network.browser().get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 403


def test_b10_every_way_to_store_an_answer_has_the_same_gates(app, client, school, fill):
    """Whoever adds a route that can write a response has to say so here."""
    school.open()
    writing = set()
    for rule in app.url_map.iter_rules():
        module = app.view_functions[rule.endpoint].__module__
        if "POST" in rule.methods and module.startswith(("survey_app.respond", "survey_app.paper")):
            writing.add(rule.endpoint)
    assert writing == {
        "respond.read_code",  # leads on to the form
        "respond.send",
        "respond.practice_again",  # stores nothing
        "respond.check_sending",  # stores nothing
        "paper.store",  # the teacher's own, after the lock
    }
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school))
    for way in (
        {"json": data},
        {"data": str(data), "content_type": "text/plain"},
        {"data": "<a/>", "content_type": "application/xml"},
        {"query_string": data},
    ):
        assert client.post(path, **way).status_code in (400, 415, 422), way
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.open(path, method=method, data=data).status_code == 405
    assert school.stored() == []
    as_file = {name: (None, value) for name, value in data.items()}
    assert client.post(path, data=data, content_type="multipart/form-data").status_code == 303, as_file
    assert len(school.stored()) == 1


def test_b11_the_end_tells_the_browser_to_forget_and_the_form_to_fill_in_nothing(client, school, fill):
    school.open(focal=False, rest=True)
    path = f"/s/{school.others[0]}"
    page = client.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert 'autocomplete="off"' in page.text
    assert "Set-Cookie" not in page.headers
    sent = client.post(path, data=fill(path, **choices(school)))
    thanks = client.get(sent.location)
    assert '"storage"' in thanks.headers["Clear-Site-Data"]
    assert "Set-Cookie" not in thanks.headers
    assert not re.search(r"localStorage|sessionStorage|indexedDB", client.get("/assets/student.js").text)


@pytest.mark.database("sqlite")
def test_b15_ten_thousand_fields_and_a_thousand_deep_cost_nothing(client, school, fill):
    import tracemalloc

    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path)
    many = "&".join(f"f{n}=1" for n in range(10_000))
    deep = "[" * 1000 + "]" * 1000
    tracemalloc.start()
    form = "application/x-www-form-urlencoded"
    assert client.post(path, data=f"key={data['key']}&{many}", content_type=form).status_code in (413, 422)
    assert client.post(path, data=deep, content_type="application/json").status_code in (400, 415, 422)
    assert client.post(path, data=b"x" * 10_000_000, content_type=form).status_code == 413
    parts = {f"f{n}": "1" for n in range(3000)} | {"key": data["key"]}
    assert client.post(path, data=parts, content_type="multipart/form-data").status_code in (413, 422)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50_000_000
    assert school.stored() == []


@pytest.mark.database("sqlite")
def test_b15_whoever_sends_slowly_keeps_nobody_waiting(app, loopback):
    """Twelve open half a request and say no more; the server, as it is served, has eight threads."""
    from waitress import create_server

    from survey_app.serve import THREADS

    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS, ident=None)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.asyncore.loop(timeout=0.05, map=server._map, count=1)

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    port = server.effective_port
    slow = []
    try:
        for _ in range(THREADS + 4):
            one = socket.create_connection(("127.0.0.1", port))
            one.sendall(b"POST /s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ncode=")
            slow.append(one)
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as quick:
            quick.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert quick.recv(100).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - started < 5
    finally:
        for one in slow:
            one.close()
        stop.set()
        serving.join()
        server.task_dispatcher.shutdown()
        # Closing the server closes its own socket alone, and none of the lines that were let in.
        for channel in list(server._map.values()):
            channel.close()


def test_b18_what_the_childs_clock_says_is_no_matter(client, school, fill, clock):
    school.open()
    path = f"/s/{school.cards['A']}"
    data = fill(path, **choices(school)) | {"time": "1999-01-01T00:00:00Z", "submitted_at": "2099-01-01"}
    sent = client.post(path, data=data, headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})
    assert sent.status_code == 303
    columns = {column.name for column in Response.__table__.columns}
    assert not [name for name in columns if name.endswith(("_at", "time", "date"))]


def test_b19_a_staff_form_that_another_site_sends_changes_nothing(app, teacher):
    """Once with a token stolen off the page, at every address that takes a form."""
    token = teacher._form_token()
    with teacher.reading() as db:
        before = db.scalars(select(Person.display_name)).all()
    for endpoint, path in addresses(app, "POST"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
            status = teacher.client.post(path, data={"csrf_token": token}, headers=headers).status_code
            assert status == 403, (endpoint, status)
        if not is_public(app, endpoint):
            for words in (None, "１２", "é" * 100):
                sent = teacher.client.post(path, data={"csrf_token": words} if words else None)
                assert sent.status_code == 403, (endpoint, words)
    with teacher.reading() as db:
        assert db.scalars(select(Person.display_name)).all() == before
    for origin in ("http://[::1", "//", "javascript:1", "http://evil.example]"):
        assert teacher.client.post("/account/name", headers={"Origin": origin}).status_code == 403, origin
        assert app.test_client().post("/s/7H4MPX", headers={"Origin": origin}).status_code == 403, origin
    assert isinstance(teacher, Teacher)
    assert accounts.new_token() != accounts.new_token()
