"""What she saw, what she expects, and the lock that makes both unchangeable.

The rule "before seeing" has its home here: :func:`lock_view` is the only way to a lock, and the database
refuses a reveal without one.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete

from survey_app.errors import BadInput, NotYet
from survey_app.models.cycles import PlanPrediction
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.predictions import queries
from survey_app.surveys import queries as survey_queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration

DID_NOT_SEE = "skipped"
FIRST_QUESTIONS = 2  # predicted by every teacher; the rest is optional


def rated_items(sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sheet's questions that a teacher rates: those with steps and with her own matched words."""
    words = sheet["words"]["en"]["items"]
    return [item for item in sheet["items"] if item["values"] and "teacher_own" in words[item["id"]]]


def predicted_items(sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sheet's questions whose answers can be predicted: those with steps."""
    return [item for item in sheet["items"] if item["values"]]


def save_rating(
    db: Session, administration: Administration, sheet: Mapping[str, Any], given: Mapping[str, str]
) -> None:
    """Keep what the teacher saw, one value a question; what is not given yet stays as it is.

    Parameters
    ----------
    given : mapping of str to str
        Item version id to an option's value, or to ``skipped`` for "I could not see this".
    """
    _refuse_locked(administration)
    known = queries.own_ratings(db, [administration.id])
    faults = {}
    for item in rated_items(sheet):
        written = given.get(item["id"])
        if written is None or written == "":
            continue
        if written != DID_NOT_SEE and written not in {str(v) for v in item["values"]}:
            faults[f"own-{item['id']}"] = "Choose one of the answers."
            continue
        row = known.get((administration.id, item["id"]))
        if row is None:
            row = OwnRating(
                administration_id=administration.id,
                owner_id=administration.owner_id,
                item_version_id=uuid.UUID(item["id"]),
                survey_id=administration.survey_id,
                mode=administration.mode,
            )
            db.add(row)
        row.value = None if written == DID_NOT_SEE else int(written)
        row.missing = DID_NOT_SEE if written == DID_NOT_SEE else None
    if faults:
        raise BadInput("One answer was not understood.", faults)
    db.flush()


def missing_ratings(
    db: Session, administration: Administration, sheet: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the questions that the teacher has not rated yet."""
    known = queries.own_ratings(db, [administration.id])
    return [item for item in rated_items(sheet) if (administration.id, item["id"]) not in known]


def save_student_predictions(
    db: Session,
    administration: Administration,
    sheet: Mapping[str, Any],
    given: Mapping[tuple[str, uuid.UUID], str],
) -> None:
    """Keep what the teacher expects each focal student to pick: one option a question and code.

    What is kept already may be sent again, even after the lock; anything else is refused then.
    """
    labels = {code for code, _label in survey_queries.focal_labels(db, administration.cycle_id)}
    values = {item["id"]: {str(v) for v in item["values"]} for item in predicted_items(sheet)}
    known = {
        (str(row.item_version_id), row.focal_code_id): row
        for row in queries.predictions(db, [administration.id])
    }
    for (item_id, code), written in given.items():
        if item_id not in values or code not in labels or written not in values[item_id]:
            raise BadInput("One prediction was not understood. Reload the page and choose again.")
        row = known.get((item_id, code))
        if row is not None and row.option == int(written):
            continue
        _refuse_locked(administration)
        if row is None:
            row = Prediction(
                administration_id=administration.id,
                owner_id=administration.owner_id,
                survey_id=administration.survey_id,
                classroom_id=administration.classroom_id,
                mode=administration.mode,
                item_version_id=uuid.UUID(item_id),
                focal_code_id=code,
            )
            db.add(row)
        row.option = int(written)
    db.flush()


def save_count_predictions(
    db: Session,
    administration: Administration,
    sheet: Mapping[str, Any],
    given: Mapping[str, Mapping[str, str]],
) -> None:
    """Keep how many of a class the teacher expects to pick each answer; a question is whole or not kept."""
    known = {
        (str(row.item_version_id), str(row.option)): row.count
        for row in queries.predictions(db, [administration.id])
    }
    faults = {}
    for item in predicted_items(sheet):
        written = {value: words.strip() for value, words in given.get(item["id"], {}).items()}
        if not any(written.values()):
            continue
        if not all(words.isdigit() or not words for words in written.values()):
            faults[f"count-{item['id']}"] = "Write whole numbers."
            continue
        counts = {value: int(words or 0) for value, words in written.items()}
        if all(known.get((item["id"], value)) == count for value, count in counts.items()):
            continue
        _refuse_locked(administration)
        total = sum(counts.values())
        if administration.expected and total != administration.expected:
            faults[f"count-{item['id']}"] = (
                f"These add up to {total}; the class has {administration.expected}."
            )
            continue
        if not 0 < total <= 200:
            faults[f"count-{item['id']}"] = "A class has 1 to 200 students."
            continue
        _replace_counts(db, administration, item, counts)
    if faults:
        raise BadInput("Some numbers need another look. What you typed is below; nothing is locked.", faults)
    db.flush()


def lock_view(db: Session, cycle: Cycle, *, skip_prediction: bool, now: datetime) -> list[Administration]:
    """Freeze rating and prediction for ever; the prediction alone may be skipped, and that is recorded.

    Sent twice, the second time does nothing.

    Raises
    ------
    NotYet
        If the survey was never opened, a question is not rated, or nothing is predicted nor skipped.
    """
    given = survey_queries.administrations_of(db, cycle.id, lock=True)
    locking = [a for a in given if a.locked_at is None]
    if any(a.state == "draft" for a in given):
        raise NotYet("Open the survey first; your view is locked after the lesson.")
    sheets = survey_queries.surveys_of(db, given)
    for administration in locking:
        sheet = sheets[administration.survey_id].sheet or {}
        if missing_ratings(db, administration, sheet):
            raise NotYet(
                "First say what you saw, one answer for each question. “I could not see this” is one, too."
            )
    has_prediction = bool(queries.predictions(db, [a.id for a in given]))
    if not has_prediction and not skip_prediction:
        raise NotYet("Predict at least one answer, or choose “Skip the prediction”.")
    for administration in locking:
        if skip_prediction:
            db.execute(delete(Prediction).where(Prediction.administration_id == administration.id))
            administration.prediction_skipped_at = now
        administration.locked_at = now
    _record_missing_plan_prediction(db, cycle, given)
    db.flush()
    return locking


def _record_missing_plan_prediction(db: Session, cycle: Cycle, given: Sequence[Administration]) -> None:
    """Record a plan prediction that was never made as missing, so that nobody can make it afterwards."""
    asked = survey_queries.item_version_ids_of(db, given[0].survey_id)
    for item_version_id in asked:
        row = db.get(PlanPrediction, (cycle.id, item_version_id))
        if row is None:
            db.add(
                PlanPrediction(
                    cycle_id=cycle.id, owner_id=cycle.owner_id, item_version_id=item_version_id, frozen=True
                )
            )
        elif not row.frozen:
            row.frozen = True


def _replace_counts(
    db: Session, administration: Administration, item: Mapping[str, Any], counts: Mapping[str, int]
) -> None:
    item_version_id = uuid.UUID(item["id"])
    db.execute(
        delete(Prediction).where(
            Prediction.administration_id == administration.id, Prediction.item_version_id == item_version_id
        )
    )
    db.add_all(
        Prediction(
            administration_id=administration.id,
            owner_id=administration.owner_id,
            survey_id=administration.survey_id,
            classroom_id=administration.classroom_id,
            mode=administration.mode,
            item_version_id=item_version_id,
            option=value,
            count=counts.get(str(value), 0),
        )
        for value in item["values"]
    )


def _refuse_locked(administration: Administration) -> None:
    if administration.locked_at is not None:
        raise NotYet("Your view is locked, so it stays as it is.")
    if administration.state == "draft":
        raise NotYet("Open the survey first; what you saw comes after the lesson.")
