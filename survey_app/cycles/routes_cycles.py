"""A teacher's cycles: the list, the quick start, one cycle, its plan and log."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app import audit
from survey_app.catalogue import queries as catalogue
from survey_app.catalogue import reviews
from survey_app.classrooms import queries as class_queries
from survey_app.classrooms import service as classes
from survey_app.classrooms.consents import asked_focal_codes
from survey_app.cycles import queries, service
from survey_app.cycles.blueprint import blueprint
from survey_app.cycles.forms import GRADES, QuickStartForm, faults_of, ids_in
from survey_app.cycles.quick_start import questions_for_band
from survey_app.cycles.stages import STAGES, standing_of
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Series
from survey_app.permissions import Permission
from survey_app.scope import classroom_for, cycle_for, series_for
from survey_app.security import requires
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys
from survey_app.surveys.routes import expected_of, public_address, record, sheet_of
from survey_app.ui.filters import notice
from survey_app.ui.names import ask_about_names

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
STANDARD_FOCAL = 5
STANDARD_SET = "whole_class"


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
