"""Invitations and links for a new password (cases B4, E4, A11)."""

import re
import threading

import pytest
from sqlalchemy import select

from survey_app.models.people import Invitation, PasswordLink, Person, RoleGrant, StaffSession
from tests.survey_app.accounts.staff import PASSWORD, link_in, words_of

OWN = {"name": "Ben Ortiz", "password": "seven green lanterns humming", "agrees": "1"}


@pytest.fixture
def admin(network):
    network.add("Ada", "Lincoln", "administrator")
    return network.browser("Ada")


def invite(network, admin, email="ben@lincoln.example", role="teacher", place="Lincoln"):
    answer = admin.post(
        "/people/invite", name="Ben", email=email, role=role, organisation=str(network.places[place])
    )
    assert answer.status_code == 200, words_of(answer)
    return link_in(answer)


def person(network, email):
    with network.writing() as db:
        return db.scalars(select(Person).where(Person.email == email)).one_or_none()


def test_an_invitation_makes_an_account_with_its_address_and_its_role(network, admin):
    link = invite(network, admin)
    guest = network.browser()
    said = words_of(guest.get(link))
    assert "Ada invites you to Focal" in said
    assert "As teacher at Lincoln" in said
    assert "ben@lincoln.example" in said
    assert guest.client.post(link, data=OWN).status_code == 303
    made = person(network, "ben@lincoln.example")
    assert (made.display_name, made.organisation_id) == ("Ben Ortiz", network.places["Lincoln"])
    assert made.use_accepted_at == network.clock()
    network.people["Ben"] = made.id
    assert network.roles("Ben") == {"teacher"}
    assert guest.is_signed_in()
    assert network.acts() == ["sign-in", "invitation.made", "invitation.accepted"]


def test_only_the_hash_of_a_link_is_kept(network, admin):
    token = invite(network, admin).rsplit("/", 1)[1]
    with network.writing() as db:
        kept = db.scalars(select(Invitation.token_hash)).one()
    assert len(kept) == 32
    assert token.encode() not in kept


def test_address_role_and_place_cannot_be_changed_by_whoever_accepts(network, admin):
    link = invite(network, admin)
    extra = {
        "email": "eve@else.example",
        "role": "administrator",
        "organisation": str(network.places["Bay network"]),
        "organisation_id": str(network.places["Bay network"]),
    }
    network.browser().client.post(link, data=OWN | extra)
    made = person(network, "ben@lincoln.example")
    network.people["Ben"] = made.id
    assert person(network, "eve@else.example") is None
    assert network.roles("Ben") == {"teacher"}
    assert made.organisation_id == network.places["Lincoln"]


def test_a_link_works_once(network, admin):
    link = invite(network, admin)
    assert network.browser().client.post(link, data=OWN).status_code == 303
    again = network.browser().client.post(link, data=OWN)
    assert again.status_code == 403
    assert "does not open anything" in words_of(again)
    assert network.count(Person) == 2


def test_of_two_who_open_it_at_once_one_gets_the_account(network, admin):
    link = invite(network, admin)
    start = threading.Barrier(4)
    statuses = []

    def accept():
        client = network.app.test_client()
        start.wait()
        statuses.append(client.post(link, data=OWN).status_code)

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 403, 403, 403]
    assert network.count(Person) == 2


def test_two_clicks_at_once_leave_one_open_invitation(network, admin):
    csrf = re.search(r'csrf_token" value="(\w+)"', admin.get("/people/invite").get_data(as_text=True))[1]
    start = threading.Barrier(4)
    statuses = []

    def send():
        client = network.app.test_client()
        client.set_cookie("focal_session", admin.token)
        start.wait()
        fields = {"name": "Ben", "email": "ben@lincoln.example", "role": "teacher", "csrf_token": csrf}
        answer = client.post("/people/invite", data=fields | {"organisation": str(network.places["Lincoln"])})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert network.count(Invitation, Invitation.revoked_at.is_(None)) == 1


def refuse(network, link):
    """Try a link in every way, and return what was said."""
    guest = network.browser()
    shown, sent = guest.get(link), guest.client.post(link, data=OWN)
    assert shown.status_code == sent.status_code == 403
    assert shown.data == sent.data
    assert person(network, "ben@lincoln.example") is None
    assert guest.token is None
    return words_of(shown)


def test_e4_dead_links_of_every_kind_sound_the_same(network, admin, clock):
    said = [refuse(network, "/join/" + "x" * 43)]

    link = invite(network, admin)
    with network.writing() as db:
        made = db.scalars(select(Invitation.id).where(Invitation.revoked_at.is_(None))).one()
    assert admin.post(f"/people/invitations/{made}/revoke").status_code == 303
    said.append(refuse(network, link))

    link = invite(network, admin)
    invite(network, admin)  # made anew: the one before stops working
    said.append(refuse(network, link))

    link = invite(network, admin)
    last = link[-1]
    said.append(refuse(network, link[:-1] + ("A" if last != "A" else "B")))

    clock.forward(days=14)
    said.append(refuse(network, link))
    assert len(set(said)) == 1


def test_a_link_is_good_until_the_second_it_runs_out(network, admin, clock):
    link = invite(network, admin)
    clock.forward(days=13, hours=23, minutes=59, seconds=59)
    assert network.browser().get(link).status_code == 200
    clock.forward(seconds=1)
    assert network.browser().get(link).status_code == 403


@pytest.mark.parametrize("lost", ["role", "account"])
def test_e4_an_invitation_dies_with_the_right_of_whoever_made_it(network, admin, clock, lost):
    link = invite(network, admin)
    network.add("Ann", "Lincoln", "administrator")
    with network.writing() as db:
        if lost == "role":
            db.delete(
                db.get_one(RoleGrant, (network.people["Ada"], "administrator", network.places["Lincoln"]))
            )
        else:
            db.get_one(Person, network.people["Ada"]).disabled_at = clock()
        db.commit()
    refuse(network, link)


def test_a_form_with_faults_names_them_all_and_keeps_the_link(network, admin):
    link = invite(network, admin)
    answer = network.browser().client.post(link, data={"name": "", "password": "short"})
    assert answer.status_code == 422
    said = words_of(answer)
    assert "3 things need another look" in said
    assert "this one has 5" in said
    assert network.browser().client.post(link, data=OWN).status_code == 303


def test_somebody_with_an_account_elsewhere_signs_in_and_takes_the_role(network, admin):
    network.add("Cleo", "Mercer", "teacher")
    link = invite(network, admin, email=network.email("Cleo"), role="coach")
    stranger = network.browser()
    assert "This address has an account" in words_of(stranger.get(link))
    assert stranger.client.post(link, data=OWN).status_code == 403
    cleo = network.browser("Cleo")
    assert "Take this role" in words_of(cleo.get(link))
    assert cleo.post(link).status_code == 303
    assert network.roles("Cleo") == {"teacher", "coach"}
    with network.writing() as db:
        grant = db.scalars(select(RoleGrant).where(RoleGrant.role == "coach")).one()
    assert grant.organisation_id == network.places["Lincoln"]


def test_e4_an_invitation_for_one_address_is_not_for_another(network, admin):
    network.add("Eve", "Mercer", "teacher")
    link = invite(network, admin)
    eve = network.browser("Eve")
    assert "Sign out first" in words_of(eve.get(link))
    assert eve.post(link).status_code == 403
    assert network.roles("Eve") == {"teacher"}
    assert person(network, "ben@lincoln.example") is None


def password_link(network, admin, name):
    answer = admin.post(f"/people/{network.people[name]}/password-link")
    assert answer.status_code == 200, words_of(answer)
    return link_in(answer)


def test_a_link_sets_a_new_password_once_and_ends_every_sign_in(network, admin):
    network.add("Cleo", "Lincoln", "teacher")
    cleo = network.browser("Cleo")
    link = password_link(network, admin, "Cleo")
    assert "cleo@lincoln.example" in words_of(network.browser().get(link))
    answer = network.browser().client.post(link, data={"password": "nine violet umbrellas dancing"})
    assert answer.headers["Location"] == "/sign-in?did=new-password"
    assert not cleo.is_signed_in()
    email = network.email("Cleo")
    assert network.browser().sign_in(email, PASSWORD).status_code == 422
    assert network.browser().sign_in(email, "nine violet umbrellas dancing").status_code == 303
    again = network.browser().client.post(link, data={"password": "eleven amber trains sleeping"})
    assert again.status_code == 403
    assert network.acts()[2:4] == ["password.link-made", "password.set-by-link"]


def test_a_new_password_ends_the_waiting_after_wrong_ones(network, admin):
    network.add("Cleo", "Lincoln", "teacher")
    email = network.email("Cleo")
    for _ in range(6):
        network.browser().sign_in(email, "wrong wrong wrong")
    assert network.browser().sign_in(email).status_code == 429
    link = password_link(network, admin, "Cleo")
    network.browser().client.post(link, data={"password": "nine violet umbrellas dancing"})
    assert network.browser().sign_in(email, "nine violet umbrellas dancing").status_code == 303


@pytest.mark.parametrize("password", ["short", "cleo lincoln school", "x" * 1_000_000])
def test_an_unfit_new_password_is_refused_and_the_link_stays_good(network, admin, password):
    network.add("Cleo", "Lincoln", "teacher")
    link = password_link(network, admin, "Cleo")
    assert network.browser().client.post(link, data={"password": password}).status_code == 422
    assert network.browser().get(link).status_code == 200


def test_a_password_link_dies_after_two_days_a_newer_one_or_the_makers_right(network, admin, clock):
    network.add("Cleo", "Lincoln", "teacher")
    network.add("Ann", "Lincoln", "administrator")
    first = password_link(network, admin, "Cleo")
    second = password_link(network, admin, "Cleo")
    assert network.browser().get(first).status_code == 403
    assert network.browser().get(second).status_code == 200
    with network.writing() as db:
        db.delete(db.get_one(RoleGrant, (network.people["Ada"], "administrator", network.places["Lincoln"])))
        db.commit()
    assert network.browser().get(second).status_code == 403
    third = password_link(network, network.browser("Ann"), "Cleo")
    clock.forward(hours=48)
    assert network.browser().get(third).status_code == 403


def test_each_kind_of_token_opens_only_its_own_door(network, admin):
    network.add("Cleo", "Lincoln", "teacher")
    tokens = {
        "join": invite(network, admin).rsplit("/", 1)[1],
        "new-password": password_link(network, admin, "Cleo").rsplit("/", 1)[1],
        "session": network.browser("Cleo").token,
    }
    for kind, token in tokens.items():
        for door in ("join", "new-password"):
            expected = 200 if kind == door else 403
            assert network.browser().get(f"/{door}/{token}").status_code == expected, (kind, door)
        visitor = network.browser()
        visitor.token = token
        assert visitor.is_signed_in() == (kind == "session")


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("token", ["%20", "null", "[]", "%00", "а" * 43, "a" * 10_000, "..%2F..%2Fetc"])
def test_an_odd_token_is_refused_like_any_other(network, token):
    network.add("Ada", "Lincoln", "administrator")
    for door in ("join", "new-password"):
        assert network.browser().get(f"/{door}/{token}").status_code in (403, 404)


def test_a_password_link_of_a_closed_account_opens_nothing(network, admin, clock):
    network.add("Cleo", "Lincoln", "teacher")
    link = password_link(network, admin, "Cleo")
    admin.post(f"/people/{network.people['Cleo']}/disable")
    assert network.browser().get(link).status_code == 403
    assert network.count(PasswordLink) == 0
    assert network.count(StaffSession, StaffSession.person_id == network.people["Cleo"]) == 0
