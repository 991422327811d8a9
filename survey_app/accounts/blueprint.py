"""What the routes of the accounts slice share: blueprint, password hasher, cookie, the sliding session."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from survey_app.accounts import service
from survey_app.accounts.passwords import Passwords
from survey_app.turns import ASIDE

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState

COOKIE = "focal_session"
LONG_FORM = 2 * 1024 * 1024
# A session that is in use is written to at most this often: reading pages must not queue for the write lock.
SEEN_EVERY = timedelta(minutes=15)

blueprint = Blueprint("accounts", __name__)


@blueprint.record
def _bring_hasher(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault("focal_passwords", Passwords())


def passwords() -> Passwords:
    """Return this application's password hasher."""
    return current_app.extensions["focal_passwords"]


def allow_long_form() -> None:
    """Read even a form with a megabyte pasted for a password, so that the page can say what is wrong."""
    request.max_content_length = request.max_form_memory_size = LONG_FORM


def own_path(wanted: str | None) -> str | None:
    """Return a path of this site to go on to, or nothing: never another host, whatever its spelling."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > 1000:
        return None
    if "\\" in wanted or any(ord(letter) < 33 for letter in wanted):
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted


def with_session(response: Response, token: str) -> Response:
    """Return the response with the cookie of a new session: only for this site, never for scripts."""
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", secure=current_app.config["FOCAL"].https, path="/"
    )
    return response


def without_session(response: Response) -> Response:
    """Return the response that makes a browser forget the session and what it kept of these pages."""
    response.delete_cookie(
        COOKIE, httponly=True, samesite="Lax", secure=current_app.config["FOCAL"].https, path="/"
    )
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@blueprint.after_app_request
def _keep_session(response: Response) -> Response:
    """Let a session that is in use live on; one that was ended meanwhile stays ended."""
    viewer = g.get("viewer")
    if viewer is None or viewer.session_seen_at is None or g.now - viewer.session_seen_at < SEEN_EVERY:
        return response
    if request.endpoint == "accounts.sign_out":
        return response
    try:
        g.db.rollback()
        with current_app.extensions["focal_db"].writing(viewer.principal, patience=ASIDE) as db:
            service.keep_session(db, viewer.session_id, now=g.now)
            db.commit()
    except SQLAlchemyError:
        # A full or locked disk must not take away a page that has been read.
        pass
    return response
