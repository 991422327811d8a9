"""Compose a survey: which questions, who is asked, and how it looks on a phone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import current_app, g, redirect, render_template, request, url_for

from survey_app.catalogue import queries as catalogue
from survey_app.catalogue import reviews
from survey_app.catalogue.library import chromes
from survey_app.classrooms.consents import asked_focal_codes
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Classroom
from survey_app.permissions import Permission
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import drafting, queries
from survey_app.surveys.addresses import public_address, qr_code
from survey_app.surveys.blueprint import blueprint
from survey_app.surveys.practice import practice_mark
from survey_app.surveys.sheet import draft_languages, needed_fills
from survey_app.surveys.showing import classroom_of, sheet_of
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.catalogue.queries import Question
    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration

MOST_OTHERS = 60
notice("who", "Who is asked is saved.")


@blueprint.get("/cycles/<uuid:cycle_id>/survey")
@requires(Permission.RUN_CYCLES)
def compose(cycle_id: uuid.UUID) -> str:
    """Show the questions of a cycle, with a phone beside them."""
    return compose_page(cycle_for(g.db, g.viewer, cycle_id))


@blueprint.post("/cycles/<uuid:cycle_id>/survey")
@requires(Permission.RUN_CYCLES)
def change_questions(cycle_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Move, remove or add a question; each press is saved."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = queries.administrations_of(g.db, cycle.id, lock=True)
    chosen = queries.item_version_ids_of(g.db, given[0].survey_id)
    try:
        wanted = _changed(chosen, request.form.get("do", ""))
        if wanted != chosen:
            drafting.choose_questions(g.db, given, wanted)
    except BadInput as fault:
        g.db.rollback()
        return compose_page(
            cycle_for(g.db, g.viewer, cycle_id), faults=fault.faults or {"questions": fault.words}
        ), 422
    g.db.commit()
    return redirect(url_for("surveys.compose", cycle_id=cycle.id, _anchor="questions"), code=303)


@blueprint.post("/cycles/<uuid:cycle_id>/who")
@requires(Permission.RUN_CYCLES)
def choose_who(cycle_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Choose whom this cycle asks: a student who left goes, a student who came joins."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    ticked = set(request.form.getlist("code"))
    codes = [c.id for c in asked_focal_codes(g.db, cycle.classroom_id) if str(c.id) in ticked]
    written = request.form.get("rest_count", "").strip()
    try:
        if written and not (written.isdecimal() and 1 <= int(written) <= MOST_OTHERS):
            words = f"Write a number from 1 to {MOST_OTHERS}."
            raise BadInput(words, {"rest_count": words})
        drafting.choose_who(
            g.db,
            cycle,
            codes,
            rest=request.form.get("asks_rest") == "1",
            expected_rest=int(written) if written else None,
        )
    except (BadInput, NotYet) as fault:
        g.db.rollback()
        faults = getattr(fault, "faults", {}) or {"who": fault.words}
        return compose_page(cycle_for(g.db, g.viewer, cycle_id), faults=faults), fault.status
    g.db.commit()
    return redirect(url_for("surveys.compose", cycle_id=cycle.id, did="who"), code=303)


@blueprint.get("/cycles/<uuid:cycle_id>/preview")
@requires(Permission.RUN_CYCLES)
def preview(cycle_id: uuid.UUID) -> str:
    """Show the student's page as a child will see it; nothing can be sent from it."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = queries.administrations_of(g.db, cycle.id)
    sheet = sheet_of(cycle, given)
    locale = request.args.get("language", "en")
    locale = locale if locale in sheet["words"] else "en"
    part = request.args.get("part", given[0].part)
    administration = next((a for a in given if a.part == part), given[0])
    chrome = chromes()[locale]
    mark = practice_mark(cycle.id, current_app.config["FOCAL"].secret_key, now=g.now)
    return render_template(
        "surveys/preview.html",
        practice_address=f"{public_address()}/try/{mark}",
        practice_qr=qr_code(f"{public_address()}/try/{mark}", as_typed=True),
        cycle=cycle,
        given=given,
        administration=administration,
        sheet=sheet,
        locale=locale,
        chrome=chrome,
        chromes=chromes(),
        words=sheet["words"][locale],
        promise=chrome.notice(
            administration.mode,
            may_be_shared=administration.may_be_shared,
            for_research=administration.under_research,
        ),
    )


def _changed(chosen: list[uuid.UUID], do: str) -> list[uuid.UUID]:
    """Return the questions after one press: up:ID, down:ID, remove:ID or add:ID."""
    verb, _, written = do.partition(":")
    try:
        item_version_id = uuid.UUID(written)
    except ValueError:
        raise BadInput("That button was not understood. Reload the page and press it again.") from None
    changed = list(chosen)
    if verb == "add" and item_version_id not in changed:
        changed.append(item_version_id)
    elif verb == "remove" and item_version_id in changed:
        changed.remove(item_version_id)
    elif verb in ("up", "down") and item_version_id in changed:
        here = changed.index(item_version_id)
        there = here + (1 if verb == "down" else -1)
        if 0 <= there < len(changed):
            changed[here], changed[there] = changed[there], changed[here]
    return changed


def compose_page(cycle: Cycle, *, faults: dict[str, str] | None = None) -> str:
    """Show the page of a survey's questions; with ``faults``, what is wrong stands at its place."""
    given = queries.administrations_of(g.db, cycle.id)
    classroom = classroom_of(cycle)
    known = catalogue.questions(g.db)
    chosen = [known[i] for i in queries.item_version_ids_of(g.db, given[0].survey_id)]
    return render_template(
        "surveys/compose.html",
        cycle=cycle,
        classroom=classroom,
        given=given,
        is_draft=all(a.state == "draft" for a in given),
        chosen=chosen,
        offered=_offered(known, chosen, classroom, coded=any(a.mode == "coded" for a in given)),
        draft_languages=[chromes()[name].english_name for name in draft_languages(chosen)],
        needs_goal="goal" in needed_fills(chosen),
        reviewed=reviews.reviewed(reviews.reviews(g.db), [q.id for q in chosen]),
        goal=request.form.get("goal", ""),
        codes=asked_focal_codes(g.db, classroom.id),
        asked=_asked(given, cycle),
        research=queries.agreements_that_ask(g.db, cycle.owner_id, now=g.now),
        sheet=sheet_of(cycle, given),
        faults=faults or {},
    )


def _asked(given: list[Administration], cycle: Cycle) -> dict[str, Any]:
    """Return who is ticked: as typed when the form came back, or as the cycle has it."""
    if request.endpoint == "surveys.choose_who":
        return {
            "codes": set(request.form.getlist("code")),
            "rest": request.form.get("asks_rest") == "1",
            "expected": request.form.get("rest_count", ""),
        }
    rest = next((a for a in given if a.part == "rest"), None)
    return {
        "codes": {str(code) for code, _label in queries.focal_labels(g.db, cycle.id)},
        "rest": rest is not None,
        "expected": rest.expected if rest else None,
    }


def _offered(
    known: dict[uuid.UUID, Question], chosen: list[Question], classroom: Classroom, *, coded: bool
) -> dict[str, list[Question]]:
    """Return the questions that can be added, under each construct's name."""
    on_sheet = {q.item_key for q in chosen}
    offered: dict[str, list[Question]] = {}
    for question in known.values():
        words = question.says()
        fits_grade = classroom.grade is None or (
            (question.min_grade or 0) <= classroom.grade <= (question.max_grade or 12)
        )
        if (
            words is not None
            and question.band == classroom.band
            and question.item_key not in on_sheet
            and fits_grade
            and not (coded and question.pooled_only)
        ):
            offered.setdefault(question.construct_name or "About the survey itself", []).append(question)
    return offered
