"""Is it alive, is it ready: for whoever keeps it running. Says nothing else to strangers."""

from __future__ import annotations

import shutil
from contextlib import suppress

from flask import Blueprint, Response, current_app, g
from sqlalchemy.exc import SQLAlchemyError

from survey_app.migrate import is_at_head
from survey_app.package_files import remove_old_files
from survey_app.saving import can_write
from survey_app.security import public

blueprint = Blueprint("health", __name__)
FREE_DISK_NEEDED = 0.05


@blueprint.get("/livez")
@public
def live() -> Response:
    """Say that the process answers; touch nothing."""
    return Response("alive\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """Say whether answers can be taken: database writable, schema current, disk not full.

    Whoever keeps Focal running asks every few seconds, so that files whose link has run out go in time.
    """
    with suppress(OSError):
        remove_old_files(current_app.config["FOCAL"].instance, now=g.now)
    ok = _can_save() and _has_disk()
    return Response("ready\n" if ok else "not ready\n", status=200 if ok else 503, mimetype="text/plain")


def _can_save() -> bool:
    database = current_app.extensions["focal_db"]
    if current_app.extensions["focal_saving"].is_off():
        return False
    try:
        return can_write(database) and is_at_head(database)
    except SQLAlchemyError:
        return False


def _has_disk() -> bool:
    instance = current_app.config["FOCAL"].instance
    usage = shutil.disk_usage(instance if instance.exists() else instance.parent)
    return usage.free / usage.total > FREE_DISK_NEEDED
