"""Erase one focal code, or one class: every row, and every trace of a code in frozen results.

The mark ``erased_at`` is set first: the database lets locked and frozen rows go only when it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, select, update

from survey_app.erasure import queries
from survey_app.erasure.named import empty_texts
from survey_app.errors import NotYet
from survey_app.models.classrooms import Card, Consent, FocalCode
from survey_app.models.cycles import Cycle, CycleFocal, PlanPrediction, Series
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.models.releases import HandOn
from survey_app.models.research import DataPackage
from survey_app.models.responses import Answer, Receipt, Response
from survey_app.models.sharing import Comment, CycleShare, TeamShare
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration, Survey, SurveyItem
from survey_app.models.turnout import Turnout
from survey_app.releases import handing_on
from survey_app.results.snapshots import hash_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom

STILL_OPEN = "A survey of this class is open. Close it first, so that no answer comes in while you erase."


def erase_code(db: Session, code: FocalCode, *, with_texts: bool = False, now: datetime) -> None:
    """Erase everything that is held about one focal code; her letter is never given to another student.

    ``with_texts`` empties plans, logs, decisions and comments that speak of her, too.

    Raises
    ------
    NotYet
        If a survey of the class is open.
    """
    _hold(db, code.classroom_id)
    if with_texts:
        empty_texts(db, code)
    code.erased_at = now
    code.retired_at = code.retired_at or now
    db.flush()
    erase_rows_of_code(db, code)


def erase_rows_of_code(db: Session, code: FocalCode) -> int:
    """Delete what is held about a code that is marked as erased; return how many rows went."""
    own = Response.focal_code_id == code.id
    sheets, cards = select(Response.id).where(own), select(Card.id).where(Card.focal_code_id == code.id)
    answered = list(db.scalars(select(Response.administration_id).where(own)))
    gone = _drop(db, Receipt, Receipt.administration_id.in_(answered))
    gone += _drop(db, Answer, Answer.response_id.in_(sheets))
    gone += _drop(db, Response, own)
    gone += _drop(db, Prediction, Prediction.focal_code_id == code.id)
    gone += _drop(db, Turnout, Turnout.card_id.in_(cards))
    gone += _drop(db, Card, Card.focal_code_id == code.id)
    gone += _drop(db, Consent, Consent.focal_code_id == code.id)
    gone += _forget_in_cycles(db, code)
    gone += _forget_in_snapshots(db, code)
    _end_links(db)
    db.expire_all()
    return gone


def _forget_in_cycles(db: Session, code: FocalCode) -> int:
    planned = select(CycleFocal.cycle_id).where(CycleFocal.focal_code_id == code.id)
    db.execute(
        update(Administration)
        .where(
            Administration.cycle_id.in_(planned),
            Administration.mode == "coded",
            Administration.expected > 0,
        )
        .values(expected=Administration.expected - 1)
        .execution_options(synchronize_session=False)
    )
    # A higher version: a decision that is open in another tab may not write the code back.
    db.execute(
        update(Cycle)
        .where(Cycle.support_code_id == code.id)
        .values(support_code_id=None, support_step="", version=Cycle.version + 1)
        .execution_options(synchronize_session=False)
    )
    return _drop(db, CycleFocal, CycleFocal.focal_code_id == code.id)


def _forget_in_snapshots(db: Session, code: FocalCode) -> int:
    rewritten = 0
    taken = queries.coded_snapshots(db, code.classroom_id)
    handed_on = handing_on.before_an_erasure(db, taken, code.label)
    for snapshot in taken:
        tables = tables_without(snapshot.tables, code.label)
        if tables != snapshot.tables:
            snapshot.tables = tables
            snapshot.content_hash = hash_of(tables)
            snapshot.erasures += 1
            rewritten += 1
    db.flush()
    handing_on.after_an_erasure(db, handed_on, taken, code.label)
    return rewritten


def tables_without(tables: Mapping[str, Any], label: str) -> dict[str, Any]:
    """Return a coded snapshot's tables as if a code had never been in the class.

    Examples
    --------
    >>> frozen = {"n": 2, "students": ["A", "B"], "answers": [["A", "SM1", 3, None], ["B", "SM1", 1, None]],
    ...           "words": [["A", "OPEN", "it was fun"]], "predictions": [["SM1", "A", 4, None]]}
    >>> left = tables_without(frozen, "A")
    >>> left["n"], left["students"], left["answers"], left["words"], left["predictions"]
    (1, ['B'], [['B', 'SM1', 1, None]], [], [])
    """
    gave_a_sheet = any(row[0] == label for row in [*tables["answers"], *tables["words"]])
    return {
        **tables,
        "n": tables["n"] - gave_a_sheet,
        "students": [one for one in tables["students"] if one != label],
        "answers": [row for row in tables["answers"] if row[0] != label],
        "words": [row for row in tables["words"] if row[0] != label],
        "predictions": [row for row in tables["predictions"] if row[1] != label],
    }


def erase_class(db: Session, classroom: Classroom, *, now: datetime) -> None:
    """Erase a class and everything in it. What stays is an empty row that says when it was erased.

    Raises
    ------
    NotYet
        If a survey of the class is open.
    """
    _hold(db, classroom.id)
    classroom.erased_at = now
    classroom.archived_at = classroom.archived_at or now
    classroom.nickname = ""
    classroom.subject = classroom.grade = classroom.students = None
    db.flush()
    here = Administration.classroom_id == classroom.id
    asked = list(db.scalars(select(Administration.survey_id).where(here)))
    for model, where in _rows_of_class(classroom.id):
        _drop(db, model, where)
    # A survey may have been given to another class, too.
    unused = ~exists().where(Administration.survey_id == Survey.id)
    surveys = list(db.scalars(select(Survey.id).where(Survey.id.in_(asked), unused)))
    _drop(db, SurveyItem, SurveyItem.survey_id.in_(surveys))
    _drop(db, Survey, Survey.id.in_(surveys))
    _end_links(db)
    db.expire_all()


def _rows_of_class(classroom_id: uuid.UUID) -> list[tuple[type, ColumnElement[bool]]]:
    """Return what belongs to a class, in the order in which foreign keys let it go."""
    given = select(Administration.id).where(Administration.classroom_id == classroom_id)
    sheets = select(Response.id).where(Response.classroom_id == classroom_id)
    cycles = select(Cycle.id).where(Cycle.classroom_id == classroom_id)
    return [
        (Receipt, Receipt.administration_id.in_(given)),
        (Answer, Answer.response_id.in_(sheets)),
        (Response, Response.classroom_id == classroom_id),
        (Turnout, Turnout.classroom_id == classroom_id),
        (Prediction, Prediction.classroom_id == classroom_id),
        (OwnRating, OwnRating.administration_id.in_(given)),
        (Snapshot, Snapshot.administration_id.in_(given)),
        (HandOn, HandOn.administration_id.in_(given)),
        (Administration, Administration.classroom_id == classroom_id),
        (PlanPrediction, PlanPrediction.cycle_id.in_(cycles)),
        (CycleFocal, CycleFocal.classroom_id == classroom_id),
        (CycleShare, CycleShare.cycle_id.in_(cycles)),
        (TeamShare, TeamShare.cycle_id.in_(cycles)),
        (Comment, Comment.cycle_id.in_(cycles)),
        (Cycle, Cycle.classroom_id == classroom_id),
        (Series, Series.classroom_id == classroom_id),
        (Card, Card.classroom_id == classroom_id),
        (Consent, Consent.classroom_id == classroom_id),
        (FocalCode, FocalCode.classroom_id == classroom_id),
    ]


def _end_links(db: Session) -> None:
    """End every link to a data package's file: it may hold what goes now, on whichever machine it lies."""
    db.execute(
        update(DataPackage)
        .where(DataPackage.token_hash.is_not(None))
        .values(token_hash=None, link_until=None)
        .execution_options(synchronize_session=False)
    )


def _hold(db: Session, classroom_id: uuid.UUID) -> None:
    """Let nothing open, close or be answered in the class until the commit."""
    if any(state == "open" for state in queries.hold_class(db, classroom_id)):
        raise NotYet(STILL_OPEN)


def _drop(db: Session, model: type, where: ColumnElement[bool]) -> int:
    return db.execute(delete(model).where(where).execution_options(synchronize_session=False)).rowcount
