"""Write the act of a request into the audit: one line in a route, before its commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

from survey_app.audit import record_act

if TYPE_CHECKING:
    import uuid


def note_act(
    act: str,
    object_id: object = None,
    *,
    actor_id: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
) -> None:
    """Append one event in the request's own transaction. Who acted is the viewer, unless the caller says who.

    Never give it an answer, a name or a focal code.
    """
    viewer = g.get("viewer")
    record_act(
        g.db,
        act,
        actor_id=actor_id or (viewer.person_id if viewer else None),
        organisation_id=organisation_id or (viewer.organisation_id if viewer else None),
        route=str(request.url_rule or "unknown"),
        object_id=object_id,
        now=g.now,
    )
