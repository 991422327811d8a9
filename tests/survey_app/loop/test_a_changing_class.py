"""Students leave and come, cycles are set aside, a survey stays open: the next step is one press away."""

import re
import uuid

from sqlalchemy import func, select

from survey_app.classrooms import queries as class_queries
from survey_app.classrooms import service as classrooms
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, PlanPrediction
from survey_app.models.snapshots import Snapshot
from tests.databases import TESTS
from tests.survey_app.loop.teacher import answer, visible


def series_of(page: str) -> str:
    return re.search(r'action="(/series/[^"]+)/next"', page)[1]


def codes_of(teacher) -> dict[str, str]:
    with teacher.reading() as db:
        room = db.scalars(select(Classroom)).one()
        return {code.label: str(code.id) for code in class_queries.live_focal_codes(db, room.id)}


def one_leaves_and_one_comes(teacher) -> None:
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        room = db.scalars(select(Classroom)).one()
        first = class_queries.live_focal_codes(db, room.id)[0]
        classrooms.retire_focal_code(db, room, first, now=teacher.clock())
        db.flush()
        classrooms.set_focal_codes(db, room, 5)
        db.commit()


def test_a_new_student_joins_the_next_cycle(teacher):
    teacher.whole_cycle(teacher.start(), teacher.cards())
    one_leaves_and_one_comes(teacher)
    second = teacher.post(f"{series_of(teacher.get('/cycles'))}/next", do="draft").location.split("?")[0]
    words = visible(teacher.get(second))
    assert "for B, C, D, E." in words
    assert "F has a code in this class, and is not asked in this cycle." in words
    codes = codes_of(teacher)
    teacher.post(f"{second}/who", code=list(codes.values()))
    assert "for B, C, D, E, F." in visible(teacher.get(second))


def test_the_class_can_be_asked_too_from_the_next_cycle_on(teacher):
    teacher.whole_cycle(teacher.start(), teacher.cards())
    second = teacher.post(f"{series_of(teacher.get('/cycles'))}/next", do="draft").location.split("?")[0]
    teacher.post(f"{second}/who", code=list(codes_of(teacher).values()), asks_rest="1", rest_count="20")
    assert [(a.part, a.expected) for a in teacher.administrations(second)] == [("focal", None), ("rest", 20)]
    teacher.post(f"{second}/who", asks_rest="1", rest_count="18")
    assert [(a.part, a.expected) for a in teacher.administrations(second)] == [("rest", 18)]
    teacher.post(f"{second}/open")
    assert "0 of 18 answered" in visible(teacher.get(f"{second}/projector"))


def test_too_few_codes_are_told_and_stay_ticked(teacher):
    cycle = teacher.start(do="draft")
    codes = codes_of(teacher)
    page = teacher.post(f"{cycle}/who", 422, code=[codes["A"], codes["B"]]).text
    assert "This cycle has 2 focal students. By code it takes 3 to 6" in page
    assert re.search(rf'value="{codes["B"]}" checked', page)
    assert not re.search(rf'value="{codes["C"]}" checked', page)
    assert "for A, B, C, D, E." in visible(teacher.get(cycle))


def test_a_plan_prediction_that_no_longer_fits_the_group_is_open_again(teacher):
    cycle = teacher.start(do="draft")
    page = teacher.get(f"{cycle}/plan")
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    first, second = re.findall(r'name="(predict-[^"]+)"', page)[:2]
    teacher.post(f"{cycle}/plan", version=version, **{first: "5", second: "2"})
    codes = codes_of(teacher)
    teacher.post(f"{cycle}/who", code=[codes[label] for label in "ABC"])
    with teacher.reading() as db:
        kept = {
            str(row.item_version_id): (row.k, row.n)
            for row in db.scalars(select(PlanPrediction))
        }
    assert kept[first.removeprefix("predict-")] == (None, None)
    assert kept[second.removeprefix("predict-")] == (2, 3)


def test_who_is_asked_stays_once_the_survey_is_open(teacher):
    cycle = teacher.start()
    page = teacher.post(f"{cycle}/who", 409, asks_rest="1")
    assert "already open" in visible(page.text)
    assert [a.part for a in teacher.administrations(cycle)] == ["focal"]


def test_too_few_students_left_leads_to_who_is_asked(teacher):
    teacher.whole_cycle(teacher.start(focal_count="3"), teacher.cards())
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        room = db.scalars(select(Classroom)).one()
        first = class_queries.live_focal_codes(db, room.id)[0]
        classrooms.retire_focal_code(db, room, first, now=teacher.clock())
        db.commit()
    sent = teacher.post(f"{series_of(teacher.get('/cycles'))}/next", do="open")
    assert "/survey" in sent.location
    assert "Choose below who is asked" in visible(teacher.get(sent.location))


def test_a_cycle_set_aside_is_found_again_and_keeps_its_number(teacher):
    teacher.whole_cycle(teacher.start(), teacher.cards())
    second = teacher.post(f"{series_of(teacher.get('/cycles'))}/next", do="draft").location.split("?")[0]
    teacher.post(f"{second}/aside")
    home = teacher.get("/cycles")
    assert "Set aside (1)" in home
    assert second in home
    assert "Run cycle 3 now" in home
    third = teacher.post(f"{series_of(home)}/next", do="open").location
    with teacher.reading() as db:
        assert db.get_one(Cycle, uuid.UUID(third.split("/")[2])).number == 3


def test_the_only_cycle_set_aside_is_still_on_the_list(teacher):
    cycle = teacher.start()
    teacher.post(f"{cycle}/aside")
    home = teacher.get("/cycles")
    assert cycle in home
    assert "Nothing is under way." in home
    teacher.post(f"{cycle}/take-up")
    assert "Set aside" not in teacher.get("/cycles")


def test_a_survey_still_open_after_the_decision_can_be_closed(teacher):
    cycle = teacher.start()
    tokens = teacher.cards()
    late = tokens.popitem()[1]
    for token in tokens.values():
        answer(teacher.app, token)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    teacher.post(f"{cycle}/reopen")
    assert "The survey is open again." in teacher.get(f"{cycle}/look")
    answer(teacher.app, late)
    teacher.decide(cycle)
    page = teacher.get(cycle)
    assert f"{cycle}/close" in page
    sent = teacher.post(f"{series_of(page)}/next", do="open")
    assert "Another survey is still open in this class." in visible(teacher.get(sent.location))
    teacher.post(f"{cycle}/close")
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Snapshot)) == 2
    teacher.post(f"{sent.location.split('?')[0]}/open")


def test_an_earlier_cycle_does_not_offer_the_next_one(teacher):
    first = teacher.start()
    tokens = teacher.cards()
    teacher.whole_cycle(first, tokens)
    series = series_of(teacher.get("/cycles"))
    second = teacher.post(f"{series}/next", do="open").location.removesuffix("/projector")
    assert "Run cycle" not in visible(teacher.get(first))
    teacher.whole_cycle(second, tokens)
    assert "Run cycle 3 now" in visible(teacher.get(second))


def test_an_archived_class_offers_no_next_cycle_and_says_why(teacher):
    cycle = teacher.start()
    teacher.whole_cycle(cycle, teacher.cards())
    series = series_of(teacher.get("/cycles"))
    with teacher.app.extensions["focal_db"].writing(TESTS) as db:
        room = db.scalars(select(Classroom)).one()
        classrooms.archive_class(db, room, now=teacher.clock())
        db.commit()
    for page in (cycle, series):
        words = visible(teacher.get(page))
        assert "Run cycle 2 now" not in words
        assert "This class is archived." in words
    for do in ("open", "draft"):
        teacher.post(f"{series}/next", 409, do=do)
    with teacher.reading() as db:
        assert db.scalar(select(func.count()).select_from(Cycle)) == 1


def test_a_lesson_before_the_change_goes_on_without_a_reason(teacher):
    cycle = teacher.start(is_baseline="1", change="Wait ten seconds")
    for token in teacher.cards().values():
        answer(teacher.app, token)
    teacher.see(cycle)
    teacher.predict_and_lock(cycle)
    teacher.post(f"{cycle}/reveal")
    assert 'value="adopt"' not in teacher.get(f"{cycle}/decide")
    teacher.decide(cycle, "adapt", reason="")
    assert "Went on to the change on" in visible(teacher.get(cycle))
    home = teacher.get("/cycles")
    assert "Run cycle 1 now" in home
    assert "the lesson before the change" in visible(teacher.get(series_of(home)))
