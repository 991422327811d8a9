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
from survey_app.network import queries, routes_brief, routes_pictures
from survey_app.network.blueprint import blueprint
from survey_app.permissions import Permission
from survey_app.releases import reading
from survey_app.security import requires
from survey_app.ui.filters import day_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from survey_app.models.releases import Release

ALL_REASONS = 5000

__all__ = ["blueprint", "routes_brief", "routes_pictures"]


@blueprint.get("/network")
@requires(Permission.SEE_NETWORK)
def board() -> tuple[str, int] | str:
    """Show where cycles stand: counts by place, number and next step; never a result."""
    reach = queries.reach_of(g.db, g.viewer)
    by_team = request.args.get("by") == "team"
    counted = queries.cells(g.db, reach.places)
    day, fault = _meeting_day()
    steps = boards.next_steps(counted)
    return render_template(
        "network/board.html",
        sections=_sections(reach, counted, by_team=by_team),
        numbers=boards.by_number(counted),
        decisions=boards.decisions(counted),
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
    found = queries.place_in(queries.reach_of(g.db, g.viewer), place_id)
    return render_template("network/place.html", place=found, rows=queries.single_rows(g.db, place_id))


@blueprint.get("/network/ideas")
@requires(Permission.SEE_NETWORK)
def ideas() -> str:
    """Show what was tried: how often, by how many teachers, what was decided, and the reasons shared."""
    reach = queries.reach_of(g.db, g.viewer)
    network = improvement.network_of(g.db, g.viewer)
    found = queries.networks_ideas(g.db, network.id)
    asked = request.args.get("idea", "")
    if asked:
        found = [one for one in found if str(one.id) == asked]
        if not found:
            raise NotVisible(asked)
    ids = [one.id for one in found]
    release = reading.newest_release(g.db, network.id)
    return render_template(
        "network/ideas.html",
        ideas=found,
        only_one=bool(asked),
        contexts=queries.contexts(g.db, ids, reach.places),
        release=release,
        changes=_changes(release, ids) if release else {},
        tried=improvement.tried(g.db, ids, viewer=g.viewer),
        reasons=queries.shared_reasons(
            g.db, reach.places, ids, most=ALL_REASONS if asked else ideas_told.MOST_REASONS
        ),
        none_tried=improvement.Tried(),
        no_reasons=queries.Reasons(),
    )


def _changes(release: Release, idea_ids: Sequence[uuid.UUID]) -> Mapping[str, list[ideas_told.Change]]:
    keys = [str(one) for one in idea_ids]
    cells = [
        cell
        for mode in ideas_told.WHO
        for cell in reading.cells_of(g.db, release.id, "change_idea+cycle_number", mode=mode, keys=keys)
    ]
    items = [one for mode in ideas_told.WHO for one in reading.items_of(g.db, release.id, mode=mode)]
    return ideas_told.changes(release, items, cells)


@blueprint.get("/ideas")
@requires(Permission.RUN_CYCLES)
def ideas_to_try() -> str:
    """Show a teacher the change ideas of her network; each opens her next plan with its words in it."""
    network = improvement.network_of(g.db, g.viewer)
    found = [one for one in queries.networks_ideas(g.db, network.id) if one.archived_at is None]
    return render_template("network/ideas_to_try.html", ideas=found)


def _sections(reach: queries.Reach, counted: list[queries.Cell], *, by_team: bool) -> list[boards.Section]:
    teachers = boards.by_region(reach, queries.teachers_by_place(g.db, reach.places))
    if not by_team:
        places = {one.id: (one.name, reach.region[one.id]) for one in reach.places.values()}
        return boards.sections(counted, places, teachers)
    teams = queries.teams_of(g.db, reach.places)
    # Many teams have the same name, so the school stands beside it.
    places = {
        one.id: (f"{one.name}, {reach.places[one.organisation_id].name}", reach.region[one.organisation_id])
        for one in teams.values()
    }
    return boards.sections(queries.cells(g.db, reach.places, by_team=True), places, teachers)


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
