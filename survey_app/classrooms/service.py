"""Rules of classes and focal codes; what others call of cards and of the archive is named here, too."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from survey_app.classrooms import codes, queries
from survey_app.classrooms.archive import archive_class, before_archive, check_is_live, unarchive_class
from survey_app.classrooms.cards import (
    CardWish,
    MadeCard,
    make_cards,
    make_wished_cards,
    revoke_card,
    revoke_cards_of_rest,
)
from survey_app.classrooms.codes import read_code
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import BANDS, Classroom, FocalCode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

__all__ = [
    "MOST_FOCAL",
    "CardWish",
    "MadeCard",
    "archive_class",
    "before_archive",
    "change_class",
    "make_cards",
    "make_class",
    "make_wished_cards",
    "read_code",
    "restore_focal_code",
    "retire_focal_code",
    "revoke_card",
    "revoke_cards_of_rest",
    "set_focal_codes",
    "unarchive_class",
]

FEWEST_FOCAL, MOST_FOCAL = 3, 6
MOST_STUDENTS = 200
LAST_GRADE_OF_K2 = 2


def make_class(
    db: Session,
    viewer: Viewer,
    *,
    nickname: str,
    band: str,
    grade: int | None,
    subject: str | None,
    students: int | None,
    now: datetime,
    classroom_id: uuid.UUID | None = None,
) -> Classroom:
    """Add a class of the viewer's own. The same ``classroom_id`` sent again gives the same class."""
    holder = db.get(Classroom, classroom_id) if classroom_id else None
    if holder is not None and holder.owner_id == viewer.person_id and holder.erased_at is None:
        return holder
    _check_class(nickname, band, grade, students)
    classroom = Classroom(
        id=classroom_id if classroom_id is not None and holder is None else uuid.uuid4(),
        owner_id=viewer.person_id,
        nickname=nickname.strip(),
        subject=(subject or "").strip() or None,
        grade=grade,
        band=band,
        students=students,
        class_code=_unused_class_code(db),
        created_at=now,
    )
    try:
        with db.begin_nested():
            db.add(classroom)
    except IntegrityError:
        # The other press of a double tap was faster.
        known = queries.own_class(db, viewer.person_id, classroom.id)
        if known is None:
            raise
        return known
    return classroom


def change_class(
    db: Session,
    classroom: Classroom,
    *,
    nickname: str,
    band: str,
    grade: int | None,
    subject: str | None,
    students: int | None,
) -> Classroom:
    """Change what a class is called and for whom it is."""
    check_is_live(classroom)
    _check_class(nickname, band, grade, students)
    classroom.nickname = nickname.strip()
    classroom.subject = (subject or "").strip() or None
    classroom.grade, classroom.band, classroom.students = grade, band, students
    db.flush()
    return classroom


def set_focal_codes(db: Session, classroom: Classroom, count: int) -> list[FocalCode]:
    """Add focal codes until ``count`` are in the planned set, and return the set, A first.

    A label belongs to one child for ever: a new code never takes the label of a retired one. Fewer codes come
    about by retiring the one who left (:func:`retire_focal_code`), never by a number.
    """
    check_is_live(classroom)
    queries.hold_class(db, classroom.id)
    live = queries.live_focal_codes(db, classroom.id)
    if not 0 <= count <= MOST_FOCAL:
        raise BadInput(
            f"A class has up to {MOST_FOCAL} focal students; a coded survey needs {FEWEST_FOCAL} or more.",
            {"focal": f"{count} is not between 0 and {MOST_FOCAL}."},
        )
    if count < len(live):
        labels = ", ".join(code.label for code in live)
        raise BadInput(
            "Focal students are not taken away by a number.",
            {"focal": f"This class has {labels}. Retire the code of the one who left, on the class page."},
        )
    used = queries.labels_ever_used(db, classroom.id)
    fresh = (label for label in _labels() if label not in used)
    added = [FocalCode(classroom_id=classroom.id, label=next(fresh)) for _ in range(count - len(live))]
    db.add_all(added)
    db.flush()
    return live + added


def retire_focal_code(db: Session, classroom: Classroom, focal_code: FocalCode, *, now: datetime) -> None:
    """Take a code out of the planned set: its cards stop working, its earlier answers stay."""
    check_is_live(classroom)
    if focal_code.retired_at is None:
        focal_code.retired_at = now
    for card in queries.live_cards_of_codes(db, [focal_code.id]):
        revoke_card(db, card, now=now)
    db.flush()


def restore_focal_code(db: Session, classroom: Classroom, focal_code: FocalCode) -> None:
    """Take a retired code back into the planned set; it needs a new card."""
    check_is_live(classroom)
    if focal_code.retired_at is None:
        return
    if len(queries.live_focal_codes(db, classroom.id)) >= MOST_FOCAL:
        raise NotYet(f"A class has up to {MOST_FOCAL} focal students. Retire another code first.")
    focal_code.retired_at = None
    db.flush()


def _check_class(nickname: str, band: str, grade: int | None, students: int | None) -> None:
    faults = {}
    if not nickname.strip():
        faults["nickname"] = "Give the class a short name, like Period 4."
    if band not in BANDS:
        faults["grade"] = "Choose the grade of the class."
    elif grade is not None and (not 0 <= grade <= 12 or (grade <= LAST_GRADE_OF_K2) != (band == "K-2")):
        faults["grade"] = "The grade and the band do not fit: K to 2 has its own picture questions."
    if students is not None and not 1 <= students <= MOST_STUDENTS:
        faults["students"] = f"The number of students is between 1 and {MOST_STUDENTS}, or empty."
    if faults:
        raise BadInput("Something about the class needs another look.", faults)


def _unused_class_code(db: Session) -> str:
    while queries.is_class_code_taken(db, code := codes.new_class_code()):
        pass
    return code


def _labels() -> Iterable[str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from letters
    for first in letters:
        yield from (first + second for second in letters)
