"""The end of a class's year: what is open closes, its codes rest, and it can only be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.classrooms import queries
from survey_app.errors import NotYet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom

# What has to be closed before a class is archived; the slices that open things register here.
_closers: list[Callable[[Session, Classroom, datetime], object]] = []


def before_archive(close: Callable[[Session, Classroom, datetime], object]) -> None:
    """Register what closes a class's open surveys when it is archived."""
    if close not in _closers:
        _closers.append(close)


def archive_class(db: Session, classroom: Classroom, *, now: datetime) -> None:
    """Archive a class. Done twice, it was done once."""
    if classroom.archived_at is not None:
        return
    for close in _closers:
        close(db, classroom, now)
    if queries.has_open_survey(db, classroom.id):
        raise NotYet("A survey of this class is still open. Close it first, then archive the class.")
    classroom.archived_at = now
    db.flush()


def unarchive_class(db: Session, classroom: Classroom) -> None:
    """Take a class out of the archive; its code and cards work again."""
    classroom.archived_at = None
    db.flush()


def check_is_live(classroom: Classroom) -> None:
    """Refuse to change an archived class."""
    if classroom.archived_at is not None:
        raise NotYet("This class is archived and can only be read. Take it out of the archive first.")
