"""From the agreement to the file, as people meet it: two persons, one link, once."""

import re
from datetime import timedelta

from sqlalchemy import func, select

from survey_app.erasure.service import erase_code
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import FocalCode
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.research import Agreement, DataPackage
from survey_app.research import packing
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, visible
from tests.survey_app.research.classes import Region, agree, spread


def staff(app, clock, name, role, place):
    """Return somebody with a role at a place, signed in."""
    made = Teacher.arrive(app, clock, name, roles=(role,))
    with app.extensions["focal_db"].writing(TESTS) as db:
        where = db.scalars(select(Organisation).where(Organisation.name == place)).one().id
        db.get_one(Person, made.person_id).organisation_id = where
        db.scalars(
            select(RoleGrant).where(RoleGrant.person_id == made.person_id)
        ).one().organisation_id = where
        db.commit()
    page = made.get("/account")
    made.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)[1]
    return made


def acts(app):
    with app.extensions["focal_db"].reading(TESTS) as db:
        rows = db.execute(select(AuditEvent.act, func.count()).group_by(AuditEvent.act))
        return dict(rows.all())


def erasing(make, database, clock):
    """Return the making of a package during which somebody erases a student."""

    def meanwhile(*given, **more):
        body = make(*given, **more)
        with database.writing(TESTS) as db:
            erase_code(db, db.scalars(select(FocalCode)).first(), now=clock())
            db.commit()
        return body

    return meanwhile


def test_from_the_agreement_to_the_file(app, clock, monkeypatch):
    database = app.extensions["focal_db"]
    files = app.config["FOCAL"].instance / "packages"
    began = clock().date()
    with database.writing(TESTS) as db:
        region = Region(db, clock)
        for place in range(3):
            teacher = region.teacher()
            room, codes = region.room(teacher, codes=3)
            region.lesson(teacher, room, codes, spread(place, students=3), research=True)
        db.commit()
    keeper = staff(app, clock, "Kay Keeper", "administrator", "Bay")
    reader = staff(app, clock, "Rea Reader", "researcher", "Bay")
    other = staff(app, clock, "Olu Other", "researcher", "Bay")
    outsider = staff(app, clock, "Al Outside", "administrator", "Hill School")

    assert "You are not named in any agreement" in reader.get("/research/packages")
    form = keeper.get("/agreements/new")
    typed = {
        "title": "Which questions work?",
        "purpose": "To find them.",
        "starts_on": began.isoformat(),
        "ends_on": (began + timedelta(days=100)).isoformat(),
        "lessons_from": began.isoformat(),
        "lessons_until": "never",
        "people": [str(reader.person_id), str(other.person_id)],
        "places": re.findall(r'name="places" value="([^"]+)"', form),
        "constructs": re.findall(r'name="constructs" value="([^"]+)"', form),
    }
    page = keeper.post("/agreements/new", status=422, **typed).text
    assert "Write the day as a date" in page
    assert "To find them." in page, "what was typed is kept"
    typed["lessons_until"] = typed["ends_on"]
    page = keeper.post("/agreements/new", status=422, **{**typed, "people": [str(keeper.person_id)]}).text
    assert "Name one or more researchers" in page
    address = keeper.post("/agreements/new", **typed).headers["Location"].split("?")[0]
    outsider.get(address, status=404)
    with database.reading(TESTS) as db:
        agreement = db.scalars(select(Agreement)).one()

    ask = f"/research/agreements/{agreement.id}/packages"
    assert "Say what you need it for" in reader.post(ask, status=422, reason=" ").text
    reader.post(ask, reason="To look")
    reader.post(ask, reason="To look")  # twice is once
    with database.reading(TESTS) as db:
        package = db.scalars(select(DataPackage)).one()
    make, decide = f"/research/packages/{package.id}/make", f"/packages/{package.id}/decide"
    assert "approve this package first" in visible(reader.post(make, status=409).text)
    other.post(make, status=404)
    outsider.post(decide, status=404, do="approve")
    reader.post(decide, status=403, do="approve")
    assert "Waiting for a decision" in keeper.get("/agreements")
    keeper.post(decide, do="approve")
    assert "Approved" in visible(reader.get("/research/packages"))

    page = reader.post(make, status=200).text
    link = re.search(r'href="(/research/packages/files/[^"]+)"', page)[1]
    assert [path.stat().st_mode & 0o777 for path in files.iterdir()] == [0o600]
    other.get(link, status=404)
    keeper.get(link, status=403)
    assert reader.client.head(link).status_code == 200, "looking whether it is there does not use it up"
    body = reader.client.get(link)
    assert body.status_code == 200
    assert body.data[:2] == b"PK"
    assert body.headers["Cache-Control"] == "no-store"
    assert list(files.iterdir()) == []
    reader.get(link, status=404)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(packing, "package_bytes", erasing(packing.package_bytes, database, clock))
        assert "erased while this package" in visible(reader.post(make, status=409).text)
    assert list(files.iterdir()) == [], "it holds what was erased while it was made"

    second = re.search(r'href="(/research/packages/files/[^"]+)"', reader.post(make, status=200).text)[1]
    assert second != link
    clock.forward(minutes=15)
    reader.get(second, status=404)
    assert list(files.iterdir()) == [], "gone from the disk when the link has run out"
    answer = reader.client.post(make, data={"csrf_token": reader.form_token})
    assert answer.status_code == 303, "the password is asked for again"
    assert "/account/password-again" in answer.headers["Location"]
    with database.reading(TESTS) as db:
        package = db.scalars(select(DataPackage)).one()
    assert package.times_given == 1
    counted = acts(app)
    assert {act: counted[act] for act in counted if act.startswith(("package", "agreement", "rows"))} == {
        "agreement.made": 1,
        "package.asked": 1,
        "package.approved": 1,
        "package.made": 2,
        "package.given": 1,
        "rows.data-package": 3,
    }
    keeper.post(f"{address}/end")
    keeper.post(f"{address}/end")
    assert "not in force today" in visible(reader.get("/research/packages"))
    assert acts(app)["agreement.ended"] == 1


def test_a_teacher_takes_part_with_one_lesson_and_her_students_are_told(app, clock):
    with app.extensions["focal_db"].writing(TESTS) as db:
        region = Region(db, clock)
        keeper = region.person("Kay Keeper", "administrator", "Hill School")
        reader = region.person("Rea Reader", "researcher", "Bay", "network", None)
        agree(region, keeper, [reader], places=[region.place("Hill School").id])
        db.commit()
    ana = Teacher.arrive(app, clock)
    with app.extensions["focal_db"].writing(TESTS) as db:
        where = db.scalars(select(Organisation).where(Organisation.name == "Hill School")).one().id
        db.get_one(Person, ana.person_id).organisation_id = where
        db.commit()
    cycle = ana.start(do="draft")
    told = "Grown-ups who study lessons may see them without your code."
    assert "You do not take part with this lesson" in visible(ana.get(f"{cycle}/survey"))
    assert told not in ana.get(f"{cycle}/preview")
    ana.post(f"{cycle}/research", do="take_part")
    ana.post(f"{cycle}/research", do="take_part")
    assert told in ana.get(f"{cycle}/preview")
    assert acts(app)["research.joined"] == 1
    ana.post(f"{cycle}/open")
    assert "have read who may see" in visible(ana.post(f"{cycle}/research", status=409, do="leave").text)
    bo = Teacher.arrive(app, clock, "Bo Berg")
    bo.post(f"{cycle}/research", status=404, do="take_part")
