"""Every select of the predictions slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.models.predictions import OwnRating, Prediction

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def own_ratings(
    db: Session, administration_ids: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], OwnRating]:
    """Return the teacher's ratings so far, by administration and item version (as text)."""
    rows = db.scalars(select(OwnRating).where(OwnRating.administration_id.in_(administration_ids)))
    return {(row.administration_id, str(row.item_version_id)): row for row in rows}


def predictions(db: Session, administration_ids: Sequence[uuid.UUID]) -> list[Prediction]:
    """Return the predictions so far."""
    return list(db.scalars(select(Prediction).where(Prediction.administration_id.in_(administration_ids))))
