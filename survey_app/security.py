"""The gate in front of every route: who may enter, which site sent the form, what the browser may do."""

from __future__ import annotations

import hashlib
import hmac
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, redirect, request, url_for

from survey_app.errors import NotAllowed

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.permissions import Permission, Viewer

View = TypeVar("View", bound=Callable[..., object])

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none';"
    " require-trusted-types-for 'script'; trusted-types default"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(),"
    " display-capture=(), payment=(), usb=(), serial=(), hid=(), bluetooth=(), midi=(), idle-detection=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestInMemory(Request):
    """A request whose files never touch the disk: what is not kept leaves no trace there either."""

    def _get_file_stream(self, *_size: object, **_about: object) -> io.BytesIO:
        # How large a request may be is decided before: MAX_CONTENT_LENGTH, or what a route ``takes``.
        return io.BytesIO()


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare which permission a route asks for."""

    def mark(view: View) -> View:
        view.focal_access = permission
        return view

    return mark


def public(view: View) -> View:
    """Declare that a route is for everybody. It never looks at a staff session's rights."""
    view.focal_access = "public"
    return view


def takes(most_bytes: int, words: str) -> Callable[[View], View]:
    """Let a route take a larger form than others once the viewer may enter; ``words`` say the limit."""

    def mark(view: View) -> View:
        view.focal_takes = (most_bytes, words)
        return view

    return mark


def csrf_token() -> str:
    """Return the token that a staff form carries; it dies with the session."""
    return _form_tokens()[0]


def _form_tokens() -> list[str]:
    """Return the token of this session under the present key, then under the keys it replaced."""
    viewer: Viewer | None = g.get("viewer")
    about = f"form:{viewer.session_id if viewer else 'nobody'}".encode()
    keys = current_app.config["FOCAL"].secret_keys
    return [hmac.new(key.encode(), about, hashlib.sha256).hexdigest() for key in keys]


def guard(app: Flask) -> None:
    """Put the gate before every request and the headers behind every response."""
    app.before_request(_check_access)
    app.before_request(_take_larger_form)
    app.before_request(_check_same_site)
    app.after_request(_set_headers)


def _check_access() -> BaseResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint is None:
        return None
    access = getattr(view, "focal_access", None)
    if access is None:
        raise NotAllowed("This page has not said who may enter, so nobody may.")
    if access == "public":
        return None
    viewer: Viewer | None = g.viewer
    if viewer is None:
        back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
        return redirect(url_for("accounts.sign_in", next=back), code=303)
    if not viewer.has_accepted_use and request.endpoint not in (
        "accounts.use_statement",
        "accounts.sign_out",
    ):
        return redirect(url_for("accounts.use_statement"), code=303)
    if not viewer.may(access):
        raise NotAllowed("Your account is not set up for this. An administrator can help.")
    return None


def _take_larger_form() -> None:
    takes_more = getattr(current_app.view_functions.get(request.endpoint or ""), "focal_takes", None)
    if takes_more is not None:
        request.max_content_length = request.max_form_memory_size = takes_more[0]


def _check_same_site() -> None:
    """Refuse a form that another site sends; a student's page has no cookie and is asked by origin alone."""
    if request.method in SAFE_METHODS:
        return
    sent_from = request.headers.get("Sec-Fetch-Site")
    if sent_from not in (None, "same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin not in (None, "null") and host_in(origin) != request.host.lower():
        abort(403)
    if (
        g.get("viewer") is not None
        and getattr(current_app.view_functions.get(request.endpoint or ""), "focal_access", None) != "public"
    ):
        # As bytes: the comparison of texts breaks on whatever is not ASCII.
        sent = (request.form.get("csrf_token", "") or request.headers.get("X-CSRF-Token", "")).encode()
        if not any(hmac.compare_digest(sent, token.encode()) for token in _form_tokens()):
            raise NotAllowed("This form was open for too long. Go back, reload the page and send it again.")


def host_in(address: str) -> str | None:
    """Return host and port of an address, in small letters; none where it is no address.

    Examples
    --------
    >>> host_in("https://Focal.example:8000/s"), host_in("http://[::1"), host_in("//[::1]:80")
    ('focal.example:8000', None, '[::1]:80')
    """
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return None


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.config["FOCAL"].https:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
