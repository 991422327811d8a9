"""A team's poster: only what its teachers put on it, for the team and its lead, on paper in grey."""

import re
import uuid

import pytest
from sqlalchemy import func, select

from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.sharing import TeamShare
from survey_app.sharing import teams
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, visible


@pytest.fixture
def team(room, app, clock) -> str:
    """Ana and Bo are in a team of Hill School; a lead looks after it. Return the poster's address."""
    lead = Teacher.arrive(app, clock, "Lea Lead", roles=("lead",))
    page = lead.client.get("/account").text
    lead.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)[1]
    room.lead = lead
    with app.extensions["focal_db"].writing(TESTS) as db:
        school = db.scalars(select(Organisation).where(Organisation.name == "Hill School")).one()
        made = Team(organisation_id=school.id, name="Grade 7 <b>science</b>")
        db.add(made)
        db.flush()
        for person in (room.owner, room.colleague):
            db.add(TeamMember(team_id=made.id, person_id=person.person_id))
        db.commit()
        room.team_id = str(made.id)
    return f"/teams/{room.team_id}/poster"


def put(room, level, status=303, **more):
    form = {"team": room.team_id, "level": level} | more
    return room.owner.post(f"{room.cycle}/share/team", status, **form)


def test_nothing_stands_on_it_before_its_teacher_says_so_and_nothing_after_she_takes_it_off(room, team):
    assert "No cycle stands on it yet" in visible(room.lead.get(team))
    for _ in range(2):
        put(room, "plan")
    words = visible(room.lead.get(team))
    for said in ("Ana Lopez", "Adapt", "Three of five had no chance.", "Talk in pairs", "not for evaluation"):
        assert said in words
    assert "in between" not in words, "a plan has no results"
    put(room, "bands")
    page = room.colleague.get(team)
    words = visible(page)
    assert words.count("in between of 5") == 4
    assert "1 cycle 0 adopt 1 adapt 0 abandon" in words
    assert "<b>science" not in page
    for hidden in ("Ask C first", "2 of 5 high", "Student by student", "favourable"):
        assert hidden not in words
    put(room, "")
    assert "No cycle stands on it yet" in visible(room.lead.get(team))
    with room.owner.reading() as db:
        assert db.scalar(select(func.count()).select_from(TeamShare)) == 2


def test_it_is_for_the_team_and_its_lead_alone(room, team, app, clock):
    put(room, "bands")
    other = Teacher.arrive(app, clock, "Cy Other")
    unknown = other.get(f"/teams/{uuid.uuid4()}/poster", 404)
    for person in (room.coach, room.stranger, other):
        assert person.get(team, 404) == unknown or person is not other
    far = Teacher.arrive(app, clock, "Far Lead", roles=("lead",))
    with app.extensions["focal_db"].writing(TESTS) as db:
        place = db.scalars(select(Organisation.id).where(Organisation.name == "Other network")).one()
        grant = select(RoleGrant).where(RoleGrant.person_id == far.person_id)
        db.scalars(grant).one().organisation_id = place
        db.get_one(Person, far.person_id).organisation_id = place
        db.commit()
    far.get(team, 404)


def test_nobody_puts_a_cycle_where_it_does_not_belong(room, team):
    put(room, "everything", 422)
    put(room, "bands", 422, team=str(uuid.uuid4()))
    room.colleague.post(f"{room.cycle}/share/team", 404, team=room.team_id, level="plan")
    with room.owner.reading() as db:
        assert db.scalar(select(func.count()).select_from(TeamShare)) == 0


def test_who_leaves_the_team_takes_her_cycles_along_and_an_erased_class_is_gone(room, team, app, clock):
    put(room, "plan")
    with app.extensions["focal_db"].writing(TESTS) as db:
        member = db.get_one(TeamMember, (uuid.UUID(room.team_id), room.owner.person_id))
        db.delete(member)
        db.commit()
    assert "No cycle stands on it yet" in visible(room.lead.get(team))


def test_four_students_give_no_result(room, team, run_cycle):
    room.cycle = run_cycle(room.owner, codes=4, nickname="Four")
    put(room, "bands")
    words = visible(room.lead.get(team))
    assert words.count("too few") == 4
    assert "in between" not in words


def test_more_sheets_do_not_ask_more(room, team, run_cycle, count_statements):
    def statements():
        with count_statements(room.lead.app.extensions["focal_db"].engine) as asked:
            room.lead.get(team)
        return len(asked.sent)

    put(room, "bands")
    few = statements()
    room.cycle = run_cycle(room.owner, nickname="Second")
    put(room, "bands")
    assert statements() == few <= 25
    with room.owner.reading() as db:
        assert len(teams.sheets_of(db, uuid.UUID(room.team_id))[0]) == 2


def test_it_prints_one_sheet_for_the_team_and_one_a_cycle(room, team, open_page, live_server):
    put(room, "bands")
    window = open_page()
    cookie = room.lead.client.get_cookie("focal_session")
    window.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
    window.goto(team)
    for size in ("A4", "Letter"):
        assert len(re.findall(rb"/Type /Page\b(?!s)", window.pdf(format=size))) == 2
    for width in (390, 1280):
        window.set_viewport_size({"width": width, "height": 800})
        window.check_axe()
        assert window.evaluate("document.documentElement.scrollWidth") <= width
