"""A teacher lets researchers see one lesson without the codes, or does not; her choice, each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, request, url_for

from survey_app.errors import NotYet
from survey_app.permissions import Permission
from survey_app.research.blueprint import blueprint
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import drafting, queries
from survey_app.ui.acts import note_act

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as BaseResponse


@blueprint.post("/cycles/<uuid:cycle_id>/research")
@requires(Permission.RUN_CYCLES)
def take_part(cycle_id: uuid.UUID) -> BaseResponse:
    """Let researchers see this lesson's answers without the codes, or not; the children are told."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    takes_part = request.form.get("do") == "take_part"
    if takes_part and not queries.agreements_that_ask(g.db, cycle.owner_id, now=g.now):
        raise NotYet("No research agreement covers your school today, so there is nothing to take part in.")
    given = queries.administrations_of(g.db, cycle.id, lock=True)
    if drafting.take_part_in_research(given, takes_part=takes_part):
        note_act("research.joined" if takes_part else "research.left", cycle.id)
    g.db.commit()
    return redirect(url_for("surveys.compose", cycle_id=cycle.id, did="saved", _anchor="research"), code=303)
