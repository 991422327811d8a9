"""The people pages: who may give which role, and what an administrator reaches (A7, A9, A11, A20, E7, E8)."""

import threading

import pytest
from sqlalchemy import select

from survey_app.models.people import Invitation, Person, RoleGrant
from tests.survey_app.accounts.staff import link_in, words_of

UNKNOWN = "6f1c0f2e-5d3a-4b57-9f0e-3a1d2c4b5a69"


@pytest.fixture
def ada(network):
    """An administrator of one school."""
    network.add("Ada", "Lincoln", "administrator")
    return network.browser("Ada")


@pytest.fixture
def nia(network):
    """An administrator of the whole network."""
    network.add("Nia", "Bay network", "administrator")
    return network.browser("Nia")


def send_invitation(network, admin, role, place, email="new@lincoln.example"):
    return admin.post(
        "/people/invite", name="New", email=email, role=role, organisation=str(network.places[place])
    )


def give(network, admin, name, role, place):
    return admin.post(
        f"/people/{network.people[name]}/roles/give", place=f"{role}@{network.places[place]}"
    )


def take(network, admin, name, role, place):
    return admin.post(
        f"/people/{network.people[name]}/roles/take", place=f"{role}@{network.places[place]}"
    )


def test_alone_the_page_says_what_will_be_here_and_offers_the_first_step(ada):
    said = words_of(ada.get("/people"))
    assert "It is only you so far" in said
    assert "Invite somebody" in said


def test_an_administrator_sees_her_own_school_and_no_other(network, ada):
    network.add("Ben", "Lincoln", "teacher")
    network.add("Cleo", "Mercer", "teacher")
    said = words_of(ada.get("/people"))
    assert "Ben" in said
    assert "Cleo" not in said
    assert "Mercer" not in said


def test_an_administrator_of_the_network_sees_everybody_below_it(network, nia):
    network.add("Ben", "Lincoln", "teacher", "coach@Mercer")
    network.add("Cleo", "Mercer", "teacher")
    said = words_of(nia.get("/people"))
    assert "Ben teacher, coach at Mercer Lincoln" in said
    assert "Cleo teacher Mercer" in said


@pytest.mark.parametrize("role", ["lead", "researcher"])
def test_a_school_does_not_give_away_the_roles_of_a_region(network, ada, role):
    assert f'value="{role}"' not in ada.get("/people/invite").get_data(as_text=True)
    assert send_invitation(network, ada, role, "Lincoln").status_code == 403
    assert network.count(Invitation) == 0
    network.add("Ben", "Lincoln", "teacher")
    assert give(network, ada, "Ben", role, "Lincoln").status_code == 403
    assert network.roles("Ben") == {"teacher"}
    assert network.acts()[1:] == ["access.denied", "access.denied"]


@pytest.mark.parametrize("place", ["Mercer", "North region", "Bay network"])
def test_no_role_is_given_at_a_place_that_somebody_else_looks_after(network, ada, place):
    network.add("Ben", "Lincoln", "teacher")
    assert send_invitation(network, ada, "teacher", place).status_code == 403
    assert give(network, ada, "Ben", "coach", place).status_code == 403
    assert network.count(Invitation) == 0
    assert network.roles("Ben") == {"teacher"}


@pytest.mark.parametrize("role", ["system", "Administrator", "", "teacher'--", "admin"])
def test_a_role_that_does_not_exist_is_asked_again(network, ada, role):
    assert send_invitation(network, ada, role, "Lincoln").status_code == 422
    network.add("Ben", "Lincoln", "teacher")
    assert give(network, ada, "Ben", role, "Lincoln").status_code == 422
    assert network.roles("Ben") == {"teacher"}


def test_the_network_gives_leads_to_regions_and_a_mistaken_place_is_asked_again(network, nia):
    answer = send_invitation(network, nia, "lead", "Lincoln")
    assert answer.status_code == 422
    assert "given at a region or the network" in words_of(answer)
    assert 'value="new@lincoln.example"' in answer.get_data(as_text=True)
    assert send_invitation(network, nia, "lead", "North region").status_code == 200


def test_with_several_schools_nobody_lands_in_one_by_accident(network, nia):
    assert "Choose where" in words_of(nia.get("/people/invite"))
    answer = nia.post("/people/invite", name="New", email="new@x.example", role="teacher", organisation="")
    assert answer.status_code == 422
    assert "Choose a place from the list." in words_of(answer)
    assert network.count(Invitation) == 0


def test_the_link_is_shown_once_and_begins_with_the_public_address(network, ada, monkeypatch):
    config = network.app.config["FOCAL"]
    changed = type(config)(**{**vars(config), "public_url": "https://focal.school.org"})
    monkeypatch.setitem(network.app.config, "FOCAL", changed)
    page = send_invitation(network, ada, "teacher", "Lincoln").get_data(as_text=True)
    assert "https://focal.school.org/join/" in page
    assert "/join/" not in ada.get("/people").get_data(as_text=True)


def test_an_address_that_is_here_already_is_not_invited_again(network, ada):
    network.add("Ben", "Lincoln", "teacher")
    answer = send_invitation(network, ada, "coach", "Lincoln", email="BEN@lincoln.example ")
    assert answer.status_code == 422
    assert "has an account here already" in words_of(answer)


def test_e2_inviting_an_address_of_another_school_says_nothing_about_it(network, ada):
    network.add("Cleo", "Mercer", "teacher")
    known = send_invitation(network, ada, "coach", "Lincoln", email=network.email("Cleo"))
    unknown = send_invitation(network, ada, "coach", "Lincoln", email="nobody@mercer.example")
    assert known.status_code == unknown.status_code == 200
    assert len(known.data) - len(network.email("Cleo")) == len(unknown.data) - len("nobody@mercer.example")


def test_an_open_invitation_is_listed_renewed_and_taken_back(network, ada):
    first = link_in(send_invitation(network, ada, "teacher", "Lincoln"))
    assert "new@lincoln.example. Teacher at Lincoln, invited by Ada" in words_of(ada.get("/people"))
    with network.writing() as db:
        made = db.scalars(select(Invitation.id)).one()
    second = link_in(ada.post(f"/people/invitations/{made}/new-link"))
    assert network.browser().get(first).status_code == 403
    assert network.browser().get(second).status_code == 200
    with network.writing() as db:
        made = db.scalars(select(Invitation.id).where(Invitation.revoked_at.is_(None))).one()
    for _ in range(2):
        assert ada.post(f"/people/invitations/{made}/revoke").status_code == 303
    assert network.browser().get(second).status_code == 403
    assert "Invited, not here yet" not in words_of(ada.get("/people"))
    assert network.acts()[1:] == ["invitation.made", "invitation.renewed", "invitation.revoked"]


def test_an_invitation_that_ran_out_stays_listed_until_it_is_renewed(network, ada, clock):
    send_invitation(network, ada, "teacher", "Lincoln")
    clock.forward(days=15)
    ada = network.browser("Ada")
    assert "The link ran out on" in words_of(ada.get("/people"))


def test_somebody_at_another_school_does_not_exist_and_every_attempt_is_noted(network, ada):
    network.add("Cleo", "Mercer", "teacher")
    foreign = network.people["Cleo"]
    for path, fields in (
        ("roles/give", {"place": f"administrator@{network.places['Mercer']}"}),
        ("roles/take", {"place": f"teacher@{network.places['Mercer']}"}),
        ("disable", {}),
        ("enable", {}),
        ("password-link", {}),
    ):
        theirs = ada.post(f"/people/{foreign}/{path}", **fields)
        nobodys = ada.post(f"/people/{UNKNOWN}/{path}", **fields)
        assert theirs.status_code == nobodys.status_code == 404, path
        assert theirs.data == nobodys.data
    assert ada.get(f"/people/{foreign}").data == ada.get(f"/people/{UNKNOWN}").data
    assert network.roles("Cleo") == {"teacher"}
    assert network.acts()[1:] == ["access.denied"] * 12


def test_a_foreign_invitation_does_not_exist(network, ada, nia):
    send_invitation(network, nia, "teacher", "Mercer")
    with network.writing() as db:
        foreign = db.scalars(select(Invitation.id)).one()
    for what in ("new-link", "revoke"):
        assert ada.post(f"/people/invitations/{foreign}/{what}").status_code == 404
    assert network.count(Invitation, Invitation.revoked_at.is_(None)) == 1


@pytest.mark.parametrize("role", ["teacher", "coach", "lead", "researcher"])
def test_without_the_administrators_role_the_pages_are_closed(network, role):
    network.add("Ben", "North region", role)
    ben = network.browser("Ben")
    own = network.people["Ben"]
    for path in ("/people", "/people/invite", f"/people/{own}"):
        assert ben.get(path).status_code == 403
    place = f"administrator@{network.places['North region']}"
    assert ben.post(f"/people/{own}/roles/give", place=place).status_code == 403
    assert send_invitation(network, ben, "teacher", "Lincoln").status_code == 403
    assert network.roles("Ben") == {role}
    assert network.acts()[1:] == ["access.denied"] * 5


def test_e7_a_role_given_or_taken_counts_from_the_next_click(network, ada):
    network.add("Ben", "Lincoln", "coach")
    ben = network.browser("Ben")
    assert ben.get("/people").status_code == 403
    assert give(network, ada, "Ben", "administrator", "Lincoln").status_code == 303
    assert ben.get("/people").status_code == 200
    assert take(network, ada, "Ben", "administrator", "Lincoln").status_code == 303
    assert ben.get("/people").status_code == 403
    assert network.acts()[2:] == ["access.denied", "role.given", "role.taken", "access.denied"]


def test_giving_and_taking_twice_does_no_harm_and_is_one_event_each(network, ada):
    network.add("Ben", "Lincoln", "teacher")
    for _ in range(2):
        assert give(network, ada, "Ben", "coach", "Lincoln").status_code == 303
    for _ in range(2):
        assert take(network, ada, "Ben", "coach", "Lincoln").status_code == 303
    assert network.acts()[1:] == ["role.given", "role.taken"]


def test_the_last_administrator_stays_and_the_page_says_why(network, ada, nia):
    answer = take(network, ada, "Ada", "administrator", "Lincoln")
    assert answer.status_code == 409
    assert "Ada is the only administrator of Lincoln" in words_of(answer)
    assert take(network, nia, "Ada", "administrator", "Lincoln").status_code == 409
    assert nia.post(f"/people/{network.people['Ada']}/disable").status_code == 409
    assert nia.post(f"/people/{network.people['Nia']}/disable").status_code == 409
    assert network.roles("Ada") == network.roles("Nia") == {"administrator"}
    assert ada.is_signed_in()


def test_with_another_administrator_one_may_go(network, ada):
    network.add("Ann", "Lincoln", "administrator")
    assert take(network, ada, "Ada", "administrator", "Lincoln").headers["Location"].startswith("/account")
    assert network.roles("Ada") == set()
    assert ada.get("/people").status_code == 403


def test_an_administrator_whose_sign_in_is_closed_does_not_count_as_one(network, ada, clock):
    network.add("Ann", "Lincoln", "administrator", disabled_at=clock())
    assert take(network, ada, "Ada", "administrator", "Lincoln").status_code == 409


def test_two_administrators_who_take_each_others_role_at_once_leave_one(network):
    names = ("Ada", "Ann")
    browsers = [network.add(name, "Lincoln", "administrator") and network.browser(name) for name in names]
    tokens = [
        browser.get("/people").get_data(as_text=True) and browser.get("/account").get_data(as_text=True)
        for browser in browsers
    ]
    start = threading.Barrier(2)
    statuses = []

    def go(browser, page, other):
        csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
        place = f"administrator@{network.places['Lincoln']}"
        start.wait()
        answer = browser.client.post(
            f"/people/{network.people[other]}/roles/take", data={"csrf_token": csrf, "place": place}
        )
        statuses.append(answer.status_code)

    threads = [
        threading.Thread(target=go, args=(browsers[0], tokens[0], "Ann")),
        threading.Thread(target=go, args=(browsers[1], tokens[1], "Ada")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert network.count(RoleGrant, RoleGrant.role == "administrator") == 1
    assert statuses.count(303) == 1


def test_e8_closing_a_sign_in_ends_everything_at_once_and_opening_it_brings_no_old_session_back(network, ada):
    network.add("Ben", "Lincoln", "teacher")
    ben = network.browser("Ben")
    link = link_in(ada.post(f"/people/{network.people['Ben']}/password-link"))
    for _ in range(2):
        assert ada.post(f"/people/{network.people['Ben']}/disable").status_code == 303
    assert not ben.is_signed_in()
    assert network.browser().get(link).status_code == 403
    assert network.browser().sign_in(network.email("Ben")).status_code == 422
    assert "Sign-in closed" in words_of(ada.get("/people"))
    for _ in range(2):
        assert ada.post(f"/people/{network.people['Ben']}/enable").status_code == 303
    assert not ben.is_signed_in()
    network.browser("Ben")
    assert network.roles("Ben") == {"teacher"}
    acts = [act for act in network.acts() if act.startswith("person.")]
    assert acts == ["person.disabled", "person.enabled"]


def test_a_school_does_not_take_over_somebody_who_looks_after_more(network, ada):
    network.add("Fay", "Lincoln", "teacher", "administrator@Bay network")
    fay = network.people["Fay"]
    for path in ("password-link", "disable", "enable"):
        assert ada.post(f"/people/{fay}/{path}").status_code == 403, path
    assert give(network, ada, "Fay", "coach", "Lincoln").status_code == 403
    said = words_of(ada.get(f"/people/{fay}"))
    assert "looked after by an administrator there" in said
    assert "Make a link for a new password" not in said
    with network.writing() as db:
        assert db.get_one(Person, fay).disabled_at is None


def test_ones_own_password_is_changed_on_ones_own_page(network, ada):
    assert ada.post(f"/people/{network.people['Ada']}/password-link").status_code == 403


def test_the_page_of_people_costs_the_same_for_three_and_for_forty(network, nia, count_statements):
    engine = network.app.extensions["focal_db"].engine
    costs = []
    for start, stop in ((0, 3), (3, 40)):
        for number in range(start, stop):
            network.add(f"P{number}", ("Lincoln", "Mercer")[number % 2], "teacher", "coach@Lincoln")
        with count_statements(engine) as counted:
            nia.get("/people")
        costs.append(len(counted))
    assert costs[0] == costs[1]


@pytest.mark.database("sqlite")
def test_markup_in_a_name_is_shown_as_it_was_typed(network, ada):
    name = '"><svg onload=alert(1)> {{7*7}}'
    page = ada.post(
        "/people/invite",
        name=name,
        email="new@lincoln.example",
        role="teacher",
        organisation=str(network.places["Lincoln"]),
    ).get_data(as_text=True)
    listed = ada.get("/people").get_data(as_text=True)
    for html in (page, listed):
        assert "<svg onload" not in html
        assert "{{7*7}}" in html
