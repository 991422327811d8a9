"""People: who is here, what they may do, invitations, and links for a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.accounts import invitations, password_links
from survey_app.accounts import queries as accounts
from survey_app.accounts.forms import faults_of
from survey_app.accounts.granting import ROLES_GIVEN_AT, looks_after, open_places
from survey_app.accounts.proofs import mark_of
from survey_app.accounts.service import MOST_FAILURES
from survey_app.admin import queries, routes_children, routes_many, routes_places, routes_teams, service
from survey_app.admin.addresses import whole_address
from survey_app.admin.blueprint import blueprint
from survey_app.admin.forms import InviteForm, PlaceForm
from survey_app.errors import BadInput
from survey_app.models.people import ROLES
from survey_app.permissions import Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

    from survey_app.models.people import Invitation, Person

__all__ = ["blueprint", "routes_children", "routes_many", "routes_places", "routes_teams"]
notice("invitation-revoked", "The invitation is taken back. Its link opens nothing any more.")
notice("role-given", "The role is given. It counts from the next click on.")
notice("role-taken", "The role is taken back. That counts from the next click on.")
notice("disabled", "The sign-in is closed, everywhere and at once.")
notice("enabled", "The sign-in is open again.")


@blueprint.get("/people")
@requires(Permission.INVITE)
def people() -> str:
    """List people and open invitations."""
    lines = queries.people_lines(g.db, g.viewer)
    return render_template(
        "admin/people.html",
        lines=lines,
        has_places=len({line.organisation for line in lines}) > 1,
        invitations=queries.open_invitations(g.db, g.viewer, now=g.now),
    )


@blueprint.get("/people/invite")
@requires(Permission.INVITE)
def invite() -> str:
    """Ask whom to invite."""
    chosen = request.args.get("place", "")
    return _invite_page(InviteForm(data={"role": "teacher", "organisation": chosen}))


@blueprint.post("/people/invite")
@requires(Permission.INVITE)
def send_invitation() -> Response | str | tuple[str, int]:
    """Make an invitation and show its link: here and now, because only its hash is kept."""
    form = InviteForm(request.form)
    try:
        if not form.validate():
            raise BadInput("Look at what is marked.", faults_of(form))
        invitation, token = invitations.invite(
            g.db,
            g.viewer,
            email=form.email.data,
            name=form.name.data,
            role=form.role.data,
            organisation_id=form.organisation_id,
            now=g.now,
        )
    except BadInput as fault:
        return _invite_page(form, fault.faults), fault.status
    note_act("invitation.made", invitation.id, organisation_id=invitation.organisation_id)
    g.db.commit()
    return _invitation_page(invitation, token)


@blueprint.post("/people/invitations/<uuid:invitation_id>/new-link")
@requires(Permission.INVITE)
def renew_invitation(invitation_id: uuid.UUID) -> str:
    """Make a new link for an invitation; the old one stops working."""
    earlier = queries.invitation_for(g.db, g.viewer, invitation_id)
    invitation, token = invitations.invite(
        g.db,
        g.viewer,
        email=earlier.email,
        name=earlier.display_name,
        role=earlier.role,
        organisation_id=earlier.organisation_id,
        now=g.now,
    )
    note_act("invitation.renewed", invitation.id, organisation_id=invitation.organisation_id)
    g.db.commit()
    return _invitation_page(invitation, token)


@blueprint.post("/people/invitations/<uuid:invitation_id>/revoke")
@requires(Permission.INVITE)
def revoke_invitation(invitation_id: uuid.UUID) -> Response:
    """Take an invitation back."""
    invitation = queries.invitation_for(g.db, g.viewer, invitation_id)
    if invitations.revoke_invitation(g.db, invitation, now=g.now):
        note_act("invitation.revoked", invitation.id, organisation_id=invitation.organisation_id)
    g.db.commit()
    return redirect(url_for("admin.people", did="invitation-revoked"), code=303)


def _invite_page(form: InviteForm, faults: dict[str, str] | None = None) -> str:
    places = open_places(g.db, g.viewer.person_id)
    schools = [place for place in places if place.kind == "school"]
    if not form.organisation.data and len(schools) == 1:
        # Most who join are teachers of the school. With several schools nobody should land in a wrong one.
        form.organisation.data = str(schools[0].id)
    offered = [role for role in ROLES if any(role in ROLES_GIVEN_AT[one.kind] for one in places)]
    return render_template(
        "admin/invite.html", form=form, faults=faults or {}, places=places, roles=offered
    )


def _invitation_page(invitation: Invitation, token: str) -> str:
    return render_template(
        "admin/invitation.html",
        invitation=invitation,
        organisation=accounts.organisation_name(g.db, invitation.organisation_id),
        link=whole_address("accounts.join", token),
    )


@blueprint.get("/people/<uuid:person_id>")
@requires(Permission.MANAGE)
def person(person_id: uuid.UUID) -> str:
    """Show one person: roles, sign-in, password."""
    return _person_page(queries.person_for(g.db, g.viewer, person_id))


def _person_page(one: Person, faults: dict[str, str] | None = None) -> str:
    places = open_places(g.db, g.viewer.person_id)
    roles = accounts.roles_of(g.db, one.id)
    taken = {(role.role, role.organisation_id) for role in roles}
    nearest_first = sorted(places, key=lambda place: place.id != one.organisation_id)
    offered = [
        (place, role)
        for place in nearest_first
        for role in ROLES_GIVEN_AT[place.kind]
        if (role, place.id) not in taken
    ]
    return render_template(
        "admin/person.html",
        person=one,
        organisation=accounts.organisation_name(g.db, one.organisation_id),
        roles=roles,
        own_places={place.id for place in places},
        teams=queries.teams_of_person(g.db, g.viewer, one.id),
        may_move_to=[place for place in places if place.id != one.organisation_id],
        offered=offered,
        has_places=len(places) > 1,
        may_change=looks_after(g.db, g.viewer.person_id, one),
        is_stopped=accounts.tries_for(g.db, mark_of(one.email)).failures >= MOST_FAILURES,
        faults=faults or {},
    )


@blueprint.post("/people/<uuid:person_id>/roles/give")
@requires(Permission.MANAGE)
def give_role(person_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give somebody one more role."""
    one = queries.person_for(g.db, g.viewer, person_id)
    form = _place_form()
    if not form.validate():
        return _person_page(one, {"place": "Choose a role from the list."}), 422
    if service.give_role(g.db, g.viewer, one, form.role.data, form.organisation_id):
        note_act("role.given", f"{one.id} {form.role.data}", organisation_id=form.organisation_id)
    g.db.commit()
    return redirect(url_for("admin.person", person_id=one.id, did="role-given"), code=303)


@blueprint.post("/people/<uuid:person_id>/roles/take")
@requires(Permission.MANAGE)
def take_role(person_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a role back."""
    one = queries.person_for(g.db, g.viewer, person_id)
    form = _place_form()
    if not form.validate():
        return _person_page(one, {"place": "Choose a role from the list."}), 422
    if service.take_role(g.db, g.viewer, one, form.role.data, form.organisation_id):
        note_act("role.taken", f"{one.id} {form.role.data}", organisation_id=form.organisation_id)
    g.db.commit()
    # Somebody who has just taken her own right away may not come back to this page.
    if one.id == g.viewer.person_id:
        return redirect(url_for("accounts.account", did="role-taken"), code=303)
    return redirect(url_for("admin.person", person_id=one.id, did="role-taken"), code=303)


def _place_form() -> PlaceForm:
    role, _, organisation = request.form.get("place", "").partition("@")
    return PlaceForm(data={"role": role, "organisation": organisation})


@blueprint.post("/people/<uuid:person_id>/disable")
@requires(Permission.MANAGE)
def disable(person_id: uuid.UUID) -> Response:
    """Close somebody's sign-in."""
    one = queries.person_for(g.db, g.viewer, person_id)
    if service.disable_person(g.db, g.viewer, one, now=g.now):
        note_act("person.disabled", one.id, organisation_id=one.organisation_id)
    g.db.commit()
    return redirect(url_for("admin.person", person_id=one.id, did="disabled"), code=303)


@blueprint.post("/people/<uuid:person_id>/enable")
@requires(Permission.MANAGE)
def enable(person_id: uuid.UUID) -> Response:
    """Open somebody's sign-in again."""
    one = queries.person_for(g.db, g.viewer, person_id)
    if service.enable_person(g.db, g.viewer, one):
        note_act("person.enabled", one.id, organisation_id=one.organisation_id)
    g.db.commit()
    return redirect(url_for("admin.person", person_id=one.id, did="enabled"), code=303)


@blueprint.post("/people/<uuid:person_id>/password-link")
@requires(Permission.INVITE)
def make_password_link(person_id: uuid.UUID) -> str:
    """Make a link with which somebody sets a new password, and show it: here and now."""
    one = queries.person_for(g.db, g.viewer, person_id)
    token = password_links.make_password_link(g.db, g.viewer, one, now=g.now)
    note_act("password.link-made", one.id, organisation_id=one.organisation_id)
    g.db.commit()
    return render_template(
        "admin/password_link.html",
        person=one,
        link=whole_address("accounts.new_password", token),
        until=g.now + password_links.LINK_LASTS,
    )
