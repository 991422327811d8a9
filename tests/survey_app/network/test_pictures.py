"""Released pictures: only what came out, only in the lead's reach, the same bytes until the next release."""

import re

import pandas as pd
import pytest
from sqlalchemy import select

from analytics.charts.released_cells import released_cells
from survey_app.accounts import service as accounts
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.releases import Release, ReleaseCell, ReleaseGroup, ReleaseItem
from survey_app.network.pictures import (
    Wish,
    all_said,
    by_construct,
    first_question,
    heat_rows,
    wall_rows,
)
from survey_app.releases.service import make_releases
from survey_app.ui.dated import DatedTotals
from tests.databases import TESTS
from tests.survey_app.loop.teacher import visible
from tests.survey_app.releases.small_network import SmallNetwork, three_rooms

# What a lead's page may ask the database for: who she is, where she leads, and what was released.
ALLOWED = {
    "people",
    "staff_sessions",
    "role_grants",
    "organisations",
    "releases",
    "release_groups",
    "release_items",
    "release_cells",
    "led",  # a lead's places and all below: the name of a step in one statement
}
PATHS = [
    f"/network/pictures?by={by}&show={show}&who=coded"
    for by in ("region", "school", "team", "change_idea", "cycle_number", "grade_band")
    for show in ("gap", "experience")
]


def signed_in(app, db, person_id, clock):
    token = accounts.start_session(db, db.get_one(Person, person_id), old_token="", now=clock())
    client = app.test_client()
    client.set_cookie("focal_session", token)
    return client


@pytest.fixture
def small(app, clock):
    """Three classes in each of two regions, two lessons each; a lead of the first region."""
    database = app.extensions["focal_db"]
    with database.writing(TESTS) as db:
        network = SmallNetwork(db, clock).found()
        network.rooms = {region: three_rooms(network, region) for region in ("North", "South")}
        network.team("Grade 7 North", "North", network.rooms["North"])
        network.team("Palm team", "South", network.rooms["South"])
        for rooms in network.rooms.values():
            for place, room in enumerate(rooms):
                network.lesson(room, [2, 3, 3, 4, 4, 1 + place], number=2)
        north = network.schools["North"].parent_id
        lead = network.person("Lea Lead", "North", "lead")
        grant = db.get_one(Person, lead.person_id)
        region = db.get_one(Organisation, north).parent_id
        db.scalars(select(RoleGrant).where(RoleGrant.person_id == grant.id)).one().organisation_id = region
        grant.organisation_id = region
        network.lead = signed_in(app, db, lead.person_id, clock)
        network.teacher = signed_in(app, db, network.rooms["North"][0].viewer.person_id, clock)
        db.commit()
        yield network


def page_of(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code, visible(answer.text)[:500])
    return answer.text


def test_before_the_first_release_the_page_says_what_will_be_here(small):
    words = visible(page_of(small.lead, "/network/pictures"))
    assert "The first release comes out once" in words
    page_of(small.teacher, "/network/pictures", 403)


def test_leads_see_what_was_released_in_their_reach_and_nothing_beside_it(
    app, small, clock, count_statements
):
    database = app.extensions["focal_db"]
    small.db.commit()
    make_releases(database, now=clock())
    with database.reading(TESTS) as db:
        release = db.scalars(select(Release)).one()
        cells = db.scalars(select(ReleaseCell).where(ReleaseCell.release_id == release.id)).all()
    north = next(str(one.parent_id) for one in [small.schools["North"]])
    region = [cell for cell in cells if cell.table_name == "region"]
    assert len(region) == 4, "two regions, two questions"
    hidden = [str(room.classroom.id) for rooms in small.rooms.values() for room in rooms]
    hidden += [room.classroom.nickname for rooms in small.rooms.values() for room in rooms]
    hidden += [room.viewer.display_name for rooms in small.rooms.values() for room in rooms]
    hidden += ["South", "Palm", "A lot", "/cycles/", ">A<", "aria-sort", north]
    pages = {}
    for path in PATHS:
        with count_statements(database.engine) as asked:
            pages[path] = page_of(small.lead, path)
        tables = set(re.findall(r"(?:FROM|JOIN)\s+\"?(\w+)", " ".join(asked.sent)))
        assert tables <= ALLOWED, (path, tables - ALLOWED)
        assert len(asked) <= 25
        for word in hidden:
            assert word not in pages[path], (path, word)

    words = visible(pages[PATHS[1]])
    shown = next(cell for cell in region if cell.item == "AG1.3-12.1")
    said = "20 to 80 %" if (shown.share_low, shown.share_high) == (20, 80) else shown.says
    assert "Release 2026-W10, made on Tuesday 3 March. The next one is due by Tuesday 10 March." in words
    assert f"North Decided how to do it {said} {shown.n} {shown.teachers}" in words or said in words
    assert "The whole network" in words

    # C10, C7: the same bytes however often, and whatever teachers do, until the next release.
    small.lesson(small.rooms["North"][0], [1, 1, 1, 1, 1, 1], number=3)
    small.db.commit()
    for path, page in pages.items():
        assert page_of(small.lead, path) == page
    for wrong in (
        "by=gender",
        "from=2026-03-01",
        "sort=gap",
        "show=answers",
        "who=A",
        "question=XX9",
        "page=0",
        "page=x",
        "by=classroom",
        "teacher=1",
    ):
        page_of(small.lead, f"/network/pictures?{wrong}", 422)
    of_a_long_list_only_the_order_of_names_stands(app, small, clock, pages, count_statements)


def of_a_long_list_only_the_order_of_names_stands(app, small, clock, pages, count_statements):
    app.extensions["focal_totals"] = DatedTotals(live_up_to=0)
    for _ in range(2):
        for path, page in pages.items():
            with count_statements(app.extensions["focal_db"].engine) as asked:
                assert page_of(small.lead, path) == page
            assert len(asked) <= 25
    path = "/network/pictures?by=school&show=gap&who=coded"
    assert 'id="released-cells"' in pages[path]
    school, elsewhere = (small.schools[region] for region in ("North", "South"))
    school.parent_id = elsewhere.parent_id
    small.db.commit()
    assert 'id="released-cells"' not in page_of(small.lead, path), "a school that moved shows no figure"
    clock.forward(minutes=6)
    assert "This release has no school in your reach." in visible(page_of(small.lead, path))


def test_every_picture_has_its_table_with_the_same_figures(app, small, clock):
    """C19: the table behind a picture says what the picture says, and not more."""
    small.db.commit()
    assert "When the first release is out" in visible(page_of(small.lead, "/network/brief"))
    make_releases(app.extensions["focal_db"], now=clock())
    wall_holds_what_was_released(app, small)
    page = page_of(small.lead, "/network/pictures?by=cycle_number&show=experience")
    [cells, over_cycles] = re.findall(r"<figure.*?</figure>", page, flags=re.DOTALL)
    for figure, columns in ((cells, (2, 3)), (over_cycles, (2, 3))):
        table = re.search(r"<tbody>(.*?)</tbody>", figure, flags=re.DOTALL)[1]
        rows = [
            re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("</tr>") if "<td>" in row
        ]
        wide = re.search(r'figure__picture--wide">(.*?)</div>', figure, flags=re.DOTALL)[1]
        spoken = re.findall(r'aria-label="([^"]+)"', wide)
        for row in rows:
            name, question = row[0], row[1]
            said = [one for one in spoken if one.startswith(f"{name}, ") and question in one]
            assert said, (row, spoken)
            if row[columns[0]] != "too few":
                assert any(row[columns[0]] in one for one in said), (row, said)


def test_a_page_begins_with_the_question_that_most_answered():
    items = [ReleaseItem(item=key) for key in "ABC"]
    whole = [ReleaseCell(item=key, n=n) for key, n in (("A", 9), ("B", 30), ("C", 20))]
    assert first_question(items, set("ABC"), whole).item == "B"
    assert first_question(items, {"A", "C"}, whole).item == "C"
    assert first_question(items, set(), []).item == "A"
    assert first_question([], set(), []) is None


def test_two_versions_of_one_question_stand_beside_each_other_by_their_numbers():
    keys = ("SM1.K-2.1", "SM1.3-12.1", "SM1.3-12.2", "SM2.3-12.1")
    items = [ReleaseItem(item=key, name=key[:3], construct="Sense", mode="coded") for key in keys]
    names = ["SM1 (K-2)", "SM1 (version 1)", "SM1 (version 2)", "SM2"]
    assert list(all_said(items).values()) == names
    alike = [ReleaseItem(item=key, name="Shared", mode="coded") for key in ("A.3-12.1", "B.3-12.1")]
    assert len(set(all_said(alike).values())) == 2
    assert [name for _key, name in by_construct(items)["Sense"]] == names
    cells = [
        ReleaseCell(
            item=key, table_name="network", n=20, teachers=3, share_low=40, share_high=50, says="40 to 50 %"
        )
        for key in keys
    ]
    heat = heat_rows(Wish(show="experience"), [], items, cells)
    assert [row["item"] for row in heat] == names
    assert [row["item"] for row in wall_rows(items, cells)[0]] == names
    frame = pd.DataFrame(heat).astype({"place": float, "n": float, "teachers": float})
    assert len(released_cells(frame, measure="experience", kind="Region").table) == 4


def wall_holds_what_was_released(app, small):
    """The brief has a page for the wall: the figures of the lead's region, in the words of the release."""
    page = page_of(small.lead, "/network/brief")
    [section] = re.findall(r'<section class="brief__wall">.*?</section>', page, flags=re.DOTALL)
    with app.extensions["focal_db"].reading(TESTS) as db:
        region = select(ReleaseGroup.key).where(ReleaseGroup.name == "North")
        cells = db.scalars(select(ReleaseCell).where(ReleaseCell.key.in_(region))).all()
    cells = [cell for cell in cells if cell.table_name == "region"]
    assert len(cells) == 2
    words = visible(section)
    assert "North: what students said, and what their teachers saw" in words
    for cell in cells:
        assert f"{cell.mean} {cell.mean + cell.gap} " in words
        assert f"{'teachers' if cell.gap > 0 else 'students'} +{abs(cell.gap)}" in section or not cell.gap
    for hidden in ("South", "Palm", "A lot", "Room of", "/cycles/", "aria-sort"):
        assert hidden not in page
