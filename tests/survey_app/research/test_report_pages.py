"""A researcher reads item reports: every state of a question in words, nothing but released figures."""

import re

import pytest
from sqlalchemy import select, text

from survey_app.models.catalogue import ItemVersion
from survey_app.models.research import ItemReport
from survey_app.research.reports import make_reports
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, visible
from tests.survey_app.research.classes import Region, spread


@pytest.mark.database("sqlite")
def test_a_researcher_reads_every_state_of_a_question(app, clock, count_statements):
    database = app.extensions["focal_db"]
    early = Teacher.arrive(app, clock, "Early Reader", roles=("researcher",))
    assert "The reports are worked out once a week" in early.get("/research")
    with database.writing(TESTS) as db:
        region = Region(db, clock)
        for place in range(10):
            teacher = region.teacher()
            room, codes = region.room(teacher, codes=3)
            for lesson in range(2):
                asked = ("AG1", "AG2", "ID4") if place < 2 else ("AG1", "TL1", "TL2", "SM2", "UD1")
                answered = [key for key in asked if key not in ("ID4", "SM2", "UD1")]
                sheets = spread(place + lesson, answered, students=3)
                if place >= 2:
                    # Everybody picks the same answer to one question; one child alone answers another.
                    sheets = [{**sheet, "SM2": 4} for sheet in sheets]
                if (place, lesson) == (2, 0):
                    sheets[0]["UD1"] = 2
                region.lesson(teacher, room, codes, sheets, asked=asked)
        make_reports(db, now=clock())
        db.commit()
    reader = Teacher.arrive(app, clock, "Rea Reader", roles=("researcher",))
    with count_statements(database.engine) as counted:
        page = reader.get("/research")
    assert len(counted) <= 10
    assert "How much" in page
    told = visible(reader.get("/research/questions/AG1.3-12.1"))
    assert "chosen by teachers" in told
    assert "30 students in 10 classes and 20 lessons" in told
    for words in ("Did not understand the question", "ICC(1)", "95 % interval", "Goes with the others"):
        assert words in told
    page = reader.get("/research/questions/AG1.3-12.1")
    assert page.count("<figure") == 2, "item panel and decision study"
    assert "Too little yet" in visible(reader.get("/research/questions/AG2.3-12.1")), "two teachers only"
    assert "words of their own" in visible(reader.get("/research/questions/ID4.3-12.1"))
    assert "Too little yet" in visible(reader.get("/research/questions/SM1.3-12.1"))
    told = visible(reader.get("/research/constructs/tl"))
    assert "Alpha, sheets with every answer" in told
    assert "this needs 3 items" in told
    # Constant answers, one answer, none: the page says so, and no figure is worked out of them.
    told = visible(reader.get("/research/questions/SM2.3-12.1"))
    assert "nearly everybody picked one end" in told
    assert "ICC(1) too little yet: this needs 2 different answers – –" in told
    assert "(item-rest) too little yet – –" in told
    for key in ("UD1", "SM1"):
        told = visible(reader.get(f"/research/questions/{key}.3-12.1"))
        assert "Too little yet" in told, key
        for figure in ("Goes with the others of its construct", "students in", "sheets of"):
            assert figure not in told, (key, figure)
    with database.writing(TESTS) as db:
        db.scalars(select(ItemVersion).where(ItemVersion.key == "AG1.3-12.1")).one().status = "retired"
        db.commit()
    retired = visible(reader.get("/research/questions/AG1.3-12.1"))
    assert "retired" in retired
    assert "30 students in 10 classes and 20 lessons" in retired, "what was found out stays"
    reader.get("/research/questions/nothing", status=404)
    reader.get("/research/constructs/nothing", status=404)
    # A focal code's id, a class or a person is on no page.
    with database.reading(TESTS) as db:
        keys = db.scalars(text("SELECT id FROM focal_codes UNION SELECT id FROM classrooms")).all()
        stored = db.scalars(select(ItemReport)).all()
    assert not [key for key in keys if str(key).replace("-", "") in page.replace("-", "")]
    assert not re.search("Teacher [0-9]", page)
    assert all("student" not in row.figures for row in stored)
    for role in ("teacher", "coach", "lead", "administrator"):
        Teacher.arrive(app, clock, f"Nosy {role}", roles=(role,)).get("/research", status=403)
