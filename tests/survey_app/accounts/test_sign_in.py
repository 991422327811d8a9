"""Sign-in, sign-out and sessions (cases E1, E2, E5, E6, E8, E18, E19, A18)."""

import re

import pytest
from sqlalchemy import select

from survey_app.accounts import service
from survey_app.accounts.passwords import Passwords
from survey_app.models.audit import AuditEvent
from survey_app.models.people import Person, SignInTries, StaffSession
from tests.survey_app.accounts.staff import PASSWORD, CountedPasswords, words_of

WRONG = "seven green lanterns humming"


@pytest.fixture
def ana(network):
    network.add("Ana", "Lincoln", "coach")
    return network.email("Ana")


def test_the_right_password_opens_a_session_that_only_this_site_gets(network, ana):
    browser = network.browser()
    answer = browser.sign_in(ana)
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 303
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie  # this test's site has no https; see the next test
    assert browser.is_signed_in()
    assert network.acts() == ["sign-in"]
    with network.writing() as db:
        kept = db.scalars(select(StaffSession.token_hash)).one()
    assert browser.token.encode() not in kept


def test_over_https_the_cookie_is_secure(network, ana, monkeypatch):
    config = network.app.config["FOCAL"]
    monkeypatch.setitem(
        network.app.config, "FOCAL", type(config)(**{**vars(config), "https": True, "public_url": "https://f.org"})
    )
    assert "Secure" in network.browser().sign_in(ana).headers["Set-Cookie"]


def test_capital_letters_and_spaces_around_the_address_do_not_matter(network, ana):
    assert network.browser().sign_in(f"  {ana.upper()} ").status_code == 303


def test_e5_each_sign_in_has_a_new_token_and_ends_the_one_before(network, ana):
    browser = network.browser("Ana")
    before = browser.token
    browser.sign_in(ana)
    assert browser.token != before
    stolen = network.browser()
    stolen.token = before
    assert not stolen.is_signed_in()


def test_e2_a_known_and_an_unknown_address_get_the_same_words_status_and_work(network, ana, count_statements):
    hasher: CountedPasswords = network.app.extensions["focal_passwords"]
    seen = {}
    for email in (ana, "nobody@lincoln.example"):
        hasher.looked = 0
        with count_statements(network.app.extensions["focal_db"].engine) as counted:
            answer = network.browser().sign_in(email, WRONG)
        page = re.sub(r'value="\w{64}"', "", answer.get_data(as_text=True).replace(email, "ADDRESS"))
        seen[email] = (page, answer.status_code, hasher.looked, len(counted), counted.commits)
    known, unknown = seen.values()
    assert known == unknown
    assert known[1:3] == (422, 1)


def test_a_wrong_password_is_one_event_that_names_the_account_and_nobody_as_actor(network, ana):
    network.browser().sign_in(ana, WRONG)
    network.browser().sign_in("nobody@lincoln.example", WRONG)
    with network.writing() as db:
        events = list(db.scalars(select(AuditEvent).order_by(AuditEvent.number)))
    assert [one.act for one in events] == ["sign-in.failed", "sign-in.failed"]
    assert [one.object_id for one in events] == [str(network.people["Ana"]), None]
    assert [one.actor_id for one in events] == [None, None]
    assert all(ana not in str(vars(one)) and WRONG not in str(vars(one)) for one in events)


def test_nothing_that_strangers_type_as_an_address_is_kept_in_clear(network):
    network.browser().sign_in("typed-a-secret-here@x.example", WRONG)
    with network.writing() as db:
        row = db.scalars(select(SignInTries)).one()
    assert b"secret" not in row.address_mark
    assert row.failures == 1


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_e1_waiting_grows_with_each_wrong_password_for_an_address_known_or_not(network, ana, clock, who):
    email = ana if who == "known" else "nobody@lincoln.example"
    browser = network.browser()
    for _ in range(5):
        assert browser.sign_in(email, WRONG).status_code == 422
    waits = []
    for _ in range(8):
        answer = browser.sign_in(email, WRONG)
        assert answer.status_code == 429
        waits.append(int(answer.headers["Retry-After"]))
        clock.forward(seconds=waits[-1])
        assert browser.sign_in(email, WRONG).status_code == 422
    assert waits == [16, 31, 61, 121, 241, 481, 901, 901]


def test_while_waiting_even_the_right_password_is_not_looked_at(network, ana, clock):
    hasher: CountedPasswords = network.app.extensions["focal_passwords"]
    browser = network.browser()
    for _ in range(5):
        browser.sign_in(ana, WRONG)
    hasher.looked = 0
    answer = browser.sign_in(ana)
    assert answer.status_code == 429
    assert "Try again in 16 seconds" in words_of(answer)
    assert hasher.looked == 0
    clock.forward(seconds=16)
    assert browser.sign_in(ana).status_code == 303
    assert network.count(SignInTries) == 0


def test_e1_a_school_behind_one_address_is_never_locked_out(network, ana):
    network.add("Ben", "Lincoln", "coach")
    attacker = network.browser()
    for number in range(40):
        attacker.sign_in(ana, WRONG)
        attacker.sign_in(f"guess{number}@lincoln.example", WRONG)
    assert network.browser().sign_in(network.email("Ben")).status_code == 303


def test_e1_a_hundred_wrong_passwords_in_a_row_stop_the_address(network, ana, clock, caplog):
    browser = network.browser()
    for _ in range(100):
        assert browser.sign_in(ana, WRONG).status_code == 422
        clock.forward(minutes=16)
    assert network.acts() == ["sign-in.failed"] * 99 + ["sign-in.stopped"]
    assert "sign-in has stopped" in caplog.text
    assert ana not in caplog.text
    clock.forward(days=3)
    answer = browser.sign_in(ana)
    assert answer.status_code == 429
    assert "link for a new password" in words_of(answer)


def test_old_counts_are_forgotten_after_a_month_but_a_stop_stays(network, clock):
    with network.writing() as db:
        service.note_failure(db, b"a" * 32, now=clock())
        for _ in range(100):
            service.note_failure(db, b"b" * 32, now=clock())
        service.note_failure(db, b"c" * 32, now=clock.forward(days=31))
        db.commit()
        kept = dict(db.execute(select(SignInTries.address_mark, SignInTries.failures)).all())
    assert kept == {b"b" * 32: 100, b"c" * 32: 1}


def test_a_guess_that_ran_beside_others_counts_only_if_the_address_need_not_wait_by_then(network, ana, clock):
    mark = b"m" * 32
    with network.writing() as db:
        stored = db.scalars(select(Person.password_hash)).one()
        for _ in range(5):
            service.note_failure(db, mark, now=clock())
        with pytest.raises(service.Waiting):
            service.sign_in(db, ana, mark, service.Proof(stored, fits=True), now=clock())


def test_a_proof_of_a_password_that_was_changed_meanwhile_is_worth_nothing(network, ana, clock):
    with network.writing() as db:
        assert service.sign_in(db, ana, b"m" * 32, service.Proof("old hash", fits=True), now=clock()) is None


def test_a_closed_account_is_refused_in_the_same_words(network, ana, clock):
    network.add("Ben", "Lincoln", "coach", disabled_at=clock())
    closed = network.browser().sign_in(network.email("Ben"))
    wrong = network.browser().sign_in(ana, WRONG)
    assert closed.status_code == 422
    assert words_of(closed) == words_of(wrong)


def test_a_hash_of_other_days_is_made_anew_at_the_next_sign_in(network, ana):
    with network.writing() as db:
        old = db.scalars(select(Person.password_hash)).one()
    network.app.extensions["focal_passwords"] = Passwords(memory_kib=128, rounds=1)
    network.browser("Ana")
    with network.writing() as db:
        new = db.scalars(select(Person.password_hash)).one()
    assert new != old
    assert "m=128" in new
    network.browser("Ana")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("size", [257, 100_000, 1_000_000])
def test_e19_an_over_long_password_is_refused_without_being_worked_out(network, ana, size):
    hasher: CountedPasswords = network.app.extensions["focal_passwords"]
    answer = network.browser().sign_in(ana, "x" * size)
    assert answer.status_code == 422
    assert "256 characters at most" in words_of(answer)
    assert hasher.looked == 0


@pytest.mark.parametrize(
    "fields",
    [{}, {"email": ""}, {"email": "a@b.example"}, {"password": "x"}, {"email": "\x00", "password": "\x00"}],
)
def test_an_empty_or_odd_form_is_asked_again(network, ana, fields):
    answer = network.browser().client.post("/sign-in", data=fields)
    assert answer.status_code == 422


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/account", "/account"),
        ("/cycles/new?ready_set=agency", "/cycles/new?ready_set=agency"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("///evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("", "/"),
        ("/" + "a" * 2000, "/"),
    ],
)
def test_after_sign_in_one_goes_on_within_this_site_only(network, ana, wanted, goes_to):
    assert network.browser().sign_in(ana, next=wanted).headers["Location"] == goes_to


@pytest.mark.database("sqlite")
def test_who_is_not_signed_in_is_sent_to_sign_in_and_then_on(network, ana):
    browser = network.browser()
    answer = browser.get("/account")
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert 'name="next" value="/account"' in page


def test_e6_sign_out_ends_the_session_and_the_browser_forgets(network, ana):
    browser = network.browser("Ana")
    stolen = network.browser()
    stolen.token = browser.token
    answer = browser.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.token is None
    assert not stolen.is_signed_in()
    assert network.acts() == ["sign-in", "sign-out"]
    assert browser.post("/sign-out").status_code == 303
    assert network.acts() == ["sign-in", "sign-out"]


def test_a_session_lives_while_it_is_used_and_ends_after_twelve_hours_without(network, ana, clock):
    browser = network.browser("Ana")
    for _ in range(3):
        clock.forward(hours=11)
        assert browser.is_signed_in()
    clock.forward(hours=12)
    assert not browser.is_signed_in()


def test_a_session_ends_after_two_weeks_however_much_it_is_used(network, ana, clock):
    browser = network.browser("Ana")
    for _ in range(14 * 3 - 1):
        clock.forward(hours=8)
        assert browser.is_signed_in()
    clock.forward(hours=8)
    assert not browser.is_signed_in()


def test_reading_pages_writes_at_most_every_quarter_of_an_hour(network, ana, clock, count_statements):
    browser = network.browser("Ana")
    engine = network.app.extensions["focal_db"].engine
    clock.forward(minutes=14)
    with count_statements(engine) as counted:
        browser.get("/account")
    assert counted.commits == 0
    clock.forward(minutes=2)
    with count_statements(engine) as counted:
        browser.get("/account")
        browser.get("/account")
    assert counted.commits == 1


def test_a_session_that_was_ended_is_not_revived_by_a_page_still_open(network, ana, clock):
    network.browser("Ana")
    with network.writing() as db:
        session = db.scalars(select(StaffSession)).one()
        session.ended_at = clock()
        service.keep_session(db, session.id, now=clock.forward(hours=1))
        assert session.seen_at < clock()


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("token", ["", "x", "a" * 43, "ä", "' OR 1=1 --", "a" * 4000])
def test_a_made_up_cookie_opens_nothing(network, ana, token):
    browser = network.browser()
    browser.token = token
    assert not browser.is_signed_in()


@pytest.mark.database("sqlite")
def test_no_page_of_somebody_signed_in_is_kept_by_browser_or_proxy(network, ana):
    browser = network.browser("Ana")
    for path in ("/account", "/use", "/account/password-again", "/", "/no-such-page"):
        assert browser.get(path).headers["Cache-Control"] == "no-store", path


def test_the_use_statement_comes_first_and_is_accepted_once(network):
    network.add("Ben", "Lincoln", "coach", use_accepted_at=None)
    browser = network.browser("Ben")
    assert browser.get("/account").headers["Location"] == "/use"
    assert browser.get("/").headers["Location"] == "/use"
    said = words_of(browser.get("/use"))
    for promise in ("never for evaluation", "Codes, never names", "Tell the students what you learned"):
        assert promise in said
    assert browser.post("/use").headers["Location"] == "/"
    assert browser.post("/use").status_code == 303
    assert browser.is_signed_in()
    assert network.acts() == ["sign-in", "use.accepted"]


@pytest.mark.database("sqlite")
def test_a_form_without_its_token_changes_nothing(network, ana):
    browser = network.browser("Ana")
    answer = browser.client.post("/account/name", data={"name": "Eve"})
    assert answer.status_code == 403
    with network.writing() as db:
        assert db.get_one(Person, network.people["Ana"]).display_name == "Ana"


@pytest.mark.database("sqlite")
def test_each_role_finds_a_page_that_says_what_it_can_do_now_and_no_link_is_dead(network):
    for role, place in (
        ("coach", "Lincoln"),
        ("lead", "North region"),
        ("researcher", "Bay network"),
        ("administrator", "Lincoln"),
    ):
        name = role.capitalize()
        network.add(name, place, role)
        browser = network.browser(name)
        page = browser.get("/")
        assert f"Hello, {name}" in words_of(page)
        for address in set(re.findall(r'<a [^>]*href="(/[^"#]*)"', page.get_data(as_text=True))):
            assert browser.get(address).status_code in (200, 303), address
    network.add("Nora", "Lincoln")
    assert "no role at the moment" in words_of(network.browser("Nora").get("/"))
    network.add("Tess", "Lincoln", "teacher")
    assert network.browser("Tess").get("/").headers["Location"] == "/cycles"


def test_the_right_password_is_written_down_once(network, ana):
    network.browser().sign_in(ana, WRONG)
    network.browser().sign_in(ana, PASSWORD)
    assert network.acts() == ["sign-in.failed", "sign-in"]
