"""A lead sees where cycles stand and what was tried; never what a class said."""

import re
import uuid

import pytest
from sqlalchemy import select

from survey_app.cycles.stages import standing_of
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.network import routes
from survey_app.network.board import reminder
from survey_app.network.pages import page_of
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer, visible

OF_STUDENTS = {
    "answers", "responses", "receipts", "turnout", "snapshots", "predictions", "own_ratings", "focal_codes"
}  # fmt: skip


@pytest.fixture
def region(app, clock):
    """Two schools in one region and one in another; a lead of the first region; five cycles, one a stage."""
    with app.extensions["focal_db"].writing(TESTS) as db:
        places = {}
        for name, kind, above in (
            ("Bay network", "network", None),
            ("North", "region", "Bay network"),
            ("South", "region", "Bay network"),
            ("Hill School", "school", "North"),
            ("Alder School", "school", "North"),
            ("Palm School", "school", "South"),
        ):
            place = Organisation(
                kind=kind, name=name, parent_id=places.get(above), created_at=clock(), time_zone="UTC"
            )
            db.add(place)
            db.flush()
            places[name] = place.id
        db.add(
            ChangeIdea(organisation_id=places["Bay network"], name="Wait", created_at=clock(), description="")
        )
        db.commit()
    people = {}
    for name, place, role in (
        ("Ana Lopez", "Hill School", "teacher"),
        ("Bo Berg", "Alder School", "teacher"),
        ("Pam Palmer", "Palm School", "teacher"),
        ("Lea Lead", "North", "lead"),
    ):
        people[name] = Teacher.arrive(app, clock, name, roles=(role,))
        with app.extensions["focal_db"].writing(TESTS) as db:
            db.get_one(Person, people[name].person_id).organisation_id = places[place]
            grant = select(RoleGrant).where(RoleGrant.person_id == people[name].person_id)
            db.scalars(grant).one().organisation_id = places[place]
            db.commit()
    return {"places": places, **people}


@pytest.fixture
def stages(region):
    """One cycle of Ana's at each step, and one of another region; their addresses by step."""
    ana, app = region["Ana Lopez"], region["Ana Lopez"].app
    found = {"Plan": ana.start(do="draft", nickname="R1", change="Wait"), "Teach": ana.start(nickname="R2")}
    for name in ("Predict", "Look", "Decide", "Decided"):
        cycle = found[name] = ana.start(nickname=name, change="Wait")
        for token in ana.cards().values():
            answer(app, token, "4")
        if name == "Predict":
            ana.post(f"{cycle}/close")
            continue
        ana.see(cycle)
        ana.predict_and_lock(cycle)
        if name != "Look":
            ana.post(f"{cycle}/reveal")
        if name == "Decided":
            ana.decide(cycle, "adopt", shares_with_region="1", reason="They all spoke.")
    region["Pam Palmer"].start(do="draft", nickname="Far")
    return found


def test_what_stands_on_a_lead_s_pages(region, stages):
    """Reading changes nothing, so one region serves for all of it."""
    every_stage_is_counted_as_the_teacher_sees_it(region, stages)
    what_is_of_another_region_is_not_here(region, stages)
    single_rows_say_the_stage_and_nothing_more(region, stages)
    no_lead_page_holds_a_result_or_a_code(region, stages)
    the_reminder_counts_steps_and_names_nobody(region, stages)
    what_another_region_tried_is_not_counted_here(region, stages)


def every_stage_is_counted_as_the_teacher_sees_it(region, stages):
    ana = region["Ana Lopez"]
    for name, cycle in stages.items():
        with ana.reading() as db:
            row = db.get_one(Cycle, uuid.UUID(cycle.split("/")[2]))
            stage = standing_of(row, ana.administrations(cycle)).stage
        assert (stage.value if stage else "Decided") == name
    words = visible(region["Lea Lead"].get("/network"))
    assert "Hill School 1 1 1 1 1 1" in words
    assert "Cycle 1 1 1 1 1 1 1" in words
    assert "1 of 2 teachers have begun a cycle." in words
    assert "Adopt: 1 · Adapt: – " not in words
    assert "Adopt: 1 · Adapt: 0 · Abandon: 0" in words


def what_is_of_another_region_is_not_here(region, stages):
    lead = region["Lea Lead"]
    assert "Palm" not in lead.get("/network")
    page = lead.get(f"/network/{region['places']['Palm School']}", 404)
    assert page == lead.get(f"/network/{uuid.uuid4()}", 404)


def single_rows_say_the_stage_and_nothing_more(region, stages):
    page = region["Lea Lead"].get(f"/network/{region['places']['Hill School']}")
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>", page)
    assert sorted(rows) == sorted(("Ana Lopez", "1", s) for s in stages if s != "Decided")


def no_lead_page_holds_a_result_or_a_code(region, stages):
    lead = region["Lea Lead"]
    school = f"/network/{region['places']['Hill School']}"
    for path in ("/network", "/network?by=team", "/network/ideas", "/network/brief", school):
        page = lead.get(path)
        for hidden in ("A lot", "favourable", "80 %", "Period 4", "/cycles/", "<svg class=\"marks\"", "sort"):
            assert hidden not in page.replace("nothing can be sorted", ""), (path, hidden)


def the_reminder_counts_steps_and_names_nobody(region, stages):
    words = visible(region["Lea Lead"].get("/network?ready=2026-03-17"))
    assert "Dear all, we meet on Tuesday 17 March." in words
    assert words.count("1 cycle waits for: open the survey (3 minutes)") == 2, "in the list, and to copy"
    assert "Ana" not in words
    for wrong in ("yesterday", "2026-03-02", "2036-01-01", "2026-02-30"):
        assert "another look" in visible(region["Lea Lead"].get(f"/network?ready={wrong}", 422))
    assert reminder("Friday", []) == "Dear all, we meet on Friday. Every cycle is decided. Thank you!"


def test_by_team(region, stages):
    lead, ana = region["Lea Lead"], region["Ana Lopez"]
    assert "No cycle here yet." in visible(lead.get("/network?by=team"))
    with ana.app.extensions["focal_db"].writing(TESTS) as db:
        team = Team(organisation_id=region["places"]["Hill School"], name="Grade 7 science")
        db.add(team)
        db.flush()
        guests = Team(organisation_id=region["places"]["Hill School"], name="Guests")
        db.add(guests)
        db.flush()
        db.add(TeamMember(team_id=team.id, person_id=ana.person_id))
        for one in (team, guests):
            db.add(TeamMember(team_id=one.id, person_id=region["Pam Palmer"].person_id))
        db.commit()
    page = lead.get("/network?by=team")
    assert "Guests" not in page, "what somebody from elsewhere does is not told here"
    name = "Grade 7 science, Hill School"
    assert f"{name} · poster of {name} 1 1 1 1 1 1" in visible(page)
    assert re.search(r"/teams/[0-9a-f-]+/poster", page)
    with ana.app.extensions["focal_db"].writing(TESTS) as db:
        db.get_one(Team, team.id).archived_at = ana.clock()
        db.commit()
    assert "No cycle here yet." in visible(lead.get("/network?by=team"))


def test_a_region_is_counted_as_a_whole(region, stages, monkeypatch):
    region["Bo Berg"].start(do="draft", nickname="R9")
    lead = region["Lea Lead"]
    words = visible(lead.get("/network"))
    assert "All of North 2 1 1 1 1 1" in words
    assert "Schools 1 to" not in words, "one page needs no pages"
    # A long list comes in pages, in alphabetical order; what is counted over all of it stays.
    monkeypatch.setattr(routes, "ON_A_PAGE", 1)
    first, last = (visible(lead.get(f"/network?page={number}")) for number in (1, 2))
    assert "Schools 1 to 1 of 2 Next schools" in first
    assert "Alder School 1 – – – – –" in first
    assert "All of North" not in first, "the region goes on"
    assert "Hill School 1 1 1 1 1 1" in last
    assert "All of North 2 1 1 1 1 1" in last
    assert "North (continued) 2 of 2 teachers have begun a cycle." in last
    for page in (first, last):
        assert "Cycle 1 2 1 1 1 1 1" in page
    assert visible(lead.get("/network?page=999")) == last, "what is no page any more is the last one"
    for wrong in ("0", "-1", "x", "1e3", "99999", "²"):
        lead.get(f"/network?page={wrong}", 422)
    monkeypatch.undo()
    a_lead_of_a_region_and_its_school_counts_nothing_twice(region)


def a_lead_of_a_region_and_its_school_counts_nothing_twice(region):
    lead = region["Lea Lead"]
    with lead.app.extensions["focal_db"].writing(TESTS) as db:
        for name in ("Hill School", "Bay network"):
            place = region["places"][name]
            db.add(RoleGrant(person_id=lead.person_id, role="lead", organisation_id=place))
        db.commit()
    words = visible(lead.get("/network"))
    assert "Hill School 1 1 1 1 1 1" in words
    assert "Palm School 1 – – – – –" in words
    assert "Cycle 1 3 1 1 1 1 1" in words
    assert "North 2 of 2 teachers have begun a cycle." in words


def test_a_long_list_says_where_each_page_begins():
    names = [f"{number:03}" for number in range(430)]
    page = page_of(names, 2, size=50, name=str)
    assert (page.first, page.last, page.total, page.last_number) == (51, 100, 430, 9)
    assert list(page.others)[1] == (2, "050")
    assert page.rows == names[50:100]
    assert len(list(page_of(names, 1, size=2, name=str).others)) <= 40
    assert page_of([], 3, size=50, name=str).rows == []


def test_the_brief_fits_two_pages_and_holds_no_result(region, stages, open_page, live_server):
    ana, lead = region["Ana Lopez"], region["Lea Lead"]
    assert "Wait 5 cycles: 1 adopt, by 1 teacher." in visible(lead.get("/network/brief"))
    long = "They wrote first and then spoke, and I waited longer than I liked. " * 20
    with ana.app.extensions["focal_db"].writing(TESTS) as db:
        network = region["places"]["Bay network"]
        for number in range(20):
            name = f"Idea {number}: {'x' * 90}"
            idea = ChangeIdea(organisation_id=network, name=name, created_at=ana.clock(), description="")
            db.add(idea)
            db.flush()
            series = db.scalars(select(Series).limit(1)).one()
            copied = Series(
                owner_id=series.owner_id, classroom_id=series.classroom_id, title="T", change_idea_id=idea.id,
                created_at=ana.clock(),
            )
            db.add(copied)
            db.flush()
            model = db.scalars(select(Cycle).where(Cycle.decided_at.is_not(None)).limit(1)).one()
            for turn in range(1, 4):
                db.add(
                    Cycle(
                        series_id=copied.id, owner_id=series.owner_id, classroom_id=series.classroom_id,
                        number=turn, decision="adapt", decided_at=model.decided_at, reason=long,
                        shares_with_region=True, created_at=ana.clock(),
                    )
                )
        db.commit()
    words = visible(lead.get("/network/brief"))
    assert "9 more ideas on the page" in words
    assert "1 more reason." in words
    for hidden in ("A lot", "favourable", "80 %", "Ana", "Period"):
        assert hidden not in words
    window = open_page()
    cookie = lead.client.get_cookie("focal_session")
    window.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
    window.goto("/network/brief")
    for size in ("A4", "Letter"):
        assert len(re.findall(rb"/Type /Page\b(?!s)", window.pdf(format=size))) <= 2
    for width in (390, 1280):
        window.set_viewport_size({"width": width, "height": 800})
        window.check_axe()
        assert window.evaluate("document.documentElement.scrollWidth") <= width


def test_an_idea_says_what_was_decided_and_the_reasons_that_were_shared(region, stages):
    ana, lead = region["Ana Lopez"], region["Lea Lead"]
    words = visible(lead.get("/network/ideas"))
    assert "5 cycles started by 1 teacher, 1 finished. Adopt: 1 · Adapt: 0 · Abandon: 0" in words
    assert "Adopt , cycle 1: They all spoke." in words
    ana.decide(stages["Decide"], "abandon", reason="Kept to myself.")
    words = visible(lead.get("/network/ideas"))
    assert "Abandon: 1" in words
    assert "Kept to myself." not in words
    many_reasons_are_some_of_each_decision_and_all_on_the_idea_s_own_page(region)


def many_reasons_are_some_of_each_decision_and_all_on_the_idea_s_own_page(region):
    ana, lead = region["Ana Lopez"], region["Lea Lead"]
    with ana.app.extensions["focal_db"].writing(TESTS) as db:
        decided = db.scalars(select(Cycle).where(Cycle.shares_with_region.is_(True))).one()
        idea = db.get_one(Series, decided.series_id).change_idea_id
        for number in range(2, 22):
            decision = "adapt" if number < 20 else "abandon"
            db.add(
                Cycle(
                    series_id=decided.series_id, owner_id=decided.owner_id, number=number, decision=decision,
                    classroom_id=decided.classroom_id, decided_at=decided.decided_at,
                    reason=f"Reason {number:02}.", shares_with_region=True, created_at=ana.clock(),
                )
            )
        db.commit()
    page = lead.get("/network/ideas")
    assert "21 reasons shared in your region" in visible(page)
    assert "16 more reasons for Wait" in visible(page)
    for shown in ("They all spoke.", "Reason 20.", "Reason 21."):
        assert shown in page
    assert len(re.findall(r"Reason \d\d\.", page)) == 4, "two of each decision"
    own = lead.get(f"/network/ideas?idea={idea}")
    assert all(f"Reason {number:02}." in own for number in range(2, 22))
    lead.get(f"/network/ideas?idea={uuid.uuid4()}", 404)
    lead.get("/network/ideas?idea=x", 404)


def what_another_region_tried_is_not_counted_here(region, stages):
    region["Pam Palmer"].start(nickname="Far too", change="Wait")
    lead = region["Lea Lead"]
    for path in ("/network/brief", "/network/ideas"):
        assert re.search(r"5 cycles.{0,60} by 1 teacher", visible(lead.get(path))), path


def test_only_leads_come_here(region):
    for path in ("/network", "/network/ideas", f"/network/{uuid.uuid4()}"):
        region["Ana Lopez"].get(path, 403)
    assert "this page says how many" in visible(region["Lea Lead"].get("/network"))


def test_more_cycles_do_not_ask_more_and_no_answer_is_read(region, stages, count_statements):
    lead = region["Lea Lead"]
    pages = ("/network", "/network?by=team", "/network/ideas", "/network/brief", "/aim")
    school = f"/network/{region['places']['Hill School']}"

    def statements():
        counts = []
        for path in (*pages, school):
            with count_statements(lead.app.extensions["focal_db"].engine) as asked:
                lead.get(path)
            counts.append(len(asked.sent))
            read = set(re.findall(r"(?:FROM|JOIN)\s+\"?(\w+)", " ".join(asked.sent)))
            assert "cycles" in read or path == "/aim"
            assert not read & OF_STUDENTS, path
        assert max(counts) <= 25
        return counts

    few = statements()
    for number in range(4):
        region["Bo Berg"].start(do="draft", nickname=f"Room {number}", change=f"Idea {number}")
    assert statements() == few
