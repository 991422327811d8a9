"""What happened, noted while it is made, and written into the audit in the order of the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.audit import record_act

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


class Acts:
    """Collects acts, because teachers are made one after the other but lived side by side."""

    def __init__(self) -> None:
        self._noted: list[tuple[datetime, int, str, Viewer, str, str]] = []

    def note(self, act: str, viewer: Viewer, route: str, object_id: object, at: datetime) -> None:
        """Remember one act."""
        self._noted.append((at, len(self._noted), act, viewer, route, str(object_id)))

    def write(self, db: Session) -> int:
        """Write all acts into the audit's chain; return how many there were."""
        for at, _order, act, viewer, route, object_id in sorted(self._noted, key=lambda one: one[:2]):
            record_act(
                db,
                act,
                actor_id=viewer.person_id,
                organisation_id=viewer.organisation_id,
                route=route,
                object_id=object_id,
                now=at,
            )
        return len(self._noted)
