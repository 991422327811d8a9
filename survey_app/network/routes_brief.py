"""The network brief: two printed pages to hand out, and one for the wall with what students said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import g, render_template

from survey_app.improvement import queries as improvement
from survey_app.network import board as boards
from survey_app.network import brief as briefs
from survey_app.network import pictures, queries, standing, totals
from survey_app.network.blueprint import blueprint
from survey_app.permissions import Permission
from survey_app.releases import reading
from survey_app.scope import places_led_by
from survey_app.security import requires
from survey_app.ui.dated import dated
from survey_app.ui.figures import draw, figure

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from survey_app.models.releases import Release


@blueprint.get("/network/brief")
@requires(Permission.SEE_NETWORK)
def brief() -> str:
    """Show aim, where cycles stand, decisions, and what was tried with the reasons that teachers share."""
    regions = standing.regions_of(g.db, g.viewer)
    diagram = improvement.diagram_for(g.db, g.viewer)
    ideas = queries.networks_ideas(g.db, diagram.network.id)
    ids = tuple(one.id for one in ideas)
    counted = dated(
        ("brief", frozenset(regions.items()), ids),
        lambda: totals.brief(g.db, g.viewer, regions, ids),
        size=totals.Brief.cycles,
    )
    where, of_ideas = counted.totals.standing, counted.totals.ideas
    here, left_out = briefs.with_room(ideas, of_ideas.tried)
    chosen = {one.id: of_ideas.reasons[one.id] for one in here if one.id in of_ideas.reasons}
    reasons = queries.shared_reasons(g.db, g.viewer, chosen, most=totals.MOST_REASONS)
    release = reading.newest_release(g.db, diagram.network.id)
    return render_template(
        "network/brief.html",
        release=release,
        walls=_walls(release, len(regions) == 1, diagram.network.name) if release else [],
        network=diagram.network,
        regions=sorted(set(regions.values()), key=str.casefold),
        today=_today(),
        counted_at=counted.counted_at,
        aim=improvement.aim_sentence(diagram.aim) if diagram.aim else "",
        columns=boards.COLUMNS,
        numbers=boards.by_number(where.cells),
        steps=boards.next_steps(where.cells),
        decisions=boards.decisions(where.cells),
        teachers=where.teachers,
        lines=briefs.lines_of(here, of_ideas.tried, reasons),
        left_out=left_out,
    )


def _walls(release: Release, is_one_region: bool, network: str) -> list[tuple[str, str, Markup, int]]:
    """Return a page for the wall for each kind of answers: whose, of where, picture, questions left out."""
    led = places_led_by(g.viewer)
    groups = reading.groups_in(g.db, release.id, "region", led) if is_one_region else []
    table, keys, name = "network", [], network
    if len(groups) == 1:
        table, keys, name = "region", [groups[0].key], groups[0].name
    found = []
    for mode, whose in pictures.WHO.items():
        items = reading.items_of(g.db, release.id, mode=mode)
        cells = reading.cells_of(g.db, release.id, table, mode=mode, keys=keys)
        if cells:
            rows, others = pictures.wall_rows(items, cells)
            found.append((whose, name, _wall(rows, name, mode), others))
    return found


def _wall(rows: list[dict[str, Any]], name: str, mode: str) -> Markup:
    import pandas as pd

    from analytics.charts.released_wall import released_wall

    frame = pd.DataFrame(rows)
    for column in ("students", "teacher", "n"):
        frame[column] = frame[column].astype(float)
    return figure(draw(released_wall, frame, group=name), id=f"wall-{mode}")


def _today() -> date:
    return g.now.astimezone(ZoneInfo(g.viewer.time_zone)).date()
