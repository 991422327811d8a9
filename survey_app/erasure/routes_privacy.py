"""The public notice: what is held and for how long, from the same table that the nightly job reads."""

from __future__ import annotations

from flask import current_app, render_template

from survey_app.erasure import journal
from survey_app.erasure.blueprint import blueprint
from survey_app.erasure.retention import KINDS
from survey_app.security import public


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """Say to anybody what is held, what is never held, and for how long."""
    last_night = journal.last_night(current_app.config["FOCAL"].instance)
    return render_template("erasure/privacy.html", kinds=KINDS, last_night=last_night)
