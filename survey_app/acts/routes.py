"""The record of acts as a page: number by number, without answers, names or codes."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request

from survey_app.acts import queries
from survey_app.acts.words import act_words
from survey_app.permissions import Permission
from survey_app.security import requires

blueprint = Blueprint("acts", __name__)
LONGEST_NUMBER = 12


@blueprint.get("/audit")
@requires(Permission.MANAGE)
def audit() -> str:
    """List what was done at the organisations that the viewer looks after, the newest first."""
    asked = request.args.get("before", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_NUMBER
    before = int(asked) if is_number else None
    found = queries.events(g.db, g.viewer, before=before)
    shown = found[: queries.ON_A_PAGE]
    return render_template(
        "acts/audit.html",
        events=shown,
        is_newest=before is None,
        older=shown[-1].number if len(found) > len(shown) else None,
        people=queries.people_seen(g.db, g.viewer),
        act_words=act_words,
    )
