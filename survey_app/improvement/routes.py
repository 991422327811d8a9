"""The driver diagram: read it, edit it by forms alone, take it along as a picture or as text."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from survey_app.errors import BadInput, NotVisible
from survey_app.improvement import pictures, queries, service, versions
from survey_app.improvement.days import last_day_of
from survey_app.improvement.forms import AimForm, DriverForm, IdeaForm, faults_of
from survey_app.permissions import Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.dated import dated
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wtforms import Form

    from survey_app.improvement.queries import Diagram

blueprint = Blueprint("improvement", __name__)
VERSIONS_SHOWN = 20
notice("aim", "The aim is saved.")
notice("driver", "The driver is saved.")
notice("moved", "It is moved.")
notice("no-driver", "The driver is removed. Earlier versions still show it.")
notice("restored", "The diagram stands as it did then. What stood until now is an earlier version.")
notice("idea", "The change idea is saved. Teachers can choose it in their plans.")


@blueprint.get("/aim")
@requires(Permission.EDIT_AIM)
def diagram() -> str:
    """Show the diagram as a picture and as an outline in which every box can be edited."""
    found = queries.diagram_for(g.db, g.viewer)
    ids = [one.id for one in [*found.ideas, *found.archived]]
    counted = dated(
        ("aim", tuple(ids)), lambda: queries.tried(g.db, g.viewer, ids), size=queries.cycles_tried
    )
    tried = counted.totals
    return render_template(
        "improvement/diagram.html",
        diagram=found,
        sentence=queries.aim_sentence(found.aim) if found.aim else "",
        tried=tried,
        counted_at=counted.counted_at,
        figure=pictures.figure_of(found, tried),
        most_boxes=service.MOST_BOXES,
        arranges=request.args.get("arrange") == "1",
        is_over=found.aim is not None and (last_day_of(found.aim.by_when) or date.max) < _today(),
        versions=queries.versions(g.db, found.network.id, most=VERSIONS_SHOWN),
    )


def _today() -> date:
    return g.now.astimezone(ZoneInfo(g.viewer.time_zone)).date()


def _to_show_or_edit() -> Diagram:
    """Return the diagram; for a form that was sent, with nobody else editing it at the same time."""
    read = queries.diagram_to_edit if request.method == "POST" else queries.diagram_for
    return read(g.db, g.viewer)


@blueprint.get("/aim/versions/<int:number>")
@requires(Permission.EDIT_AIM)
def version(number: int) -> str:
    """Show the diagram as it stood, and what changed with it."""
    network = queries.network_of(g.db, g.viewer)
    found = queries.version_numbered(g.db, network.id, number)
    before = queries.version_numbered(g.db, network.id, number - 1).nodes if number > 1 else []
    newest = queries.newest_version(g.db, network.id)
    return render_template(
        "improvement/version.html",
        version=found,
        saved_by=queries.person_name(g.db, found.saved_by_id),
        lines=versions.outline(found.nodes),
        changes=versions.changes_between(before, found.nodes),
        is_newest=newest is not None and newest.number == found.number,
    )


@blueprint.post("/aim/versions/<int:number>/restore")
@requires(Permission.EDIT_AIM)
def restore_version(number: int) -> Any:
    """Let the diagram stand again as it did."""
    found = queries.diagram_to_edit(g.db, g.viewer)
    versions.restore(g.db, found, queries.version_numbered(g.db, found.network.id, number), now=g.now)
    return _kept("restored", found.network.id)


@blueprint.get("/aim/diagram.<form>")
@requires(Permission.EDIT_AIM)
def keep_diagram(form: str) -> Response:
    """Give the diagram as a file: SVG, PNG or a text outline."""
    found = queries.diagram_for(g.db, g.viewer)
    drawn = form in pictures.FORMS and pictures.is_drawn(found)
    if found.aim is None or not (form == "txt" or drawn):
        raise NotVisible(f"diagram.{form}")
    tried = queries.tried(g.db, g.viewer, [one.id for one in found.ideas])
    if form == "txt":
        body: Any = pictures.outline_text(found.nodes(), pictures.notes_of(found, tried))
    else:
        from analytics.charts.drivers import driver_diagram

        picture = driver_diagram(pictures.frame_of(found, tried), width="wide")
        body = picture.svg() if form == "svg" else picture.png()
    kind = pictures.FORMS.get(form, "text/plain; charset=utf-8")
    file = {"Content-Disposition": f"attachment; filename=driver-diagram.{form}"}
    return Response(body, content_type=kind, headers=file)


@blueprint.route("/aim/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_AIM)
def edit_aim() -> Any:
    """Write the aim: what, for whom, how much, by when."""
    found = _to_show_or_edit()
    names = queries.AIM_LINES
    form = AimForm(request.form, data={name: getattr(found.aim, name, "") for name in names})
    form.today = _today()
    if request.method != "POST":
        return render_template("improvement/aim.html", form=form, faults={})
    if not form.validate():
        return render_template("improvement/aim.html", form=form, faults=faults_of(form)), 422
    aim = service.save_aim(g.db, found, {name: form[name].data for name in names}, now=g.now)
    return _kept("aim", aim.id)


@blueprint.route("/aim/drivers/new", methods=["GET", "POST"], defaults={"driver_id": None})
@blueprint.route("/aim/drivers/<uuid:driver_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_AIM)
def driver(driver_id: uuid.UUID | None) -> Any:
    """Add a driver, or change one."""
    found = _to_show_or_edit()
    one = queries.driver_in(found, driver_id) if driver_id else None
    kept = {"new_id": str(driver_id or uuid.uuid4()), "parent": request.args.get("parent", "")}
    if one is not None:
        place = found.below(one.parent_id).index(one) + 1
        kept |= {"name": one.name, "parent": str(one.parent_id or ""), "place": place}
    form = DriverForm(request.form, data=kept)
    if request.method != "POST":
        return _driver_page(form, driver_id)
    try:
        _check(form)
        saved = service.save_driver(
            g.db,
            found,
            one,
            new_id=uuid.UUID(form.new_id.data),
            name=form.name.data,
            parent_id=_chosen(form.parent.data, "parent"),
            place=form.place.data,
        )
    except BadInput as fault:
        g.db.rollback()
        return _driver_page(form, driver_id, fault.faults), fault.status
    return _kept("driver", saved.id)


@blueprint.post("/aim/drivers/<uuid:driver_id>/remove")
@requires(Permission.EDIT_AIM)
def remove_driver(driver_id: uuid.UUID) -> Any:
    """Remove a driver on which nothing hangs."""
    found = queries.diagram_to_edit(g.db, g.viewer)
    one = queries.driver_in(found, driver_id)
    service.remove_driver(g.db, found, one)
    return _kept("no-driver", driver_id)


@blueprint.route("/aim/ideas/new", methods=["GET", "POST"], defaults={"idea_id": None})
@blueprint.route("/aim/ideas/<uuid:idea_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_AIM)
def idea(idea_id: uuid.UUID | None) -> Any:
    """Add a change idea, change one, or take it off the diagram."""
    found = _to_show_or_edit()
    one = queries.idea_in(found, idea_id) if idea_id else None
    kept: dict[str, Any] = {"new_id": str(idea_id or uuid.uuid4()), "driver": request.args.get("driver", "")}
    if one is not None:
        kept |= {"name": one.name, "description": one.description, "driver": str(one.driver_id or "")}
        kept["is_archived"] = one.archived_at is not None
    form = IdeaForm(request.form, data=kept)
    if request.method != "POST":
        return _idea_page(form, idea_id)
    try:
        _check(form)
        saved = service.save_idea(
            g.db,
            found,
            one,
            new_id=uuid.UUID(form.new_id.data),
            name=form.name.data,
            description=(form.description.data or "").strip(),
            driver_id=_chosen(form.driver.data, "driver"),
            is_archived=bool(form.is_archived.data),
            now=g.now,
        )
    except BadInput as fault:
        g.db.rollback()
        return _idea_page(form, idea_id, fault.faults), fault.status
    return _kept("idea", saved.id)


@blueprint.post("/aim/drivers/<uuid:driver_id>/move")
@requires(Permission.EDIT_AIM)
def move_driver(driver_id: uuid.UUID) -> Any:
    """Put a driver elsewhere: before or after another, or under another parent."""
    found = queries.diagram_to_edit(g.db, g.viewer)
    one = queries.driver_in(found, driver_id)
    parent_id = _chosen(request.form.get("parent"), "parent")
    with _said_plainly():
        service.move_driver(g.db, found, one, parent_id=parent_id, place=_place(request.form.get("place")))
    return _moved(driver_id)


@blueprint.post("/aim/ideas/<uuid:idea_id>/move")
@requires(Permission.EDIT_AIM)
def move_idea(idea_id: uuid.UUID) -> Any:
    """Put a change idea under another secondary driver."""
    found = queries.diagram_to_edit(g.db, g.viewer)
    one = queries.idea_in(found, idea_id)
    with _said_plainly():
        service.move_idea(g.db, found, one, driver_id=_chosen(request.form.get("parent"), "parent"))
    return _moved(idea_id)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Say what is wrong in the refusal itself: a button has no field beside which it could stand."""
    try:
        yield
    except BadInput as fault:
        raise BadInput(" ".join(dict.fromkeys(fault.faults.values())) or str(fault)) from None


def _place(written: str | None) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and 1 <= int(written) <= service.MOST_BOXES):
        raise BadInput("It stays where it was: reload the page and move it again.")
    return int(written)


def _moved(object_id: uuid.UUID) -> Any:
    return _kept("moved", object_id, arrange=1, _anchor=f"box-{object_id}")


def _check(form: Form) -> None:
    if not form.validate():
        raise BadInput("Nothing is saved yet.", faults_of(form))


def _chosen(written: str | None, field: str) -> uuid.UUID | None:
    if not written:
        return None
    try:
        return uuid.UUID(written)
    except ValueError:
        raise BadInput("Nothing is saved yet.", {field: "Choose one of these."}) from None


def _kept(did: str, object_id: uuid.UUID, **where: Any) -> Any:
    if service.keep_version(g.db, g.viewer, now=g.now):
        note_act("diagram.changed", object_id)
    g.db.commit()
    return redirect(url_for("improvement.diagram", did=did, **where), code=303)


def _driver_page(form: DriverForm, driver_id: uuid.UUID | None, faults: dict[str, str] | None = None) -> str:
    found = queries.diagram_for(g.db, g.viewer)
    return render_template(
        "improvement/driver.html", diagram=found, form=form, driver_id=driver_id, faults=faults or {}
    )


def _idea_page(form: IdeaForm, idea_id: uuid.UUID | None, faults: dict[str, str] | None = None) -> str:
    found = queries.diagram_for(g.db, g.viewer)
    return render_template(
        "improvement/idea.html", diagram=found, form=form, idea_id=idea_id, faults=faults or {}
    )
