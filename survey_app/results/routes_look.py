"""Reveal and look: the sentence and the whole picture first, then each focal student."""

from __future__ import annotations

import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response, g, jsonify, redirect, render_template, request, url_for

from survey_app.errors import NotVisible
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.results import focal, service
from survey_app.results.blueprint import blueprint
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import queries as survey_queries
from survey_app.surveys.showing import record
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.models.cycles import Cycle
    from survey_app.models.snapshots import Snapshot
    from survey_app.models.surveys import Administration

FORMS = {"svg": "image/svg+xml", "png": "image/png", "json": "application/json"}
notice("revealed", "The survey is closed, and these results are frozen.")
notice("noticed", "What you noticed is saved.")


@blueprint.get("/cycles/<uuid:cycle_id>/look")
@requires(Permission.RUN_CYCLES)
def look(cycle_id: uuid.UUID) -> str:
    """Show what they said; before the reveal, the one button that shows it."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id)
    if any(a.locked_at is None for a in given) or not given:
        is_draft = any(a.state == "draft" for a in given)
        return render_template(
            "results/not_yet.html", cycle_id=cycle.id, is_locked=False, is_draft=is_draft
        )
    if any(a.revealed_at is None for a in given):
        counts = survey_queries.answers_so_far(g.db, [a.id for a in given])
        return render_template("results/ready.html", cycle=cycle, given=given, count=sum(counts.values()))
    shown = service.revealed_snapshots(g.db, cycle)
    before = service.snapshots_before(g.db, cycle)
    return render_template(
        "results/look.html",
        cycle=cycle,
        series=g.db.get_one(Series, cycle.series_id),
        classroom=g.db.get_one(Classroom, cycle.classroom_id),
        parts=[_part(cycle, a, snapshots, before.get(a.part)) for a, snapshots in shown],
        plan=service.plan_predictions_scored(g.db, cycle, shown),
        low=service.low_constructs(g.db, shown),
    )


@blueprint.app_errorhandler(service.NotRevealed)
def one_step_first(refusal: service.NotRevealed) -> tuple[str, int]:
    """Lead to the step that comes first, whatever page asked too early."""
    given = survey_queries.administrations_of(g.db, request.view_args["cycle_id"])
    page = render_template(
        "results/not_yet.html",
        cycle_id=request.view_args["cycle_id"],
        is_locked=bool(given) and all(a.locked_at for a in given),
        is_draft=any(a.state == "draft" for a in given),
    )
    return page, refusal.status


@blueprint.post("/cycles/<uuid:cycle_id>/reveal")
@requires(Permission.RUN_CYCLES)
def reveal(cycle_id: uuid.UUID) -> BaseResponse:
    """Close the survey for good and show what they said."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    record(service.reveal(g.db, cycle, now=g.now), "results.revealed")
    g.db.commit()
    return redirect(url_for("results.look", cycle_id=cycle.id), code=303)


@blueprint.get("/cycles/<uuid:cycle_id>/look/students")
@requires(Permission.RUN_CYCLES)
def students(cycle_id: uuid.UUID) -> str:
    """Show each focal student: answers, predictions, and what the teacher notices."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    shown = service.revealed_snapshots(g.db, cycle)
    return render_template(
        "results/students.html", cycle=cycle, students=focal.students_of(g.db, cycle, shown)
    )


@blueprint.post("/cycles/<uuid:cycle_id>/look/students")
@requires(Permission.RUN_CYCLES)
def save_noticings(cycle_id: uuid.UUID) -> BaseResponse:
    """Keep what she noticed."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    service.revealed_snapshots(g.db, cycle)
    words = {}
    for name, value in request.form.items():
        if name.startswith("noticing-"):
            try:
                words[uuid.UUID(name.removeprefix("noticing-"))] = value.strip()[:2000]
            except ValueError:
                continue
    service.save_noticings(g.db, focal.rows_of(g.db, cycle.id), words)
    g.db.commit()
    goes_on = request.form.get("do") == "decide"
    page = "cycles.decide" if goes_on else "results.students"
    return redirect(url_for(page, cycle_id=cycle.id, did="noticed"), code=303)


@blueprint.get("/cycles/<uuid:cycle_id>/look/<part>-<name>.<form>")
@requires(Permission.RUN_CYCLES)
def keep_picture(cycle_id: uuid.UUID, part: str, name: str, form: str) -> Response:
    """Give a picture as a file to keep, SVG or PNG, or its spec for the reader who wants to point at it."""
    from survey_app.results import pictures

    cycle = cycle_for(g.db, g.viewer, cycle_id)
    builders = {
        "gap": pictures.gap_picture,
        "answers": pictures.distribution_picture,
        "prediction": pictures.prediction_picture,
    }
    found = [s for a, s in service.revealed_snapshots(g.db, cycle) if a.part == part and s]
    if not found or name not in builders or form not in FORMS:
        raise NotVisible(f"{cycle_id}/{part}-{name}.{form}")
    drawable = builders[name]((found[0][0] if name == "prediction" else found[0][-1]).tables)
    if drawable is None:
        raise NotVisible(f"{cycle_id}/{part}-{name}.{form}")
    picture = drawable[0](drawable[1], width="wide")
    if form == "json":
        return jsonify(picture.spec)
    body: Any = picture.svg() if form == "svg" else picture.png()
    file = f"{part}-{name}.{form}"
    return Response(
        body, mimetype=FORMS[form], headers={"Content-Disposition": f"attachment; filename={file}"}
    )


@blueprint.get("/gallery")
@requires(Permission.SEE_LIBRARY)
def gallery() -> str:
    """Show every picture on invented classrooms, with its words and its table."""
    from survey_app.ui.figures import figure

    figures = [(name, title, figure(drawing, id=name)) for name, title, drawing in _examples()]
    return render_template("results/gallery.html", figures=figures)


@cache
def _examples() -> list[tuple[str, str, Any]]:
    """Return the gallery's drawings; invented answers never change, so they are drawn once a process."""
    from analytics.examples import EXAMPLES
    from survey_app.ui.figures import drawing_of

    return [
        (name, title, drawing_of(build("wide"), build("phone"))) for name, (title, build) in EXAMPLES.items()
    ]


def _part(
    cycle: Cycle, administration: Administration, snapshots: list[Snapshot], before: dict[str, Any] | None
) -> dict[str, Any]:
    """Return everything the page shows of one group, pictures drawn."""
    # Drawing loads pandas and Altair; no other request of a teacher's day needs them.
    from survey_app.results import pictures
    from survey_app.ui.figures import draw, figure

    latest, first = snapshots[-1].tables, snapshots[0].tables
    made = {
        "gap": pictures.gap_picture(latest),
        "answers": pictures.distribution_picture(latest),
        # A prediction is scored on what was there when it was locked in: snapshot 1, for ever.
        "prediction": pictures.prediction_picture(first),
    }
    figures = {}
    for name, drawable in made.items():
        if drawable is not None:
            files = {
                form: url_for(
                    "results.keep_picture", cycle_id=cycle.id, part=administration.part, name=name, form=form
                )
                for form in FORMS
            }
            figures[name] = figure(draw(*drawable), id=f"{administration.part}-{name}", **files)
    return {
        "administration": administration,
        "snapshots": snapshots,
        "tables": latest,
        "figures": figures,
        "changes": pictures.changes_between(before, latest) if before else [],
        "prediction": pictures.prediction_words(first),
    }
