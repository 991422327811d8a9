"""A teacher's cycles: the list, one cycle, the next one, and what is set aside."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app import audit
from survey_app.classrooms.consents import asked_focal_codes
from survey_app.cycles import queries, service
from survey_app.cycles.blueprint import blueprint
from survey_app.cycles.stages import STAGES, standing_of
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.scope import cycle_for, series_for
from survey_app.security import requires
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys
from survey_app.surveys.addresses import public_address
from survey_app.surveys.showing import expected_of, record, sheet_of
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration

notice("drafted", "Your cycle is ready. Look at the questions, then open the survey.")
notice("goal", "Your cycle is ready. Write today's goal below, then open the survey.")
notice("who_first", "Your cycle is ready. Choose below who is asked, then open the survey.")
notice("busy", "Your cycle is ready. Another survey is still open in this class. Close that one first.")
notice("aside", "The cycle is set aside. You can take it up again below.")
notice("back", "The cycle is back where it was.")


@blueprint.get("/cycles")
@requires(Permission.RUN_CYCLES)
def home() -> str:
    """List the viewer's series, each with one next step."""
    rows = queries.own_series(g.db, g.viewer.person_id)
    standings = {
        row.cycle.id: standing_of(row.cycle, row.administrations) for series in rows for row in series.cycles
    }
    current = [r for r in rows if r.latest and r.series.ended_at is None and r.classroom.archived_at is None]
    past = [r for r in rows if r.latest and r not in current]
    return render_template(
        "cycles/home.html",
        current=current,
        past=past,
        aside=[(row, cycle) for row in rows for cycle in row.aside],
        standings=standings,
        stages=STAGES,
    )


@blueprint.get("/cycles/<uuid:cycle_id>")
@requires(Permission.RUN_CYCLES)
def show(cycle_id: uuid.UUID) -> str:
    """Show one cycle: its five steps, the next one large, everything else below."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id)
    labels = [label for _id, label in survey_queries.focal_labels(g.db, cycle.id)]
    living = [code.label for code in asked_focal_codes(g.db, cycle.classroom_id)]
    classroom = g.db.get_one(Classroom, cycle.classroom_id)
    return render_template(
        "cycles/show.html",
        cycle=cycle,
        tablet_address=_tablet_address(classroom, given),
        series=g.db.get_one(Series, cycle.series_id),
        classroom=classroom,
        given=given,
        standing=standing_of(cycle, given),
        stages=STAGES,
        sheet=sheet_of(cycle, given),
        counts=survey_queries.answers_so_far(g.db, [a.id for a in given]),
        labels=labels,
        expected=expected_of(given, cycle),
        new_codes=[label for label in living if label not in labels] if labels else [],
        plan_gaps=_plan_gaps(cycle),
        previous=queries.previous_cycle(g.db, cycle),
        next_number=(queries.highest_number(g.db, cycle.series_id) or 0) + 1,
        is_latest=queries.is_latest(g.db, cycle),
        is_revealed=all(a.revealed_at for a in given),
        is_locked=all(a.locked_at for a in given),
        is_open=any(a.state == "open" for a in given),
        has_answers=any(a.has_answers for a in given),
    )


@blueprint.post("/series/<uuid:series_id>/next")
@requires(Permission.RUN_CYCLES)
def run_next(series_id: uuid.UUID) -> Response:
    """Copy the last cycle into the next one, open it, and go to the projector: thirty seconds."""
    series = series_for(g.db, g.viewer, series_id)
    classroom = g.db.get_one(Classroom, series.classroom_id)
    if classroom.archived_at is not None:
        raise NotYet("This class is archived. Take it out of the archive first, then run the next cycle.")
    cycle = service.start_next(g.db, g.viewer, series, now=g.now)
    if request.form.get("do") == "open":
        try:
            opened = surveys.open_surveys(
                g.db, cycle, classroom, goal=request.form.get("goal", ""), now=g.now
            )
            record(opened, "survey.opened")
        except BadInput as fault:
            # The cycle is kept; its questions page asks for the goal, or for who is asked.
            g.db.commit()
            did = "goal" if "goal" in fault.faults else "who_first"
            return redirect(url_for("surveys.compose", cycle_id=cycle.id, did=did), code=303)
        except NotYet:
            g.db.commit()
            return redirect(url_for("cycles.show", cycle_id=cycle.id, did="busy"), code=303)
    given = survey_queries.administrations_of(g.db, cycle.id)
    g.db.commit()
    if any(administration.state == "open" for administration in given):
        return redirect(url_for("surveys.projector", cycle_id=cycle.id), code=303)
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="drafted"), code=303)


@blueprint.post("/cycles/<uuid:cycle_id>/aside")
@requires(Permission.RUN_CYCLES)
def put_aside(cycle_id: uuid.UUID) -> Response:
    """Give the cycle up without a decision; it can be taken up again."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    service.set_aside(g.db, cycle, now=g.now)
    _record("cycle.set_aside", cycle)
    g.db.commit()
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="aside"), code=303)


@blueprint.post("/cycles/<uuid:cycle_id>/take-up")
@requires(Permission.RUN_CYCLES)
def take_up(cycle_id: uuid.UUID) -> Response:
    """Undo setting it aside."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    service.take_up_again(g.db, cycle)
    _record("cycle.taken_up", cycle)
    g.db.commit()
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="back"), code=303)


def _tablet_address(classroom: Classroom, given: list[Administration]) -> str:
    """Return what one tablet opens for a whole class: a card's code comes first where codes are asked."""
    if any(a.mode == "coded" for a in given):
        return public_address() + url_for("respond.enter", tablet=1)
    return public_address() + url_for("respond.sheet", code=classroom.class_code, tablet=1)


def _plan_gaps(cycle: Cycle) -> list[str]:
    """Return what the plan still leaves open, in the words of the page."""
    gaps = []
    if not cycle.aim:
        gaps.append("what you are after")
    if not cycle.change and cycle.number:
        gaps.append("the change you try")
    if not cycle.lesson:
        gaps.append("the lesson")
    bare = [label for row, label in queries.focal_rows(g.db, cycle.id) if not (row.strength and row.wonder)]
    if bare:
        gaps.append(f"a strength and a wonder for {', '.join(bare)}")
    if not any(p.k is not None for p in queries.plan_predictions(g.db, cycle.id).values()):
        gaps.append("what you predict")
    return gaps


def _record(act: str, cycle: Cycle) -> None:
    audit.record_act(
        g.db,
        act,
        actor_id=g.viewer.person_id,
        organisation_id=g.viewer.organisation_id,
        route=str(request.url_rule),
        object_id=cycle.id,
        now=g.now,
    )
