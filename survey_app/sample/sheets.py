"""Children send their sheets: each through the student's own service, or all at once for large networks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from survey_app.models.responses import Answer, Receipt, Response
from survey_app.models.turnout import Turnout
from survey_app.respond.answers import answer_rows, content_hash
from survey_app.respond.keys import SheetKey
from survey_app.respond.service import record_response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.surveys import Administration


@dataclass(frozen=True)
class FilledSheet:
    """One child's sheet, and what opened it."""

    focal_code_id: uuid.UUID | None
    card_id: uuid.UUID | None
    locale: str
    answers: Mapping[str, int | str]


def send(
    db: Session, administration: Administration, sheets: Sequence[FilledSheet], *, now: datetime
) -> None:
    """Let each child send her sheet, as the student's page does."""
    for sheet in sheets:
        record_response(
            db,
            administration,
            focal_code_id=sheet.focal_code_id,
            card_id=sheet.card_id,
            answers=sheet.answers,
            locale=sheet.locale,
            entry="screen",
            key=SheetKey.fresh(administration.id, now=now),
            now=now,
        )


def send_at_once(
    db: Session,
    administration: Administration,
    frozen: Mapping[str, Any],
    sheets: Sequence[FilledSheet],
    *,
    now: datetime,
) -> None:
    """Write the same rows as :func:`send` in four statements; the first sheet freezes what it always does."""
    send(db, administration, sheets[:1], now=now)
    responses, answers, receipts, turnout = [], [], [], []
    for sheet in sheets[1:]:
        key = SheetKey.fresh(administration.id, now=now)
        given = answer_rows(frozen, sheet.answers, administration.survey_id)
        responses.append(_response(administration, sheet))
        answers += [{"response_id": responses[-1]["id"], **row} for row in given]
        who = (sheet.focal_code_id, sheet.card_id)
        receipts.append(
            {
                "key_hash": key.hash,
                "administration_id": administration.id,
                "content_hash": content_hash(given, who, key=key.random),
            }
        )
        if administration.mode == "pooled" and sheet.card_id is not None:
            turnout.append(
                {
                    "administration_id": administration.id,
                    "card_id": sheet.card_id,
                    "classroom_id": administration.classroom_id,
                }
            )
    for model, rows in ((Response, responses), (Answer, answers), (Receipt, receipts), (Turnout, turnout)):
        if rows:
            db.execute(insert(model), rows)


def _response(administration: Administration, sheet: FilledSheet) -> dict[str, Any]:
    is_coded = administration.mode == "coded"
    return {
        "id": uuid.uuid4(),
        "administration_id": administration.id,
        "survey_id": administration.survey_id,
        "classroom_id": administration.classroom_id,
        "mode": administration.mode,
        "focal_code_id": sheet.focal_code_id if is_coded else None,
        "locale": sheet.locale if is_coded else None,
        "entry": "screen" if is_coded else None,
        "late": administration.revealed_at is not None,
    }
