"""The record of acts as a page: number by number, without answers, names or codes."""

from __future__ import annotations

import csv
import io

from flask import Blueprint, Response, g, render_template, request

from survey_app import audit as record
from survey_app.accounts.service import require_recent_proof
from survey_app.acts import queries
from survey_app.acts.words import KINDS, act_words
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
    kind = _kind()
    found = queries.events(g.db, g.viewer, before=before, kind=kind)
    shown = found[: queries.ON_A_PAGE]
    return render_template(
        "acts/audit.html",
        events=shown,
        is_newest=before is None,
        kind=kind,
        kinds=[(key, words) for key, (words, _firsts) in KINDS.items()],
        older=shown[-1].number if len(found) > len(shown) else None,
        people=queries.people_seen(g.db, g.viewer),
        act_words=act_words,
    )


@blueprint.get("/audit.csv")
@requires(Permission.MANAGE)
def audit_file() -> Response:
    """Give the record as a file, of one declared kind or whole, with the hashes that chain it."""
    require_recent_proof(g.db, g.viewer, g.now)
    kind = _kind()
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["number", "at", "act", "what", "actor", "object", "route", "previous_hash", "hash"])
    for event in reversed(queries.events(g.db, g.viewer, kind=kind, most=queries.MOST_IN_A_FILE)):
        writer.writerow(
            [
                event.number,
                event.at.isoformat(),
                event.act,
                act_words(event.act),
                event.actor_id or "",
                event.object_id or "",
                event.route,
                event.previous_hash,
                event.hash,
            ]
        )
    record.record_alone(
        "audit.exported",
        actor_id=g.viewer.person_id,
        organisation_id=g.viewer.organisation_id,
        route=str(request.url_rule),
        object_id=kind or None,
        now=g.now,
    )
    headers = {"Content-Disposition": f"attachment; filename=record-of-acts{'-' if kind else ''}{kind}.csv"}
    return Response("\ufeff" + file.getvalue(), mimetype="text/csv", headers=headers)


def _kind() -> str:
    asked = request.args.get("kind", "")
    return asked if asked in KINDS else ""
