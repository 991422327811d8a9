"""Pages for what goes wrong: plain words, a status, a way on; nothing about the inside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from survey_app import audit
from survey_app.db import roll_back
from survey_app.errors import NotAllowed, NotVisible, Refusal, Stale

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

log = logging.getLogger("focal")
NOTHING_LOST = "Nothing was lost that was saved before."
WORDS = {
    400: ("That did not arrive whole", "Go back and send it again."),
    403: (
        "That is not yours to do",
        "The form came from another place than this page. Open the page anew and try again.",
    ),
    404: (
        "There is nothing here",
        "The page may have moved, or it belongs to somebody else. Your own pages are one step away.",
    ),
    405: ("That is not possible right now", "Go back to the page and use its buttons."),
    413: (
        "That is too much at once",
        "What you sent is larger than this page takes. Shorten it and send it again.",
    ),
}


def install(app: Flask) -> None:
    """Turn refusals and faults into pages, in one place."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _unexpected)
    app.jinja_env.globals["cannot_save"] = app.extensions["focal_saving"].is_off


def page(status: int, title: str, words: str) -> Response:
    """Return the page for something that went wrong."""
    if "db" in g:
        roll_back(g.db)
    # While a server starts there are children's pages alone, and none that a staff page could lead to.
    wants_staff_layout = request.blueprint != "respond" and "accounts" in current_app.blueprints
    kept = _sent() if status == 503 and request.method == "POST" else []
    response = current_app.make_response(
        render_template("ui/failure.html", title=title, words=words, staff=wants_staff_layout, kept=kept)
    )
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _sent() -> list[tuple[str, str]]:
    """Return what was sent, so that it can be sent again; never a password."""
    try:
        fields = list(request.form.items(multi=True))
    except HTTPException:
        return []
    if any("password" in name for name, _value in fields):
        return []
    return fields


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, (NotVisible, NotAllowed)):
        if "db" in g:
            roll_back(g.db)
        _note_denial(refusal)
    return page(refusal.status, refusal.title, refusal.words)


def _note_denial(refusal: Refusal) -> None:
    viewer = g.get("viewer")
    if viewer is None:
        return
    try:
        audit.record_alone(
            "access.denied",
            actor_id=viewer.person_id,
            organisation_id=viewer.organisation_id,
            route=str(request.url_rule or "unknown"),
            object_id=getattr(refusal, "object_id", None),
            now=g.now,
        )
    except SQLAlchemyError:
        # A refusal stands even when the audit cannot be written (a read-only disk); the log keeps it.
        log.warning("access.denied could not be written to the audit")


def _http(fault: HTTPException) -> Response:
    status = fault.code or 500
    if status < 400:
        return fault.get_response()
    title, words = WORDS.get(status, ("That did not work", "Go back and try again in a moment."))
    takes_more = getattr(current_app.view_functions.get(request.endpoint or ""), "focal_takes", None)
    if status == 413 and takes_more is not None:
        words = takes_more[1]
    return page(status, title, words)


def _stale(_fault: StaleDataError) -> Response:
    stale = Stale(
        "Another tab saved this first. Go back, copy what you typed, reload the page and paste it in."
    )
    return page(stale.status, stale.title, stale.words)


def is_out_of_reach(fault: SQLAlchemyError) -> bool:
    """Tell whether the database is locked, read-only, full or away: a matter of trying again."""
    return (
        isinstance(fault, (OperationalError, TimeoutError))
        # PostgreSQL calls writing into a read-only transaction an internal error.
        or (isinstance(fault, DBAPIError) and fault.connection_invalidated)
        or "read-only" in str(getattr(fault, "orig", ""))
    )


def is_busy(fault: SQLAlchemyError) -> bool:
    """Tell whether others are in front, which passes by itself."""
    return isinstance(fault, TimeoutError) or "lock" in str(getattr(fault, "orig", "")).lower()


def note_out_of_reach(fault: SQLAlchemyError) -> None:
    """Write into the log what kind of trouble it is, and let pages say that nothing can be saved."""
    cause = getattr(fault, "orig", None)
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    log.error("database out of reach: %s %s", type(fault).__name__, code)
    if not is_busy(fault):
        current_app.extensions["focal_saving"].refused()


def _database(fault: SQLAlchemyError) -> Response:
    if not is_out_of_reach(fault):
        return _unexpected(fault)
    note_out_of_reach(fault)
    if request.method == "POST":
        words = "What you sent is still in this page: wait a moment, then send it again."
        return page(503, "Focal cannot save right now", f"{NOTHING_LOST} {words}")
    words = "Wait a moment, then reload this page."
    return page(503, "Focal cannot be reached right now", f"{NOTHING_LOST} {words}")


def _unexpected(_fault: Exception) -> Response:
    mark = request.environ.get("focal.request", "")
    log.exception("unexpected fault %s", mark)
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise _fault
    return page(
        500,
        "Something broke on our side",
        f"It was not you. Go back and try again; if it stays, tell your administrator: {mark}.",
    )
