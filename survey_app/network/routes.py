"""The board of a region and the ledger of its change ideas."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import g, render_template, request

from survey_app.errors import NotVisible
from survey_app.improvement import queries as improvement
from survey_app.network import board as boards
from survey_app.network import ideas as ideas_told
from survey_app.network import queries, routes_brief, routes_pictures, standing, totals
from survey_app.network.blueprint import blueprint
from survey_app.network.pages import page_of, wished_page
from survey_app.permissions import Permission
from survey_app.releases import reading
from survey_app.scope import led_place_for
from survey_app.security import requires
from survey_app.ui.dated import dated
from survey_app.ui.filters import day_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from survey_app.models.improvement import ChangeIdea
    from survey_app.models.releases import Release
    from survey_app.ui.dated import Dated

ON_A_PAGE, IDEAS_ON_A_PAGE = 50, 20

__all__ = ["blueprint", "routes_brief", "routes_pictures"]


@blueprint.get("/network")
@requires(Permission.SEE_NETWORK)
def board() -> tuple[str, int] | str:
    """Show where cycles stand: counts by place, number and next step; never a result."""
    by_team = request.args.get("by") == "team"
    regions = standing.regions_of(g.db, g.viewer)
    counted = dated(
        ("board", by_team, frozenset(regions.items())),
        lambda: totals.board(g.db, g.viewer, regions, by_team=by_team),
        size=totals.Standing.cycles,
    )
    where = counted.totals
    page = page_of(
        where.places, wished_page(request.args.get("page")), size=ON_A_PAGE, name=lambda one: one.name,
        part=lambda one: regions[one.top],
    )
    day, fault = _meeting_day()
    steps = boards.next_steps(where.cells)
    return render_template(
        "network/board.html",
        page=page,
        sections=boards.sections(
            page,
            standing.counted_at(g.db, g.viewer, [one.id for one in page.rows], by_team=by_team),
            regions,
            bare=sorted(set(where.teachers) - {regions[one.top] for one in where.places}),
            totals=boards.whole_regions(where.cells, regions),
            teachers=where.teachers,
        ),
        counted_at=counted.counted_at,
        numbers=boards.by_number(where.cells),
        decisions=boards.decisions(where.cells),
        columns=boards.COLUMNS,
        steps=steps,
        day=day,
        fault=fault,
        reminder=boards.reminder(day_words(day), steps) if day else "",
        by_team=by_team,
    ), 422 if fault else 200


@blueprint.get("/network/<uuid:place_id>")
@requires(Permission.SEE_NETWORK)
def place(place_id: uuid.UUID) -> str:
    """Show the undecided cycles of one place, in alphabetical order: the stage and nothing more."""
    found = led_place_for(g.db, g.viewer, place_id)
    return render_template("network/place.html", place=found, rows=standing.single_rows(g.db, found.id))


@blueprint.get("/network/ideas")
@requires(Permission.SEE_NETWORK)
def ideas() -> str:
    """Show what was tried: how often, by how many teachers, what was decided, and some reasons shared."""
    network = improvement.network_of(g.db, g.viewer)
    found = queries.networks_ideas(g.db, network.id)
    asked = request.args.get("idea", "")
    if asked:
        return _one_idea(found, asked, network.id)
    wished = wished_page(request.args.get("page"))
    page = page_of(found, wished, size=IDEAS_ON_A_PAGE, name=lambda one: one.name)
    ids = [one.id for one in page.rows]
    counted = _counted(found)
    chosen = {one: counted.totals.reasons[one] for one in ids if one in counted.totals.reasons}
    release = reading.newest_release(g.db, network.id)
    return render_template(
        "network/ideas.html",
        page=page,
        counted_at=counted.counted_at,
        contexts=counted.totals.contexts,
        release=release,
        changed=reading.keys_with_two_cycles(g.db, release.id, "change_idea+cycle_number", keys=_keys(ids))
        if release
        else {},
        tried=counted.totals.tried,
        reasons=queries.shared_reasons(g.db, g.viewer, chosen, most=totals.MOST_REASONS),
        none_tried=improvement.Tried(),
        no_reasons=queries.Reasons(),
    )


def _counted(every: list[ChangeIdea]) -> Dated[totals.Ideas]:
    """Return what was tried of all ideas: that takes no longer than of one, and serves every page."""
    ids = tuple(one.id for one in every)
    return dated(("ideas", ids), lambda: totals.ideas(g.db, g.viewer, ids), size=totals.Ideas.cycles)


def _one_idea(every: list[ChangeIdea], asked: str, network_id: uuid.UUID) -> str:
    """Show one idea with the change that came out, question by question, and every reason shared."""
    idea = next((one for one in every if str(one.id) == asked), None)
    if idea is None:
        raise NotVisible(asked)
    counted = _counted(every)
    reasons = dated(
        ("reasons", idea.id),
        lambda: queries.all_reasons(g.db, g.viewer, idea.id),
        size=lambda _reasons: counted.totals.cycles(),
    )
    release = reading.newest_release(g.db, network_id)
    wished = wished_page(request.args.get("page"))
    return render_template(
        "network/idea.html",
        idea=idea,
        # Both stand, or neither: how much there is in reach decides.
        counted_at=min(filter(None, (counted.counted_at, reasons.counted_at)), default=None),
        tried=counted.totals.tried.get(idea.id, improvement.Tried()),
        contexts=counted.totals.contexts.get(idea.id),
        release=release,
        moved=_changes(release, idea) if release else [],
        reasons=queries.page_of_reasons(g.db, g.viewer, reasons.totals, wished, size=ON_A_PAGE),
    )


def _keys(ids: Sequence[uuid.UUID]) -> list[str]:
    return [str(one) for one in ids]


def _changes(release: Release, idea: ChangeIdea) -> list[ideas_told.Change]:
    cells = [
        cell
        for mode in ideas_told.WHO
        for cell in reading.cells_of(
            g.db, release.id, "change_idea+cycle_number", mode=mode, keys=_keys([idea.id])
        )
    ]
    items = [one for mode in ideas_told.WHO for one in reading.items_of(g.db, release.id, mode=mode)]
    return ideas_told.changes(release, items, cells).get(str(idea.id), [])


@blueprint.get("/ideas")
@requires(Permission.RUN_CYCLES)
def ideas_to_try() -> str:
    """Show a teacher the change ideas of her network; each opens her next plan with its words in it."""
    network = improvement.network_of(g.db, g.viewer)
    found = [one for one in queries.networks_ideas(g.db, network.id) if one.archived_at is None]
    return render_template("network/ideas_to_try.html", ideas=found)


def _meeting_day() -> tuple[date | None, str]:
    """Return the day of the meeting that was asked for, or what is wrong with it."""
    written = request.args.get("ready", "")
    if not written:
        return None, ""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None, "Write the day as a date, like 2027-03-02."
    today = g.now.astimezone(ZoneInfo(g.viewer.time_zone)).date()
    if not today <= day <= today.replace(year=today.year + 1, day=min(today.day, 28)):
        return None, "Choose a day from today on, within a year."
    return day, ""
