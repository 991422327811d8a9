"""The public notice: what is held and for how long, from the same table that the nightly job reads."""

from __future__ import annotations

from flask import render_template

from survey_app.erasure.blueprint import blueprint
from survey_app.erasure.retention import KINDS
from survey_app.security import public


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """Say to anybody what is held, what is never held, and for how long."""
    return render_template("erasure/privacy.html", kinds=KINDS)
