"""A pooled class, and a focal group and the rest of the class at once."""

import csv
import io
import re
from html import unescape

import pytest
from sqlalchemy import delete, select

from survey_app.models.cycles import CycleFocal
from survey_app.models.responses import Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.turnout import Turnout
from tests.databases import TESTS
from tests.survey_app.loop.teacher import answer, visible


def pooled(teacher, count, *, expected="20"):
    cycle = teacher.start(asks_focal=None, asks_rest="1", rest_count=expected, ready_set="whole_class")
    for token in list(teacher.cards(others=count).values()):
        answer(teacher.app, token, "2")
    return cycle


def test_a_pooled_class_of_four_shows_nothing_and_says_what_to_do(teacher):
    cycle = pooled(teacher, 4)
    teacher.see(cycle, "2")
    teacher.post(f"{cycle}/lock")
    teacher.post(f"{cycle}/reveal")
    look = visible(teacher.get(f"{cycle}/look"))
    assert "Fewer than 5 students have answered without codes, so nothing is shown" in look
    assert "Open the survey again" in look
    with teacher.reading() as db:
        tables = db.scalars(select(Snapshot)).one().tables
    assert "counts" not in tables
    rows = list(csv.DictReader(io.StringIO(teacher.get(f"{cycle}/export.csv"))))
    assert {row["perspective"] for row in rows} == {"teacher_own"}


def test_a_pooled_class_shows_counts_and_keeps_no_row_of_a_child(teacher):
    cycle = pooled(teacher, 6, expected="6")
    teacher.see(cycle, "2")
    teacher.predict_and_lock(cycle, "2")
    teacher.post(f"{cycle}/reveal")
    page = teacher.get(f"{cycle}/look")
    assert "6 students" in visible(page)
    assert "Student by student" not in visible(page), "there is no page for single students"
    with teacher.reading() as db:
        tables = db.scalars(select(Snapshot)).one().tables
        rows = list(db.scalars(select(Response)))
        cards = list(db.scalars(select(Turnout)))
    assert "answers" not in tables
    assert sum(count for *_, count in tables["counts"]) == 6 * len(tables["items"])
    assert {(r.locale, r.entry, r.focal_code_id) for r in rows} == {(None, None, None)}
    assert len(cards) == 6


def test_closing_gives_every_pooled_sheet_a_new_key(teacher):
    cycle = pooled(teacher, 6)
    with teacher.reading() as db:
        before = set(db.scalars(select(Response.id)))
    teacher.post(f"{cycle}/close")
    with teacher.reading() as db:
        after = set(db.scalars(select(Response.id)))
    assert len(after) == 6
    assert not before & after


def test_a_reopened_pooled_survey_waits_for_five_new_answers(teacher):
    cycle = pooled(teacher, 6)
    teacher.see(cycle, "2")
    teacher.post(f"{cycle}/lock")
    teacher.post(f"{cycle}/reveal")
    for new, snapshots in ((4, 1), (1, 2)):
        teacher.post(f"{cycle}/reopen")
        for token in list(teacher.cards(others=new).values()):
            answer(teacher.app, token, "4")
        teacher.post(f"{cycle}/close")
        with teacher.reading() as db:
            assert len(list(db.scalars(select(Snapshot)))) == snapshots


def test_both_at_once_are_never_merged(teacher):
    cycle = teacher.start(asks_rest="1", rest_count="8", ready_set="whole_class")
    tokens = teacher.cards(others=8)
    for name, token in tokens.items():
        answer(teacher.app, token, "1" if len(name) == 1 else "4")
    assert [a.mode for a in teacher.administrations(cycle)] == ["coded", "pooled"]
    teacher.see(cycle, "2")
    teacher.predict_and_lock(cycle, "2")
    teacher.post(f"{cycle}/reveal")
    look = visible(teacher.get(f"{cycle}/look"))
    assert "Your focal students" in look
    assert "The class, without codes" in look
    with teacher.reading() as db:
        tables = {s.tables["mode"]: s.tables for s in db.scalars(select(Snapshot))}
    assert tables["coded"]["n"] == 5
    assert tables["pooled"]["n"] == 8
    assert {value for *_, value, _missing in tables["coded"]["answers"]} == {1}
    assert {value for _key, value, *_ in tables["pooled"]["counts"]} == {4}


def test_counts_that_do_not_add_up_are_told_and_kept(teacher):
    cycle = pooled(teacher, 6, expected="6")
    teacher.see(cycle, "2")
    item = teacher.sheet(cycle)["items"][0]
    page = teacher.post(f"{cycle}/predict", 422, do="lock", **{f"count_{item['id']}_1": "4"}).text
    assert "These add up to 4; the class has 6." in page
    assert 'value="4"' in page
    assert f'href="#f-count-{item["id"]}"' in page
    assert f'id="f-count-{item["id"]}"' in page


def test_a_coded_survey_without_codes_does_not_open(teacher):
    cycle = teacher.start(do="draft")
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        db.execute(delete(CycleFocal))
        db.commit()
    page = teacher.client.post(f"{cycle}/open", data={"csrf_token": teacher._form_token()})
    assert page.status_code == 422
    assert "This cycle has 0 focal students." in visible(page.text)


def test_a_quick_start_with_two_focal_students_says_what_it_takes(teacher):
    page = teacher.get("/cycles/new")
    assert "3 to 6" in visible(page)
    fields = {
        "ready_set": "small_group",
        "classroom": "new",
        "nickname": "P4",
        "asks_focal": "1",
        "focal_count": "2",
    }
    fields["cycle_id"] = re.search(r'name="cycle_id" value="([^"]+)"', page)[1]
    told = teacher.post("/cycles/new", 422, do="open", **fields)
    assert "By code it takes 3 to 6 focal students." in visible(told.text)
    assert 'value="P4"' in told.text


def test_the_reveal_forgets_the_order_of_sheets_that_came_after_the_close(teacher):
    cycle = pooled(teacher, 6)
    teacher.see(cycle, "2")
    teacher.post(f"{cycle}/lock")
    teacher.post(f"{cycle}/close")
    with teacher.reading() as db:
        before = set(db.scalars(select(Response.id)))
    teacher.post(f"{cycle}/reveal")
    with teacher.reading() as db:
        assert not before & set(db.scalars(select(Response.id)))


@pytest.mark.parametrize("focal", ["1", None])
def test_one_tablet_goes_from_child_to_child(teacher, focal):
    cycle = teacher.start(asks_focal=focal, asks_rest="1", rest_count="20")
    address = re.search(r'href="http://[^/]+([^"]+tablet=1)">One tablet', teacher.get(cycle))[1]
    tablet = teacher.app.test_client()
    page = tablet.get(address)
    if focal:
        page = tablet.post("/s?tablet=1", data={"code": next(iter(teacher.cards().values()))})
        page = tablet.get(page.location)
    action = unescape(re.search(r'<form[^>]*action="([^"]+)"', page.text)[1])
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    form |= dict.fromkeys(re.findall(r'type="radio"[^>]*name="([^"]+)"', page.text), "2")
    done = tablet.get(tablet.post(action, data=form).location).text
    assert "Next student" in visible(done)
    tablet.get(unescape(re.search(r'class="send" href="([^"]+)"', done)[1]))


def test_the_youngest_get_the_same_cups_on_paper_as_on_screen(teacher):
    cycle = teacher.start(grade="1", ready_set="k_2_pictures", do="draft")
    items = len(re.findall(r'value="remove:', teacher.get(f"{cycle}/survey")))
    assert items >= 3
    assert teacher.get(f"{cycle}/paper").count('<svg class="cup"') == items * 3 * 2, (
        "three steps, two languages"
    )
    assert teacher.get(f"{cycle}/preview").count('<svg class="cup"') == items * 3
