"""A lead edits the driver diagram by forms, and nothing that is sent can break it."""

import re
import threading
import uuid

import pytest
from sqlalchemy import func, select

from survey_app.models.improvement import Aim, ChangeIdea, DiagramVersion, Driver
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, visible

AIM = {
    "what": "Every student has a voice",
    "for_whom": "Focal students",
    "how_much": "Four of five",
    "by_when": "June 2027",
}


@pytest.fixture
def lead(app, clock):
    person = Teacher.arrive(app, clock, "Lea Lead", roles=("lead",))
    page = person.client.get("/account").text
    person.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)[1]
    return person


def count(person, table):
    with person.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def add(lead, kind, name, *, status=303, **fields):
    """Add a driver or an idea; return its id."""
    new_id = str(uuid.uuid4())
    lead.post(f"/aim/{kind}/new", status, new_id=new_id, name=name, **fields)
    return new_id


@pytest.fixture
def diagram(lead):
    """An aim, a primary and a secondary driver and one idea; their ids."""
    lead.post("/aim/edit", **AIM)
    primary = add(lead, "drivers", "Talk")
    secondary = add(lead, "drivers", "Time to think", parent=primary)
    return {"primary": primary, "secondary": secondary, "idea": add(lead, "ideas", "Wait", driver=secondary)}


def test_an_empty_network_begins_with_its_aim(lead):
    assert "It begins with the aim" in visible(lead.get("/aim"))
    lead.get("/aim/diagram.svg", 404)
    lead.post("/aim/drivers/new", 422, new_id=str(uuid.uuid4()), name="Too early")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("what", " "),
        ("what", "a\u202eb"),
        ("how_much", "a lot more"),
        ("by_when", "soon"),
        ("by_when", "December 2025"),
        ("by_when", "2026-03-02"),
        ("for_whom", "x" * 121),
    ],
)
def test_an_aim_says_what_for_whom_how_much_and_by_when(lead, field, typed):
    page = lead.post("/aim/edit", 422, **(AIM | {field: typed})).text
    assert "One thing needs another look" in visible(page)
    assert AIM["by_when" if field != "by_when" else "what"] in page
    assert count(lead, Aim) == 0


def test_it_is_drawn_and_every_box_can_be_reached(lead, diagram):
    page = lead.get("/aim")
    for box in diagram.values():
        assert f"/{box}" in page
    assert "Every student has a voice. Focal students. Four of five. June 2027." in visible(page)
    assert "<figure" in page
    text = lead.get("/aim/diagram.txt")
    assert "    - Time to think\n      - Wait\n" in text
    assert lead.client.get("/aim/diagram.png").data.startswith(b"\x89PNG")
    assert lead.get("/aim/diagram.svg").startswith("<svg")
    lead.get("/aim/diagram.exe", 404)


def test_nothing_can_drive_itself_in_a_circle(lead, diagram):
    primary, secondary = diagram["primary"], diagram["secondary"]
    idea = diagram["idea"]
    for one, parent in ((primary, primary), (primary, secondary), (secondary, idea), (primary, "x")):
        lead.post(f"/aim/drivers/{one}", 422, new_id=one, name="Round", parent=parent)
    lead.post(f"/aim/drivers/{secondary}", 422, new_id=secondary, name="Up", parent="")
    third = add(lead, "drivers", "Other")
    lead.post(f"/aim/drivers/{primary}", 422, new_id=primary, name="Down", parent=third)
    add(lead, "drivers", "Too deep", status=422, parent=secondary)
    lead.get("/aim")


def test_two_leads_at_once_make_no_circle(lead, diagram, app, clock):
    other = add(lead, "drivers", "Other")
    add(lead, "ideas", "Filler", status=422, driver=other)
    primary = add(lead, "drivers", "Alone")
    second = Teacher.arrive(app, clock, "Lou Lead", roles=("lead",))
    page = second.client.get("/account").text
    second.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)[1]
    start = threading.Barrier(2)
    statuses = []

    def put(person, driver, parent):
        fields = {"csrf_token": person.form_token, "new_id": driver, "name": driver[:8], "parent": parent}
        start.wait()
        statuses.append(person.client.post(f"/aim/drivers/{driver}", data=fields).status_code)

    threads = [
        threading.Thread(target=put, args=(lead, other, primary)),
        threading.Thread(target=put, args=(second, primary, other)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422]
    text = lead.get("/aim/diagram.txt")
    assert other[:8] in text or primary[:8] in text
    assert len([line for line in text.splitlines() if line.strip().startswith("- ")]) == 6


def test_sent_twice_it_is_one_box_and_one_version(lead, diagram):
    before = count(lead, DiagramVersion)
    form = {"new_id": str(uuid.uuid4()), "name": "Once", "parent": ""}
    for _ in range(2):
        lead.post("/aim/drivers/new", **form)
    assert count(lead, Driver) == 3
    assert count(lead, DiagramVersion) == before + 1


def test_versions_are_kept(lead, diagram):
    secondary = diagram["secondary"]
    form = {"new_id": secondary, "name": "Quiet time", "parent": diagram["primary"], "place": "1"}
    lead.post(f"/aim/drivers/{secondary}", **form)
    page = visible(lead.get("/aim"))
    assert "Version 5" in page
    older = visible(lead.get("/aim/versions/4"))
    assert "Secondary driver: Time to think" in older
    assert "“Time to think” became “Quiet time”" in visible(lead.get("/aim/versions/5"))
    assert "This is how the diagram stands now" in visible(lead.get("/aim/versions/5"))
    lead.get("/aim/versions/6", 404)


def test_the_diagram_goes_back_to_a_version_and_nothing_is_lost_on_the_way(lead, diagram):
    first = lead.get("/aim/diagram.txt")
    lead.post("/aim/edit", **(AIM | {"what": "Every student decides", "by_when": "May 2028"}))
    other = add(lead, "drivers", "Choice")
    place = add(lead, "drivers", "Ways to begin", parent=other)
    later = add(lead, "ideas", "Two ways", driver=place)
    idea, secondary = diagram["idea"], diagram["secondary"]
    lead.post(f"/aim/ideas/{idea}", new_id=idea, name="Hold on", driver=place, is_archived="1")
    lead.post(f"/aim/drivers/{secondary}/remove")
    changed = lead.get("/aim/diagram.txt")
    for _ in range(2):
        lead.post("/aim/versions/4/restore")
    assert lead.get("/aim/diagram.txt") == first
    assert count(lead, DiagramVersion) == 11, "the way back is one version, sent twice or not"
    assert "Two ways" in visible(lead.get("/aim")).split("taken off the diagram")[1]
    lead.post("/aim/versions/10/restore")
    assert lead.get("/aim/diagram.txt") == changed
    with lead.reading() as db:
        assert db.get_one(ChangeIdea, uuid.UUID(later)).archived_at is None
    lead.post("/aim/versions/99/restore", 404)


def test_an_aim_whose_day_is_over_says_so_kindly(lead, diagram):
    assert "is over" not in visible(lead.get("/aim"))
    with lead.app.extensions["focal_db"].writing(TESTS) as db:
        db.scalars(select(Aim)).one().by_when = "the end of February 2026"
        db.commit()
    assert "“the end of February 2026” is over" in visible(lead.get("/aim"))


def test_siblings_stand_where_the_lead_puts_them(lead, diagram):
    other = add(lead, "drivers", "First of all")
    lead.post(f"/aim/drivers/{other}", new_id=other, name="First of all", parent="", place="1")
    text = lead.get("/aim/diagram.txt")
    assert text.index("First of all") < text.index("Talk")


def test_boxes_are_moved_by_buttons_and_nothing_is_lost(lead, diagram):
    other = add(lead, "drivers", "Seeing")
    second = add(lead, "drivers", "Time to write", parent=diagram["primary"])
    page = lead.get("/aim?arrange=1")
    assert "Up : Seeing" in visible(page)
    assert "Up : Talk" not in visible(page)
    assert 'action="/aim/ideas/' in page

    def order(*names):
        text = lead.get("/aim/diagram.txt")
        assert all(name in text for name in ("Talk", "Seeing", "Time to think", "Time to write", "Wait"))
        return sorted(names, key=text.index) == list(names)

    for _ in range(2):  # sent twice it is moved once
        lead.post(f"/aim/drivers/{other}/move", parent="", place="1")
        assert order("Seeing", "Talk")
    lead.post(f"/aim/drivers/{second}/move", parent=diagram["primary"], place="1")
    assert order("Time to write", "Time to think")
    lead.post(f"/aim/drivers/{second}/move", parent=other)
    assert order("Seeing", "Time to write", "Talk")
    lead.post(f"/aim/ideas/{diagram['idea']}/move", parent=second)
    assert order("Time to write", "Wait", "Talk", "Time to think")
    # A loop, a third row of drivers, an idea on a primary driver, a box of nobody: it stays where it was.
    before = lead.get("/aim/diagram.txt")
    for path, fields in (
        (f"drivers/{other}", {"parent": other}),
        (f"drivers/{other}", {"parent": second}),
        (f"drivers/{other}", {"parent": diagram["primary"]}),
        (f"drivers/{second}", {"parent": ""}),
        (f"drivers/{second}", {"parent": other, "place": "0"}),
        (f"drivers/{second}", {"parent": "x"}),
        (f"ideas/{diagram['idea']}", {"parent": other}),
        (f"ideas/{diagram['idea']}", {}),
    ):
        lead.post(f"/aim/{path}/move", 422, **fields)
    lead.post(f"/aim/drivers/{uuid.uuid4()}/move", 404, parent="")
    assert lead.get("/aim/diagram.txt") == before
    assert count(lead, DiagramVersion) == 10


@pytest.mark.database("sqlite")
def test_boxes_are_dragged_and_saved_once_at_the_drop(lead, diagram, open_page, live_server):
    other = add(lead, "drivers", "Seeing")
    second = add(lead, "drivers", "Time to write", parent=diagram["primary"])
    window = open_page()
    cookie = lead.client.get_cookie("focal_session")
    window.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
    sent = []
    window.on("request", lambda one: sent.append(one.post_data) if one.method == "POST" else None)
    window.goto("/aim?arrange=1")
    versions = count(lead, DiagramVersion)

    def drag(box, onto, *, part, drop=True):
        grip = window.locator(f"#box-{box} > .arrange > .arrange__grip").bounding_box()
        goal = window.locator(f"#box-{onto} > .arrange").bounding_box()
        window.mouse.move(grip["x"] + 9, grip["y"] + 9)
        window.mouse.down()
        window.mouse.move(goal["x"] + 60, goal["y"] + goal["height"] * part, steps=4)
        if drop:
            window.mouse.up()

    # Given up, nothing is sent and nothing looks different.
    drag(second, diagram["secondary"], part=0.2, drop=False)
    assert window.locator(".drop--before").count() == 1
    window.keyboard.press("Escape")
    window.mouse.up()
    assert window.locator(".is-dragged, .drop--before").count() == 0
    # Dropped on itself, or where it cannot stand: the same.
    drag(diagram["idea"], diagram["primary"], part=0.5)
    assert sent == []
    for box, onto, part, outline in (
        (second, diagram["secondary"], 0.2, "- Time to write\n    - Time to think\n      - Wait\n"),
        (diagram["idea"], second, 0.5, "- Time to write\n      - Wait\n    - Time to think\n"),
        (second, other, 0.5, "- Seeing\n    - Time to write\n      - Wait\n"),
        (other, diagram["primary"], 0.1, "- Seeing\n    - Time to write\n      - Wait\n  - Talk\n"),
    ):
        with window.expect_navigation():
            drag(box, onto, part=part)
        assert outline in lead.get("/aim/diagram.txt"), (onto, lead.get("/aim/diagram.txt"))
    assert len(sent) == 4
    assert count(lead, DiagramVersion) == versions + 4
    window.check_axe()


def test_markup_stays_text(lead, diagram):
    add(lead, "ideas", "<script>alert(1)</script> & <b>", driver=diagram["secondary"])
    page = lead.get("/aim")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in lead.get("/aim/diagram.svg")


def test_what_hangs_on_a_driver_keeps_it(lead, diagram):
    lead.post(f"/aim/drivers/{diagram['secondary']}/remove", 422)
    idea, secondary = diagram["idea"], diagram["secondary"]
    lead.post(f"/aim/ideas/{idea}", new_id=idea, name="Wait", driver=secondary, is_archived="1")
    lead.post(f"/aim/drivers/{secondary}/remove")
    assert count(lead, Driver) == 1
    assert count(lead, ChangeIdea) == 1
    assert "Ideas taken off the diagram (1)" in visible(lead.get("/aim"))


def test_two_ideas_of_one_name_are_refused(lead, diagram):
    add(lead, "ideas", "WAIT", status=422, driver=diagram["secondary"])
    add(lead, "ideas", "Nowhere", status=422, driver=diagram["primary"])


def test_a_thousand_boxes_are_an_outline_and_no_more_are_taken(lead, diagram):
    with lead.app.extensions["focal_db"].writing(TESTS) as db:
        known = db.scalars(select(ChangeIdea)).one()
        for number in range(1000):
            db.add(
                ChangeIdea(
                    organisation_id=known.organisation_id,
                    driver_id=known.driver_id,
                    name=f"Idea {number}",
                    created_at=known.created_at,
                )
            )
        db.commit()
    page = lead.get("/aim")
    assert "Idea 999" in page
    assert "<figure" not in page
    lead.get("/aim/diagram.svg", 404)
    add(lead, "ideas", "One more", status=422, driver=diagram["secondary"])
    # What is there can still be put elsewhere, so that somebody can tidy up.
    other = add(lead, "drivers", "Elsewhere", status=422, parent=diagram["primary"])
    lead.post(f"/aim/ideas/{diagram['idea']}/move", 422, parent=other)
    assert "Idea 999" in lead.get("/aim?arrange=1")
    assert count(lead, ChangeIdea) == 1001


def test_a_teacher_chooses_from_it_and_the_box_says_how_often_it_was_tried(lead, diagram, app, clock):
    teacher = Teacher.arrive(app, clock)
    tokens = None
    cycle = teacher.start(change="Wait")
    tokens = teacher.cards()
    teacher.whole_cycle(cycle, tokens, decision="adopt")
    teacher.start(change="wait", nickname="Period 5")
    assert "2 cycles: 1 adopt" in visible(lead.get("/aim"))
    assert "Wait" in teacher.get(f"{cycle}/plan")


def test_a_teacher_picks_an_idea_of_the_diagram_in_her_plan(lead, diagram, app, clock):
    teacher = Teacher.arrive(app, clock)
    cycle = teacher.start(change="My own thing", do="draft")
    page = teacher.get(f"{cycle}/plan")
    assert re.search(r'<optgroup label="Time to think"><option value="[0-9a-f-]+">Wait</option>', page)
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    teacher.post(f"{cycle}/plan", 422, version=version, idea=str(uuid.uuid4()))
    teacher.post(f"{cycle}/plan", version=version, idea=diagram["idea"], change="", driver="")
    page = teacher.get(f"{cycle}/plan")
    assert f'value="{diagram["idea"]}" selected' in page
    assert 'name="change" value="Wait"' in page
    assert 'name="driver" value="Time to think"' in page
    assert "1 cycle" in visible(lead.get("/aim"))
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    teacher.post(f"{cycle}/plan", version=version, idea="own", change="Something else")
    assert "1 cycle" not in visible(lead.get("/aim"))


def test_only_leads_come_here_and_another_networks_boxes_do_not_exist(lead, diagram, app, clock):
    teacher = Teacher.arrive(app, clock)
    for path in ("/aim", "/aim/edit", "/aim/drivers/new", "/aim/diagram.txt"):
        teacher.get(path, 403)
    lead.get(f"/aim/drivers/{uuid.uuid4()}", 404)
    lead.get(f"/aim/ideas/{uuid.uuid4()}", 404)


def test_it_asks_the_same_for_many_boxes(lead, diagram, count_statements):
    def statements():
        with count_statements(lead.app.extensions["focal_db"].engine) as asked:
            lead.get("/aim")
        return len(asked.sent)

    few = statements()
    for number in range(6):
        add(lead, "ideas", f"Idea {number}", driver=diagram["secondary"])
    assert statements() == few <= 25
