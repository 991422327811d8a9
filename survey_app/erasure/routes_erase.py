"""Erase a focal code or a class: see what goes, take it along, say yes; the password is asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, current_app, g, redirect, render_template, request, url_for

from survey_app import audit
from survey_app.accounts.service import require_recent_proof
from survey_app.erasure import held, journal, queries, service
from survey_app.erasure.blueprint import blueprint
from survey_app.erasure.named import texts_naming
from survey_app.erasure.traces import remove_traces
from survey_app.errors import NotVisible
from survey_app.permissions import Permission
from survey_app.scope import classroom_for, focal_code_for
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.models.classrooms import Classroom, FocalCode

notice("code-erased", "It is erased. Nothing about this student is held any more.")
notice("class-erased", "The class is erased. Nothing of it is held any more.")
NOT_SURE = {"sure": "Say that you know that nobody can undo this."}
Page = tuple[str, int]


@blueprint.get("/classes/<uuid:classroom_id>/focal/<uuid:focal_code_id>/erase")
@requires(Permission.RUN_CYCLES)
def code(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> str:
    """Show what would go with a focal code."""
    room, one = _code_of(classroom_id, focal_code_id)
    require_recent_proof(g.db, g.viewer, g.now)
    return _code_page(room, one)


@blueprint.post("/classes/<uuid:classroom_id>/focal/<uuid:focal_code_id>/erase")
@requires(Permission.RUN_CYCLES)
def erase_code(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> BaseResponse | Page:
    """Erase a focal code; sent twice, it was erased once."""
    done = redirect(url_for("classrooms.classroom", classroom_id=classroom_id, did="code-erased"), code=303)
    if queries.is_erased(g.db, g.viewer, focal_code_id):
        return done
    room, one = _code_of(classroom_id, focal_code_id)
    require_recent_proof(g.db, g.viewer, g.now)
    if request.form.get("sure") != "1":
        return _code_page(room, one, NOT_SURE), 422
    with_texts = request.form.get("with_texts") == "1"
    service.erase_code(g.db, one, with_texts=with_texts, now=g.now)
    note_act("code.erased", room.id)
    g.db.commit()
    _leave_no_trace("code", focal_code_id, texts=with_texts)
    return done


@blueprint.get("/classes/<uuid:classroom_id>/focal/<uuid:focal_code_id>/held.csv")
@requires(Permission.RUN_CYCLES)
def export_code(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> Response:
    """Give everything that is held about a focal code."""
    room, one = _code_of(classroom_id, focal_code_id)
    require_recent_proof(g.db, g.viewer, g.now)
    return _file(held.rows_of_code(g.db, one), "held-about-one-student.csv", room)


@blueprint.get("/classes/<uuid:classroom_id>/erase")
@requires(Permission.RUN_CYCLES)
def classroom(classroom_id: uuid.UUID) -> str:
    """Show what would go with a class."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    require_recent_proof(g.db, g.viewer, g.now)
    return _class_page(room)


@blueprint.post("/classes/<uuid:classroom_id>/erase")
@requires(Permission.RUN_CYCLES)
def erase_class(classroom_id: uuid.UUID) -> BaseResponse | Page:
    """Erase a class; sent twice, it was erased once."""
    done = redirect(url_for("classrooms.classes", did="class-erased"), code=303)
    if queries.is_erased(g.db, g.viewer, classroom_id):
        return done
    room = classroom_for(g.db, g.viewer, classroom_id)
    require_recent_proof(g.db, g.viewer, g.now)
    if request.form.get("sure") != "1":
        return _class_page(room, NOT_SURE), 422
    service.erase_class(g.db, room, now=g.now)
    note_act("class.erased", classroom_id)
    g.db.commit()
    _leave_no_trace("class", classroom_id)
    return done


@blueprint.get("/classes/<uuid:classroom_id>/held.csv")
@requires(Permission.RUN_CYCLES)
def export_class(classroom_id: uuid.UUID) -> Response:
    """Give everything that is held about a class."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    require_recent_proof(g.db, g.viewer, g.now)
    return _file(held.rows_of_class(g.db, room), "held-about-one-class.csv", room)


def _code_of(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> tuple[Classroom, FocalCode]:
    room = classroom_for(g.db, g.viewer, classroom_id)
    one = focal_code_for(g.db, g.viewer, focal_code_id)
    if one.classroom_id != room.id:
        raise NotVisible(focal_code_id)
    return room, one


def _code_page(room: Classroom, one: FocalCode, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "erasure/code.html",
        classroom=room,
        code=one,
        counts=queries.counts_of_code(g.db, one.id),
        named=texts_naming(g.db, one),
        faults=faults or {},
    )


def _class_page(room: Classroom, faults: dict[str, str] | None = None) -> str:
    counts = queries.counts_of_class(g.db, room.id)
    return render_template("erasure/classroom.html", classroom=room, counts=counts, faults=faults or {})


def _file(rows: list[dict], name: str, room: Classroom) -> Response:
    body = held.as_csv(rows)
    # The act is written in its own transaction: this request only reads.
    audit.record_alone(
        "held.exported",
        actor_id=g.viewer.person_id,
        organisation_id=g.viewer.organisation_id,
        route=str(request.url_rule),
        object_id=room.id,
        now=g.now,
    )
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(body, mimetype="text/csv", headers=headers)


def _leave_no_trace(what: str, row_id: uuid.UUID, **about: bool) -> None:
    config = current_app.config["FOCAL"]
    # The request's own connection would hold the side file back.
    g.db.close()
    journal.write_line(config.instance, config.secret_key, what, id=str(row_id), now=g.now, **about)
    remove_traces(current_app.extensions["focal_db"], config)
