"""Regions, districts and schools: a page for each, to add, rename, move and archive."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.accounts.forms import faults_of
from survey_app.accounts.granting import open_places
from survey_app.admin import places, queries
from survey_app.admin.blueprint import blueprint
from survey_app.admin.forms import PlaceWordsForm, TeamForm
from survey_app.errors import BadInput
from survey_app.permissions import Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.people import Organisation

notice("place-added", "The place is added. People can be invited there now.")
notice("place-changed", "The place is saved.")
notice("place-archived", "The place is archived. Open invitations are taken back; what was done there stays.")
notice("place-unarchived", "The place is out of the archive again.")


@blueprint.get("/people/places")
@requires(Permission.MANAGE)
def all_places() -> str:
    """Show every place that the viewer looks after, below the one it belongs to."""
    tree = queries.place_tree(g.db, g.viewer)
    return render_template("admin/places.html", tree=tree, may_add=_may_add(tree))


def _may_add(tree: list[queries.PlaceLine]) -> bool:
    return any(places.KINDS_BELOW[line.place.kind] for line in tree)


@blueprint.route("/people/places/new", methods=["GET", "POST"])
@requires(Permission.MANAGE)
def new_place() -> Response | str | tuple[str, int]:
    """Add a region, a district or a school."""
    above = request.args.get("above", "")
    form = PlaceWordsForm(request.form, data={"new_id": str(uuid.uuid4()), "parent": above})
    if request.method != "POST":
        return _form_page(form)
    try:
        if not form.validate() or not form.parent.data:
            faults = faults_of(form)
            if not form.parent.data:
                faults.setdefault("parent", "Choose what it belongs to.")
            raise BadInput(places.NOT_SAVED, faults)
        made = places.add_place(
            g.db,
            g.viewer,
            new_id=uuid.UUID(form.new_id.data),
            kind=form.kind.data,
            name=form.name.data,
            parent_id=uuid.UUID(form.parent.data),
            now=g.now,
        )
    except BadInput as fault:
        g.db.rollback()
        return _form_page(form, fault.faults), fault.status
    if made is not None:
        note_act("place.added", made.id, organisation_id=made.id)
    g.db.commit()
    return redirect(url_for("admin.place", place_id=form.new_id.data, did="place-added"), code=303)


@blueprint.get("/people/places/<uuid:place_id>")
@requires(Permission.MANAGE)
def place(place_id: uuid.UUID) -> str:
    """Show one place: its people, its teams, its name, what it belongs to."""
    return _place_page(places.place_for(g.db, g.viewer, place_id))


@blueprint.post("/people/places/<uuid:place_id>")
@requires(Permission.MANAGE)
def change_place(place_id: uuid.UUID) -> Response | tuple[str, int]:
    """Rename a place, or put it below another one."""
    found = places.place_for(g.db, g.viewer, place_id)
    form = PlaceWordsForm(
        request.form, data={"new_id": str(found.id), "kind": found.kind, "parent": str(found.parent_id or "")}
    )
    # What a place is does not change, and where there is nothing to choose it stays where it is.
    form.new_id.data, form.kind.data = str(found.id), found.kind
    if "parent" not in request.form:
        form.parent.data = str(found.parent_id or "")
    try:
        if not form.validate():
            raise BadInput(places.NOT_SAVED, faults_of(form))
        parent_id = uuid.UUID(form.parent.data) if form.parent.data else None
        if places.change_place(g.db, g.viewer, found, name=form.name.data, parent_id=parent_id):
            note_act("place.changed", found.id, organisation_id=found.id)
    except BadInput as fault:
        g.db.rollback()
        found = places.place_for(g.db, g.viewer, place_id)
        return _place_page(found, form=form, faults=fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("admin.place", place_id=found.id, did="place-changed"), code=303)


@blueprint.post("/people/places/<uuid:place_id>/archive")
@requires(Permission.MANAGE)
def archive_place(place_id: uuid.UUID) -> Response | tuple[str, int]:
    """Archive a place where nobody is any more."""
    found = places.place_for(g.db, g.viewer, place_id)
    try:
        if places.archive_place(g.db, found, now=g.now):
            note_act("place.archived", found.id, organisation_id=found.id)
    except BadInput as fault:
        g.db.rollback()
        return _place_page(places.place_for(g.db, g.viewer, place_id), faults=fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("admin.place", place_id=found.id, did="place-archived"), code=303)


@blueprint.post("/people/places/<uuid:place_id>/unarchive")
@requires(Permission.MANAGE)
def unarchive_place(place_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a place out of the archive."""
    found = places.place_for(g.db, g.viewer, place_id)
    try:
        if places.unarchive_place(g.db, found):
            note_act("place.unarchived", found.id, organisation_id=found.id)
    except BadInput as fault:
        g.db.rollback()
        return _place_page(places.place_for(g.db, g.viewer, place_id), faults=fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("admin.place", place_id=found.id, did="place-unarchived"), code=303)


def _form_page(form: PlaceWordsForm, faults: dict[str, str] | None = None) -> str:
    above = [one for one in open_places(g.db, g.viewer.person_id) if places.KINDS_BELOW[one.kind]]
    kinds = {kind for one in above for kind in places.KINDS_BELOW[one.kind]}
    return render_template(
        "admin/new_place.html",
        form=form,
        faults=faults or {},
        above=above,
        kinds=[kind for kind in ("school", "district", "region") if kind in kinds],
    )


def _place_page(
    found: Organisation,
    *,
    form: PlaceWordsForm | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    may_stand_below = [
        one for one in open_places(g.db, g.viewer.person_id) if found.kind in places.KINDS_BELOW[one.kind]
    ]
    return render_template(
        "admin/place.html",
        place=found,
        form=form or PlaceWordsForm(data={"name": found.name, "parent": str(found.parent_id or "")}),
        # Somebody who does not look after what is above cannot take the place away from it either.
        above=may_stand_below if any(one.id == found.parent_id for one in may_stand_below) else [],
        kinds_below=places.KINDS_BELOW[found.kind],
        people=queries.people_at(g.db, found.id),
        teams=queries.teams_at(g.db, found.id),
        team_form=TeamForm(data={"new_id": str(uuid.uuid4())}),
        faults=faults or {},
    )
