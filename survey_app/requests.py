"""Around every request: a number of its own, one line in the log, one count; nothing else of it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from survey_app import logs, metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from survey_app.permissions import Viewer

ABOUT = "focal.about"
NUMBER = "focal.request"
# Pages of a child, or of somebody who has not signed in on a child's device.
OF_STUDENTS = ("respond",)
UNINTERESTING = frozenset({"asset", "health"})
RANKED_ROLES = ("administrator", "lead", "researcher", "coach", "teacher")


def install(app: Flask) -> None:
    """Wrap the application, and let each request say which route it took."""
    app.before_request(_note_route)
    app.after_request(_note_viewer)
    app.wsgi_app = Requests(app.wsgi_app)
    if hops := app.config["FOCAL"].proxy_hops:
        # Only as many proxies as somebody has counted: what stands further out, anybody could have written.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)


def number() -> str:
    """Return the number of the present request, which the log and the response carry, too."""
    return str(request.environ.get(NUMBER, ""))


def _note_route() -> None:
    rule = request.url_rule
    about = request.environ.setdefault(ABOUT, {})
    about["route"] = rule.rule if rule else "none"
    about["part"] = request.blueprint or (request.endpoint or "").split(".")[0]


def _note_viewer(response: Any) -> Any:
    viewer: Viewer | None = g.get("viewer")
    if viewer is not None:
        about = request.environ.setdefault(ABOUT, {})
        about["role"] = next((role for role in RANKED_ROLES if role in viewer.roles), "none")
        about["tenant"] = pseudonym(_secret(), str(viewer.organisation_id))
    return response


def _secret() -> str:
    return current_app.config["FOCAL"].secret_key


def pseudonym(secret: str, organisation: str) -> str:
    """Return a mark that is the same for one organisation, and from which nobody can tell which."""
    return hmac.new(secret.encode(), b"tenant " + organisation.encode(), hashlib.sha256).hexdigest()[:10]


def truncated(address: str) -> str | None:
    """Return an address without the part that points at one machine.

    Examples
    --------
    >>> truncated("203.0.113.77"), truncated("2001:db8:1:2::9"), truncated("?")
    ('203.0.113.0/24', '2001:db8:1::/48', None)
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return str(ipaddress.ip_network((address, 24 if parsed.version == 4 else 48), strict=False))


class Requests:
    """The outermost layer: what it does not see does not get into the log."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on; log and count its answer."""
        started, about = time.monotonic(), {}
        environ[ABOUT], environ[NUMBER] = about, secrets.token_hex(8)

        def answer(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            about["status"] = int(status[:3])
            return start_response(status, [*headers, ("X-Request-Id", environ[NUMBER])], *fault)

        try:
            return self.app(environ, answer)
        except BaseException:
            about["status"] = 500
            raise
        finally:
            _tell(environ, about, time.monotonic() - started)


def _tell(environ: dict[str, Any], about: dict[str, Any], seconds: float) -> None:
    status, route = about.get("status", 500), about.get("route", "none")
    method = environ.get("REQUEST_METHOD", "")
    method = method if method in ("GET", "HEAD", "POST") else "other"
    metrics.count(route=route, method=method, status=status, seconds=seconds)
    part = about.get("part", "")
    if part in UNINTERESTING and status < 500:
        return
    is_students = part in OF_STUDENTS or not about.get("role")
    line = {
        "request": environ[NUMBER],
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000),
        "role": about.get("role"),
        "tenant": about.get("tenant"),
        "network": None if is_students else truncated(environ.get("REMOTE_ADDR", "")),
        "student": part in OF_STUDENTS,
    }
    level = logging.ERROR if status >= 500 else logging.INFO
    logs.access.log(level, "request", extra={"about": line})
