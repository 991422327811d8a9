"""Pages behind a link that an administrator has made: joining, and setting a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.accounts import invitations, password_links, queries, service
from survey_app.accounts.blueprint import COOKIE, allow_long_form, blueprint, with_session
from survey_app.accounts.forms import JoinForm, NewPasswordForm
from survey_app.accounts.proofs import hash_new, mark_of
from survey_app.errors import BadInput
from survey_app.models.people import Person
from survey_app.security import public
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.people import Invitation

notice("joined", "You are in. This is where your day begins.")


@blueprint.get("/join/<token>")
@public
def join(token: str) -> str:
    """Show what an invitation offers, to make an account with it or to add the role to one's own."""
    invitation = invitations.open_invitation(g.db, token, now=g.now)
    return _join_page(token, invitation, JoinForm(data={"name": invitation.display_name}))


@blueprint.post("/join/<token>")
@public
def accept(token: str) -> Response | tuple[str, int]:
    """Accept an invitation: with a new account, or as the signed-in person whose address was invited."""
    allow_long_form()
    invitation = invitations.open_invitation(g.db, token, now=g.now)
    if g.viewer is not None:
        return _accept_as_viewer(token)
    form = JoinForm(request.form)
    try:
        place = queries.organisation_name(g.db, invitation.organisation_id)
        password_hash = hash_new(form, about=[form.name.data, invitation.email, place])
    except BadInput as fault:
        return _join_page(token, invitation, form, fault.faults), fault.status
    # Asked again: the password was worked out with no transaction open, and a link opens once.
    invitation = invitations.open_invitation(g.db, token, lock=True, now=g.now)
    person = invitations.accept_as_new_person(
        g.db, invitation, name=form.name.data, password_hash=password_hash, now=g.now
    )
    service.forget_failures(g.db, mark_of(person.email))
    session = service.start_session(g.db, person, old_token=request.cookies.get(COOKIE, ""), now=g.now)
    note_act(
        "invitation.accepted", invitation.id, actor_id=person.id, organisation_id=invitation.organisation_id
    )
    g.db.commit()
    return with_session(redirect(url_for("accounts.front", did="joined"), code=303), session)


def _accept_as_viewer(token: str) -> Response:
    invitation = invitations.open_invitation(g.db, token, lock=True, now=g.now)
    invitations.accept_as_viewer(g.db, g.viewer, invitation, now=g.now)
    note_act("invitation.accepted", invitation.id, organisation_id=invitation.organisation_id)
    g.db.commit()
    return redirect(url_for("accounts.front", did="joined"), code=303)


def _join_page(
    token: str, invitation: Invitation, form: JoinForm, faults: dict[str, str] | None = None
) -> str:
    viewer_email = g.db.get_one(Person, g.viewer.person_id).email if g.viewer else None
    return render_template(
        "accounts/join.html",
        token=token,
        invitation=invitation,
        inviter=g.db.get_one(Person, invitation.inviter_id).display_name,
        organisation=queries.organisation_name(g.db, invitation.organisation_id),
        viewer_email=viewer_email,
        has_account=queries.person_with_email(g.db, invitation.email) is not None,
        form=form,
        faults=faults or {},
    )


@blueprint.get("/new-password/<token>")
@public
def new_password(token: str) -> str:
    """Ask for a new password."""
    _link, person = password_links.open_password_link(g.db, token, now=g.now)
    return _new_password_page(token, person)


@blueprint.post("/new-password/<token>")
@public
def set_password(token: str) -> Response | tuple[str, int]:
    """Set the new password, end every session, and ask to sign in with it."""
    allow_long_form()
    _link, person = password_links.open_password_link(g.db, token, now=g.now)
    form = NewPasswordForm(request.form)
    try:
        new_hash = hash_new(form, about=[person.display_name, person.email])
    except BadInput as fault:
        return _new_password_page(token, person, fault.faults), fault.status
    link, person = password_links.open_password_link(g.db, token, lock=True, now=g.now)
    password_links.use_password_link(g.db, link, new_hash, now=g.now)
    service.forget_failures(g.db, mark_of(person.email))
    note_act(
        "password.set-by-link", person.id, actor_id=person.id, organisation_id=person.organisation_id
    )
    g.db.commit()
    return redirect(url_for("accounts.sign_in", did="new-password"), code=303)


def _new_password_page(token: str, person: Person, faults: dict[str, str] | None = None) -> str:
    return render_template("accounts/new_password.html", token=token, person=person, faults=faults or {})
