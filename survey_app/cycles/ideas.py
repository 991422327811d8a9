"""The change idea that a series works on: found among those that are there, or added as the teacher's own."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from survey_app.cycles import queries
from survey_app.models.cycles import Series
from survey_app.models.improvement import ChangeIdea

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


def idea_of(db: Session, series: Series) -> str:
    """Return the change that was named when the series began with a lesson before it."""
    idea = db.get(ChangeIdea, series.change_idea_id) if series.change_idea_id else None
    return idea.name[:200] if idea else ""


def idea_named(db: Session, viewer: Viewer, words: str, *, now: datetime) -> uuid.UUID | None:
    """Return the change idea with these words, added as the teacher's own when nobody had it."""
    name = " ".join(words.split())[:300]
    if not name:
        return None
    for idea in queries.change_ideas(db, viewer.organisation_id, viewer.person_id):
        if idea.name.casefold() == name.casefold():
            return idea.id
    idea = ChangeIdea(
        organisation_id=viewer.organisation_id, owner_id=viewer.person_id, name=name, created_at=now
    )
    db.add(idea)
    db.flush()
    return idea.id
