"""Make a package's bytes from the database, and keep its file for as long as its link lives."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from analytics.release import Policy
from survey_app.catalogue.queries import questions
from survey_app.errors import NotYet
from survey_app.research import package_queries as queries
from survey_app.research.files import About, package
from survey_app.research.queries import versions
from survey_app.research.tables import Source, tables_of

if TYPE_CHECKING:
    import uuid
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from survey_app.models.research import Agreement


def package_bytes(
    db: Session, agreement: Agreement, *, as_of: datetime, policy: Policy | None = None
) -> bytes:
    """Return the package of an agreement as it stood when it was asked for, without who was erased since.

    Raises
    ------
    NotYet
        If too few students or teachers are in it to hide anybody.
    """
    limits = policy or Policy()
    in_scope = queries.versions_in_scope(db, agreement.id)
    lessons = [
        one
        for one in queries.lessons_for(db, agreement, as_of=as_of)
        if any(item["key"] in in_scope for item in one.tables["items"])
    ]
    known = questions(db, in_scope.values())
    source = Source(
        lessons=lessons,
        questions={key: known[version_id] for key, version_id in in_scope.items()},
        focal_codes=queries.focal_codes(db, [one.classroom.id for one in lessons]),
        ways=queries.ways_of_entry(db, [one.administration.id for one in lessons]),
        regions=queries.regions_of(db),
        key=agreement.code_key,
    )
    tables = tables_of(source, limits)
    if tables.students < limits.smallest_group or tables.teachers < limits.fewest_teachers:
        raise NotYet(
            "There is too little yet: a package takes at least"
            f" {limits.smallest_group} students of {limits.fewest_teachers} teachers, in lessons whose"
            " children were told about research."
        )
    every = versions(db)
    scope = queries.scope_of(db, agreement)
    about = About(
        title=agreement.title,
        purpose=agreement.purpose,
        ends_on=agreement.ends_on.isoformat(),
        constructs=tuple(one.name for one in scope.constructs),
        families={
            one.key: (
                known[version_id].construct_key or "",
                every[one.parent_id].key if one.parent_id in every else "",
                one.comparability,
            )
            for version_id, one in every.items()
            if version_id in known
        },
        smallest_group=limits.smallest_group,
    )
    return package(tables, about)


def keep_file(instance: Path, package_id: uuid.UUID, body: bytes, *, until: datetime) -> None:
    """Write a package's file, whole or not at all; a file made earlier goes."""
    folder = _folder(instance)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_file(instance, package_id)
    aside = folder / f".{secrets.token_hex(8)}"
    # Only the process that serves it may read it.
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
    aside.replace(folder / f"{int(until.timestamp())}-{package_id}.zip")


def take_file(instance: Path, package_id: uuid.UUID) -> bytes | None:
    """Return a package's bytes and remove its file; none where there is no file any more."""
    for path in _folder(instance).glob(f"*-{package_id}.zip"):
        body = path.read_bytes()
        path.unlink()
        return body
    return None


def remove_file(instance: Path, package_id: uuid.UUID) -> None:
    """Remove a package's file, if there is one."""
    for path in _folder(instance).glob(f"*-{package_id}.zip"):
        path.unlink(missing_ok=True)


def remove_old_files(instance: Path, *, now: datetime) -> int:
    """Remove the files whose link has run out, and what a broken process left; return how many."""
    gone = 0
    for path in _folder(instance).glob("*"):
        until = path.name.split("-", 1)[0]
        if not until.isdecimal() or int(until) <= now.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def remove_all_files(instance: Path) -> int:
    """Remove every package file: after an erasure nobody takes along what was made before it."""
    files = list(_folder(instance).glob("*"))
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)


def _folder(instance: Path) -> Path:
    return instance / "packages"
