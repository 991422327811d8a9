"""Whoever weakens what decides about access is caught: each mutant of these modules must die.

Each check below is a small test of its own, given the module as an argument: the real one passes, and every
mutant of it has to fail, by a wrong result or by an error.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from survey_app import guard, permissions, principal, scope
from survey_app.errors import NotVisible
from survey_app.models.classrooms import Card, Classroom, FocalCode
from survey_app.models.cycles import Cycle, Series
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.sharing import CycleShare
from survey_app.models.surveys import Administration, Survey
from survey_app.permissions import Permission, Viewer
from tests.survey_app.walls.mutants import mutants

pytestmark = pytest.mark.database("sqlite")

# What each role may do, said here once more: a permission that moves must be moved in both places.
MAY = {
    "teacher": {"RUN_CYCLES", "SEE_LIBRARY", "SEE_SHARED"},
    "coach": {"SEE_LIBRARY", "SEE_SHARED"},
    "lead": {"SEE_LIBRARY", "SEE_NETWORK", "EDIT_AIM", "SEE_SHARED"},
    "researcher": {"SEE_LIBRARY", "SEE_RESEARCH", "REVIEW_ITEMS"},
    "administrator": {"SEE_LIBRARY", "INVITE", "MANAGE", "KEEP_AGREEMENTS", "REVIEW_ITEMS"},
}


def viewer(person_id: uuid.UUID, *roles: str, made=Viewer) -> Viewer:
    return made(person_id, uuid.uuid4(), "X", frozenset(roles), uuid.uuid4(), "UTC", has_accepted_use=True)


def survivors(source: str, check, at_least: int) -> list[str]:
    """Return the mutants that a check lets live."""
    alive, count = [], 0
    for mutant in mutants(Path(source)):
        count += 1
        try:
            check(mutant.module())
        except (Exception, pytest.fail.Exception):  # whatever it is: it was noticed
            continue
        alive.append(str(mutant))
    assert count >= at_least, f"Only {count} mutants of {source}: the mutator sees less than it did."
    return alive


@pytest.fixture
def rooms(db, clock):
    """Give two teachers a living class, an archived and an erased one each, all with one of everything."""
    now = clock()
    places = {}
    for name, kind, above in (
        ("Bay", "network", None),
        ("North", "region", "Bay"),
        ("South", "region", "Bay"),
        ("Hill", "school", "North"),
        ("Palm", "school", "South"),
    ):
        places[name] = Organisation(kind=kind, name=name, parent_id=places.get(above), created_at=now)
        db.add(places[name])
        db.flush()
        places[name] = places[name].id
    school = db.get_one(Organisation, places["Hill"])
    people = [
        Person(organisation_id=school.id, email=f"{name}@x.org", display_name=name, created_at=now)
        for name in ("ana", "bo", "cora")
    ]
    db.add_all(people)
    db.flush()
    ana, bo, cora = people
    for person, role, place in ((cora, "lead", "North"), (cora, "coach", "Bay"), (ana, "lead", "South")):
        db.add(RoleGrant(person_id=person.id, role=role, organisation_id=places[place]))
    db.flush()
    made = {}
    for owner in (ana, bo):
        for state in ("living", "archived", "erased"):
            made[owner.display_name, state] = _room(db, owner, state, now, shared_with=cora.id)
    return db, {one.display_name: one.id for one in people}, made


def _room(db, owner, state, now, *, shared_with) -> dict[str, uuid.UUID]:
    code = uuid.uuid4().hex[:6].upper()
    room = Classroom(owner_id=owner.id, nickname="P4", class_code=code, created_at=now)
    room.archived_at = now if state == "archived" else None
    room.erased_at = now if state == "erased" else None
    db.add(room)
    db.flush()
    letters = [FocalCode(classroom_id=room.id, label=letter) for letter in "AB"]
    letters[1].erased_at = now
    series = Series(owner_id=owner.id, classroom_id=room.id, title="Talk", created_at=now)
    survey = Survey(owner_id=owner.id)
    db.add_all((*letters, series, survey))
    db.flush()
    card = Card(
        classroom_id=room.id, focal_code_id=letters[0].id, token_hash=uuid.uuid4().bytes * 2, made_at=now
    )
    cycle = Cycle(owner_id=owner.id, classroom_id=room.id, series_id=series.id, number=1, created_at=now)
    db.add_all((card, cycle))
    db.flush()
    given = Administration(
        owner_id=owner.id,
        classroom_id=room.id,
        cycle_id=cycle.id,
        survey_id=survey.id,
        part="focal",
        mode="coded",
    )
    share = CycleShare(
        cycle_id=cycle.id, owner_id=owner.id, person_id=shared_with, level="plan", shared_at=now
    )
    db.add_all((given, share))
    db.flush()
    return {
        "classroom_for": room.id,
        "focal_code_for": letters[0].id,
        "erased code": letters[1].id,
        "card_for": card.id,
        "series_for": series.id,
        "cycle_for": cycle.id,
        "share_for": share.id,
        "administration_for": given.id,
    }


LOOKUPS = (
    "classroom_for",
    "focal_code_for",
    "card_for",
    "series_for",
    "cycle_for",
    "share_for",
    "administration_for",
)


def scope_is_whole(module, rooms, now) -> None:
    """Hold every lookup against everybody's objects in every state."""
    db, people, made = rooms
    for name in LOOKUPS:
        look = getattr(module, name)
        for (owner, state), ids in made.items():
            for who in people:
                seen = _seen(look, db, viewer(people[who], "teacher", "coach"), ids[name])
                if who == owner and state != "erased":
                    assert seen is not None, (name, owner, state)
                    assert seen.id == ids[name]
                else:
                    assert seen is None, (name, owner, state, who)
        assert _seen(look, db, viewer(people["ana"]), uuid.uuid4()) is None
    hers = viewer(people["ana"])
    assert _seen(module.focal_code_for, db, hers, made["ana", "living"]["erased code"]) is None
    with pytest.raises(NotVisible) as refused:
        module.cycle_for(db, hers, made["bo", "living"]["cycle_for"])
    assert refused.value.object_id == str(made["bo", "living"]["cycle_for"])
    shares_are_whole(module, rooms, now)
    places_are_whole(module, rooms)


def places_are_whole(module, rooms) -> None:
    """A lead reaches her places and all below; what is erased counts nowhere."""
    db, people, made = rooms
    places = {one.name: one.id for one in db.scalars(select(Organisation))}
    for who, led in (("cora", {"North", "Hill"}), ("ana", {"South", "Palm"}), ("bo", set())):
        found = db.scalars(module.places_led_by(viewer(people[who]))).all()
        assert sorted(found) == sorted(places[name] for name in led), who
        own = {places[name] for name in led & {"North", "South"}}
        assert module.places_granted(db, viewer(people[who])) == own, who
        for name, place_id in places.items():
            seen = _seen(module.led_place_for, db, viewer(people[who]), place_id)
            assert (seen and seen.id) == (place_id if name in led else None), (who, name)
    erased = {ids["classroom_for"] for (_owner, state), ids in made.items() if state == "erased"}
    assert set(db.scalars(module.erased_classrooms())) == erased


def shares_are_whole(module, rooms, now) -> None:
    db, people, made = rooms
    cora = viewer(people["cora"], "coach")
    for (owner, state), ids in made.items():
        seen = _seen(module.shared_cycle_for, db, cora, ids["cycle_for"])
        assert (seen is None) == (state == "erased"), (owner, state)
        if seen is not None:
            cycle, share = seen
            assert (cycle.id, share.id) == (ids["cycle_for"], ids["share_for"])
        for who in ("ana", "bo"):
            assert _seen(module.shared_cycle_for, db, viewer(people[who]), ids["cycle_for"]) is None
    # Taken back, it is gone for her, and still there for its owner.
    share = db.get_one(CycleShare, made["ana", "living"]["share_for"])
    with db.begin_nested() as trying:
        share.revoked_at = now + timedelta(days=1)
        db.flush()
        assert _seen(module.shared_cycle_for, db, cora, share.cycle_id) is None
        assert _seen(module.share_for, db, viewer(people["ana"]), share.id) is not None
        trying.rollback()


def _seen(look, db, who, object_id):
    try:
        found = look(db, who, object_id)
    except NotVisible:
        return None
    assert found is not None, "a lookup finds or refuses"
    return found


def test_no_mutant_of_scope_lives(rooms, clock):
    scope_is_whole(scope, rooms, clock())
    alive = survivors(scope.__file__, lambda module: scope_is_whole(module, rooms, clock()), at_least=60)
    # Nothing that a mutant did has stayed behind to kill the next one.
    scope_is_whole(scope, rooms, clock())
    assert not alive, "These changes of scope.py go unnoticed:\n" + "\n".join(alive)


def permissions_are_whole(module) -> None:
    """Hold every role against every permission, in the form that the table has."""
    for role, allowed in MAY.items():
        one = viewer(uuid.uuid4(), role, made=module.Viewer)
        for permission in module.Permission:
            expected = permission.name in allowed or permission.name == "OWN_ACCOUNT"
            assert one.may(permission) is expected, (role, permission)
    both = viewer(uuid.uuid4(), "researcher", "coach", made=module.Viewer)
    assert both.may(module.Permission.SEE_SHARED)
    assert both.may(module.Permission.SEE_RESEARCH)
    assert not both.may(module.Permission.MANAGE)
    nobody = viewer(uuid.uuid4(), made=module.Viewer)
    assert [one.name for one in module.Permission if nobody.may(one)] == ["OWN_ACCOUNT"]
    assert nobody.principal == principal.person(nobody.person_id)


def test_no_mutant_of_the_permissions_lives(monkeypatch):
    assert {role: {one.name for one in has} for role, has in permissions.ROLE_PERMISSIONS.items()} == MAY
    permissions_are_whole(permissions)
    alive = survivors(permissions.__file__, permissions_are_whole, at_least=5)
    # The table itself: each permission taken from each role, and each given to each.
    tried = 0
    for role, has in permissions.ROLE_PERMISSIONS.items():
        for one in Permission:
            if one is not Permission.OWN_ACCOUNT:
                monkeypatch.setitem(permissions.ROLE_PERMISSIONS, role, has ^ {one})
                tried += 1
                with pytest.raises(AssertionError):
                    permissions_are_whole(permissions)
                monkeypatch.setitem(permissions.ROLE_PERMISSIONS, role, has)
    assert tried >= 40
    assert not alive, "These changes of permissions.py go unnoticed:\n" + "\n".join(alive)


def principals_are_whole(module) -> None:
    somebody = uuid.uuid4()
    for wrong in (
        {"kind": "person", "name": "person"},
        {"kind": "research", "name": "rows"},
        {"kind": "job", "name": "x", "person_id": somebody},
        {"kind": "student", "name": "x", "person_id": somebody},
        {"kind": "person", "name": "person", "person_id": str(somebody)},
        {"kind": "root", "name": "x"},
        {"kind": "job", "name": ""},
        {"kind": "job", "name": "x'; --"},
    ):
        try:
            module.Principal(**wrong)
        except ValueError:
            continue
        raise AssertionError(wrong)
    one = module.person(somebody)
    assert (one.kind, one.person_id, str(one)) == ("person", somebody, f"person {somebody}")
    reader = module.row_reader(somebody, "rows")
    assert (reader.kind, reader.person_id, reader.name) == ("research", somebody, "rows")
    nightly = module.job("nightly")
    assert (nightly.kind, nightly.person_id, str(nightly)) == ("job", None, "job nightly")


def test_no_mutant_of_the_principal_lives():
    principals_are_whole(principal)
    alive = survivors(principal.__file__, principals_are_whole, at_least=9)
    assert not alive, "These changes of principal.py go unnoticed:\n" + "\n".join(alive)


def guard_is_whole(module) -> None:
    """Hold a guard against marked and unmarked connections of an engine of its own."""
    engine = create_engine("sqlite://")
    module.stand_below(engine)
    read = text("SELECT 1 AS answers")
    try:
        ana = principal.person(uuid.uuid4())
        with engine.execution_options(focal_principal=ana).connect() as connection:
            assert connection.scalar(read) == 1
            assert module.principal_of(connection) == ana
            _refuses(module, lambda: connection.execution_options(focal_principal=principal.job("x")))
            connection.execution_options(other=1)
            connection.info[module.MARK] = principal.job("x")
            _refuses(module, lambda: connection.scalar(read))
        for nobody in (None, "person", ana.person_id):
            with engine.execution_options(focal_principal=nobody).connect() as connection:
                _refuses(module, lambda connection=connection: connection.scalar(read))
                assert module.principal_of(connection) is None
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT 1 AS items")) == 1
            _refuses(module, lambda: connection.scalar(read))
            _refuses(module, lambda: connection.scalar(text('SELECT 1 AS "ANSWERS"')))
        for kind, word in ((principal.STUDENT_CHANNEL, "snapshots"), (principal.PUBLIC_PAGES, "answers")):
            with engine.execution_options(focal_principal=kind).connect() as connection:
                _refuses(module, lambda c=connection, word=word: c.scalar(text(f"SELECT 1 AS {word}")))
                assert connection.scalar(text("SELECT 1 AS items")) == 1
        assert module.scoped_tables("SELECT * FROM cycles, Answers") == {"cycles", "answers"}
        assert not module.scoped_tables("SELECT * FROM items")
    finally:
        engine.dispose()


def _refuses(module, do) -> None:
    try:
        do()
    except module.Unmarked:
        return
    raise AssertionError("let through")


# What says no on PostgreSQL alone is tried by test_row_security.py.
ONLY_ON_POSTGRES = ("connection.dialect.name", "principal is not None", "principal.person_id or")


def test_no_mutant_of_the_guard_lives():
    guard_is_whole(guard)
    alive = [
        one
        for one in survivors(guard.__file__, guard_is_whole, at_least=15)
        if not any(word in one for word in ONLY_ON_POSTGRES)
    ]
    assert not alive, "These changes of guard.py go unnoticed:\n" + "\n".join(alive)
