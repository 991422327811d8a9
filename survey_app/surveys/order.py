"""The order in which children came, taken out of what is stored when a survey closes."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from survey_app.models.responses import Answer, Response
from survey_app.models.surveys import Administration
from survey_app.models.turnout import Turnout

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def shuffle_pooled_rows(db: Session, administration: Administration) -> None:
    """Write pooled sheets anew, with new keys and in random order, so that no order of arrival stays."""
    if administration.mode != "pooled":
        return
    sheets = list(db.scalars(select(Response).where(Response.administration_id == administration.id)))
    if not sheets:
        return
    answers = list(db.scalars(select(Answer).where(Answer.response_id.in_([sheet.id for sheet in sheets]))))
    new_key = {sheet.id: uuid.uuid4() for sheet in sheets}
    sheet_rows = [
        {
            "id": new_key[sheet.id],
            "administration_id": sheet.administration_id,
            "survey_id": sheet.survey_id,
            "classroom_id": sheet.classroom_id,
            "mode": sheet.mode,
            "late": sheet.late,
        }
        for sheet in sheets
    ]
    answer_rows = [
        {
            "response_id": new_key[answer.response_id],
            "item_version_id": answer.item_version_id,
            "survey_id": answer.survey_id,
            "value": answer.value,
            "words": answer.words,
            "missing": answer.missing,
        }
        for answer in answers
    ]
    old = [sheet.id for sheet in sheets]
    for row in (*sheets, *answers):
        db.expunge(row)
    db.execute(delete(Response).where(Response.id.in_(old)))  # and, by their foreign key, their answers
    chance = secrets.SystemRandom()
    chance.shuffle(sheet_rows)
    chance.shuffle(answer_rows)
    db.execute(Response.__table__.insert(), sheet_rows)
    db.execute(Answer.__table__.insert(), answer_rows)
    _shuffle_turnout(db, administration, chance)


def _shuffle_turnout(db: Session, administration: Administration, chance: secrets.SystemRandom) -> None:
    rows = [
        {"administration_id": row.administration_id, "card_id": row.card_id, "classroom_id": row.classroom_id}
        for row in db.execute(
            select(Turnout.administration_id, Turnout.card_id, Turnout.classroom_id).where(
                Turnout.administration_id == administration.id
            )
        )
    ]
    if rows:
        db.execute(delete(Turnout).where(Turnout.administration_id == administration.id))
        chance.shuffle(rows)
        db.execute(Turnout.__table__.insert(), rows)
