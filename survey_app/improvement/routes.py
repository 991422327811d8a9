"""The driver diagram: read it, edit it by forms alone, take it along as a picture or as text."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from survey_app.errors import BadInput, NotVisible
from survey_app.improvement import queries, service, versions
from survey_app.improvement.days import last_day_of
from survey_app.improvement.forms import AimForm, DriverForm, IdeaForm, faults_of
from survey_app.permissions import Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from wtforms import Form

    from survey_app.improvement.queries import Diagram

blueprint = Blueprint("improvement", __name__)
FORMS = {"svg": "image/svg+xml", "png": "image/png"}
VERSIONS_SHOWN = 20
notice("aim", "The aim is saved.")
notice("driver", "The driver is saved.")
notice("no-driver", "The driver is removed. Earlier versions still show it.")
notice("restored", "The diagram stands as it did then. What stood until now is an earlier version.")
notice("idea", "The change idea is saved. Teachers can choose it in their plans.")


@blueprint.get("/aim")
@requires(Permission.EDIT_AIM)
def diagram() -> str:
    """Show the diagram as a picture and as an outline in which every box can be edited."""
    found = queries.diagram_for(g.db, g.viewer)
    tried = queries.tried(g.db, [one.id for one in [*found.ideas, *found.archived]], viewer=g.viewer)
    return render_template(
        "improvement/diagram.html",
        diagram=found,
        sentence=queries.aim_sentence(found.aim) if found.aim else "",
        tried=tried,
        figure=_figure(found, tried),
        most_boxes=service.MOST_BOXES,
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
    if form not in (*FORMS, "txt") or found.aim is None or (form in FORMS and not _is_drawn(found)):
        raise NotVisible(f"diagram.{form}")
    tried = queries.tried(g.db, [one.id for one in found.ideas], viewer=g.viewer)
    if form == "txt":
        body: Any = outline_text(found.nodes(), _notes(found, tried))
    else:
        from analytics.charts.drivers import driver_diagram

        picture = driver_diagram(_frame(found, tried), width="wide")
        body = picture.svg() if form == "svg" else picture.png()
    kind = FORMS.get(form, "text/plain; charset=utf-8")
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


def outline_text(nodes: list[list[str | None]], notes: dict[str, str]) -> str:
    """Return the diagram as an indented text."""
    depth: dict[str | None, int] = {None: -1}
    lines = []
    for key, parent, text in nodes:
        depth[key] = depth[parent] + 1
        note = notes.get(str(key), "")
        lines.append(f"{'  ' * depth[key]}- {text}{f' ({note})' if note else ''}")
    return "\n".join([*lines, "", "For improvement, not for evaluation.", ""])


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


def _kept(did: str, object_id: uuid.UUID) -> Any:
    if service.keep_version(g.db, g.viewer, now=g.now):
        note_act("diagram.changed", object_id)
    g.db.commit()
    return redirect(url_for("improvement.diagram", did=did), code=303)


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


def _is_drawn(found: Diagram) -> bool:
    # More than this can come from elsewhere; it is read as an outline, which any number of boxes can be.
    return found.aim is not None and 1 < len(found.nodes()) <= service.MOST_BOXES


def _notes(found: Diagram, tried: dict[uuid.UUID, queries.Tried]) -> dict[str, str]:
    return {str(one.id): tried[one.id].note for one in found.ideas if one.id in tried}


def _frame(found: Diagram, tried: dict[uuid.UUID, queries.Tried]) -> Any:
    import pandas as pd

    notes = _notes(found, tried)
    rows = [[key, parent, text, notes.get(str(key)) or None] for key, parent, text in found.nodes()]
    return pd.DataFrame(rows, columns=["node", "parent", "text", "note"], dtype=object)


def _figure(found: Diagram, tried: dict[uuid.UUID, queries.Tried]) -> Any:
    if not _is_drawn(found):
        return None
    from analytics.charts.drivers import driver_diagram
    from survey_app.ui.figures import draw, figure

    files = {form: url_for("improvement.keep_diagram", form=form) for form in FORMS}
    return figure(draw(driver_diagram, _frame(found, tried)), id="drivers", **files)
