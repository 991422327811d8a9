"""The network brief: one or two printed pages about where the work stands, to prepare a convening."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import g, render_template

from survey_app.improvement import queries as improvement
from survey_app.network import board as boards
from survey_app.network import brief as briefs
from survey_app.network import queries
from survey_app.network.blueprint import blueprint
from survey_app.permissions import Permission
from survey_app.security import requires

if TYPE_CHECKING:
    from datetime import date


@blueprint.get("/network/brief")
@requires(Permission.SEE_NETWORK)
def brief() -> str:
    """Show aim, where cycles stand, decisions, and what was tried with the reasons that teachers share."""
    reach = queries.reach_of(g.db, g.viewer)
    counted = queries.cells(g.db, reach.places)
    diagram = improvement.diagram_for(g.db, g.viewer)
    ideas = queries.networks_ideas(g.db, diagram.network.id)
    tried = improvement.tried(g.db, [one.id for one in ideas], viewer=g.viewer)
    lines, left_out = briefs.ideas_tried(ideas, tried, queries.shared_reasons(g.db, reach.places))
    return render_template(
        "network/brief.html",
        network=diagram.network,
        regions=reach.names,
        today=_today(),
        aim=improvement.aim_sentence(diagram.aim) if diagram.aim else "",
        columns=boards.COLUMNS,
        numbers=boards.by_number(counted),
        steps=boards.next_steps(counted),
        decisions=boards.decisions(counted),
        teachers=boards.by_region(reach, queries.teachers_by_place(g.db, reach.places)),
        lines=lines,
        left_out=left_out,
    )


def _today() -> date:
    return g.now.astimezone(ZoneInfo(g.viewer.time_zone)).date()
