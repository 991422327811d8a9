"""Every row below a cycle has its owner: the migration up, down and up with a lived cycle in the tables."""

import re
import uuid

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from survey_app import migrate
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle, PlanPrediction
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.models.sharing import Comment, CycleShare
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration, Survey
from tests.databases import TESTS
from tests.migrations.test_upgrade import _triggers
from tests.survey_app.loop.teacher import Teacher, answer

SCRIPTS = ScriptDirectory.from_config(migrate.alembic_config())
BEFORE = SCRIPTS.get_revision("20261127_owners").down_revision
OWNED = (PlanPrediction, OwnRating, Prediction, Snapshot, CycleShare, Comment)


@pytest.fixture
def lived(app, clock):
    """A teacher with a decided cycle that a coach has commented on, and another teacher with a class."""
    ana, coach = Teacher.arrive(app, clock), Teacher.arrive(app, clock, "Cora Coach", roles=("coach",))
    cycle = ana.start()
    for token in ana.cards().values():
        answer(app, token)
    ana.see(cycle)
    ana.predict_and_lock(cycle)
    ana.post(f"{cycle}/reveal")
    ana.decide(cycle)
    ana.post(f"{cycle}/share", person=str(coach.person_id), level="bands")
    shared = f"/shared/{cycle.split('/')[2]}"
    coach.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', coach.get(shared))[1]
    coach.post(f"{shared}/comment", comment_id=str(uuid.uuid4()), words="Who spoke first?")
    bo = Teacher.arrive(app, clock, "Bo Berg")
    bo.start()
    return bo


def rows_of(engine) -> dict[str, list]:
    """Return every row of every table, as the database has it."""
    found = {}
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            found[table] = sorted(str(sorted(row.items())) for row in rows)
    return found


def shape_of(engine) -> dict[object, object]:
    """Return foreign keys, indexes, checks and unique keys of every table, and all triggers."""
    with engine.connect() as connection:
        look = inspect(connection)
        ways = (
            look.get_foreign_keys,
            look.get_indexes,
            look.get_check_constraints,
            look.get_unique_constraints,
        )
        shape = {
            (table, way.__name__): sorted(re.sub("0x[0-9a-f]+", "", str(one)) for one in way(table))
            for table in look.get_table_names()
            for way in ways
        }
        return shape | {"triggers": _triggers(connection)}


def test_down_and_up_again_keeps_every_row_every_key_and_every_trigger(lived, database, engine):
    before, shape = rows_of(engine), shape_of(engine)
    assert all(before[model.__tablename__] for model in OWNED)
    migrate.downgrade(database, BEFORE)
    with engine.connect() as connection:
        assert "owner_id" not in {column["name"] for column in inspect(connection).get_columns("predictions")}
        assert "focal_cycle_shares_fixed" in shape["triggers"] - _triggers(connection)
    migrate.upgrade(database)
    assert rows_of(engine) == before
    assert shape_of(engine) == shape


def test_no_row_points_into_another_teachers_class(lived, database):
    bo = lived
    for model in OWNED:
        parent = Cycle if "cycle_id" in model.__table__.columns else Administration
        column = "cycle_id" if parent is Cycle else "administration_id"
        with database.writing(TESTS) as db:
            row = db.scalars(select(model).where(model.owner_id != bo.person_id)).first()
            values = {name.key: getattr(row, name.key) for name in model.__table__.columns}
            theirs = db.scalars(select(parent.id).where(parent.owner_id == bo.person_id)).first()
            changed = values | {column: theirs} | ({"id": uuid.uuid4()} if "id" in values else {})
            with pytest.raises(IntegrityError):
                db.execute(model.__table__.insert().values(**changed))


def test_a_cycle_supports_a_student_of_its_own_class_and_gives_a_survey_of_its_own(lived, database):
    bo = lived
    strange_code = select(FocalCode.id).join(Classroom).where(Classroom.owner_id != bo.person_id).limit(1)
    strange_survey = select(Survey.id).where(Survey.owner_id != bo.person_id).limit(1)
    for model, change in (
        (Cycle, {"support_code_id": strange_code.scalar_subquery()}),
        (Administration, {"survey_id": strange_survey.scalar_subquery()}),
    ):
        with database.writing(TESTS) as db, pytest.raises(IntegrityError):
            db.execute(update(model).where(model.owner_id == bo.person_id).values(**change))
