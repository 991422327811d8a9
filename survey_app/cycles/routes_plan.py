"""Finish the plan; write the lesson log."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request, url_for

from survey_app.cycles import plans, queries
from survey_app.cycles.blueprint import blueprint
from survey_app.cycles.forms import LogForm, PlanForm, faults_of, ids_in
from survey_app.errors import BadInput, NotYet, Refusal, Stale
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import queries as survey_queries
from survey_app.surveys.sheet import favourable_words
from survey_app.surveys.showing import sheet_of
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle

notice("planned", "Your plan is saved.")
notice("logged", "Your lesson log is saved.")


@blueprint.get("/cycles/<uuid:cycle_id>/plan")
@requires(Permission.RUN_CYCLES)
def plan(cycle_id: uuid.UUID) -> str:
    """Show "Finish my plan"."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    names = ("version", "aim", "driver", "change", "lesson", "math", "science", "lesson_on")
    idea_id = g.db.get_one(Series, cycle.series_id).change_idea_id
    given = {name: getattr(cycle, name) for name in names} | {"idea": str(idea_id or "own")}
    return _plan_page(cycle, PlanForm(data=given))


@blueprint.post("/cycles/<uuid:cycle_id>/plan")
@requires(Permission.RUN_CYCLES)
def save_plan(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep the plan."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    form = PlanForm(request.form)
    try:
        if not form.validate():
            raise BadInput("Mend what is marked and save again.", faults_of(form))
        plans.save_plan(g.db, g.viewer, cycle, _plan_of(form), version=form.version.data, now=g.now)
    except (BadInput, Stale, NotYet) as fault:
        g.db.rollback()
        return _plan_page(cycle_for(g.db, g.viewer, cycle_id), form, fault=fault), fault.status
    g.db.commit()
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="planned"), code=303)


@blueprint.get("/cycles/<uuid:cycle_id>/log")
@requires(Permission.RUN_CYCLES)
def log(cycle_id: uuid.UUID) -> str:
    """Show the lesson log."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    names = ("version", "dose", "adaptations", "absences")
    given = {name: getattr(cycle, name) for name in names}
    return _log_page(cycle, LogForm(data=given | {"asked_about": str(cycle.asked_about_id or "")}))


@blueprint.post("/cycles/<uuid:cycle_id>/log")
@requires(Permission.RUN_CYCLES)
def save_log(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep the lesson log."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    form = LogForm(request.form)
    try:
        if not form.validate():
            raise BadInput("Mend what is marked and save again.", faults_of(form))
        plans.save_log(
            g.db,
            cycle,
            dose=form.dose.data or "",
            adaptations=form.adaptations.data or "",
            absences=form.absences.data or "",
            absent=ids_in(request.form.getlist("absent")),
            asked_about=next(iter(ids_in([form.asked_about.data or ""])), None),
            version=form.version.data,
            now=g.now,
        )
    except (BadInput, Stale) as fault:
        g.db.rollback()
        return _log_page(cycle_for(g.db, g.viewer, cycle_id), form, fault=fault), fault.status
    g.db.commit()
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="logged"), code=303)


def _plan_page(cycle: Cycle, form: PlanForm, *, fault: Refusal | None = None) -> str:
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = sheet_of(cycle, given)
    return render_template(
        "cycles/plan.html",
        cycle=cycle,
        form=form,
        fault=fault,
        faults=getattr(fault, "faults", {}),
        typed=request.form if request.method == "POST" else None,
        focal=queries.focal_rows(g.db, cycle.id),
        sheet=sheet,
        top_words=_top_words(sheet),
        predictions=queries.plan_predictions(g.db, cycle.id),
        group=len(survey_queries.focal_labels(g.db, cycle.id))
        or next((a.expected for a in given if a.expected), None),
        has_answers=any(a.has_answers for a in given),
        is_open=any(a.opened_at for a in given),
        is_locked=any(a.locked_at for a in given),
        ideas=[]
        if queries.has_decided_turn(g.db, cycle.series_id)
        else queries.offered_ideas(g.db, g.viewer.organisation_id, g.viewer.person_id),
        previous=queries.previous_cycle(g.db, cycle),
    )


def _top_words(sheet: dict[str, Any]) -> dict[str, str]:
    """Return, for each question with steps, the answers that a plan prediction counts."""
    words = sheet["words"]["en"]["items"]
    return {
        item["id"]: favourable_words(
            item, {value: words[item["id"]]["student"]["labels"][str(value)] for value in item["values"]}
        )
        for item in sheet["items"]
        if item["values"]
    }


def _plan_of(form: PlanForm) -> plans.Plan:
    focal: dict[uuid.UUID, tuple[str, str]] = {}
    predictions: dict[uuid.UUID, tuple[int | None, str]] = {}
    for name in request.form:
        kind, _, written = name.partition("-")
        ids = ids_in([written])
        if not ids:
            continue
        if kind == "strength":
            focal[ids[0]] = (request.form[name][:2000], request.form.get(f"wonder-{written}", "")[:2000])
        elif kind == "predict":
            typed = request.form[name].strip()
            if typed and not typed.isdigit():
                raise BadInput("Mend what is marked and save again.", {name: "Write a whole number."})
            words = request.form.get(f"words-{written}", "")[:2000]
            predictions[ids[0]] = (int(typed) if typed else None, words)
    return plans.Plan(
        aim=form.aim.data or "",
        driver=form.driver.data or "",
        change=form.change.data or "",
        idea=form.idea.data or "",
        lesson=form.lesson.data or "",
        math=form.math.data or "",
        science=form.science.data or "",
        lesson_on=form.lesson_on.data,
        focal=focal,
        predictions=predictions,
    )


def _log_page(cycle: Cycle, form: LogForm, *, fault: Refusal | None = None) -> str:
    given = survey_queries.administrations_of(g.db, cycle.id)
    return render_template(
        "cycles/log.html",
        cycle=cycle,
        form=form,
        fault=fault,
        faults=getattr(fault, "faults", {}),
        sheet=sheet_of(cycle, given),
        focal=queries.focal_rows(g.db, cycle.id),
        absent=set(ids_in(request.form.getlist("absent"))) if request.method == "POST" else None,
    )
