"""Print the survey; key it in by keyboard."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import select

from survey_app.catalogue.library import chromes
from survey_app.classrooms.consents import opted_out
from survey_app.errors import BadInput, NotYet
from survey_app.models.classrooms import Classroom
from survey_app.models.responses import Response as Sheet
from survey_app.models.surveys import Survey
from survey_app.paper import service
from survey_app.permissions import Permission
from survey_app.respond.keys import SheetKey, read_key
from survey_app.respond.refusals import Told
from survey_app.respond.service import notices_of
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.surveys import queries as survey_queries
from survey_app.surveys.showing import record, sheet_of
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from typing import Any

    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration

blueprint = Blueprint("paper", __name__)
notice("keyed", "The answers from paper are stored.")
BLANK_ROWS = 10
LONGEST_KEPT = 30  # months: a class lives 18 at most, and its archive 12; a test holds it


@blueprint.get("/cycles/<uuid:cycle_id>/paper")
@requires(Permission.RUN_CYCLES)
def print_sheet(cycle_id: uuid.UUID) -> str:
    """Show the survey for the printer, two languages side by side."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = sheet_of(cycle, given)
    return render_template(
        "paper/print_sheet.html",
        cycle=cycle,
        given=given,
        sheet=sheet,
        locales=[name for name in ("en", "es") if name in sheet["words"]],
        chromes=chromes(),
        notices={a.part: notices_of(a, sheet) for a in given},
    )


@blueprint.get("/cycles/<uuid:cycle_id>/letter")
@requires(Permission.RUN_CYCLES)
def letter(cycle_id: uuid.UUID) -> str:
    """Show a letter to families: this survey's questions and notice, word for word, in two languages."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = sheet_of(cycle, given)
    locales = [name for name in ("en", "es") if name in sheet["words"]]
    return render_template(
        "paper/letter.html",
        cycle=cycle,
        parts=given,
        sheet=sheet,
        locales=locales,
        notices={a.part: notices_of(a, sheet) for a in given},
        is_frozen=any(a.state != "draft" for a in given),
        drafts=any(sheet["words"][name]["state"] == "machine_draft" for name in locales),
        viewer=g.viewer,
        months=LONGEST_KEPT,
    )


@blueprint.get("/cycles/<uuid:cycle_id>/key-in")
@requires(Permission.RUN_CYCLES)
def key_in(cycle_id: uuid.UUID) -> str:
    """Show the grid: a row a student, a cell a question."""
    return _page(cycle_for(g.db, g.viewer, cycle_id))


@blueprint.post("/cycles/<uuid:cycle_id>/key-in")
@requires(Permission.RUN_CYCLES)
def store(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Store the rows that were filled in; sent twice, once."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    try:
        _store(cycle)
    except (BadInput, NotYet) as fault:
        g.db.rollback()
        faults = getattr(fault, "faults", {})
        return _page(cycle_for(g.db, g.viewer, cycle_id), told=fault.words, faults=faults), fault.status
    except Told as refusal:
        g.db.rollback()
        told = (
            "One of these students has answered already, or the results are shown. Nothing of this page was"
            " stored. Take that row out, or open the survey again for absent students."
        )
        return _page(cycle_for(g.db, g.viewer, cycle_id), told=told), refusal.status
    g.db.commit()
    return redirect(url_for("cycles.show", cycle_id=cycle.id, did="keyed"), code=303)


def _store(cycle: Cycle) -> None:
    given = survey_queries.administrations_of(g.db, cycle.id)
    out = opted_out(g.db, cycle.classroom_id)
    labels = {
        str(code): (code, label)
        for code, label in survey_queries.focal_labels(g.db, cycle.id)
        if code not in out
    }
    keyed = []
    for administration in given:
        if administration.state == "draft":
            raise NotYet("Open the survey first; then key in what stands on paper.")
        if administration.revealed_at is not None and administration.state != "open":
            raise NotYet(
                "The results are shown. Open the survey again for absent students, then key them in."
            )
        if administration.locked_at is None and request.form.get("sees_first") != "yes":
            words = "You have not locked your view yet. Lock it first, or say that you go on all the same."
            raise BadInput(words, {"sees_first": words})
        sheet = g.db.get_one(Survey, administration.survey_id).sheet or {}
        rows = _rows(administration, sheet, labels)
        if service.store_rows(g.db, administration, sheet, rows, now=g.now):
            keyed.append(administration)
    if not keyed:
        raise BadInput("No row is filled in yet, so nothing is stored.")
    record(keyed, "answers.keyed")


def _rows(
    administration: Administration, sheet: dict[str, Any], labels: dict[str, tuple[uuid.UUID, str]]
) -> list[service.KeyedRow]:
    rows = []
    names = [n.removeprefix("key_") for n in request.form if n.startswith(f"key_{administration.part}_")]
    for name in names:
        key = read_key(request.form[f"key_{name}"], *current_app.config["FOCAL"].secret_keys)
        if key is None or key.administration_id != administration.id:
            raise BadInput("This page is too old. Reload it and type the rows again.")
        written = name.partition("_")[2]
        code, label = labels.get(written, (None, f"Sheet {written}"))
        if code is None and administration.mode == "coded":
            continue  # a student who is not, or no longer, asked
        rows.append(
            service.KeyedRow(
                focal_code_id=code if administration.mode == "coded" else None,
                key=key,
                cells={
                    item["id"]: request.form.get(f"cell_{name}_{item['id']}", "") for item in sheet["items"]
                },
                name=f"cell_{name}",
                label=label,
            )
        )
    return rows


def _page(cycle: Cycle, *, told: str = "", faults: dict[str, str] | None = None) -> str:
    given = survey_queries.administrations_of(g.db, cycle.id)
    sheet = sheet_of(cycle, given)
    secret = current_app.config["FOCAL"].secret_key
    answered = set(
        g.db.scalars(
            select(Sheet.focal_code_id).where(
                Sheet.administration_id.in_([a.id for a in given]), Sheet.focal_code_id.is_not(None)
            )
        )
    )
    answered |= opted_out(g.db, cycle.classroom_id)
    groups = []
    for a in given:
        if a.mode == "coded":
            waiting = [
                (f"{a.part}_{code}", label)
                for code, label in survey_queries.focal_labels(g.db, cycle.id)
                if code not in answered
            ]
        else:
            waiting = [(f"{a.part}_{place}", str(place)) for place in range(1, BLANK_ROWS + 1)]
        rows = [
            {
                "name": name,
                "label": label,
                "key": request.form.get(f"key_{name}") or SheetKey.fresh(a.id, now=g.now).sign(secret),
            }
            for name, label in waiting
        ]
        groups.append({"administration": a, "rows": rows})
    return render_template(
        "paper/key_in.html",
        cycle=cycle,
        classroom=g.db.get_one(Classroom, cycle.classroom_id),
        groups=groups,
        sheet=sheet,
        typed=request.form,
        is_locked=all(a.locked_at for a in given),
        is_draft=any(a.state == "draft" for a in given),
        is_shown=any(a.revealed_at and a.state != "open" for a in given),
        told=told,
        faults=faults or {},
    )
