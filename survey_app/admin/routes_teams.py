"""Teams and who is in them; and where somebody belongs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.accounts.forms import faults_of
from survey_app.accounts.granting import administered, people_in
from survey_app.admin import places, queries, teams
from survey_app.admin.blueprint import blueprint
from survey_app.admin.forms import MemberForm, TeamForm
from survey_app.errors import BadInput, NotVisible
from survey_app.models.people import Organisation
from survey_app.permissions import Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.people import Team

notice("team-added", "The team is there. Now put people into it.")
notice("team-renamed", "The team is saved.")
notice("team-archived", "The team is archived. What was shared stays shared until it is taken back.")
notice("team-unarchived", "The team is out of the archive again.")
notice("member-added", "They are in the team.")
notice("member-removed", "They are out of the team. What was shared with them stays until it is taken back.")
notice("moved", "They belong there now. Roles as teacher and coach went with them.")


@blueprint.post("/people/places/<uuid:place_id>/teams")
@requires(Permission.MANAGE)
def new_team(place_id: uuid.UUID) -> Response | tuple[str, int]:
    """Add a team to a place."""
    place = places.place_for(g.db, g.viewer, place_id)
    form = TeamForm(request.form)
    try:
        if not form.validate():
            raise BadInput(places.NOT_SAVED, faults_of(form))
        made = teams.save_team(
            g.db, place, None, new_id=uuid.UUID(form.new_id.data), name=form.name.data
        )
    except BadInput as fault:
        g.db.rollback()
        place = places.place_for(g.db, g.viewer, place_id)
        return render_template(
            "admin/new_team.html", place=place, form=form, faults=fault.faults
        ), fault.status
    if made is not None:
        note_act("team.added", made.id, organisation_id=place.id)
    g.db.commit()
    return redirect(url_for("admin.team", team_id=form.new_id.data, did="team-added"), code=303)


@blueprint.get("/people/teams/<uuid:team_id>")
@requires(Permission.MANAGE)
def team(team_id: uuid.UUID) -> str:
    """Show a team and who is in it."""
    return _page(teams.team_for(g.db, g.viewer, team_id))


@blueprint.post("/people/teams/<uuid:team_id>")
@requires(Permission.MANAGE)
def rename_team(team_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give a team another name."""
    found = teams.team_for(g.db, g.viewer, team_id)
    form = TeamForm(request.form)
    form.new_id.data = str(found.id)
    try:
        if not form.validate():
            raise BadInput(places.NOT_SAVED, faults_of(form))
        place = g.db.get_one(Organisation, found.organisation_id)
        if teams.save_team(g.db, place, found, new_id=found.id, name=form.name.data):
            note_act("team.renamed", found.id, organisation_id=found.organisation_id)
    except BadInput as fault:
        g.db.rollback()
        found = teams.team_for(g.db, g.viewer, team_id)
        return _page(found, name=form.name.data, faults=fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("admin.team", team_id=found.id, did="team-renamed"), code=303)


@blueprint.post("/people/teams/<uuid:team_id>/<any(archive, unarchive):what>")
@requires(Permission.MANAGE)
def archive_team(team_id: uuid.UUID, what: str) -> Response:
    """Put a team into the archive, or take it out again."""
    found = teams.team_for(g.db, g.viewer, team_id)
    if teams.archive_team(g.db, found, now=g.now if what == "archive" else None):
        note_act(f"team.{what}d", found.id, organisation_id=found.organisation_id)
    g.db.commit()
    return redirect(url_for("admin.team", team_id=found.id, did=f"team-{what}d"), code=303)


@blueprint.post("/people/teams/<uuid:team_id>/members")
@requires(Permission.MANAGE)
def add_member(team_id: uuid.UUID) -> Response | tuple[str, int]:
    """Put somebody into a team."""
    found = teams.team_for(g.db, g.viewer, team_id)
    form = MemberForm(request.form)
    try:
        if not form.validate():
            raise BadInput(places.NOT_SAVED, faults_of(form))
        person_id = uuid.UUID(form.person.data) if form.person.data else None
        added = teams.add_member(g.db, g.viewer, found, person_id=person_id, email=form.email.data or "")
        if added is not None:
            note_act("team.joined", f"{found.id} {added.id}", organisation_id=found.organisation_id)
    except BadInput as fault:
        g.db.rollback()
        found = teams.team_for(g.db, g.viewer, team_id)
        return _page(found, email=form.email.data or "", faults=fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("admin.team", team_id=found.id, did="member-added"), code=303)


@blueprint.post("/people/teams/<uuid:team_id>/members/<uuid:person_id>/remove")
@requires(Permission.MANAGE)
def remove_member(team_id: uuid.UUID, person_id: uuid.UUID) -> Response:
    """Take somebody out of a team."""
    found = teams.team_for(g.db, g.viewer, team_id)
    if teams.remove_member(g.db, found, person_id):
        note_act("team.left", f"{found.id} {person_id}", organisation_id=found.organisation_id)
    g.db.commit()
    return redirect(url_for("admin.team", team_id=found.id, did="member-removed"), code=303)


@blueprint.post("/people/<uuid:person_id>/move")
@requires(Permission.MANAGE)
def move_person(person_id: uuid.UUID) -> Response:
    """Let somebody belong to another place."""
    one = queries.person_for(g.db, g.viewer, person_id)
    try:
        place_id = uuid.UUID(request.form.get("place", ""))
    except ValueError:
        raise NotVisible from None
    if teams.move_person(g.db, g.viewer, one, place_id):
        note_act("person.moved", one.id, organisation_id=place_id)
    g.db.commit()
    return redirect(url_for("admin.person", person_id=one.id, did="moved"), code=303)


def _page(
    found: Team, *, name: str | None = None, email: str = "", faults: dict[str, str] | None = None
) -> str:
    members = queries.members_of(g.db, found.id)
    inside = {person.id for person, _place in members}
    own = {one.id: one for one in administered(g.db, g.viewer.person_id)}
    reach = people_in(g.db, own)
    near = {found.organisation_id, own[found.organisation_id].parent_id}
    return render_template(
        "admin/team.html",
        team=found,
        place=own[found.organisation_id],
        members=members,
        in_reach={one.id for one in reach},
        near=[one for one in reach if one.organisation_id in near and one.id not in inside],
        name=found.name if name is None else name,
        email=email,
        faults=faults or {},
    )
