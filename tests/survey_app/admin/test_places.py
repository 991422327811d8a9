"""Places, teams and people who move: what an administrator looks after, and nothing else."""

import re
import uuid

import pytest
from sqlalchemy import select

from survey_app.admin.places import KINDS_BELOW
from survey_app.models.people import Invitation, Organisation, Team, TeamMember
from tests.survey_app.accounts.staff import words_of


@pytest.fixture
def nia(network):
    """An administrator of the whole network."""
    network.add("Nia", "Bay network", "administrator")
    return network.browser("Nia")


@pytest.fixture
def ada(network):
    """An administrator of one school."""
    network.add("Ada", "Lincoln", "administrator")
    return network.browser("Ada")


def add(network, admin, kind, name, above, new_id=None):
    return admin.post(
        "/people/places/new",
        new_id=str(new_id or uuid.uuid4()),
        kind=kind,
        name=name,
        parent=str(network.places.get(above, above)),
    )


def place_id(network, name):
    with network.writing() as db:
        return db.scalars(select(Organisation.id).where(Organisation.name == name)).one()


def test_a_region_a_district_and_a_school_are_added_and_people_invited_there(network, nia):
    for kind, name, above in (
        ("region", "South region", "Bay network"),
        ("district", "Oak Unified", "South region"),
        ("school", "Oak <b>Middle</b>", "Oak Unified"),
    ):
        answer = add(network, nia, kind, name, above)
        assert answer.status_code == 303, words_of(answer)
        network.places[name] = place_id(network, name)
    page = nia.get("/people/places").get_data(as_text=True)
    assert "Oak &lt;b&gt;Middle&lt;/b&gt;" in page
    assert re.search(r"South region.*Oak Unified.*Oak &lt;b&gt;Middle", page, re.S)
    invited = nia.post(
        "/people/invite",
        name="New",
        email="new@oak.example",
        role="teacher",
        organisation=str(network.places["Oak <b>Middle</b>"]),
    )
    assert invited.status_code == 200
    assert network.acts()[1:] == ["place.added"] * 3 + ["invitation.made"]


def test_the_same_form_twice_is_one_place(network, nia):
    new_id = uuid.uuid4()
    for _ in range(2):
        assert add(network, nia, "school", "Once", "North region", new_id).status_code == 303
    assert network.count(Organisation, Organisation.name == "Once") == 1
    assert network.acts().count("place.added") == 1


def test_what_does_not_fit_is_asked_again_and_keeps_what_was_typed(network, nia):
    before = network.count(Organisation)
    for kind, name, above, says in (
        ("region", "Inner", "North region", "does not stand below"),
        ("school", "lincoln", "North region", "a place of this name already"),
        ("network", "Second", "Bay network", "does not stand below"),
        ("school", "", "North region", "Type what the place is called"),
        ("planet", "Mars", "Bay network", "Choose what it is"),
        ("school", "Inside", "Lincoln", "does not stand below a school"),
        ("school", "Nowhere", "", "Choose what it belongs to"),
    ):
        answer = add(network, nia, kind, name, above)
        assert answer.status_code == 422
        assert says in words_of(answer)
        assert f'value="{name}"' in answer.get_data(as_text=True)
    assert network.count(Organisation) == before


def test_a_place_is_renamed_and_moved_and_never_below_itself(network, nia):
    add(network, nia, "district", "Oak Unified", "North region")
    oak = place_id(network, "Oak Unified")
    lincoln = network.places["Lincoln"]
    moved = nia.post(f"/people/places/{lincoln}", name="Abraham Lincoln", parent=str(oak))
    assert moved.status_code == 303
    with network.writing() as db:
        school = db.get_one(Organisation, lincoln)
        assert (school.name, school.parent_id, school.kind) == ("Abraham Lincoln", oak, "school")
    for parent in (oak, lincoln):
        assert nia.post(f"/people/places/{oak}", name="Oak Unified", parent=str(parent)).status_code == 422
    top = network.places["Bay network"]
    assert nia.post(f"/people/places/{top}", name="Bay", parent=str(oak)).status_code == 422
    with network.writing() as db:
        assert db.get_one(Organisation, top).parent_id is None
        for place in db.scalars(select(Organisation).where(Organisation.parent_id.is_not(None))):
            assert place.kind in KINDS_BELOW[db.get_one(Organisation, place.parent_id).kind]


def test_who_looks_after_one_school_renames_it_and_reaches_nothing_else(network, ada):
    lincoln, mercer = network.places["Lincoln"], network.places["Mercer"]
    assert ada.post(f"/people/places/{lincoln}", name="Lincoln Middle").status_code == 303
    stolen = ada.post(f"/people/places/{lincoln}", name="Lincoln", parent=str(network.places["Bay network"]))
    assert stolen.status_code == 404
    assert add(network, ada, "school", "Mine", "North region").status_code == 404
    unknown = ada.get(f"/people/places/{uuid.uuid4()}")
    for path in (f"/people/places/{mercer}", f"/people/places/{network.places['North region']}"):
        assert ada.get(path).status_code == 404
        assert ada.get(path).data == unknown.data
    assert ada.post(f"/people/places/{mercer}/archive").status_code == 404
    assert "Mercer" not in words_of(ada.get("/people/places"))
    assert "nothing stands below a school" in words_of(ada.get("/people/places/new"))


def test_a_place_is_archived_when_nobody_is_there_and_its_invitations_end(network, nia, clock):
    lincoln = network.places["Lincoln"]
    ben = network.add("Ben", "Lincoln", "teacher")
    answer = nia.post(f"/people/places/{lincoln}/archive")
    assert answer.status_code == 422
    assert "Lincoln still has 1 person" in words_of(answer)
    assert "still has 2 places below it" in words_of(
        nia.post(f"/people/places/{network.places['North region']}/archive")
    )
    assert nia.post(f"/people/{ben}/disable").status_code == 303
    nia.post("/people/invite", name="N", email="n@x.example", role="teacher", organisation=str(lincoln))
    for _ in range(2):
        assert nia.post(f"/people/places/{lincoln}/archive").status_code == 303
    assert network.count(Invitation, Invitation.revoked_at.is_(None)) == 0
    assert network.acts().count("place.archived") == 1
    late = nia.post("/people/invite", name="N", email="m@x.example", role="teacher", organisation=lincoln)
    assert late.status_code == 403
    assert "Archived on" in words_of(nia.get(f"/people/places/{lincoln}"))
    assert nia.post(f"/people/places/{lincoln}/unarchive").status_code == 303
    assert nia.post(f"/people/places/{network.places['Bay network']}/archive").status_code == 422


def test_a_team_is_made_filled_renamed_and_archived(network, nia):
    lincoln = network.places["Lincoln"]
    ben = network.add("Ben", "Lincoln", "teacher")
    cleo = network.add("Cleo", "Mercer", "coach")
    new_id = str(uuid.uuid4())
    for _ in range(2):
        assert nia.post(f"/people/places/{lincoln}/teams", new_id=new_id, name="Grade 7").status_code == 303
    again = nia.post(f"/people/places/{lincoln}/teams", new_id=str(uuid.uuid4()), name="GRADE 7")
    assert again.status_code == 422
    assert "a team of this name already" in words_of(again)
    team = f"/people/teams/{new_id}"
    for _ in range(2):
        assert nia.post(f"{team}/members", person=str(ben)).status_code == 303
    assert nia.post(f"{team}/members", email=network.email("Cleo").upper()).status_code == 303
    assert "Nobody in the places that you look after" in words_of(
        nia.post(f"{team}/members", email="no@x.example")
    )
    assert nia.post(f"{team}/members", person="", email="").status_code == 422
    assert network.count(TeamMember) == 2
    page = words_of(nia.get(team))
    assert "Ben Lincoln" in page
    assert "Cleo Mercer" in page
    assert "In the team Grade 7" in words_of(nia.get(f"/people/{cleo}"))
    for _ in range(2):
        assert nia.post(f"{team}/members/{cleo}/remove").status_code == 303
    assert nia.post(team, name="Grade 7 science").status_code == 303
    assert nia.post(team, name=" ").status_code == 422
    for what in ("archive", "archive", "unarchive"):
        assert nia.post(f"{team}/{what}").status_code == 303
    assert [act for act in network.acts() if act.startswith("team.")] == [
        "team.added", "team.joined", "team.joined", "team.left", "team.renamed", "team.archived",
        "team.unarchived",
    ]


def test_a_foreign_team_does_not_exist(network, nia, ada):
    new_id = str(uuid.uuid4())
    nia.post(f"/people/places/{network.places['Mercer']}/teams", new_id=new_id, name="Theirs")
    ben = network.add("Ben", "Lincoln", "teacher")
    assert ada.get(f"/people/teams/{new_id}").status_code == 404
    for path, fields in (("/members", {"person": str(ben)}), ("", {"name": "Mine"}), ("/archive", {})):
        assert ada.post(f"/people/teams/{new_id}{path}", **fields).status_code == 404
    mine = str(uuid.uuid4())
    ada.post(f"/people/places/{network.places['Lincoln']}/teams", new_id=mine, name="Mine")
    cleo = network.add("Cleo", "Mercer", "teacher")
    assert ada.post(f"/people/teams/{mine}/members", person=str(cleo)).status_code == 422
    assert network.count(TeamMember) == 0
    assert network.count(Team) == 2


def test_a_teacher_moves_with_her_roles_and_other_roles_stay(network, nia, ada):
    ben = network.add("Ben", "Lincoln", "teacher", "coach", "administrator")
    mercer = network.places["Mercer"]
    for _ in range(2):
        assert nia.post(f"/people/{ben}/move", place=str(mercer)).status_code == 303
    said = words_of(nia.get(f"/people/{ben}"))
    assert "Teacher at Mercer" in said
    assert "Coach at Mercer" in said
    assert "Administrator at Lincoln" in said
    assert network.acts().count("person.moved") == 1
    eve = network.add("Eve", "Lincoln", "teacher")
    assert ada.post(f"/people/{eve}/move", place=str(mercer)).status_code == 403
    assert ada.post(f"/people/{eve}/move", place="nowhere").status_code == 404


def test_the_pages_of_places_cost_the_same_for_three_and_for_thirty(network, nia, count_statements):
    engine = network.app.extensions["focal_db"].engine
    costs = []
    for start, stop in ((0, 1), (1, 30)):
        with network.writing() as db:
            for number in range(start, stop):
                place = Organisation(
                    kind="school",
                    name=f"School {number}",
                    parent_id=network.places["North region"],
                    created_at=network.clock(),
                )
                db.add(place)
                db.flush()
                db.add(Team(organisation_id=place.id, name="Team"))
            db.commit()
        network.add(f"P{start}", "Lincoln", "teacher")
        with count_statements(engine) as counted:
            nia.get("/people/places")
            nia.get(f"/people/places/{network.places['Lincoln']}")
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 25
