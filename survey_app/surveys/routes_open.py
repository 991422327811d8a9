"""Open a survey, put it on the projector, close it, open it again, or take a try-out back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, current_app, g, redirect, render_template, request, url_for

from survey_app.catalogue.library import chromes
from survey_app.errors import BadInput, NotYet
from survey_app.permissions import Permission
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import queries, service
from survey_app.surveys.addresses import public_address, qr_code
from survey_app.surveys.blueprint import blueprint
from survey_app.surveys.routes_compose import compose_page
from survey_app.surveys.showing import classroom_of, expected_of, record, sheet_of
from survey_app.ui.filters import notice
from survey_app.ui.names import ask_about_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration

notice("opened", "The survey is open. The class code works from now on.")
notice("closed", "The survey is closed. Pages that were open may still be sent for ten minutes.")
notice("reopened", "The survey is open again. What comes now is marked late.")
notice("voided", "The try-out is gone, with its answers. The same questions wait as a draft.")


@blueprint.post("/cycles/<uuid:cycle_id>/open")
@requires(Permission.RUN_CYCLES)
def open_survey(cycle_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Open the survey and go to the projector."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    try:
        ask_about_names(request.form, "goal")
        opened = service.open_surveys(
            g.db, cycle, classroom_of(cycle), goal=request.form.get("goal", ""), now=g.now
        )
    except (BadInput, NotYet) as fault:
        g.db.rollback()
        faults = getattr(fault, "faults", {}) or {"questions": fault.words}
        return compose_page(cycle_for(g.db, g.viewer, cycle_id), faults=faults), fault.status
    record(opened, "survey.opened")
    g.db.commit()
    return redirect(url_for("surveys.projector", cycle_id=cycle.id), code=303)


@blueprint.post("/cycles/<uuid:cycle_id>/close")
@requires(Permission.RUN_CYCLES)
def close_survey(cycle_id: uuid.UUID) -> BaseResponse:
    """Close the survey; children who still have the page may send it for ten minutes."""
    return _change_state(cycle_id, service.close_surveys, "survey.closed", "closed")


@blueprint.post("/cycles/<uuid:cycle_id>/reopen")
@requires(Permission.RUN_CYCLES)
def reopen_survey(cycle_id: uuid.UUID) -> BaseResponse:
    """Open it again for children who were absent."""

    def reopen(db: Any, cycle: Cycle, *, now: Any) -> list[Administration]:
        return service.reopen_surveys(db, cycle, classroom_of(cycle), now=now)

    return _change_state(cycle_id, reopen, "survey.reopened", "reopened")


@blueprint.post("/cycles/<uuid:cycle_id>/void")
@requires(Permission.RUN_CYCLES)
def void_survey(cycle_id: uuid.UUID) -> BaseResponse:
    """Void a try-out with all its answers."""
    return _change_state(cycle_id, service.void_surveys, "survey.voided", "voided")


@blueprint.get("/cycles/<uuid:cycle_id>/projector")
@requires(Permission.RUN_CYCLES)
def projector(cycle_id: uuid.UUID) -> Response:
    """Show address, code, QR and a count, readable from the last row; nothing else."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = queries.administrations_of(g.db, cycle.id)
    classroom = classroom_of(cycle)
    count = sum(queries.answers_so_far(g.db, [a.id for a in given]).values())
    is_open = any(a.state == "open" for a in given)
    body = render_template(
        "surveys/projector.html",
        cycle=cycle,
        classroom=classroom,
        is_open=is_open,
        count=count,
        expected=expected_of(given, cycle),
        address=f"{public_address()}/s",
        spaced_code=f"{classroom.class_code[:3]}-{classroom.class_code[3:]}",
        qr=qr_code(f"{public_address()}/s/{classroom.class_code}"),
        only_here=urlsplit(public_address()).hostname in ("localhost", "127.0.0.1", "::1"),
        needs_card=any(a.mode == "coded" for a in given),
        languages=[chromes()[name].name for name in sheet_of(cycle, given)["words"]],
    )
    # Asked every five seconds: the same count costs no bytes the second time.
    response = current_app.make_response(body)
    response.add_etag()
    return response.make_conditional(request)


def _change_state(
    cycle_id: uuid.UUID, change: Callable[..., list[Administration]], act: str, did: str
) -> BaseResponse:
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    record(change(g.db, cycle, now=g.now), act)
    g.db.commit()
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did=did), code=303)
