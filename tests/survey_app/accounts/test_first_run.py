"""An empty database: three ways on, and the first account."""

import dataclasses
import re
import threading

import pytest
from sqlalchemy import select

from survey_app.accounts.first_key import first_key, main
from survey_app.models.people import Organisation, Person, RoleGrant
from tests.keys import SECRET
from tests.survey_app.accounts.staff import PASSWORD, Browser, Network, words_of

FIRST = {
    "name": "  Ana   Lopez ",
    "email": "Ana@Lincoln.Example",
    "password": PASSWORD,
    "organisation": "Lincoln Middle School",
    "time_zone": "America/Denver",
    "agrees": "1",
}


@pytest.fixture
def empty(app, clock):
    return Network(app, clock)


def test_an_empty_database_offers_three_ways_and_none_is_a_dead_end(client):
    page = client.get("/")
    said = words_of(page)
    for way in ("Make my account", "Play a round", "Look around in the sample network"):
        assert way in said
    for address in re.findall(r'<a class="button[^"]*" href="([^"]+)"', page.get_data(as_text=True)):
        assert client.get(address).status_code == 200


def test_without_the_demo_the_sample_page_says_the_command_and_shows_no_sign_in(client):
    said = words_of(client.get("/sample-network"))
    assert "python3 focal.py demo" in said
    assert "Look around as" not in said


def test_sign_in_leads_to_the_first_page_while_there_is_nobody(client):
    assert client.get("/sign-in").headers["Location"] == "/"


def test_the_first_account_makes_a_network_a_school_and_a_teacher_who_looks_after_both(empty, client):
    answer = client.post("/first-account", data=FIRST)
    assert answer.status_code == 303
    with empty.writing() as db:
        person = db.scalars(select(Person)).one()
        school = db.get_one(Organisation, person.organisation_id)
        network = db.get_one(Organisation, school.parent_id)
        assert (person.display_name, person.email) == ("Ana Lopez", "ana@lincoln.example")
        assert person.use_accepted_at == empty.clock()
        assert (school.kind, school.name, school.time_zone) == (
            "school",
            "Lincoln Middle School",
            "America/Denver",
        )
        assert network.kind == "network"
        grants = {(one.role, one.organisation_id) for one in db.scalars(select(RoleGrant))}
        assert grants == {("teacher", school.id), ("administrator", network.id)}
    assert client.get("/account").status_code == 200
    assert client.get("/").headers["Location"].startswith("/cycles")
    assert empty.acts() == ["account.first"]


def test_every_fault_is_named_at_once_and_what_was_typed_is_kept_but_the_password(empty, client):
    typed = {"name": "Ana", "email": "ana", "password": "teacher school", "organisation": ""}
    answer = client.post("/first-account", data=typed | {"time_zone": "Mars"})
    said = words_of(answer)
    assert answer.status_code == 422
    assert "5 things need another look" in said
    for words in (
        "does not look like an email address",
        "this one has 14",
        "name of your school",
        "time zone from the list",
        "Tick this",
    ):
        assert words in said
    html = answer.get_data(as_text=True)
    assert 'value="ana"' in html
    assert 'value="Ana"' in html
    assert "teacher school" not in html
    assert empty.count(Person) == empty.count(Organisation) == 0


def test_fields_that_the_form_does_not_have_change_nothing(empty, client):
    extra = {"role": "lead", "organisation_id": "1", "disabled_at": "2026", "roles": "researcher"}
    client.post("/first-account", data=FIRST | extra)
    with empty.writing() as db:
        assert set(db.scalars(select(RoleGrant.role))) == {"teacher", "administrator"}


def test_a_second_first_account_is_never_made(empty, client):
    client.post("/first-account", data=FIRST)
    other = Browser(empty.app.test_client())
    answer = other.client.post("/first-account", data=FIRST | {"email": "eve@else.example"})
    assert answer.headers["Location"] == "/"
    assert other.get("/first-account").headers["Location"] == "/"
    assert not other.is_signed_in()
    assert empty.count(Person) == 1


def test_of_eight_who_begin_at_once_one_gets_the_first_account(empty):
    start = threading.Barrier(8)
    answers = []

    def begin(number: int) -> None:
        client = empty.app.test_client()
        start.wait()
        answer = client.post("/first-account", data=FIRST | {"email": f"person{number}@lincoln.example"})
        answers.append((answer.status_code, "Set-Cookie" in answer.headers))

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers} == {303}
    assert [has_cookie for _, has_cookie in answers].count(True) == 1
    assert empty.count(Person) == 1
    assert empty.count(Organisation) == 2


def test_the_form_posted_with_another_sites_name_is_refused(empty, client):
    answer = client.post("/first-account", data=FIRST, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert empty.count(Person) == 0


KEY = first_key(SECRET)
ELSEWHERE = [
    {"base_url": "http://focal.example.org"},
    {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
    {"headers": {"X-Forwarded-For": "192.0.2.7"}},
]


@pytest.mark.parametrize("came", ELSEWHERE, ids=["by-name", "by-address", "by-proxy"])
def test_from_elsewhere_the_first_account_takes_the_key_of_the_server(empty, client, came):
    assert "It takes the key" in words_of(client.get("/", **came))
    assert 'name="key"' in client.get("/first-account", **came).get_data(as_text=True)
    for typed in ("", KEY[:-1], "AAAA-AAAA-AAAA-AAAA"):
        page = client.post("/first-account", data=FIRST | {"key": typed}, **came)
        assert page.status_code == 403
        assert "not the key of this server" in words_of(page)
        assert "Lincoln Middle School" in page.get_data(as_text=True), "what was typed is kept"
    assert empty.count(Person) == 0
    typed = f" {KEY.lower().replace('-', ' ')} "
    assert client.post("/first-account", data=FIRST | {"key": typed}, **came).status_code == 303
    assert empty.count(Person) == 1


def test_a_server_with_a_public_address_asks_everybody(empty, client, monkeypatch):
    config = dataclasses.replace(empty.app.config["FOCAL"], public_url="https://focal.example.org")
    monkeypatch.setitem(empty.app.config, "FOCAL", config)
    assert client.post("/first-account", data=FIRST).status_code == 403
    assert client.post("/first-account", data=FIRST | {"key": KEY}).status_code == 303


def test_on_ones_own_machine_nobody_is_asked(client):
    assert "key" not in words_of(client.get("/"))
    assert 'name="key"' not in client.get("/first-account").get_data(as_text=True)


def test_the_console_prints_the_key(capsys, tmp_path):
    assert main({"FOCAL_SECRET_KEY": SECRET, "FOCAL_INSTANCE": str(tmp_path)}) == 0
    assert capsys.readouterr().out.strip() == KEY
    assert main({"FOCAL_SECRET_KEY": "short"}) == 1
