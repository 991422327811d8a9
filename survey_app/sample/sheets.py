"""Children send their sheets, through the same service as the student's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.respond.keys import SheetKey
from survey_app.respond.service import record_response

if TYPE_CHECKING:
    import uuid
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
