"""PostgreSQL's own walls, tried with a plain connection: no Python of the product stands in between."""

import uuid

import psycopg
import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from config import Config, ConfigError
from survey_app import audit, migrate, row_security
from survey_app.app import create_app
from survey_app.db import Database
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.principal import PUBLIC_PAGES, STUDENT_CHANNEL, person
from survey_app.walls import SCOPED
from tests.databases import TESTS
from tests.survey_app.loop.teacher import Teacher, answer

pytestmark = pytest.mark.database("postgres")

# Everything that hangs below one teacher's class, and what nobody but her may count.
BELOW_A_CLASS = sorted(row_security.ROWS)
# The two cycles leave none of these.
RARE = {"comments", "receipts", "turnout", "team_shares", "consents", "hand_ons"}
NEVER_A_LEADS = (
    "responses",
    "answers",
    "receipts",
    "turnout",
    "own_ratings",
    "predictions",
    "plan_predictions",
    "snapshots",
    "focal_codes",
    "cards",
    "cycle_focals",
    "cycle_shares",
    "comments",
    "consents",
)


@pytest.fixture
def two_teachers(app, clock):
    """Ana and Bo, each with a lived cycle; and a coach without anything."""
    people = []
    for name in ("Ana Lopez", "Bo Berg"):
        one = Teacher.arrive(app, clock, name)
        one.cycle = one.start()
        for token in one.cards().values():
            answer(app, token)
        one.see(one.cycle)
        one.predict_and_lock(one.cycle)
        one.post(f"{one.cycle}/reveal")
        one.cycle_id = uuid.UUID(one.cycle.split("/")[2])
        people.append(one)
    return (*people, Teacher.arrive(app, clock, "Cora Coach", roles=("coach",)))


@pytest.fixture
def raw(database_url):
    """Return a way to run statements as the application's role, for a principal or for nobody."""
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True, options="-c role=focal_app") as connection:

        def run(statement, kind="", who="", fetch=True):
            with connection.transaction(), connection.cursor() as cursor:
                if kind:
                    cursor.execute(
                        "SELECT set_config('focal.kind', %s, true), set_config('focal.person', %s, true)",
                        (kind, str(who)),
                    )
                cursor.execute(statement)
                return cursor.fetchall() if fetch else cursor.rowcount

        yield run


def counts(run, tables, **who):
    return {table: run(f"SELECT count(*) FROM {table}", **who)[0][0] for table in tables}


def share(ana, coach, level):
    ana.post(f"{ana.cycle}/share", person=str(coach.person_id), level=level)


def test_rows_are_reached_by_whom_they_are_for(two_teachers, raw, database, owners):
    """One story, because making two lived classes costs more than looking at them from all sides."""
    ana, bo, coach = two_teachers
    share(ana, coach, "bands")
    share(bo, coach, "plan")
    everything = counts(raw, SCOPED, kind="job")
    assert all(everything[table] for table in set(BELOW_A_CLASS) - RARE)

    # Nobody: not one row of anything that is scoped.
    assert set(counts(raw, SCOPED).values()) == {0}
    # A teacher: her half and no more, in every table, whatever the statement forgets.
    for owner, other in ((ana, bo), (bo, ana)):
        hers = counts(raw, BELOW_A_CLASS, kind="person", who=owner.person_id)
        for table in set(BELOW_A_CLASS) - RARE:
            assert 0 < hers[table] < everything[table], table
        assert raw("SELECT DISTINCT owner_id FROM cycles", kind="person", who=owner.person_id) == [
            (owner.person_id,)
        ]
        others = f"SELECT count(*) FROM snapshots WHERE owner_id = '{other.person_id}'"
        assert raw(others, kind="person", who=owner.person_id) == [(0,)]
    both = [counts(raw, BELOW_A_CLASS, kind="person", who=one.person_id) for one in (ana, bo)]
    for table in BELOW_A_CLASS:
        assert both[0][table] + both[1][table] == everything[table], table
    _a_teacher_changes_nothing_of_anothers(raw, ana, bo)
    _a_share_opens_what_it_says(raw, ana, bo, coach)
    _a_lead_sees_where_cycles_stand(raw, ana, bo, database)
    _students_put_in_and_take_nothing_out(raw)
    _a_row_reader_reads_and_does_nothing_else(raw, ana)
    _the_audit_is_only_added_to(raw)
    filled = [table for table, rows in counts(raw, BELOW_A_CLASS, kind="job").items() if rows]
    assert len(filled) >= 12
    assert _mutants_that_nobody_misses(owners, (ana, bo), filled) == []


# What a careless edit would do to a policy: open to all, to whoever has signed in, or gone.
MUTANTS = (
    ("focal_select", "USING (true)"),
    ("focal_select", "USING (focal_kind() <> '')"),
    ("focal_select", ""),
    ("focal_delete", "USING (true)"),
)


def _mutants_that_nobody_misses(owners, teachers, tables) -> list[tuple[str, str, str]]:
    """Return the changed policies with which everybody reaches what was reached before: none."""
    alive = []
    with owners.connect() as connection:
        for table in tables:
            before = _reach(connection, teachers, table)
            for policy, condition in MUTANTS:
                change = f"ALTER POLICY {policy} ON {table} {condition}"
                change = change if condition else f"DROP POLICY {policy} ON {table}"
                if _reach(connection, teachers, table, change) == before:
                    alive.append((table, policy, condition))
    return alive


def _reach(connection, teachers, table, change="") -> list[object]:
    """Return what nobody, a job and two teachers count, and what nobody can delete; nothing stays changed."""
    run = connection.exec_driver_sql
    found = []
    for kind, who, statement in (
        ("", "", f"SELECT count(*) FROM {table}"),
        ("job", "", f"SELECT count(*) FROM {table}"),
        *(("person", one.person_id, f"SELECT count(*) FROM {table}") for one in teachers),
        ("", "", f"DELETE FROM {table}"),
    ):
        try:
            if change:
                run(change)
            run("SET LOCAL ROLE focal_app")
            for name, value in (("kind", kind), ("person", who)):
                run(f"SELECT set_config('focal.{name}', '{value}', true)")
            answered = run(statement)
            found.append(answered.scalar() if answered.returns_rows else answered.rowcount)
        except DBAPIError as fault:
            # Rows that are locked, or that others hang on: they were reached.
            found.append(type(fault.orig).__name__)
        connection.rollback()
    return found


def _a_teacher_changes_nothing_of_anothers(raw, ana, bo):
    mine = {"kind": "person", "who": ana.person_id}
    for table in ("cycles", "classrooms", "series", "cycle_shares", "administrations", "surveys"):
        where = f"WHERE owner_id = '{bo.person_id}'"
        assert raw(f"UPDATE {table} SET id = id {where}", fetch=False, **mine) == 0, table
        assert raw(f"DELETE FROM {table} {where}", fetch=False, **mine) == 0, table
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        raw(
            "INSERT INTO classrooms (id, owner_id, nickname, band, class_code, created_at)"
            f" VALUES ('{uuid.uuid4()}', '{bo.person_id}', 'x', '3-12', 'ZZZZZZ', now())",
            fetch=False,
            **mine,
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        raw(f"UPDATE classrooms SET owner_id = '{bo.person_id}'", fetch=False, **mine)


def _a_share_opens_what_it_says(raw, ana, bo, coach):
    as_coach = {"kind": "person", "who": coach.person_id}
    assert set(raw("SELECT id FROM cycles", **as_coach)) == {(ana.cycle_id,), (bo.cycle_id,)}
    # Bands are drawn from the snapshot; a plan has none to draw from.
    assert raw("SELECT DISTINCT owner_id FROM snapshots", **as_coach) == [(ana.person_id,)]
    closed = ("responses", "answers", "predictions", "own_ratings", "cards", "receipts", "focal_codes")
    assert set(counts(raw, closed, **as_coach).values()) == {0}
    for statement in ("UPDATE cycles SET aim = 'x'", "DELETE FROM snapshots"):
        assert raw(statement, fetch=False, **as_coach) == 0
    # She notes that she has looked, and cannot raise what she was given.
    assert raw("UPDATE cycle_shares SET seen_at = now()", fetch=False, **as_coach) == 2
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        raw("UPDATE cycle_shares SET level = 'everything'", fetch=False, **as_coach)
    said = (
        "INSERT INTO comments (id, cycle_id, owner_id, author_id, words, written_at)"
        f" VALUES ('{uuid.uuid4()}', '{ana.cycle_id}', '{ana.person_id}', '%s', 'x', now())"
    )
    assert raw(said % coach.person_id, fetch=False, **as_coach) == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw(said.replace("'x'", "'y'") % bo.person_id, fetch=False, **as_coach)
    raw("UPDATE cycle_shares SET revoked_at = now()", fetch=False, kind="person", who=ana.person_id)
    assert raw("SELECT id FROM cycles", **as_coach) == [(bo.cycle_id,)]
    assert raw("SELECT * FROM snapshots", **as_coach) == []


def _a_lead_sees_where_cycles_stand(raw, ana, bo, database):
    with database.writing(TESTS) as db:
        school = db.get_one(Person, ana.person_id).organisation_id
        made = db.get_one(Organisation, school).created_at
        away = Organisation(kind="school", name="Elsewhere", created_at=made)
        db.add(away)
        db.flush()
        db.get_one(Person, bo.person_id).organisation_id = away.id
        lead = db.scalars(select(Person.id).where(Person.display_name == "Cora Coach")).one()
        db.add(RoleGrant(person_id=lead, role="lead", organisation_id=school))
        db.execute(text("DELETE FROM cycle_shares"))
        db.commit()
    as_lead = {"kind": "person", "who": lead}
    for table in ("cycles", "administrations", "classrooms", "series"):
        assert raw(f"SELECT DISTINCT owner_id FROM {table}", **as_lead) == [(ana.person_id,)], table
    assert set(counts(raw, set(NEVER_A_LEADS) - {"comments"}, **as_lead).values()) == {0}
    assert raw("UPDATE cycles SET aim = 'x'", fetch=False, **as_lead) == 0


def _students_put_in_and_take_nothing_out(raw):
    never = ("answers", "snapshots", "predictions", "own_ratings", "comments", "people")
    seen = counts(raw, never, kind="student")
    assert set(seen.values()) == {0}
    assert counts(raw, ("cards", "administrations"), kind="student")["cards"] > 0
    for statement in ("DELETE FROM responses", "UPDATE cards SET revoked_at = now()", "DELETE FROM receipts"):
        assert raw(statement, fetch=False, kind="student") == 0
    below = counts(raw, BELOW_A_CLASS, kind="public")
    assert set(below.values()) == {0}


def _a_row_reader_reads_and_does_nothing_else(raw, ana):
    reader = {"kind": "research", "who": ana.person_id}
    assert counts(raw, ("answers", "responses", "snapshots"), **reader)["answers"] > 0
    assert set(counts(raw, ("cards", "comments", "people", "cycle_focals"), **reader).values()) == {0}
    for statement in ("DELETE FROM answers", "UPDATE cycles SET aim = 'x'", "DELETE FROM snapshots"):
        assert raw(statement, fetch=False, **reader) == 0


def _the_audit_is_only_added_to(raw):
    assert raw("SELECT count(*) FROM audit_events", kind="job")[0][0] > 0
    for statement in (
        "UPDATE audit_events SET act = 'nothing'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
        "DROP POLICY focal_select ON answers",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw(statement, fetch=False, kind="job")


def test_a_pooled_connection_keeps_nothing_of_the_viewer_before(database):
    asked = text("SELECT current_setting('focal.kind', true), current_setting('focal.person', true)")
    one = person(uuid.uuid4())
    with database.reading(one) as db:
        assert tuple(db.execute(asked).one()) == ("person", str(one.person_id))
        process = db.scalar(text("SELECT pg_backend_pid()"))
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == process
        assert {value or "" for value in connection.execute(asked).one()} == {""}
    for principal in (STUDENT_CHANNEL, PUBLIC_PAGES):
        with database.writing(principal) as db:
            assert tuple(db.execute(asked).one()) == (principal.kind, "")
            db.commit()
            assert tuple(db.execute(asked).one()) == (principal.kind, "")


def test_the_application_works_in_a_role_that_owns_nothing(database, owners):
    role = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    with database.reading(TESTS) as db:
        assert db.scalar(text("SELECT current_user")) == row_security.APP_ROLE
        assert db.scalar(text(role)) is False
        assert db.scalar(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")) == 0
        forced = set(
            db.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"))
        )
    assert forced == set(SCOPED)
    with owners.connect() as connection:
        assert row_security.is_current(connection)


def test_a_reading_of_rows_is_written_down_before_the_first_row(database, clock):
    with database.writing(TESTS) as db:
        place = Organisation(kind="school", name="Hill", created_at=clock())
        db.add(place)
        db.flush()
        one = Person(organisation_id=place.id, email="r@x.org", display_name="R", created_at=clock())
        db.add(one)
        db.commit()
    reading = audit.reading_rows(
        database,
        one.id,
        "rows.read",
        organisation_id=place.id,
        route="/reports",
        object_id=None,
        now=clock(),
    )
    with reading as rows:
        assert rows.info["principal"].kind == "research"
        with database.reading(TESTS) as db:
            assert db.scalar(text("SELECT act FROM audit_events")) == "rows.read"
        with pytest.raises(Exception, match="not for research"):
            rows.scalar(text("SELECT count(*) FROM people"))


def production(url, tmp_path):
    return Config.from_env(
        {
            "DATABASE_URL": url,
            "FOCAL_ENV": "production",
            "FOCAL_PUBLIC_URL": "https://focal.example.org",
            "FOCAL_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-only-for-tests",
            "FOCAL_INSTANCE": str(tmp_path),
        }
    )


def test_production_refuses_a_role_that_walks_around_the_walls(database_url, owners, tmp_path):
    with pytest.raises(ConfigError, match="superuser"):
        create_app(production(database_url, tmp_path))
    name = f"focal_web_{uuid.uuid4().hex[:8]}"
    address = make_url(database_url).set(username=name, password="web").render_as_string(hide_password=False)
    base = make_url(database_url).database
    with owners.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        run = connection.exec_driver_sql
        run(f"CREATE ROLE {name} LOGIN PASSWORD 'web' IN ROLE focal_app")
        try:
            create_app(production(address, tmp_path)).extensions["focal_db"].engine.dispose()
            run(f"ALTER ROLE {name} BYPASSRLS")
            with pytest.raises(ConfigError, match="BYPASSRLS"):
                create_app(production(address, tmp_path))
            run(f"ALTER ROLE {name} NOBYPASSRLS")
            run(f"ALTER TABLE aims OWNER TO {name}")
            with pytest.raises(ConfigError, match="owns"):
                create_app(production(address, tmp_path))
            run("ALTER TABLE aims OWNER TO CURRENT_USER")
            run("ALTER TABLE answers NO FORCE ROW LEVEL SECURITY")
            with pytest.raises(ConfigError, match="answers"):
                create_app(production(address, tmp_path))
            run("ALTER TABLE answers FORCE ROW LEVEL SECURITY")
            run("COMMENT ON FUNCTION focal_kind() IS 'older'")
            with pytest.raises(ConfigError, match="another version"):
                create_app(production(address, tmp_path))
            again = Database(database_url, as_owner=True)
            migrate.renew_walls(again)
            again.engine.dispose()
            create_app(production(address, tmp_path)).extensions["focal_db"].engine.dispose()
        finally:
            run(f"ALTER DATABASE {base} OWNER TO CURRENT_USER")
            run(f"DROP OWNED BY {name}")
            run(f"DROP ROLE {name}")
