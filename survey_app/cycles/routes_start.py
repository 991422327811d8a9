"""The quick start: from nothing to an open survey in three minutes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.catalogue import queries as catalogue
from survey_app.catalogue import reviews
from survey_app.classrooms import queries as class_queries
from survey_app.classrooms import service as classes
from survey_app.classrooms.consents import asked_focal_codes
from survey_app.cycles import service
from survey_app.cycles.blueprint import blueprint
from survey_app.cycles.forms import GRADES, QuickStartForm, faults_of, ids_in
from survey_app.cycles.quick_start import questions_for_band
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Classroom
from survey_app.permissions import Permission
from survey_app.scope import classroom_for
from survey_app.security import requires
from survey_app.surveys import service as surveys
from survey_app.surveys.showing import record
from survey_app.ui.names import ask_about_names

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle

STANDARD_FOCAL = 5
STANDARD_SET = "whole_class"


@blueprint.get("/cycles/new")
@requires(Permission.RUN_CYCLES)
def new() -> str:
    """Show the quick start."""
    own = [c for c in class_queries.own_classes(g.db, g.viewer.person_id) if c.archived_at is None]
    idea = request.args.get("change", "")[:200]
    form = QuickStartForm(
        data={
            "cycle_id": str(uuid.uuid4()),
            "classroom": str(own[0].id) if own else "new",
            "ready_set": _offered_set(request.args.get("ready_set", "")),
            "asks_focal": True,
            "focal_count": STANDARD_FOCAL,
            "change": idea,
        }
    )
    return _quick_start_page(form, own)


@blueprint.post("/cycles/new")
@requires(Permission.RUN_CYCLES)
def start() -> Response | tuple[str, int]:
    """Begin a series, and open its survey at once when asked to."""
    form = QuickStartForm(request.form)
    own = [c for c in class_queries.own_classes(g.db, g.viewer.person_id) if c.archived_at is None]
    try:
        form.validate()
        if faults := _faults(form):
            raise BadInput("Nothing is lost: mend what is marked and send it again.", faults)
        ask_about_names(request.form, "nickname", "change", "goal")
        cycle = _start(form)
        if request.form.get("do") == "open":
            opened = surveys.open_surveys(
                g.db, cycle, g.db.get_one(Classroom, cycle.classroom_id), goal=form.goal.data or "", now=g.now
            )
            record(opened, "survey.opened")
    except (BadInput, NotYet) as fault:
        g.db.rollback()
        faults = getattr(fault, "faults", {}) or {"classroom": fault.words}
        return _quick_start_page(form, own, faults=faults), fault.status
    g.db.commit()
    if request.form.get("do") == "open":
        return redirect(url_for("surveys.projector", cycle_id=cycle.id), code=303)
    return redirect(url_for("surveys.compose", cycle_id=cycle.id, did="drafted"), code=303)


def _offered_set(key: str) -> str:
    """Return the set that was chosen elsewhere, if the quick start offers it, or the usual one."""
    return key if key in {s.key for s in catalogue.ready_sets(g.db)} else STANDARD_SET


def _faults(form: QuickStartForm) -> dict[str, str]:
    """Return everything that is missing at once, in the order of the page."""
    faults = faults_of(form)
    if form.classroom.data in (None, "", "new") and not (form.nickname.data or "").strip():
        faults["nickname"] = "Give the class a nickname, like “Period 4”. Never a student's name."
    if not (form.asks_focal.data or form.asks_rest.data):
        faults["who"] = "Choose who answers: your focal students, the class, or both."
    order = ("ready_set", "classroom", "nickname", "grade", "who")
    return {name: faults[name] for name in (*order, *sorted(faults)) if name in faults}


def _start(form: QuickStartForm) -> Cycle:
    ready = {s.key: s for s in catalogue.ready_sets(g.db)}.get(form.ready_set.data)
    if ready is None:
        raise BadInput("Choose what you want to know.", {"ready_set": "Choose what you want to know."})
    classroom = _classroom(form)
    if ready.band == "K-2" and classroom.band != "K-2":
        words = "These questions are for kindergarten to grade 2. Choose that grade, or another set."
        raise BadInput(words, {"ready_set": words})
    focal_codes = []
    if form.asks_focal.data:
        live = class_queries.live_focal_codes(g.db, classroom.id)
        classes.set_focal_codes(g.db, classroom, max(form.focal_count.data or STANDARD_FOCAL, len(live)))
        focal_codes = asked_focal_codes(g.db, classroom.id)
    ids = questions_for_band(
        catalogue.questions(g.db), ready, classroom.band, coded=bool(form.asks_focal.data)
    )
    return service.start_series(
        g.db,
        g.viewer,
        classroom,
        focal_codes,
        service.Start(
            cycle_id=uuid.UUID(form.cycle_id.data),
            title=form.change.data or ready.name,
            change=form.change.data or "",
            item_version_ids=ids,
            focal=bool(form.asks_focal.data),
            rest=bool(form.asks_rest.data),
            expected_rest=form.rest_count.data if form.asks_rest.data else None,
            is_baseline=bool(form.is_baseline.data),
        ),
        now=g.now,
    )


def _classroom(form: QuickStartForm) -> Classroom:
    if form.classroom.data and form.classroom.data != "new":
        return classroom_for(g.db, g.viewer, next(iter(ids_in([form.classroom.data])), uuid.UUID(int=0)))
    grade = int(form.grade.data) if (form.grade.data or "").isdigit() and int(form.grade.data) <= 12 else None
    return classes.make_class(
        g.db,
        g.viewer,
        nickname=form.nickname.data,
        band="K-2" if grade is not None and grade <= 2 else "3-12",
        grade=grade,
        subject=None,
        students=None,
        now=g.now,
        # The class belongs to this form: sent twice, it is made once.
        classroom_id=uuid.uuid5(uuid.UUID(form.cycle_id.data), "class"),
    )


def _quick_start_page(
    form: QuickStartForm, own: list[Classroom], *, faults: dict[str, str] | None = None
) -> str:
    sets, found = catalogue.ready_sets(g.db), reviews.reviews(g.db)
    return render_template(
        "cycles/new.html",
        reviewed={one.key: reviews.reviewed(found, one.item_version_ids) for one in sets},
        form=form,
        classes=own,
        grades=GRADES,
        sets=sets,
        known=catalogue.questions(g.db, {id for one in sets for id in one.item_version_ids}),
        faults=faults or {},
    )
