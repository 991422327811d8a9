"""Where children find a survey: the address that people type, and the square that a camera reads."""

from __future__ import annotations

import segno
from flask import current_app, request
from markupsafe import Markup


def public_address() -> str:
    """Return the address that stands on cards and on the projector."""
    return current_app.config["FOCAL"].public_url or request.host_url.rstrip("/")


def qr_code(address: str, *, as_typed: bool = False) -> Markup:
    """Return a QR as inline SVG; capitals make it coarser, so that the last row can read it."""
    code = segno.make(address if as_typed else address.upper(), error="m", micro=False)
    svg = code.svg_inline(
        border=4, dark="#000000", light="#ffffff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(svg.replace("<svg", '<svg role="img" aria-label="QR code for the address above"', 1))  # noqa: S704  (made here from our own address)
