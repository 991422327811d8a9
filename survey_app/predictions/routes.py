"""Say what you saw, predict what they will pick, lock."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, url_for

from survey_app.errors import BadInput, NotYet
from survey_app.models.surveys import Survey
from survey_app.permissions import Permission
from survey_app.predictions import queries, service
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import queries as survey_queries
from survey_app.surveys.showing import record
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration

blueprint = Blueprint("predictions", __name__)


class NotOpenYet(NotYet):
    """There are no questions to predict: the survey is a draft, or a draft again after a try-out."""

    def __init__(self) -> None:
        super().__init__("Open the survey first. Then its questions stand still, and can be predicted.")


notice("saw", "What you saw is saved. Nothing is locked yet.")
notice("predicted", "Your prediction is saved. Nothing is locked yet.")


@blueprint.get("/cycles/<uuid:cycle_id>/saw")
@requires(Permission.RUN_CYCLES)
def saw(cycle_id: uuid.UUID) -> str:
    """Ask the matched questions: her own rating."""
    return _saw_page(cycle_for(g.db, g.viewer, cycle_id))


@blueprint.post("/cycles/<uuid:cycle_id>/saw")
@requires(Permission.RUN_CYCLES)
def save_saw(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep the rating as far as it goes; go on to the prediction when it is whole."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id, lock=True)
    sheets = survey_queries.surveys_of(g.db, given)
    missing: list[str] = []
    for administration in given:
        sheet = sheets[administration.survey_id].sheet or {"items": [], "words": {"en": {"items": {}}}}
        prefix = f"own-{administration.part}-"
        answers = {
            name.removeprefix(prefix): words
            for name, words in request.form.items()
            if name.startswith(prefix)
        }
        try:
            service.save_rating(g.db, administration, sheet, answers)
        except BadInput as fault:
            g.db.rollback()
            faults = {name.replace("own-", prefix, 1): words for name, words in fault.faults.items()}
            return _saw_page(cycle_for(g.db, g.viewer, cycle_id), faults=faults), 422
        missing += [prefix + item["id"] for item in service.missing_ratings(g.db, administration, sheet)]
    g.db.commit()
    if missing and request.form.get("do") == "next":
        told = dict.fromkeys(missing, "Choose an answer; “I could not see this” is one, too.")
        return _saw_page(cycle, faults=told), 422
    if request.form.get("do") == "later":
        return redirect(url_for("cycles.show", cycle_id=cycle.id, did="saw"), code=303)
    return redirect(url_for("predictions.predict", cycle_id=cycle.id), code=303)


@blueprint.get("/cycles/<uuid:cycle_id>/predict")
@requires(Permission.RUN_CYCLES)
def predict(cycle_id: uuid.UUID) -> Response | str:
    """Ask what they will pick: two questions first, the rest optional."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = g.db.get_one(Survey, given[0].survey_id).sheet
    if sheet is None or any(service.missing_ratings(g.db, a, sheet) for a in given):
        return redirect(url_for("predictions.saw", cycle_id=cycle.id), code=303)
    return _predict_page(cycle)


@blueprint.post("/cycles/<uuid:cycle_id>/predict")
@requires(Permission.RUN_CYCLES)
def save_predict(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep the prediction; lock at once when that button was pressed."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id, lock=True)
    is_locking = request.form.get("do") == "lock"
    try:
        _save_predictions(given)
        if is_locking:
            record(service.lock_view(g.db, cycle, skip_prediction=False, now=g.now), "prediction.locked")
    except NotOpenYet:
        raise
    except (BadInput, NotYet) as fault:
        g.db.rollback()
        faults = getattr(fault, "faults", {})
        page = _predict_page(cycle_for(g.db, g.viewer, cycle_id), faults=faults, told=fault.words)
        return page, fault.status
    g.db.commit()
    if is_locking:
        return redirect(url_for("results.look", cycle_id=cycle.id), code=303)
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="predicted"), code=303)


@blueprint.post("/cycles/<uuid:cycle_id>/lock")
@requires(Permission.RUN_CYCLES)
def lock(cycle_id: uuid.UUID) -> Response:
    """Lock the rating and skip the prediction; the skip is recorded."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    record(service.lock_view(g.db, cycle, skip_prediction=True, now=g.now), "prediction.skipped")
    g.db.commit()
    return redirect(url_for("results.look", cycle_id=cycle.id), code=303)


def _save_predictions(given: list[Administration]) -> None:
    sheets = survey_queries.surveys_of(g.db, given)
    for administration in given:
        sheet = sheets[administration.survey_id].sheet
        if sheet is None:
            raise NotOpenYet
        if administration.mode == "coded":
            picked = {}
            for name, value in request.form.items():
                if name.startswith("pick_"):
                    item_id, code = _two_parts(name)
                    picked[item_id, _uuid(code)] = value
            service.save_student_predictions(g.db, administration, sheet, picked)
        else:
            counts: dict[str, dict[str, str]] = {}
            for name, value in request.form.items():
                if name.startswith("count_"):
                    item_id, option = _two_parts(name)
                    counts.setdefault(item_id, {})[option] = value
            service.save_count_predictions(g.db, administration, sheet, counts)


def _two_parts(name: str) -> tuple[str, str]:
    parts = name.split("_", 2)
    if len(parts) != 3:
        raise BadInput("One prediction was not understood. Reload the page and choose again.")
    return parts[1], parts[2]


def _uuid(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        raise BadInput("One prediction was not understood. Reload the page and choose again.") from None


def _saw_page(cycle: Cycle, *, faults: dict[str, str] | None = None) -> str:
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = g.db.get_one(Survey, given[0].survey_id).sheet
    return render_template(
        "predictions/saw.html",
        cycle=cycle,
        given=given,
        sheet=sheet,
        rated=service.rated_items(sheet) if sheet else [],
        ratings=queries.own_ratings(g.db, [a.id for a in given]),
        labels=[label for _id, label in survey_queries.focal_labels(g.db, cycle.id)],
        is_locked=all(a.locked_at for a in given),
        faults=faults or {},
    )


def _predict_page(cycle: Cycle, *, faults: dict[str, str] | None = None, told: str = "") -> str:
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = g.db.get_one(Survey, given[0].survey_id).sheet
    rows = queries.predictions(g.db, [a.id for a in given])
    return render_template(
        "predictions/predict.html",
        cycle=cycle,
        given=given,
        sheet=sheet,
        items=service.predicted_items(sheet or {"items": []}),
        first=service.FIRST_QUESTIONS,
        codes=survey_queries.focal_labels(g.db, cycle.id),
        picked={(str(r.item_version_id), r.focal_code_id): r.option for r in rows if r.focal_code_id},
        counted={(str(r.item_version_id), r.option): r.count for r in rows if not r.focal_code_id},
        typed=request.form if request.method == "POST" else None,
        is_locked=all(a.locked_at for a in given),
        faults=faults or {},
        told=told,
    )
