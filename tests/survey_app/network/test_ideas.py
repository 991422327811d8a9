"""The ledger of change ideas: contexts, the change that came out with its interval, and "Try this too"."""

import re
import uuid

from sqlalchemy import select

from survey_app.models.cycles import Cycle, Series
from survey_app.releases.service import make_releases
from tests.databases import TESTS
from tests.survey_app.loop.teacher import visible
from tests.survey_app.network.test_pictures import page_of, small  # noqa: F401  (a fixture)


def test_an_idea_says_where_it_was_tried_and_what_the_release_says_changed(app, small, clock):  # noqa: F811
    small.db.commit()
    words = visible(page_of(small.lead, "/network/ideas"))
    assert "Tried by at least three teachers each in grades 6-8, science." in words
    assert "From the first cycle to the last" not in words, "before a release nothing is said"
    make_releases(app.extensions["focal_db"], now=clock())
    page = page_of(small.lead, "/network/ideas")
    words = visible(page)
    assert "From the first cycle to the last: 2 questions about Wait in release 2026-W10" in words
    [own] = set(re.findall(r'href="(/network/ideas\?idea=[0-9a-f-]+)#changed"', page))
    page += page_of(small.lead, own)
    words = visible(page)
    row = re.search(r"focal students 1 to 2 (\d+) \(n 36\) (\d+) \(n 36\) (\S+) (\S+) to (\S+)", words)
    first, last, change, low, high = (int(one.replace("−", "-")) for one in row.groups())
    assert last - first == change
    assert low < change < high
    assert "This is no experiment" in words
    assert "regression to the mean" in words
    for room in (room for rooms in small.rooms.values() for room in rooms):
        assert room.classroom.nickname not in page


def test_try_this_too_opens_a_copy_in_a_teachers_plan_once(app, small, clock):  # noqa: F811
    small.db.commit()
    page = page_of(small.teacher, "/ideas")
    page_of(small.lead, "/ideas", 403)
    [link] = re.findall(r'href="(/cycles/new\?change=[^"]+)"', page)
    form = page_of(small.teacher, link)
    assert 'value="Wait"' in form
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    chosen = {"ready_set": "small_group", "classroom": "new", "nickname": "Period 9", "grade": "7"}
    sent = fields | chosen | {"asks_focal": "1", "focal_count": "5", "change": "Wait", "do": "draft"}
    for _ in range(2):
        assert small.teacher.post("/cycles/new", data=sent).status_code == 303
    with app.extensions["focal_db"].reading(TESTS) as db:
        begun = db.execute(
            select(Cycle.change, Series.change_idea_id)
            .join(Series, Series.id == Cycle.series_id)
            .where(Cycle.id == uuid.UUID(fields["cycle_id"]))
        ).all()
    assert [tuple(row) for row in begun] == [("Wait", small.idea.id)]
