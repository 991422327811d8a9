"""One's own account: name, password, sign-ins, and the password once more before what counts (cases E6)."""

import pytest
from flask import Blueprint, g
from sqlalchemy import select

from survey_app.accounts.service import require_recent_proof
from survey_app.models.people import Person, StaffSession
from survey_app.permissions import Permission
from survey_app.security import requires
from tests.survey_app.accounts.staff import PASSWORD, words_of

NEXT = "nine violet umbrellas dancing"


@pytest.fixture
def ana(network):
    network.add("Ana", "Lincoln", "coach")
    return network.browser("Ana")


def session_ids(network, person="Ana"):
    with network.writing() as db:
        return list(
            db.scalars(
                select(StaffSession.id)
                .where(StaffSession.person_id == network.people[person])
                .order_by(StaffSession.created_at, StaffSession.id)
            )
        )


def test_the_page_says_who_one_is_and_what_one_may_do_in_plain_words(network, ana):
    said = words_of(ana.get("/account"))
    assert "You sign in as ana@lincoln.example , at Lincoln." in said
    assert "Coach at Lincoln: comments on what teachers share" in said
    assert "Here. Since Tuesday 3 March, 15:10" in said


def test_a_name_can_be_changed_and_is_shown_as_it_was_typed(network, ana):
    name = "<img src=x onerror=alert(1)> {{7*7}} O'Brien"
    assert ana.post("/account/name", name=name).status_code == 303
    page = ana.get("/account").get_data(as_text=True)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; {{7*7}} O&#39;Brien" in page
    assert network.acts() == ["sign-in", "account.named"]


@pytest.mark.parametrize("name", ["", "   ", "a" * 121, "Ana\u202eLopez", "Ana\x00"])
def test_a_name_that_cannot_be_shown_is_refused_and_stays_on_the_page(network, ana, name):
    answer = ana.post("/account/name", name=name)
    assert answer.status_code == 422
    with network.writing() as db:
        assert db.scalars(select(Person.display_name)).one() == "Ana"


def test_e6_a_new_password_ends_every_other_sign_in(network, ana):
    other = network.browser("Ana")
    answer = ana.post("/account/password", password_now=PASSWORD, password=NEXT)
    assert answer.status_code == 303
    assert ana.is_signed_in()
    assert not other.is_signed_in()
    assert network.browser().sign_in(network.email("Ana")).status_code == 422
    assert network.browser().sign_in(network.email("Ana"), NEXT).status_code == 303
    assert network.acts()[:3] == ["sign-in", "sign-in", "password.changed"]


def test_without_the_password_of_now_nothing_changes_and_it_counts_as_a_wrong_one(network, ana):
    for _ in range(5):
        answer = ana.post("/account/password", password_now="not this one at all", password=NEXT)
        assert answer.status_code == 422
        assert "not the password of your account" in words_of(answer)
    assert ana.post("/account/password", password_now=PASSWORD, password=NEXT).status_code == 429
    assert network.acts() == ["sign-in"] + ["proof.failed"] * 5
    assert ana.is_signed_in()


def test_an_easy_new_password_is_refused(network, ana):
    answer = ana.post("/account/password", password_now=PASSWORD, password="ana lincoln school")
    assert answer.status_code == 422
    assert "among the first" in words_of(answer)
    assert network.browser().sign_in(network.email("Ana")).status_code == 303


def test_sign_ins_are_listed_and_one_or_all_others_can_be_ended(network, ana):
    second, third = network.browser("Ana"), network.browser("Ana")
    page = ana.get("/account").get_data(as_text=True)
    assert page.count("End this sign-in") == 2
    own = session_ids(network)
    for session in own[1:2]:
        assert ana.post(f"/account/sessions/{session}/end").status_code == 303
        assert ana.post(f"/account/sessions/{session}/end").status_code == 303
    assert [ana.is_signed_in(), second.is_signed_in(), third.is_signed_in()].count(True) == 2
    alive = ana if ana.is_signed_in() else third
    alive.post("/account/sessions/end-others")
    assert [ana.is_signed_in(), second.is_signed_in(), third.is_signed_in()].count(True) == 1
    assert network.acts() == ["sign-in"] * 3 + ["session.ended", "sessions.ended"]


def test_somebody_elses_sign_in_does_not_exist_and_the_attempt_is_noted(network, ana):
    network.add("Ben", "Lincoln", "coach")
    ben = network.browser("Ben")
    (foreign,) = session_ids(network, "Ben")
    theirs = ana.post(f"/account/sessions/{foreign}/end")
    nobodys = ana.post("/account/sessions/6f1c0f2e-5d3a-4b57-9f0e-3a1d2c4b5a69/end")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.data == nobodys.data
    assert ben.is_signed_in()
    assert network.acts()[2:] == ["access.denied", "access.denied"]


@pytest.fixture
def guarded(network):
    """A page that takes data along, as other slices have them."""

    pages = Blueprint("pages", __name__)

    @pages.route("/take-along", methods=["GET", "POST"])
    @requires(Permission.OWN_ACCOUNT)
    def take_along():
        require_recent_proof(g.db, g.viewer, g.now)
        return "<!doctype html><html lang=en><title>Taken</title><h1>Taken along</h1>"

    network.app.register_blueprint(pages)


def test_before_an_export_the_password_is_asked_for_and_then_one_goes_on(network, guarded, ana, clock):
    assert ana.get("/take-along").status_code == 200
    clock.forward(minutes=11)
    asked = ana.get("/take-along?part=focal")
    assert asked.status_code == 303
    page = ana.get(asked.headers["Location"])
    assert "Your password once more" in words_of(page)
    assert 'name="next" value="/take-along?part=focal"' in page.get_data(as_text=True)
    wrong = ana.post("/account/password-again", password="not this one at all", next="/take-along?part=focal")
    assert wrong.status_code == 422
    assert ana.get("/take-along").status_code == 303
    right = ana.post("/account/password-again", password=PASSWORD, next="/take-along?part=focal")
    assert right.headers["Location"] == "/take-along?part=focal"
    assert ana.get("/take-along").status_code == 200
    clock.forward(minutes=9)
    assert ana.get("/take-along").status_code == 200
    assert network.acts() == ["sign-in", "proof.failed"]


def test_a_deletion_that_was_sent_too_late_comes_back_to_the_page_with_its_button(guarded, ana, clock):
    clock.forward(minutes=11)
    assert ana.post("/take-along").headers["Location"] == "/account/password-again?next=/take-along"


def test_the_proof_belongs_to_this_sign_in_and_not_to_another(network, guarded, ana, clock):
    clock.forward(minutes=11)
    network.browser("Ana")
    assert ana.get("/take-along").headers["Location"] == "/account/password-again?next=/take-along"


def test_after_the_password_one_goes_on_within_this_site_only(ana):
    answer = ana.post("/account/password-again", password=PASSWORD, next="//evil.example/")
    assert answer.headers["Location"] == "/account"
