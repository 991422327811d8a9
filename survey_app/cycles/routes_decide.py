"""Decide: keep, change, support; then adopt, adapt or abandon; tell the students."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app import audit
from survey_app.cycles import decisions, queries
from survey_app.cycles.blueprint import blueprint
from survey_app.cycles.forms import DecideForm, faults_of, ids_in
from survey_app.errors import BadInput, NotYet, Refusal, Stale
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.results import service as results
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle

notice("learned", "What you wrote is saved. The decision can wait.")
notice("decided", "Your decision is made.")
FIELDS = (
    "version",
    "keep_what",
    "keep_where",
    "change_next",
    "support_step",
    "decision",
    "reason",
    "data_point",
    "shares_with_region",
    "told_students_on",
    "told_students",
)


@blueprint.get("/cycles/<uuid:cycle_id>/decide")
@requires(Permission.RUN_CYCLES)
def decide(cycle_id: uuid.UUID) -> str:
    """Show keep, change, support and the decision, "if this is low, try" beside."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    kept = {name: getattr(cycle, name) for name in FIELDS}
    return _page(cycle, DecideForm(data=kept | {"support_code_id": str(cycle.support_code_id or "")}))


@blueprint.post("/cycles/<uuid:cycle_id>/decide")
@requires(Permission.RUN_CYCLES)
def save_decision(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep what is written; make the decision when that button was pressed."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    form = DecideForm(request.form)
    was_decided = cycle.decided_at is not None
    is_deciding = request.form.get("do") == "decide"
    try:
        if not form.validate():
            raise BadInput("Mend what is marked and save again.", faults_of(form))
        if is_deciding:
            decisions.decide(g.db, cycle, _learning(form), version=form.version.data, now=g.now)
        else:
            decisions.save_learning(g.db, cycle, _learning(form), version=form.version.data)
    except (BadInput, Stale, NotYet) as fault:
        g.db.rollback()
        return _page(cycle_for(g.db, g.viewer, cycle_id), form, fault=fault), fault.status
    if is_deciding and not was_decided:
        audit.record_act(
            g.db,
            "cycle.decided",
            actor_id=g.viewer.person_id,
            organisation_id=g.viewer.organisation_id,
            route=str(request.url_rule),
            object_id=cycle.id,
            now=g.now,
        )
    g.db.commit()
    did = "decided" if is_deciding else "learned"
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did=did), code=303)


def _learning(form: DecideForm) -> decisions.Learning:
    return decisions.Learning(
        keep_what=form.keep_what.data or "",
        keep_where=form.keep_where.data or "",
        change_next=form.change_next.data or "",
        support_code_id=next(iter(ids_in([form.support_code_id.data or ""])), None),
        support_step=form.support_step.data or "",
        decision=form.decision.data or None,
        reason=form.reason.data or "",
        data_point=form.data_point.data or "",
        shares_with_region=bool(form.shares_with_region.data),
        told_students_on=form.told_students_on.data,
        told_students=form.told_students.data or "",
    )


def _page(cycle: Cycle, form: DecideForm, *, fault: Refusal | None = None) -> str:
    shown = results.revealed_snapshots(g.db, cycle)
    return render_template(
        "cycles/decide.html",
        cycle=cycle,
        series=g.db.get_one(Series, cycle.series_id),
        form=form,
        fault=fault,
        faults=getattr(fault, "faults", {}),
        focal=queries.focal_rows(g.db, cycle.id),
        low=results.low_constructs(g.db, shown),
    )
