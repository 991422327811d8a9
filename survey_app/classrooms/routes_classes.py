"""A teacher's classes: their list, one class, its focal codes, the end of its year."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.classrooms import codes, queries, service
from survey_app.classrooms.blueprint import blueprint
from survey_app.classrooms.forms import GRADES, ClassForm, faults_of, id_in, number_in
from survey_app.errors import BadInput
from survey_app.permissions import Permission
from survey_app.scope import classroom_for, focal_code_for
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice
from survey_app.ui.names import ask_about_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from survey_app.models.classrooms import Classroom, FocalCode

notice("class_made", "Your class is ready.")
notice("codes_added", "The codes are added. Write on your own paper who is who.")
notice("code_retired", "The code is retired: its card no longer works, and its earlier answers stay.")
notice("code_restored", "The code is back. It needs a new card.")
notice("archived", "The class is archived. Everything in it can be read, and nothing can be answered.")
notice("unarchived", "The class is back. Its code and its cards work again.")
STANDARD_FOCAL = 5
Page = tuple[str, int]


@blueprint.get("/classes")
@requires(Permission.RUN_CYCLES)
def classes() -> str:
    """List the viewer's classes."""
    own = queries.own_classes(g.db, g.viewer.person_id)
    return render_template(
        "classrooms/classes.html",
        current=[one for one in own if one.archived_at is None],
        archived=[one for one in own if one.archived_at is not None],
        focal=queries.focal_counts(g.db, g.viewer.person_id),
    )


@blueprint.get("/classes/new")
@requires(Permission.RUN_CYCLES)
def new() -> str:
    """Ask what a new class is called."""
    return _class_page(ClassForm(), None, form_key=str(uuid.uuid4()))


@blueprint.post("/classes/new")
@requires(Permission.RUN_CYCLES)
def add() -> Response | Page:
    """Add a class; the same form sent twice adds one."""
    form = ClassForm(request.form)
    key = request.form.get("form_key", "")
    try:
        _check(form)
        ask_about_names(request.form, "nickname", "subject")
        classroom = service.make_class(g.db, g.viewer, **form.values(), now=g.now, classroom_id=id_in(key))
    except BadInput as fault:
        return _class_page(form, None, form_key=key, faults=fault.faults), fault.status
    g.db.commit()
    return _back_to(classroom, "class_made")


@blueprint.get("/classes/<uuid:classroom_id>")
@requires(Permission.RUN_CYCLES)
def classroom(classroom_id: uuid.UUID) -> str:
    """Show one class."""
    return _show(classroom_for(g.db, g.viewer, classroom_id))


@blueprint.get("/classes/<uuid:classroom_id>/change")
@requires(Permission.RUN_CYCLES)
def change(classroom_id: uuid.UUID) -> str:
    """Show what a class is called, to be changed."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    grade = "" if room.grade is None else str(room.grade)
    form = ClassForm(
        data={"nickname": room.nickname, "grade": grade, "subject": room.subject, "students": room.students}
    )
    return _class_page(form, room)


@blueprint.post("/classes/<uuid:classroom_id>/change")
@requires(Permission.RUN_CYCLES)
def store_change(classroom_id: uuid.UUID) -> Response | Page:
    """Store what a class is called."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    form = ClassForm(request.form)
    try:
        _check(form)
        service.change_class(g.db, room, **form.values())
    except BadInput as fault:
        return _class_page(form, room, faults=fault.faults), fault.status
    g.db.commit()
    return _back_to(room, "saved")


@blueprint.post("/classes/<uuid:classroom_id>/focal")
@requires(Permission.RUN_CYCLES)
def add_focal(classroom_id: uuid.UUID) -> Response | Page:
    """Add focal codes until there are as many as asked for."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    try:
        count = number_in(request.form.get("focal", ""))
        if count is None:
            words = f"Write a number from 1 to {service.MOST_FOCAL}."
            raise BadInput(words, {"focal": words})
        service.set_focal_codes(g.db, room, count)
    except BadInput as fault:
        return _show(room, faults=fault.faults), fault.status
    g.db.commit()
    return _back_to(room, "codes_added")


@blueprint.post("/classes/<uuid:classroom_id>/focal/<uuid:focal_code_id>/retire")
@requires(Permission.RUN_CYCLES)
def retire_focal(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> Response:
    """Take a focal code out of the planned set."""
    room, code = _code_of(classroom_id, focal_code_id)
    service.retire_focal_code(g.db, room, code, now=g.now)
    g.db.commit()
    return _back_to(room, "code_retired")


@blueprint.post("/classes/<uuid:classroom_id>/focal/<uuid:focal_code_id>/restore")
@requires(Permission.RUN_CYCLES)
def restore_focal(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> Response:
    """Take a retired code back."""
    room, code = _code_of(classroom_id, focal_code_id)
    service.restore_focal_code(g.db, room, code)
    g.db.commit()
    return _back_to(room, "code_restored")


@blueprint.post("/classes/<uuid:classroom_id>/archive")
@requires(Permission.RUN_CYCLES)
def archive(classroom_id: uuid.UUID) -> Response:
    """Put a class away at the end of its year."""
    return _change_year(classroom_id, service.archive_class, "class.archived", "archived", now=g.now)


@blueprint.post("/classes/<uuid:classroom_id>/unarchive")
@requires(Permission.RUN_CYCLES)
def unarchive(classroom_id: uuid.UUID) -> Response:
    """Take a class out of the archive."""
    return _change_year(classroom_id, service.unarchive_class, "class.unarchived", "unarchived")


@blueprint.get("/classes/<uuid:classroom_id>/families")
@requires(Permission.RUN_CYCLES)
def families(classroom_id: uuid.UUID) -> str:
    """Show a note to families, to be printed before the first survey."""
    return render_template("classrooms/families.html", classroom=classroom_for(g.db, g.viewer, classroom_id))


def _check(form: ClassForm) -> None:
    if not form.validate():
        raise BadInput("Something about the class needs another look.", faults_of(form))


def _class_page(
    form: ClassForm, room: Classroom | None, *, form_key: str = "", faults: dict[str, str] | None = None
) -> str:
    return render_template(
        "classrooms/class_form.html",
        form=form,
        classroom=room,
        form_key=form_key,
        grades=GRADES,
        faults=faults or {},
    )


def _show(room: Classroom, *, faults: dict[str, str] | None = None) -> str:
    living = queries.live_cards(g.db, room.id)
    return render_template(
        "classrooms/classroom.html",
        classroom=room,
        spaced_code=codes.show_code(room.class_code),
        grades=dict(GRADES),
        focal=queries.live_focal_codes(g.db, room.id),
        erase_on=queries.erased_on(g.db, room),
        retired=queries.retired_focal_codes(g.db, room.id),
        card_of={card.focal_code_id: card for card in living if card.focal_code_id},
        rest_cards=sum(card.focal_code_id is None for card in living),
        most_focal=service.MOST_FOCAL,
        standard_focal=STANDARD_FOCAL,
        faults=faults or {},
    )


def _back_to(room: Classroom, did: str) -> Response:
    return redirect(url_for("classrooms.classroom", classroom_id=room.id, did=did), code=303)


def _code_of(classroom_id: uuid.UUID, focal_code_id: uuid.UUID) -> tuple[Classroom, FocalCode]:
    room = classroom_for(g.db, g.viewer, classroom_id)
    code = focal_code_for(g.db, g.viewer, focal_code_id)
    if code.classroom_id != room.id:
        raise BadInput("This code belongs to another of your classes.")
    return room, code


def _change_year(
    classroom_id: uuid.UUID, change: Callable[..., None], act: str, did: str, **when: object
) -> Response:
    room = classroom_for(g.db, g.viewer, classroom_id)
    before = room.archived_at
    change(g.db, room, **when)
    if room.archived_at != before:
        note_act(act, room.id)
    g.db.commit()
    return _back_to(room, did)
