"""In a large network totals stand for five minutes and say so; what may be taken back is never among them."""

import re
import threading
import uuid
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import insert, select, update

from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import Aim, ChangeIdea
from survey_app.models.people import RoleGrant
from survey_app.ui.dated import MOST_KEPT, DatedTotals
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, visible
from tests.survey_app.network.test_board import region  # noqa: F401  (a fixture)

FEW = 3
COUNTED = "Totals were counted at"


@pytest.fixture
def large(region):  # noqa: F811  (takes that fixture)
    """The same region, too large for counting at each request: a cycle undecided, four with a reason."""
    ana, lead = region["Ana Lopez"], region["Lea Lead"]
    ana.start(do="draft", nickname="R1", change="Wait")
    with ana.app.extensions["focal_db"].writing(TESTS) as db:
        network = region["places"]["Bay network"]
        db.add(
            Aim(
                organisation_id=network, what="Every student has a voice", for_whom="All", how_much="4 of 5",
                by_when="June 2027", created_at=ana.clock(),
            )
        )
        region["idea"] = db.scalars(select(ChangeIdea.id)).one()
        db.commit()
    add(ana, 4)
    region["pages"] = {
        "/network": "Adapt: {} ·",
        "/network?by=team": "Adapt: {} ·",
        "/network/ideas": "{} cycles started by",
        f"/network/ideas?idea={region['idea']}": "{} cycles started by",
        "/network/brief": "Wait {} cycles",
        "/aim": "Wait {} cycles",
    }
    lead.app.extensions["focal_totals"] = DatedTotals(live_up_to=FEW)
    return region


def add(teacher, how_many, **also):
    """Decide so many more cycles of a teacher's one series, each with a reason that is shared."""
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        series = db.scalars(select(Series).where(Series.owner_id == teacher.person_id)).one()
        first = max(db.scalars(select(Cycle.number).where(Cycle.series_id == series.id))) + 1
        for number in range(first, first + how_many):
            given = {
                "decision": "adapt", "decided_at": teacher.clock(), "reason": f"Reason {number}.",
                "shares_with_region": True,
            } | also
            db.add(
                Cycle(
                    series_id=series.id, owner_id=series.owner_id, classroom_id=series.classroom_id,
                    number=number, created_at=teacher.clock(), **given,
                )
            )
        db.commit()


def change(teacher, statement):
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        db.execute(statement)
        db.commit()


def again(page):
    """Return where "Count again now" leads."""
    [path] = re.findall(r'<a class="no-print" href="([^"]+)">Count again now</a>', page)
    return unescape(path)


def decided_in(page, path, pages):
    """Return how many cycles a page counts, by the words that it has for that."""
    pattern = re.escape(pages[path]).replace(r"\{\}", r"(\d+)")
    return int(re.search(pattern, visible(page))[1])


def test_totals_of_a_large_network_stand_for_five_minutes(large, count_statements):
    """One region serves for all of it, in this order."""
    they_stand_with_their_time_until_somebody_counts_again(large)
    they_are_counted_anew_after_five_minutes(large)
    what_is_shown_by_row_is_never_dated(large)
    a_reason_that_is_taken_back_is_gone_at_once(large)
    no_page_asks_more_when_there_is_more(large, count_statements)
    what_was_tried_is_counted_from_the_people_in_reach(large, count_statements)
    of_an_erased_class_only_counts_stand(large)
    nobody_sees_another_lead_s_totals(large)
    a_role_that_is_taken_away_shows_at_once(large)


def they_stand_with_their_time_until_somebody_counts_again(large):
    lead, pages = large["Lea Lead"], large["pages"]
    at = f"{COUNTED} {lead.clock():%H:%M}."
    first = {path: lead.get(path) for path in pages}
    before = {path: decided_in(page, path, pages) for path, page in first.items()}
    lead.clock.forward(minutes=4)
    add(large["Ana Lopez"], 1)
    standing = {path: lead.get(path) for path in pages}
    for path, page in standing.items():
        assert at in visible(page), path
        assert decided_in(page, path, pages) == before[path], path
        assert again(page).startswith(path.split("?")[0])
        page = lead.get(again(page))
        assert f"{COUNTED} {lead.clock():%H:%M}." in visible(page)
        assert decided_in(page, path, pages) == before[path] + 1, path
        assert visible(lead.get(path)) == visible(page), "what was counted anew stands"


def they_are_counted_anew_after_five_minutes(large):
    lead = large["Lea Lead"]
    add(large["Ana Lopez"], 1)
    lead.clock.forward(minutes=5, seconds=1)
    for path in large["pages"]:
        assert f"{COUNTED} {lead.clock():%H:%M}." in visible(lead.get(path)), path
    assert "7 cycles started by 1 teacher, 6 finished" in visible(lead.get("/network/ideas"))


def what_is_shown_by_row_is_never_dated(large):
    lead = large["Lea Lead"]
    assert "Hill School 1 – – – – 6" in visible(lead.get("/network"))
    add(large["Ana Lopez"], 1)
    words = visible(lead.get("/network"))
    assert "Hill School 1 – – – – 7" in words
    assert "The rows of schools are as they are now." in words
    assert "Adapt: 6" in words


def a_reason_that_is_taken_back_is_gone_at_once(large):
    ana, lead = large["Ana Lopez"], large["Lea Lead"]
    own = f"/network/ideas?idea={large['idea']}"
    lists = ("/network/ideas", "/network/brief")
    shown = {path: re.findall(r"Reason \d+\.", lead.get(path)) for path in (*lists, own)}
    assert [len(one) for one in shown.values()] == [2, 2, 6]
    taken = shown["/network/ideas"][0]
    change(ana, update(Cycle).where(Cycle.reason == taken).values(shares_with_region=False))
    for path in shown:
        page = lead.get(path)
        assert taken not in page, path
        found = re.findall(r"Reason \d+\.", page)
        assert len(found) == (5 if path == own else 2), "another takes its place"
    emptied = found[0]
    change(ana, update(Cycle).where(Cycle.reason == emptied).values(reason=""))
    for path in shown:
        assert emptied not in lead.get(path), path
    assert "6 reasons shared in your region" in visible(lead.get("/network/ideas")), "a count"


def no_page_asks_more_when_there_is_more(large, count_statements):
    ana, lead = large["Ana Lopez"], large["Lea Lead"]

    def statements(tail=""):
        counts = []
        for path in large["pages"]:
            with count_statements(lead.app.extensions["focal_db"].engine) as asked:
                lead.get(path + (("&" if "?" in path else "?") + tail if tail else ""))
            counts.append(len(asked.sent))
        return counts

    anew, standing = statements("count=now"), statements()
    assert max(anew) <= 25
    assert all(few < many for few, many in zip(standing, anew, strict=True)), "nothing is counted again"
    add(ana, 12)
    assert statements("count=now") == anew
    assert statements() == standing
    lead.app.extensions["focal_totals"] = DatedTotals(live_up_to=1000)
    assert statements() == anew, "a small network's pages ask the same"
    assert COUNTED not in visible(lead.get("/network")), "and are of now, and do not say so"
    lead.app.extensions["focal_totals"] = DatedTotals(live_up_to=FEW)


def what_was_tried_is_counted_from_the_people_in_reach(large, count_statements):
    """A lead of one school does not go over all series of a large network on the ideas of a page."""
    engine = large["Lea Lead"].app.extensions["focal_db"].engine
    if engine.dialect.name != "sqlite":
        return  # PostgreSQL plans by what there is in a table, and here there is next to nothing.
    change(
        large["Ana Lopez"],
        insert(ChangeIdea).values(
            id=uuid.uuid4(), organisation_id=large["places"]["Bay network"], name="Another",
            created_at=large["Ana Lopez"].clock(), description="",
        ),
    )
    with count_statements(engine) as asked:
        large["Lea Lead"].get("/network/ideas?count=now")
    over_series = [one for one in asked.sent if re.search(r"JOIN series", one) and "led" in one]
    assert len(over_series) == 3, "how often, in which contexts, with which reasons"
    with large["Lea Lead"].reading() as db:
        for one in over_series:
            nothing = (None,) * one.count("?")
            plan = [row[3] for row in db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", nothing)]
            first = next(step for step in plan if re.match(r"(SEARCH|SCAN) (people|series|cycles)", step))
            assert "ix_people_place (organisation_id=?)" in first, plan
            assert any("series USING INDEX ix_series_owner_id" in step for step in plan), plan


def of_an_erased_class_only_counts_stand(large):
    ana, lead = large["Ana Lopez"], large["Lea Lead"]
    assert "Reason " in lead.get("/network/ideas")
    own = f"/network/ideas?idea={large['idea']}"
    assert "Reason " in lead.get(own)
    change(ana, update(Classroom).values(erased_at=ana.clock()))
    for path in ("/network/ideas", own, "/network/brief"):
        assert "Reason " not in lead.get(path), path
    assert "20 cycles started" in visible(lead.get("/network/ideas"))
    assert "Nobody has tried it yet." in visible(lead.get("/network/ideas?count=now"))
    change(ana, update(Classroom).values(erased_at=None))


def nobody_sees_another_lead_s_totals(large):
    pam = large["Pam Palmer"]
    pam.start(do="draft", nickname="Far", change="Wait")
    add(pam, 5)
    sue = Teacher.arrive(pam.app, pam.clock, "Sue South", roles=("lead",))
    grant = update(RoleGrant).where(RoleGrant.person_id == sue.person_id)
    change(pam, grant.values(organisation_id=large["places"]["South"]))
    large["Lea Lead"].get("/network?count=now")
    words = visible(sue.get("/network"))
    assert "Palm School 1 – – – – 5" in words
    assert "Adapt: 5" in words
    assert "Hill" not in words


def a_role_that_is_taken_away_shows_at_once(large):
    lead, pages = large["Lea Lead"], large["pages"]
    own = RoleGrant.person_id == lead.person_id
    seen = {path: lead.get(path) for path in pages}
    change(lead, update(RoleGrant).where(own).values(organisation_id=large["places"]["South"]))
    for path in pages:
        page = lead.get(path)
        assert "Hill School" not in page, path
        assert decided_in(page, path, pages) != decided_in(seen[path], path, pages), path
    change(lead, update(RoleGrant).where(own).values(organisation_id=large["places"]["North"]))
    assert "Hill School" in lead.get("/network")
    change(lead, update(RoleGrant).where(own).values(role="teacher"))
    for path in pages:
        lead.get(path, 403)


@pytest.mark.database("sqlite")
def test_count_again_by_keyboard_without_script(large, open_page, live_server):
    lead = large["Lea Lead"]
    cookie = lead.client.get_cookie("focal_session")
    window = open_page(width=390, java_script_enabled=False)
    window.context.add_cookies([{"name": "focal_session", "value": cookie.value, "url": live_server}])
    window.goto("/network?by=team&ready=2026-03-17")
    add(large["Ana Lopez"], 1)
    window.reload()
    assert "Adapt: 4" in window.inner_text("main")
    link = window.get_by_role("link", name="Count again now")
    for _ in range(40):
        window.keyboard.press("Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    window.keyboard.press("Enter")
    window.wait_for_url("**/network?by=team&ready=2026-03-17&count=now")
    assert "Adapt: 5" in window.inner_text("main")
    assert "Show schools instead" in window.inner_text("main")


def test_many_who_ask_at_once_count_once(clock):
    totals, counts, gate = DatedTotals(live_up_to=0), [], threading.Event()

    def count():
        gate.wait(10)
        counts.append(len(counts) + 1)
        return counts[-1]

    answers = []
    asking = [
        threading.Thread(
            target=lambda: answers.append(totals.of("key", count, size=int, now=clock()).totals)
        )
        for _ in range(6)
    ]
    for one in asking:
        one.start()
    gate.set()
    for one in asking:
        one.join(10)
    assert (counts, answers) == ([1], [1] * 6)


def test_totals_are_kept_in_bounds(clock):
    totals = DatedTotals(live_up_to=10)

    def ask(key, number=11, *, later=timedelta(), **also):
        return totals.of(key, lambda: number, size=int, now=clock() + later, **also)

    def fail():
        raise ZeroDivisionError

    assert ask("small", 10).counted_at is None
    assert ask("small", 9).totals == 9, "a small network's totals are not kept"
    with pytest.raises(ZeroDivisionError):
        totals.of("a", fail, size=int, now=clock())
    assert ask("a").totals == 11, "a count that failed stands nowhere, and in nobody's way"
    assert ask("a", 12).totals == 11
    for moved in (timedelta(minutes=5), timedelta(minutes=-5)):
        assert ask("a", 12, later=moved).totals == 11
    for moved in (timedelta(minutes=5, seconds=1), timedelta(minutes=-6)):
        assert ask("a", 12, later=moved).totals == 12, "a clock that was set back is no excuse"
    assert ask("a", 5, anew=True).counted_at is None
    assert ask("a", 6).totals == 6, "what became small does not stand any more"
    ask("a")
    for number in range(MOST_KEPT + 1):
        ask(number)
    assert ask(0, 13).totals == 13, "the one that was kept first has gone"
    assert ask(MOST_KEPT, 13).totals == 11
    assert ask(uuid.UUID(int=0), 14).totals == 14
