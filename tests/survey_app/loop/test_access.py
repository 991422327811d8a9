"""Who may enter: every route says so, and what belongs to another teacher does not exist."""

import re
import uuid

import pytest
from sqlalchemy import select

from survey_app.models.audit import AuditEvent
from survey_app.models.cycles import Cycle
from survey_app.permissions import Permission
from tests.survey_app.loop.teacher import Teacher, answer


def test_every_route_declares_who_may_enter(app):
    undeclared = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "focal_access", None), Permission | str)
    ]
    assert not undeclared


def test_public_routes_are_these_and_no_others(app):
    public = {
        str(rule)
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "focal_access", None) == "public"
    }
    private_by_name = [
        path for path in public if re.match(r"/(cycles|series|classes|people|account|my-)", path)
    ]
    assert not private_by_name


def paths_of(app, method, **ids):
    """Return every staff path that takes a cycle, a series or a class, filled with the given ids."""
    known = ids | {"part": "focal", "name": "gap", "form": "svg"}
    known |= {name: uuid.uuid4() for name in ("focal_code_id", "card_id")}
    urls = app.url_map.bind("localhost")
    return sorted(
        urls.build(rule.endpoint, {name: known[name] for name in rule.arguments}, method=method)
        for rule in app.url_map.iter_rules()
        if rule.arguments & set(ids) and method in rule.methods and rule.arguments <= set(known)
    )


@pytest.fixture
def world(app, clock):
    """Two teachers; the first has a revealed cycle."""
    owner = Teacher.arrive(app, clock)
    other = Teacher.arrive(app, clock, "Bo Berg")
    cycle = owner.start()
    for token in owner.cards().values():
        answer(app, token)
    owner.see(cycle)
    owner.predict_and_lock(cycle)
    owner.post(f"{cycle}/reveal")
    with owner.reading() as db:
        row = db.get_one(Cycle, uuid.UUID(cycle.split("/")[2]))
        ids = {"cycle_id": row.id, "series_id": row.series_id, "classroom_id": row.classroom_id}
    return owner, other, ids


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_anothers_does_not_exist(app, world, method):
    _owner, other, ids = world
    paths = paths_of(app, method, **ids)
    assert len(paths) >= 8
    token = other._form_token()
    for path in paths:
        strange = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda _: str(uuid.uuid4()), path)
        before = events(other)
        answers = [other.client.open(p, method=method, data={"csrf_token": token}) for p in (path, strange)]
        assert [a.status_code for a in answers] == [404, 404], path
        assert answers[0].text == answers[1].text, path
        new = events(other)[len(before) :]
        assert [event.act for event in new] == ["access.denied"] * 2, path


def events(teacher):
    with teacher.reading() as db:
        return list(db.scalars(select(AuditEvent).order_by(AuditEvent.number)))


def test_nobody_enters_without_a_sign_in(app, world):
    _owner, _other, ids = world
    stranger = app.test_client()
    for path in paths_of(app, "GET", **ids):
        answered = stranger.get(path)
        assert answered.status_code == 303, path
        assert "/sign-in" in answered.location


@pytest.mark.parametrize("role", ["coach", "lead", "researcher", "administrator"])
def test_other_roles_see_no_cycle_of_a_teacher(app, clock, world, role):
    _owner, _other, ids = world
    person = Teacher.arrive(app, clock, f"The {role}", roles=(role,))
    for path in paths_of(app, "GET", **ids):
        assert person.client.get(path).status_code in (403, 404), path


def test_a_form_without_its_token_is_refused(app, world):
    owner, _other, ids = world
    assert owner.client.post(f"/cycles/{ids['cycle_id']}/close").status_code == 403
    cross = owner.client.post(
        f"/cycles/{ids['cycle_id']}/close",
        data={"csrf_token": owner._form_token()},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert cross.status_code == 403


def test_every_answer_of_a_staff_page_forbids_to_keep_it(world):
    owner, _other, ids = world
    for path in ("/cycles", f"/cycles/{ids['cycle_id']}/look", "/cycles/nothing", "/my-answers.csv"):
        headers = owner.client.get(path).headers
        assert headers["Cache-Control"] == "no-store", path
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
