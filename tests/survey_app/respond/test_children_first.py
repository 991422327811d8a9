"""A server's first moment: the children's application alone, beside which the whole one is made."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import request
from sqlalchemy.exc import OperationalError
from werkzeug.test import Client

from survey_app import children_first
from survey_app.app import create_app
from survey_app.children_first import FOR_CHILDREN, ChildrenFirst
from survey_app.respond import routes, service
from survey_app.respond.patience import Patience
from survey_app.surveys.practice import practice_mark
from tests.keys import SECRET


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    monkeypatch.setattr(routes, "patience", Patience(sleep=lambda _seconds: None))


@pytest.fixture
def children(app, clock):
    """Return the children's application on the database of the whole one."""
    return create_app(app.config["FOCAL"], now=clock, slices=FOR_CHILDREN, beside=app)


def shown(answer, *, but: str) -> tuple:
    """Return all that a browser gets, but what is drawn anew for each page, and the card in its address."""
    headers = {name: value.replace(but, "CARD") for name, value in answer.headers}
    headers.pop("X-Request-Id")
    text = re.sub(r'(name="key" value=")[^"]+', r"\1", answer.text).replace(but, "CARD")
    return answer.status_code, headers, text


def walk(client, school, card: str) -> dict[str, tuple]:
    """Open every page of a child, and every page of something that went wrong; one card for each walk."""
    there, cycle = f"/s/{card}", school.cycle_id
    mark = practice_mark(cycle, SECRET, now=school.clock())
    got: dict[str, tuple] = {}

    def note(name: str, answer) -> object:
        got[name] = shown(answer, but=card)
        return answer

    for path in ("/s", "/S", "/s?lang=es", "/check", f"/try/{mark}", "/try/nothing", "/s/NOSUCH99"):
        note(f"GET {path}", client.get(path))
    note("a sheet", client.get(there))
    note("card of a QR code", client.get(f"/S/{card}"))
    note("no code", client.post("/s", data={"code": ""}))
    note("half a code", client.post("/s", data={"code": "ABC"}))
    note("a code", client.post("/s", data={"code": card}))
    note("another language", client.post("/s", data={"_lang": "es"}))
    note("sending comes through", client.post("/check"))
    note("practice", client.post(f"/try/{mark}", data={"AG1.3-12.1": "2"}))
    note("a page of another day", client.post(there, data={"key": "of another day"}))
    note("another site", client.post(there, headers={"Sec-Fetch-Site": "cross-site"}))
    note("too much", client.post(there, data={"key": "x" * 300_000}))
    key, other_tabs = (
        re.search(r'name="key" value="([^"]+)"', client.get(there).text)[1] for _tab in range(2)
    )
    name = next(item["key"] for item in school.sheet()["items"] if item["kind"] == "choice")
    note("nothing ticked", client.post(there, data={"key": key}))
    note("no such step", client.post(there, data={"key": key, name: "99"}))
    sent = note("sent", client.post(there, data={"key": key, name: "3"}))
    assert sent.status_code == 303
    note("thanks", client.get(sent.location))
    note("thanks on a tablet", client.get(f"{there}/thanks?tablet=1"))
    note("sent twice", client.post(there, data={"key": key, name: "3"}))
    note("changed after sending", client.post(there, data={"key": key, name: "2"}))
    note("sent by another tab", client.post(there, data={"key": other_tabs, name: "3"}))
    note("used", client.get(there))
    return got


def broken(client, school, card: str) -> dict[str, tuple]:
    """Open a child's pages while the survey is closed, then while the database is away, then in a fault."""
    got = {"closed": shown(client.get(f"/s/{card}"), but=card)}
    for name, fault in (("away", OperationalError("SELECT", None, Exception("gone"))), ("fault", KeyError())):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(service, "find_place", lambda *_a, fault=fault, **_k: (_ for _ in ()).throw(fault))
            got[name] = shown(client.get(f"/s/{card}"), but=card)
            got[f"{name}, sending"] = shown(client.post(f"/s/{card}", data={"key": "k"}), but=card)
    return got


def test_a_child_sees_the_same_in_the_first_moment_as_later(app, children, school):
    opened = set()
    children.before_request(lambda: opened.add(request.endpoint))
    school.open(focal=True, rest=True)
    cards, ways = school.others, (children.test_client(), app.test_client())
    first, later = (walk(client, school, card) for client, card in zip(ways, cards, strict=False))
    school.close()
    first |= broken(ways[0], school, cards[2])
    later |= broken(ways[1], school, cards[3])
    for name, seen in first.items():
        assert seen == later[name], name
    statuses = {seen[0] for seen in first.values()}
    assert {200, 303, 403, 404, 409, 410, 413, 422, 500, 503} <= statuses
    assert len(school.stored()) == 2
    assert {one for one in children.view_functions if one.startswith("respond.")} <= opened


@pytest.mark.database("sqlite")
def test_health_and_files_are_there_at_once_and_a_missing_file_is_said(children):
    client = children.test_client()
    assert client.get("/livez").text == "alive\n"
    assert client.get("/readyz").text == "ready\n"
    assert client.get("/assets/student.css").status_code == 200
    assert client.get("/assets/nothing.css").status_code == 404


@pytest.mark.database("sqlite")
def test_both_work_on_one_database_and_know_together_that_nothing_can_be_saved(app, children):
    assert children.extensions["focal_db"] is app.extensions["focal_db"]
    assert children.extensions["focal_saving"] is app.extensions["focal_saving"]


@pytest.mark.database("sqlite")
def test_what_only_the_whole_one_knows_waits_for_it_and_a_child_does_not(app, children):
    served, gate, got = ChildrenFirst(children), threading.Event(), {}

    def ask(path):
        got[path] = Client(served).get(path).status_code

    def make():
        gate.wait(30)
        return app

    loading = threading.Thread(target=served.load, args=(make,))
    waiting = [threading.Thread(target=ask, args=(path,)) for path in ("/privacy", "/nothing", "/s/A/B/C")]
    for one in (loading, *waiting):
        one.start()
    assert Client(served).get("/s").status_code == 200
    assert got == {}
    gate.set()
    for one in (loading, *waiting):
        one.join(30)
    assert got == {"/privacy": 200, "/nothing": 404, "/s/A/B/C": 404}
    assert Client(served).put("/s").status_code == 405


@pytest.mark.database("sqlite")
def test_in_the_first_moment_one_child_goes_after_the_other(children, monkeypatch):
    monkeypatch.setattr(children_first, "LONGEST_ALONE", 30)
    inside, most = [], []

    def come_in():
        inside.append(1)
        most.append(len(inside))

    children.before_request(come_in)
    children.after_request(lambda answer: inside.pop() and answer)
    served = ChildrenFirst(children)
    with ThreadPoolExecutor(8) as class_:
        assert set(class_.map(lambda _n: Client(served).get("/s").status_code, range(24))) == {200}
    assert most == [1] * 24


@pytest.mark.database("sqlite")
def test_a_child_whose_page_takes_long_does_not_hold_up_the_others(children):
    gate, is_in = threading.Event(), threading.Event()

    def wait_at_the_gate():
        if request.path == "/check":
            is_in.set()
            gate.wait(30)

    children.before_request(wait_at_the_gate)
    served = ChildrenFirst(children)
    with ThreadPoolExecutor(1) as slow:
        first = slow.submit(Client(served).get, "/check")
        assert is_in.wait(30)
        assert Client(served).get("/s").status_code == 200
        assert not first.done()
        gate.set()
        assert first.result(30).status_code == 200


@pytest.mark.database("sqlite")
def test_who_waits_is_told_when_the_whole_one_cannot_be_made(children):
    served = ChildrenFirst(children)
    with pytest.raises(ZeroDivisionError):
        served.load(lambda: 1 / 0)
    answer = Client(served).get("/sign-in")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert Client(served).get("/s").status_code == 200


@pytest.mark.database("sqlite")
def test_the_first_moment_answers_every_address_of_a_child_and_no_other(app, children):
    served = ChildrenFirst(children)
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "5e0a4f0e-6f7b-4a4c-9a53-000000000000", rule.rule)
        method = "POST" if "POST" in rule.methods else "GET"
        is_childs = rule.endpoint.split(".")[0] in (*FOR_CHILDREN, "asset")
        knows = served._is_for_children({"PATH_INFO": path, "REQUEST_METHOD": method})
        assert knows == is_childs, rule.rule
