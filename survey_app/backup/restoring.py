"""Put a backup back: only where nothing is lost, and with every erasure since done again."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url, select, update

from survey_app import clock, migrate, running
from survey_app.audit import record_act
from survey_app.backup import keeping, making, postgres, sqlite
from survey_app.backup.archive import CannotBackUp, Manifest, unpack
from survey_app.db import Database
from survey_app.erasure import journal, nightly
from survey_app.models import load_all
from survey_app.models.people import Organisation, PasswordLink, StaffSession
from survey_app.prepare import prepare_database
from survey_app.principal import job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from config import Config


@dataclass(frozen=True)
class Restored:
    """What was put back, and what has to be looked at."""

    manifest: Manifest
    where: str
    kept: Path | None
    did: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def restore(
    archive: Path,
    config: Config,
    *,
    into: str | None = None,
    confirm: Callable[[str], bool] | None = None,
    now: datetime | None = None,
) -> Restored:
    """Put a backup where ``into`` says, or where the settings say.

    Parameters
    ----------
    archive : Path
        The backup; every byte of it is checked before anything else is touched.
    into : str, optional
        A file or an address of a PostgreSQL, when not the installation's own database. The installation
        itself is not touched then.
    confirm : callable, optional
        Asked with the name of the database when one stands there already. Without it, or when it says no,
        nothing is replaced. What stood there is backed up first.
    """
    now = now or clock.now()
    target = replace(config, database_url=_address(into), owners_url=None) if into else config
    with tempfile.TemporaryDirectory(prefix="focal-restore-") as folder:
        work = Path(folder)
        manifest = unpack(archive, config.secret_keys, work)
        _fits(manifest, target)
        at = replace(target, instance=_instance(target, work)) if into else target
        lines = _longest_journal([work, config.instance, at.instance])
        with _to_itself(config, alone=not into):
            kept = _make_room(target, confirm, now)
            _put_back(manifest, work, target)
            if lines:
                at.instance.mkdir(parents=True, exist_ok=True)
                (at.instance / journal.FILE).write_bytes(lines)
                (at.instance / journal.FILE).chmod(0o600)
            did, faults = _bring_up_to_date(at, now)
    return Restored(manifest, _place(target.database_url), kept, did, faults)


def _address(into: str) -> str:
    for start in ("postgresql://", "postgres://"):
        if into.startswith(start):
            return "postgresql+psycopg://" + into.removeprefix(start)
    if into.startswith("postgresql+psycopg://"):
        return into
    return f"sqlite:///{Path(into.removeprefix('sqlite:///')).absolute()}"


def _place(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _fits(manifest: Manifest, target: Config) -> None:
    kind = "sqlite" if target.on_sqlite else "postgresql"
    if manifest.kind != kind:
        raise CannotBackUp(f"This is a backup of {manifest.kind}; it cannot be put into {kind}.")
    if manifest.schema not in migrate.schemas():
        raise CannotBackUp(
            f"This backup has the schema {manifest.schema}, which this version of Focal does not know."
            " Put it back with the version that made it, or a later one."
        )


def _instance(target: Config, work: Path) -> Path:
    """Return where a copy elsewhere keeps its list of erasures: beside the file, or nowhere for long."""
    return sqlite.path_of(target.database_url).parent if target.on_sqlite else work / "instance"


def _longest_journal(folders: list[Path]) -> bytes:
    """Return the list of erasures that goes furthest; complain when two have gone different ways."""
    found = {folder / journal.FILE for folder in folders if (folder / journal.FILE).exists()}
    by_length = sorted(((path.read_bytes(), path) for path in found), key=lambda one: len(one[0]))
    for (shorter, one), (longer, other) in pairwise(by_length):
        if not longer.startswith(shorter):
            raise CannotBackUp(
                f"Two lists of erasures have gone different ways: {one} and {other}. Nothing was touched.\n"
                "Find out which is the true one and move the other away."
                " What stands only in that one is not erased again."
            )
    return by_length[-1][0] if by_length else b""


@contextmanager
def _to_itself(config: Config, *, alone: bool) -> Iterator[None]:
    """Hold the installation, so that no server writes into what is being replaced."""
    if not alone:
        yield
        return
    with running.alone(config.instance):
        yield


def _make_room(target: Config, confirm: Callable[[str], bool] | None, now: datetime) -> Path | None:
    kind = sqlite if target.on_sqlite else postgres
    if kind.is_empty(target.owner_url):
        return None
    place, name = _place(target.database_url), Path(make_url(target.database_url).database or "").name
    if confirm is None or not confirm(name):
        raise CannotBackUp(
            f"There is a database at {place}. Nothing was touched.\n"
            "Name an empty place with --into, or add --replace and type the name of the database."
        )
    folder = target.backup_folder
    try:
        kept, _gone = making.make_backup(target, folder, now=now)
    except CannotBackUp:
        if not target.on_sqlite:
            raise
        return sqlite.move_aside(target.database_url, folder, keeping.stamp(now))
    if target.on_sqlite:
        sqlite.fold_side_file(target.database_url)
    return kept


def _put_back(manifest: Manifest, work: Path, target: Config) -> None:
    kind = sqlite if target.on_sqlite else postgres
    found = kind.put_back(work / kind.PAYLOAD, target.owner_url)
    if found != (manifest.schema, manifest.counts):
        raise CannotBackUp("What came out of the backup is not what it says it holds. Use another one.")


def _bring_up_to_date(at: Config, now: datetime) -> tuple[dict[str, int], list[str]]:
    """Renew the schema, end what must not come back, and do the night's work: erasures first of all."""
    prepare_database(at.owner_url)
    load_all()
    database = Database(at.database_url)
    try:
        with database.writing(job("restore")) as db:
            # Somebody signed out since, or a link was used since: neither may open anything again.
            db.execute(update(StaffSession).where(StaffSession.ended_at.is_(None)).values(ended_at=now))
            db.execute(update(PasswordLink).where(PasswordLink.used_at.is_(None)).values(used_at=now))
            place = db.scalars(select(Organisation.id).where(Organisation.kind == "network")).first()
            record_act(
                db, "database.restored", actor_id=None, organisation_id=place, route="console", now=now
            )
            db.commit()
        did, faults = nightly.work(database, at, now=now)
    finally:
        database.engine.dispose()
    return {what: count for what, count in sorted(did.items()) if count}, faults
