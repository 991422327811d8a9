"""Whole addresses of links that people hand on."""

from __future__ import annotations

from flask import current_app, request, url_for


def whole_address(endpoint: str, token: str) -> str:
    """Return the whole address of a secret link, as others reach this site."""
    public_url = current_app.config["FOCAL"].public_url or request.host_url.rstrip("/")
    return public_url + url_for(endpoint, token=token)
