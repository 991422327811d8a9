"""Rules of classes, focal codes and cards."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.classrooms import codes, queries
from survey_app.classrooms.codes import read_code
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import BANDS, Card, Classroom, FocalCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

__all__ = [
    "MOST_FOCAL",
    "MadeCard",
    "archive_class",
    "before_archive",
    "change_class",
    "make_cards",
    "make_class",
    "read_code",
    "retire_focal_code",
    "revoke_card",
    "set_focal_codes",
    "unarchive_class",
]

FEWEST_FOCAL, MOST_FOCAL = 3, 6
MOST_STUDENTS = 200
LAST_GRADE_OF_K2 = 2

# What has to be closed before a class is put away; the slices that open things register here.
_closers: list[Callable[[Session, Classroom, datetime], object]] = []


@dataclass(frozen=True)
class MadeCard:
    """A card at the one moment when its code is known. ``label`` is none for the rest of the class."""

    card: Card
    token: str
    label: str | None


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
    if classroom_id is not None:
        known = db.get(Classroom, classroom_id)
        if known is not None and known.owner_id == viewer.person_id and known.erased_at is None:
            return known
    _check_class(nickname, band, grade, students)
    classroom = Classroom(
        id=classroom_id if classroom_id is not None and known is None else uuid.uuid4(),
        owner_id=viewer.person_id,
        nickname=nickname.strip(),
        subject=(subject or "").strip() or None,
        grade=grade,
        band=band,
        students=students,
        class_code=_unused_class_code(db),
        created_at=now,
    )
    db.add(classroom)
    db.flush()
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


def make_cards(
    db: Session,
    classroom: Classroom,
    *,
    focal_codes: Iterable[FocalCode],
    others: int,
    locale: str,
    now: datetime,
) -> list[MadeCard]:
    """Make cards, and return their codes, which exist at this moment only.

    A focal code has one living card: its earlier one is revoked. Cards for ``others`` are added to the rest.
    """
    check_is_live(classroom)
    focal_codes = list(focal_codes)
    if not 0 <= others <= MOST_STUDENTS:
        raise BadInput(
            "That is not a number of cards.", {"others": f"Make between 0 and {MOST_STUDENTS} cards at once."}
        )
    for old in queries.live_cards_of_codes(db, [code.id for code in focal_codes]):
        revoke_card(db, old, now=now)
    owners: list[FocalCode | None] = [*focal_codes, *([None] * others)]
    made = []
    for owner, token in zip(owners, _unused_tokens(db, len(owners)), strict=True):
        card = Card(
            classroom_id=classroom.id,
            focal_code_id=owner.id if owner else None,
            token_hash=codes.card_hash(token),
            locale=locale,
            made_at=now,
        )
        made.append(MadeCard(card, token, owner.label if owner else None))
    db.add_all([one.card for one in made])
    db.flush()
    return made


def revoke_card(db: Session, card: Card, *, now: datetime) -> None:
    """Let a card open nothing any more."""
    if card.revoked_at is None:
        card.revoked_at = now
        db.flush()


def before_archive(close: Callable[[Session, Classroom, datetime], object]) -> None:
    """Register what closes a class's open surveys when it is put away."""
    if close not in _closers:
        _closers.append(close)


def archive_class(db: Session, classroom: Classroom, *, now: datetime) -> None:
    """Put a class away at the end of its year: what is open closes, its codes rest, it can only be read."""
    if classroom.archived_at is not None:
        return
    for close in _closers:
        close(db, classroom, now)
    if queries.has_open_survey(db, classroom.id):
        raise NotYet("A survey of this class is still open. Close it first, then put the class away.")
    classroom.archived_at = now
    db.flush()


def unarchive_class(db: Session, classroom: Classroom) -> None:
    """Bring a class back; its code and cards work again."""
    classroom.archived_at = None
    db.flush()


def check_is_live(classroom: Classroom) -> None:
    """Refuse to change a class that was put away."""
    if classroom.archived_at is not None:
        raise NotYet("This class is put away and can only be read. Bring it back first.")


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


def _unused_tokens(db: Session, count: int) -> list[str]:
    tokens: dict[bytes, str] = {}
    while len(tokens) < count:
        token = codes.new_card_token()
        tokens[codes.card_hash(token)] = token
        if len(tokens) == count:
            for taken in queries.hashes_taken(db, tokens):
                del tokens[taken]
    return list(tokens.values())


def _labels() -> Iterable[str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from letters
    for first in letters:
        yield from (first + second for second in letters)
