"""Make a package's bytes from the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.release import Policy
from survey_app.catalogue.queries import questions
from survey_app.errors import NotYet
from survey_app.research import lesson_queries
from survey_app.research import package_queries as queries
from survey_app.research.files import About, package
from survey_app.research.queries import versions
from survey_app.research.tables import Source, tables_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.research import Agreement


def package_bytes(
    db: Session, rows: Session, agreement: Agreement, *, as_of: datetime, policy: Policy | None = None
) -> bytes:
    """Return the package of an agreement as it stood when it was asked for, without who was erased since.

    ``rows`` reads what children and teachers answered, and is written down in the record of acts before it
    reads (``audit.reading_rows``); ``db`` reads the agreement, its places and the keys of codes.

    Raises
    ------
    NotYet
        If too few students or teachers are in it to hide anybody.
    """
    limits = policy or Policy()
    in_scope = lesson_queries.versions_in_scope(db, agreement.id)
    lessons = [
        one
        for one in lesson_queries.lessons_for(db, rows, agreement, as_of=as_of)
        if any(item["key"] in in_scope for item in one.tables["items"])
    ]
    known = questions(db, in_scope.values())
    source = Source(
        lessons=lessons,
        questions={key: known[version_id] for key, version_id in in_scope.items()},
        focal_codes=lesson_queries.focal_codes(db, [one.classroom.id for one in lessons]),
        ways=lesson_queries.ways_of_entry(rows, [one.administration.id for one in lessons]),
        regions=lesson_queries.regions_of(db),
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
