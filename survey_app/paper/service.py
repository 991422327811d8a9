"""Answers from paper: read the grid a teacher keys in, and store each row as one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_app.errors import BadInput
from survey_app.models.surveys import Administration
from survey_app.respond.service import record_response

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.respond.keys import SheetKey

NOT_UNDERSTOOD, NOT_APPLICABLE, SKIPPED = "?", "n", "0"


@dataclass(frozen=True)
class KeyedRow:
    """One sheet of paper as keyed in: a code (none without codes), its key, one cell a question."""

    focal_code_id: uuid.UUID | None
    key: SheetKey
    cells: Mapping[str, str]  # item version id -> what was typed
    name: str  # of the row in the form, for faults
    label: str = "This sheet"  # what the teacher calls it: "A", or "Sheet 3"


def store_rows(
    db: Session,
    administration: Administration,
    sheet: Mapping[str, Any],
    rows: Sequence[KeyedRow],
    *,
    now: datetime,
) -> int:
    """Store every row that has at least one cell filled; return how many were new or sent again.

    Keyed before the lock, the administration says from then on that answers were seen first, and no
    prediction is drawn.
    """
    faults: dict[str, str] = {}
    readable = []
    for row in rows:
        if any(cell.strip() for cell in row.cells.values()):
            answers, row_faults = _read(sheet, row)
            faults |= row_faults
            readable.append((row, answers))
    if faults:
        raise BadInput("Nothing is stored yet; what you typed is below.", faults)
    for row, answers in readable:
        record_response(
            db,
            administration,
            focal_code_id=row.focal_code_id,
            card_id=None,
            answers=answers,
            locale=None,
            entry="paper",
            key=row.key,
            now=now,
        )
    if readable and administration.locked_at is None:
        administration.saw_answers_first = True
    db.flush()
    return len(readable)


def _read(sheet: Mapping[str, Any], row: KeyedRow) -> tuple[dict[str, int | str], dict[str, str]]:
    answers: dict[str, int | str] = {}
    faults = {}
    for place, item in enumerate(sheet["items"], start=1):
        typed = row.cells.get(item["id"], "").strip()
        if item["kind"] == "text":
            answers[item["id"]] = typed or "skipped"
            continue
        answer = _answer(item, typed)
        if answer is None:
            known = f"1 to {len(item['values'])}, 0{', ? or n' if item['may_not_apply'] else ' or ?'}"
            words = f"{row.label}, question {place}: “{typed[:9]}” is none of the answers. Type {known}."
            faults[f"{row.name}-{item['id']}"] = words
        else:
            answers[item["id"]] = answer
    return answers, faults


def _answer(item: Mapping[str, Any], typed: str) -> int | str | None:
    """Return a value or a missing reason; none for what is neither. A number is the box from the top."""
    if typed in ("", SKIPPED):
        return "skipped"
    if typed == NOT_UNDERSTOOD:
        return "not_understood"
    if typed.casefold() == NOT_APPLICABLE and item["may_not_apply"]:
        return "not_applicable"
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(item["values"]):
        value: int = item["values"][int(typed) - 1]
        return value
    return None
