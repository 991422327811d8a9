"""PostgreSQL's own walls: which rows of a scoped table a principal reaches, whatever the statement forgets.

Policies follow from this file alone and are made anew after every migration (:func:`install`). They ask two
settings that :mod:`survey_app.guard` writes at the beginning of each transaction, for that transaction only:
the kind of principal and the person. What a person may reach beyond her own rows (shares, a lead's places) is
asked of the tables, never of a setting.
"""

# ruff: noqa: S608  (every condition is written here; nothing that anybody typed comes near)
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from survey_app.principal import JOB, PERSON, RESEARCH, STUDENT
from survey_app.walls import SCOPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

APP_ROLE = "focal_app"
FUNCTIONS = """
CREATE OR REPLACE FUNCTION focal_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT current_setting('focal.kind', true) $$;
CREATE OR REPLACE FUNCTION focal_person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('focal.person', true), '')::uuid $$;
CREATE OR REPLACE FUNCTION focal_reach() RETURNS SETOF uuid LANGUAGE sql STABLE AS
  $$ WITH RECURSIVE places AS (
       SELECT organisation_id AS id FROM role_grants WHERE person_id = focal_person() AND role = 'lead'
       UNION SELECT o.id FROM organisations o JOIN places ON o.parent_id = places.id
     ) SELECT p.id FROM people p JOIN places ON p.organisation_id = places.id $$;
CREATE OR REPLACE FUNCTION focal_teams() RETURNS SETOF uuid LANGUAGE sql STABLE AS
  $$ WITH RECURSIVE places AS (
       SELECT organisation_id AS id FROM role_grants WHERE person_id = focal_person() AND role = 'lead'
       UNION SELECT o.id FROM organisations o JOIN places ON o.parent_id = places.id
     ) SELECT t.id FROM teams t JOIN places ON t.organisation_id = places.id
       UNION SELECT m.team_id FROM team_members m WHERE m.person_id = focal_person() $$;
"""
FUNCTION_NAMES = ("focal_teams", "focal_reach", "focal_person", "focal_kind")
# Two test runs, or two databases of one server, may ask for it at the same moment.
MAKE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
    CREATE ROLE {APP_ROLE} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
"""
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")

_SHARES = "SELECT s.cycle_id FROM cycle_shares s WHERE s.person_id = focal_person() AND s.revoked_at IS NULL"
_MINE = "owner_id = focal_person()"
_MY_CLASS = "classroom_id IN (SELECT c.id FROM classrooms c WHERE c.owner_id = focal_person())"
_WHOLLY_SHARED = (
    "classroom_id IN (SELECT c.classroom_id FROM cycles c"
    f" WHERE c.id IN ({_SHARES} AND s.level = 'everything'))"
)
# On the poster of a team that she is in or leads, as long as its teacher is in the team.
_POSTED = (
    "SELECT t.cycle_id FROM team_shares t JOIN team_members m ON m.team_id = t.team_id"
    " AND m.person_id = t.owner_id WHERE t.revoked_at IS NULL AND t.team_id IN (SELECT focal_teams())"
)
_SHARED = f"cycle_id IN ({_SHARES})"


@dataclass(frozen=True)
class Reach:
    """Who reaches which rows of a table: a person's own, what she reads too, what others may do."""

    own: str
    read_too: tuple[str, ...] = ()
    add: str = ""  # in place of ``own``, for new rows
    change_too: str = ""
    student: frozenset[str] = frozenset()
    research: bool = False


def _student(*commands: str) -> frozenset[str]:
    return frozenset(commands)


_READS, _ADDS = _student("SELECT"), _student("SELECT", "INSERT")
ROWS: dict[str, Reach] = {
    "classrooms": Reach(
        _MINE,
        ("EXISTS (SELECT FROM cycles c WHERE c.classroom_id = classrooms.id)",),
        student=_READS,
        research=True,
    ),
    "focal_codes": Reach(_MY_CLASS, (_WHOLLY_SHARED,), student=_READS),
    "cards": Reach(_MY_CLASS, student=_READS),
    "series": Reach(_MINE, ("EXISTS (SELECT FROM cycles c WHERE c.series_id = series.id)",), research=True),
    "cycles": Reach(
        _MINE,
        # PostgreSQL asks in this order, and whether a cycle hangs on a poster costs it most.
        (f"id IN ({_SHARES})", "owner_id IN (SELECT focal_reach())", f"id IN ({_POSTED})"),
        student=_READS,
        research=True,
    ),
    "cycle_focals": Reach(_MINE, (_WHOLLY_SHARED,), student=_READS),
    "plan_predictions": Reach(_MINE, (_SHARED,), student=_student("SELECT", "INSERT", "UPDATE")),
    "surveys": Reach(
        _MINE,
        ("EXISTS (SELECT FROM administrations a WHERE a.survey_id = surveys.id)",),
        student=_READS,
        research=True,
    ),
    "survey_items": Reach(
        "survey_id IN (SELECT v.id FROM surveys v WHERE v.owner_id = focal_person())",
        ("EXISTS (SELECT FROM surveys v WHERE v.id = survey_items.survey_id)",),
        student=_READS,
        research=True,
    ),
    "administrations": Reach(
        _MINE,
        ("EXISTS (SELECT FROM cycles c WHERE c.id = administrations.cycle_id)",),
        student=_student("SELECT", "UPDATE"),
        research=True,
    ),
    "responses": Reach(_MY_CLASS, student=_ADDS, research=True),
    # A child's channel puts answers in and can never take one out.
    "answers": Reach(
        f"EXISTS (SELECT 1 FROM responses r WHERE r.id = response_id AND r.{_MY_CLASS})",
        student=_student("INSERT"),
        research=True,
    ),
    "receipts": Reach(
        "administration_id IN (SELECT a.id FROM administrations a WHERE a.owner_id = focal_person())",
        student=_ADDS,
    ),
    "turnout": Reach(_MY_CLASS, student=_ADDS),
    "own_ratings": Reach(_MINE, research=True),
    "predictions": Reach(_MINE, research=True),
    "snapshots": Reach(
        _MINE,
        (
            f"administration_id IN (SELECT a.id FROM administrations a WHERE a.cycle_id IN ({_SHARES}"
            " AND s.level <> 'plan'))",
            f"administration_id IN (SELECT a.id FROM administrations a WHERE a.cycle_id IN ({_POSTED}"
            " AND t.level = 'bands'))",
        ),
        research=True,
    ),
    # What bands told goes the way of the snapshots they are made from.
    "hand_ons": Reach(
        _MINE,
        (
            f"administration_id IN (SELECT a.id FROM administrations a WHERE a.cycle_id IN ({_SHARES}"
            " AND s.level <> 'plan'))",
            f"administration_id IN (SELECT a.id FROM administrations a WHERE a.cycle_id IN ({_POSTED}"
            " AND t.level = 'bands'))",
        ),
    ),
    # Whoever a cycle is shared with notes when she last looked; a trigger keeps the rest of the row.
    "cycle_shares": Reach(
        _MINE, ("person_id = focal_person()",), change_too="person_id = focal_person() AND revoked_at IS NULL"
    ),
    "team_shares": Reach(_MINE, ("team_id IN (SELECT focal_teams())",)),
    "consents": Reach(_MY_CLASS, student=_READS),
    "comments": Reach(
        _MINE,
        ("author_id = focal_person()", _SHARED),
        add=f"author_id = focal_person() AND ({_MINE} OR {_SHARED})",
    ),
}  # fmt: skip


def conditions(table: str) -> dict[str, str]:
    """Return for each command the condition under which a row is in reach."""
    kinds = SCOPED[table]
    rows = ROWS.get(table)
    if rows is None:
        named = ", ".join(f"'{kind}'" for kind in sorted(kinds))
        return dict.fromkeys(COMMANDS, f"focal_kind() IN ({named})")
    found = {}
    for command in COMMANDS:
        ways = [rows.add if command == "INSERT" and rows.add else rows.own]
        ways += rows.read_too if command == "SELECT" else ()
        ways += [rows.change_too] if command == "UPDATE" and rows.change_too else []
        found[command] = _for_kinds(kinds, command, rows, ways)
    return found


def _for_kinds(kinds: Iterable[str], command: str, rows: Reach, ways: list[str]) -> str:
    anyway = [JOB]
    anyway += [STUDENT] if command in rows.student else []
    anyway += [RESEARCH] if rows.research and command == "SELECT" else []
    named = ", ".join(f"'{kind}'" for kind in anyway if kind in kinds)
    hers = " OR ".join(f"({way})" for way in ways)
    return f"focal_kind() IN ({named}) OR (focal_kind() = '{PERSON}' AND ({hers}))"


def statements(tables: Iterable[str]) -> Iterator[str]:
    """Return every statement that puts up the walls around these tables."""
    yield FUNCTIONS
    yield f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}"
    # The audit is written and read; the schema's version is read.
    yield f"REVOKE UPDATE, DELETE ON audit_events FROM {APP_ROLE}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {APP_ROLE}"
    for table in sorted(set(tables) & set(SCOPED)):
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
        for command, condition in conditions(table).items():
            checks = {
                "SELECT": f"USING ({condition})",
                "INSERT": f"WITH CHECK ({condition})",
                "UPDATE": f"USING ({condition}) WITH CHECK ({condition})",
                "DELETE": f"USING ({condition})",
            }
            name = f"focal_{command.lower()}"
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
            yield f"CREATE POLICY {name} ON {table} FOR {command} {checks[command]}"


def _digest(tables: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(statements(tables)).encode()).hexdigest()


def _tables(connection: Connection) -> list[str]:
    return sorted(set(inspect(connection).get_table_names()) & set(SCOPED))


def install(connection: Connection) -> None:
    """Put up the walls as this version of Focal has them; the caller owns the tables, and commits."""
    _make_role(connection)
    tables = _tables(connection)
    for statement in statements(tables):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION focal_kind() IS '{_digest(tables)}'")


def remove(connection: Connection) -> None:
    """Take the walls down before a migration: a column that a policy names cannot go."""
    for table in _tables(connection):
        for command in COMMANDS:
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS focal_{command.lower()} ON {table}")
        connection.exec_driver_sql(
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
        )
    for name in FUNCTION_NAMES:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")


def _make_role(connection: Connection) -> None:
    """Make the role that the application works in, once in a cluster; whoever migrates may step into it."""
    connection.exec_driver_sql(MAKE_ROLE)
    if not connection.exec_driver_sql(f"SELECT pg_has_role(current_user, '{APP_ROLE}', 'MEMBER')").scalar():
        connection.exec_driver_sql(f"GRANT {APP_ROLE} TO CURRENT_USER")


def is_current(connection: Connection) -> bool:
    """Tell whether the walls that stand are those of this version."""
    found = connection.exec_driver_sql(
        "SELECT obj_description(to_regprocedure('focal_kind()')::oid, 'pg_proc')"
    ).scalar()
    return found == _digest(_tables(connection))


def faults(connection: Connection) -> list[str]:
    """Return what would let the application around its own walls, and how to mend each."""
    found = []
    login, is_super, bypasses = connection.exec_driver_sql(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user"
    ).one()
    if is_super or bypasses:
        what = "a superuser" if is_super else "free of row-level security (BYPASSRLS)"
        found.append(f"DATABASE_URL signs in as {login}, who is {what}. {MEND}")
    owned = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        " AND pg_has_role(session_user, tableowner, 'MEMBER')"
    ).scalar()
    if owned and not is_super:
        found.append(f"DATABASE_URL signs in as {login}, who owns the tables. {MEND}")
    open_tables = connection.exec_driver_sql(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND NOT (relrowsecurity AND relforcerowsecurity)"
    ).scalars()
    if missing := sorted(set(open_tables) & set(SCOPED)):
        found.append(f"Row-level security is off on {', '.join(missing)}. {RENEW}")
    elif not is_current(connection):
        found.append(f"The row policies in the database are of another version. {RENEW}")
    return found


MEND = (
    "Let the application sign in as a role of its own that is a member of focal_app, and keep the owner for"
    " DATABASE_OWNER_URL; docs/operating.md has the statements."
)
RENEW = "python -m survey_app.prepare, with DATABASE_OWNER_URL set, puts it right."
