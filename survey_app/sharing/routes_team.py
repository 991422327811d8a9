"""The convening poster of a team: its first sheet, and one for each cycle that a teacher has put on it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.cycles.forms import ids_in
from survey_app.improvement import queries as improvement
from survey_app.permissions import Permission
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.sharing import poster, showing, teams
from survey_app.sharing.blueprint import blueprint
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

notice("on-poster", "It stands on your team's poster. You can take it off at any time.")
notice("off-poster", "It is off your team's poster. Copies that were printed are not in reach.")


@blueprint.post("/cycles/<uuid:cycle_id>/share/team")
@requires(Permission.RUN_CYCLES)
def share_with_team(cycle_id: uuid.UUID) -> Response:
    """Put the cycle on a team's poster, or take it off."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    level = request.form.get("level", "")
    changed = teams.set_share(
        g.db,
        g.viewer,
        cycle,
        team_id=next(iter(ids_in([request.form.get("team", "")])), None),
        level=level,
        now=g.now,
    )
    if changed is not None:
        note_act("cycle.shared" if level else "cycle.unshared", changed.id)
    g.db.commit()
    did = "on-poster" if level else "off-poster"
    return redirect(url_for("sharing.share", cycle_id=cycle.id, did=did), code=303)


@blueprint.get("/teams/<uuid:team_id>/poster")
@requires(Permission.SEE_SHARED)
def team_poster(team_id: uuid.UUID) -> str:
    """Show the sheets to print and hang up."""
    team, place = teams.team_to_read(g.db, g.viewer, team_id)
    sheets, left_out = teams.sheets_of(g.db, team.id)
    diagram = improvement.diagram_for(g.db, g.viewer)
    aim = improvement.aim_sentence(diagram.aim) if diagram.aim else ""
    return render_template(
        "sharing/team_poster.html",
        team=team,
        place=place,
        aim=poster.shorten(aim, 280),
        sheets=sheets,
        left_out=left_out,
        decided=teams.decided(sheets),
        keep=teams.lines_of(sheets, "keep_what"),
        change=teams.lines_of(sheets, "change_next"),
        bands=showing.BANDS,
    )
