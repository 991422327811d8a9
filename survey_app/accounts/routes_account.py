"""One's own account: name, password, where one is signed in; the password once more before what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from survey_app.accounts import queries, service
from survey_app.accounts.blueprint import blueprint, own_path
from survey_app.accounts.forms import ChangePasswordForm, NameForm, ProofForm, faults_of
from survey_app.accounts.proofs import hash_new, mark_of, prove
from survey_app.errors import BadInput, NotVisible
from survey_app.models.people import Person
from survey_app.permissions import ROLE_PERMISSIONS, Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid

    from werkzeug.wrappers import Response

WRONG_PASSWORD = "This is not the password of your account."  # noqa: S105  (words for a person)
notice("named", "Your name is changed.")
notice("password-changed", "Your password is changed. Everywhere else you are signed out.")
notice("session-ended", "That sign-in is ended.")
notice("sessions-ended", "Everywhere else you are signed out.")


@blueprint.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> str:
    """Show one's own account."""
    return _account_page()


def _account_page(faults: dict[str, str] | None = None, name: str | None = None) -> str:
    person = g.db.get_one(Person, g.viewer.person_id)
    return render_template(
        "accounts/account.html",
        person=person,
        name=person.display_name if name is None else name,
        organisation=queries.organisation_name(g.db, person.organisation_id),
        roles=queries.roles_of(g.db, person.id),
        role_permissions=ROLE_PERMISSIONS,
        sessions=queries.living_sessions(g.db, person.id, now=g.now),
        faults=faults or {},
    )


@blueprint.post("/account/name")
@requires(Permission.OWN_ACCOUNT)
def change_name() -> Response | tuple[str, int]:
    """Change the name that colleagues see."""
    form = NameForm(request.form)
    if not form.validate():
        return _account_page(faults_of(form), name=form.name.data or ""), 422
    service.rename(g.db, g.viewer.person_id, form.name.data)
    note_act("account.named", g.viewer.person_id)
    g.db.commit()
    return redirect(url_for("accounts.account", did="named"), code=303)


@blueprint.post("/account/password")
@requires(Permission.OWN_ACCOUNT)
def change_password() -> Response | tuple[str, int]:
    """Change the password, and sign out everywhere else."""
    form = ChangePasswordForm(request.form)
    if not form.validate():
        return _account_page(faults_of(form)), 422
    person = g.db.get_one(Person, g.viewer.person_id)
    email, about = person.email, [person.display_name, person.email]
    about.append(queries.organisation_name(g.db, person.organisation_id))
    try:
        proof = prove(email, form.password_now.data)
        new_hash = hash_new(form, about=about) if proof.fits else ""
        if not _accept(proof, email):
            return _account_page({"password_now": WRONG_PASSWORD}), 422
    except service.Waiting as wait:
        return _account_page({"password_now": wait.words}), wait.status
    except BadInput as fault:
        return _account_page(fault.faults), fault.status
    service.change_password(g.db, g.viewer.person_id, new_hash, keep=g.viewer.session_id, now=g.now)
    note_act("password.changed", g.viewer.person_id)
    g.db.commit()
    return redirect(url_for("accounts.account", did="password-changed"), code=303)


def _accept(proof: service.Proof, email: str) -> bool:
    """Tell whether the password was the viewer's; one that was not is counted and written down at once."""
    if service.prove_again(g.db, g.viewer, mark_of(email), proof, now=g.now):
        return True
    note_act("proof.failed", g.viewer.person_id)
    g.db.commit()
    return False


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@requires(Permission.OWN_ACCOUNT)
def end_session(session_id: uuid.UUID) -> Response:
    """End one of one's own sign-ins; ended twice, it stays ended."""
    if not queries.owns_session(g.db, g.viewer.person_id, session_id):
        raise NotVisible(session_id)
    if service.end_session(g.db, g.viewer.person_id, session_id, now=g.now):
        note_act("session.ended", session_id)
    g.db.commit()
    return redirect(url_for("accounts.account", did="session-ended"), code=303)


@blueprint.post("/account/sessions/end-others")
@requires(Permission.OWN_ACCOUNT)
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    if service.end_sessions(g.db, g.viewer.person_id, keep=g.viewer.session_id, now=g.now):
        note_act("sessions.ended", g.viewer.person_id)
    g.db.commit()
    return redirect(url_for("accounts.account", did="sessions-ended"), code=303)


@blueprint.get("/account/password-again")
@requires(Permission.OWN_ACCOUNT)
def confirm() -> str:
    """Ask for the password once more before an export or a deletion."""
    return render_template("accounts/confirm.html", going_to=own_path(request.args.get("next")), faults={})


@blueprint.post("/account/password-again")
@requires(Permission.OWN_ACCOUNT)
def confirm_password() -> Response | tuple[str, int]:
    """Go on to where the password was asked for."""
    going_to = own_path(request.form.get("next"))
    form = ProofForm(request.form)
    faults, status = faults_of(form) if not form.validate() else {}, 422
    if not faults:
        email = g.db.get_one(Person, g.viewer.person_id).email
        try:
            is_right = _accept(prove(email, form.password.data), email)
            faults = {} if is_right else {"password": WRONG_PASSWORD}
        except service.Waiting as wait:
            faults, status = {"password": wait.words}, wait.status
    if faults:
        return render_template("accounts/confirm.html", going_to=going_to, faults=faults), status
    g.db.commit()
    return redirect(going_to or url_for("accounts.account"), code=303)


@blueprint.app_errorhandler(service.ProofNeeded)
def _ask_for_password(needed: service.ProofNeeded) -> Response:
    g.db.rollback()
    return redirect(url_for("accounts.confirm", next=needed.back or _page_asked_for()), code=303)


def _page_asked_for() -> str | None:
    """Return the page to come back to: this one, or for a form the page that shows it, where there is one."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except (MethodNotAllowed, NotFound, RequestRedirect):
        return None
    return request.path
