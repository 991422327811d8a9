"""Student by student, for her own teacher alone: what each picked, what was predicted, what is noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from survey_app.models.classrooms import FocalCode
from survey_app.models.cycles import CycleFocal

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from survey_app.models.cycles import Cycle
    from survey_app.models.snapshots import Snapshot
    from survey_app.models.surveys import Administration

MISSING_WORDS = {
    "skipped": "skipped this",
    "not_applicable": "said it did not apply",
    "not_understood": "did not understand the question",
    "not_shown": "was not asked",
}


@dataclass(frozen=True)
class StudentAnswers:
    """One focal student's sheet beside the plan and the prediction."""

    row: CycleFocal
    label: str
    is_absent: bool
    answers: list[dict[str, str]]  # question, picked, predicted (each in words; predicted may be empty)


def rows_of(db: Session, cycle_id: uuid.UUID) -> list[CycleFocal]:
    """Return what the plan holds of each focal student who is not erased."""
    return list(
        db.scalars(
            select(CycleFocal)
            .join(FocalCode, FocalCode.id == CycleFocal.focal_code_id)
            .where(CycleFocal.cycle_id == cycle_id, FocalCode.erased_at.is_(None))
            .order_by(FocalCode.label)
        )
    )


def students_of(
    db: Session, cycle: Cycle, shown: Sequence[tuple[Administration, list[Snapshot]]]
) -> list[StudentAnswers]:
    """Return each focal student of a revealed cycle, A first; nothing where nobody was asked by code."""
    coded = [snapshots for a, snapshots in shown if a.mode == "coded" and snapshots]
    if not coded:
        return []
    first, latest = coded[0][0].tables, coded[0][-1].tables
    labels = dict(
        db.execute(
            select(FocalCode.id, FocalCode.label)
            .join(CycleFocal, CycleFocal.focal_code_id == FocalCode.id)
            .where(CycleFocal.cycle_id == cycle.id)
        ).all()
    )
    picked = _picked(latest)
    predicted = {} if first["saw_answers_first"] else _predicted(first)
    found = []
    for row in rows_of(db, cycle.id):
        label = labels[row.focal_code_id]
        answers = [
            {
                "question": item["label"],
                "picked": picked.get((label, item["key"]), ""),
                "predicted": predicted.get((label, item["key"]), ""),
            }
            for item in latest["items"]
        ]
        found.append(StudentAnswers(row, label, not any(a["picked"] for a in answers), answers))
    return found


def _picked(tables: dict[str, Any]) -> dict[tuple[str, str], str]:
    words = _words(tables)
    picked = {
        (label, item): words.get((item, value), "") if value is not None else MISSING_WORDS.get(missing, "")
        for label, item, value, missing in tables["answers"]
    }
    return picked | {(label, item): f"“{said}”" for label, item, said in tables["words"]}


def _predicted(tables: dict[str, Any]) -> dict[tuple[str, str], str]:
    words = _words(tables)
    return {(label, item): words.get((item, option), "") for item, label, option, _n in tables["predictions"]}


def _words(tables: dict[str, Any]) -> dict[tuple[str, int], str]:
    return {
        (item["key"], value): label
        for item in tables["items"]
        for value, label in zip(item["values"], item["options"], strict=True)
    }
