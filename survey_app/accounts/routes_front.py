"""The door: first run, sign-in, sign-out, the use statement, and the page of those who keep no classes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import current_app, g, redirect, render_template, request, url_for

from survey_app.accounts import demo, first_key, queries, service, time_zones
from survey_app.accounts.blueprint import (
    COOKIE,
    allow_long_form,
    blueprint,
    own_path,
    with_session,
    without_session,
)
from survey_app.accounts.first_account import AlreadyBegun, make_first_account
from survey_app.accounts.forms import FirstAccountForm, SignInForm, faults_of
from survey_app.accounts.proofs import hash_new, mark_of, prove
from survey_app.errors import BadInput
from survey_app.permissions import Permission
from survey_app.principal import job
from survey_app.security import public, requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

log = logging.getLogger("focal")
notice("signed-out", "You are signed out.")
notice("new-password", "Your new password is set. Sign in with it.")
NOT_THE_KEY = "This is not the key of this server. It stands where Focal was started."
DO_NOT_FIT = "This email address and this password do not belong together. Look at both once more."


@blueprint.get("/")
@public
def front() -> Response | str:
    """Send everybody on to where her day begins."""
    if g.viewer is None:
        if queries.has_people(g.db):
            return redirect(url_for("accounts.sign_in"), code=303)
        return render_template("accounts/first_run.html", asks_key=first_key.is_asked_for())
    if not g.viewer.has_accepted_use:
        return redirect(url_for("accounts.use_statement"), code=303)
    if g.viewer.may(Permission.RUN_CYCLES):
        return redirect(url_for("cycles.home"), code=303)
    return render_template("accounts/role_home.html", roles=queries.roles_of(g.db, g.viewer.person_id))


@blueprint.get("/first-account")
@public
def first_account() -> Response | str:
    """Ask for what the first account needs; later ones come by invitation."""
    if queries.has_people(g.db):
        return redirect(url_for("accounts.front"), code=303)
    return _first_account_page(FirstAccountForm())


@blueprint.post("/first-account")
@public
def begin() -> Response | tuple[str, int]:
    """Make the first account and sign it in."""
    allow_long_form()
    form = FirstAccountForm(request.form)
    if queries.has_people(g.db):
        return redirect(url_for("accounts.front"), code=303)
    if first_key.is_asked_for() and not first_key.fits(
        request.form.get("key", ""), current_app.config["FOCAL"].secret_key
    ):
        log.warning("a first account was asked for without the key of this server")
        return _first_account_page(form, {"key": NOT_THE_KEY}), 403
    try:
        password_hash = hash_new(form, about=[form.name.data, form.email.data, form.organisation.data])
        person = make_first_account(
            g.db,
            name=form.name.data,
            email=form.email.data,
            password_hash=password_hash,
            organisation=form.organisation.data,
            time_zone=form.time_zone.data,
            now=g.now,
        )
    except BadInput as fault:
        return _first_account_page(form, fault.faults), fault.status
    except AlreadyBegun:
        g.db.rollback()
        return redirect(url_for("accounts.front"), code=303)
    token = service.start_session(g.db, person, old_token="", now=g.now)
    note_act("account.first", person.id, actor_id=person.id, organisation_id=person.organisation_id)
    g.db.commit()
    return with_session(redirect(url_for("accounts.front"), code=303), token)


def _first_account_page(form: FirstAccountForm, faults: dict[str, str] | None = None) -> str:
    asks_key = first_key.is_asked_for()
    return render_template(
        "accounts/first_account.html",
        form=form,
        faults=faults or {},
        zones=time_zones.CHOICES,
        asks_key=asks_key,
        key=request.form.get("key", "") if asks_key else "",
    )


@blueprint.get("/sample-network")
@public
def sample() -> str:
    """Say how to look around in the sample network; in the demo, offer its sign-ins."""
    return render_template("accounts/sample.html", people=_demo_people(), password=demo.DEMO_PASSWORD)


def _demo_people() -> list[demo.DemoPerson]:
    if not current_app.config["FOCAL"].demo:
        return []
    # Who has how many cycles is nothing for the public pages; in the sample network everybody is invented.
    with current_app.extensions["focal_db"].reading(job("demo sign-in page")) as db:
        return demo.people_to_show(db)


@blueprint.get("/sign-in")
@public
def sign_in() -> Response | str:
    """Ask for address and password."""
    going_to = own_path(request.args.get("next"))
    if g.viewer is not None:
        return redirect(going_to or url_for("accounts.front"), code=303)
    if not queries.has_people(g.db):
        return redirect(url_for("accounts.front"), code=303)
    return _sign_in_page(SignInForm(), going_to)


@blueprint.post("/sign-in")
@public
def enter() -> Response | tuple[str, int]:
    """Sign in. Known and unknown addresses get the same words, status and work."""
    allow_long_form()
    form = SignInForm(request.form)
    going_to = own_path(request.form.get("next"))
    if not form.validate():
        return _sign_in_page(form, going_to, faults_of(form)), 422
    email, mark = form.email.data, mark_of(form.email.data)
    try:
        proof = prove(email, form.password.data)
        person = service.sign_in(g.db, email, mark, proof, now=g.now)
    except service.Waiting as wait:
        page = _sign_in_page(form, going_to, {"email": wait.words})
        return page, wait.status, {"Retry-After": str(wait.seconds)}
    if person is None:
        _note_wrong_password(email, mark)
        g.db.commit()
        return _sign_in_page(form, going_to, {"email": DO_NOT_FIT}), 422
    token = service.start_session(g.db, person, old_token=request.cookies.get(COOKIE, ""), now=g.now)
    note_act("sign-in", person.id, actor_id=person.id, organisation_id=person.organisation_id)
    g.db.commit()
    return with_session(redirect(going_to or url_for("accounts.front"), code=303), token)


def _note_wrong_password(email: str, mark: bytes) -> None:
    """Write one event about the account, if there is one; who tried is not known."""
    person = queries.person_with_email(g.db, email)
    is_stopped = queries.tries_for(g.db, mark).failures >= service.MOST_FAILURES
    if is_stopped:
        log.warning("sign-in has stopped for one address after %s wrong passwords", service.MOST_FAILURES)
    note_act(
        "sign-in.stopped" if is_stopped else "sign-in.failed",
        person.id if person else None,
        organisation_id=person.organisation_id if person else None,
    )


def _sign_in_page(form: SignInForm, going_to: str | None, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "accounts/sign_in.html",
        form=form,
        going_to=going_to,
        faults=faults or {},
        people=_demo_people(),
        password=demo.DEMO_PASSWORD,
    )


@blueprint.post("/sign-out")
@requires(Permission.OWN_ACCOUNT)
def sign_out() -> Response:
    """End this session, and have the browser forget it."""
    service.end_session_of_token(g.db, request.cookies.get(COOKIE, ""), now=g.now)
    note_act("sign-out", g.viewer.person_id)
    g.db.commit()
    return without_session(redirect(url_for("accounts.sign_in", did="signed-out"), code=303))


@blueprint.route("/use", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def use_statement() -> Response | str:
    """Show how this may be used, and note that the viewer accepts it, once.

    One endpoint for both: until it is accepted, the gate lets nobody pass to any other.
    """
    if request.method != "POST":
        return render_template("accounts/use.html")
    if service.accept_use(g.db, g.viewer.person_id, now=g.now):
        note_act("use.accepted", g.viewer.person_id)
    g.db.commit()
    return redirect(url_for("accounts.front"), code=303)
