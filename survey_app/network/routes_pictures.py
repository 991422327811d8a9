"""Released pictures: what the newest release says of the lead's places, and nothing beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import g, render_template, request

from survey_app.improvement import queries as improvement
from survey_app.network import pictures, queries
from survey_app.network.blueprint import blueprint
from survey_app.network.pages import page_of
from survey_app.permissions import Permission
from survey_app.releases import reading
from survey_app.scope import places_led_by
from survey_app.security import requires
from survey_app.ui.dated import dated
from survey_app.ui.figures import draw, figure
from survey_app.ui.filters import day_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from markupsafe import Markup

    from survey_app.models.releases import Release, ReleaseItem
    from survey_app.network.pictures import Wish
    from survey_app.releases.reading import Group

BETWEEN_RELEASES = timedelta(days=7)


@blueprint.get("/network/pictures")
@requires(Permission.SEE_NETWORK)
def released() -> str:
    """Show the gap, or what students picked, by one declared grouping; withheld cells say so."""
    wish = pictures.wish_of(request.args)
    network = improvement.network_of(g.db, g.viewer)
    release = reading.newest_release(g.db, network.id)
    if release is None:
        return render_template("network/pictures.html", release=None)
    from survey_app.releases.thresholds import policy_used

    in_order = dated(
        ("pictures", release.id, wish.by),
        lambda: pictures.numbered(reading.groups_in(g.db, release.id, wish.by, places_led_by(g.viewer))),
        size=len,
    )
    groups = in_order.totals
    every = reading.items_of(g.db, release.id, mode=wish.who)
    keys = [one.key for one in groups]
    with_any = reading.items_with_a_figure(g.db, release.id, wish.by, mode=wish.who, keys=keys)
    whole = [] if wish.question else reading.cells_of(g.db, release.id, "network", mode=wish.who)
    first = pictures.first_question(every, with_any, whole)
    items = pictures.about(every, wish, first)
    asked = [one.item for one in items]
    shown = (
        reading.keys_with_a_figure(g.db, release.id, wish.by, mode=wish.who, items=asked) if items else set()
    )
    there, too_few = pictures.parted(groups, shown)
    page = page_of(there, wish.page, size=pictures.on_a_page(wish.by), name=lambda one: one.name)
    here = page.rows
    if in_order.counted_at:
        # A place that left the lead's reach while its name stood in the list shows no figure any more.
        keys = [one.key for one in here]
        still = queries.groups_in_reach(g.db, g.viewer, release.id, wish.by, keys)
        here = [one for one in here if one.key in still]
    chosen = next((one for one in items if one.item == wish.question), first)
    lines, no_line = _lines(release, wish, here, chosen) if here and chosen else (None, [])
    return render_template(
        "network/pictures.html",
        release=release,
        policy=policy_used(release),
        made=_day(release.made_at),
        due=_day(release.made_at + BETWEEN_RELEASES),
        wish=wish,
        kinds=pictures.BY,
        shows=pictures.SHOW,
        whose=pictures.WHO,
        questions=pictures.by_construct(every),
        construct=items[0].construct if items else "",
        chosen=chosen,
        groups=groups,
        with_any=[one for one in every if one.item in with_any],
        said=pictures.all_said(every),
        page=page,
        cells=_cells(release, wish, here, items) if here else None,
        too_few=too_few,
        lines=lines,
        no_line=no_line,
        has_lines=wish.by in pictures.OVER_CYCLES,
    )


def _day(moment: datetime) -> str:
    return day_words(moment.astimezone(ZoneInfo(g.viewer.time_zone)).date())


def _cells(
    release: Release,
    wish: Wish,
    groups: Sequence[Group],
    items: list[ReleaseItem],
) -> Markup:
    import pandas as pd

    from analytics.charts.released_cells import released_cells

    asked = [one.item for one in items]
    # A cycle's cells have a number and no key.
    keys = [] if wish.by == "cycle_number" else [one.key for one in groups]
    cells = reading.cells_of(g.db, release.id, wish.by, mode=wish.who, items=asked, keys=keys)
    whole = reading.cells_of(g.db, release.id, "network", mode=wish.who, items=asked)
    frame = pd.DataFrame(pictures.heat_rows(wish, groups, items, [*cells, *whole]))
    for name in ("place", "n", "teachers"):
        frame[name] = frame[name].astype(float)
    kind = pictures.BY[wish.by]
    return figure(draw(released_cells, frame, measure=wish.show, kind=kind), id="released-cells")


def _lines(
    release: Release, wish: Wish, groups: Sequence[Group], item: ReleaseItem
) -> tuple[Markup | None, list[str]]:
    """Return both lines of the groups that have any point, and the names of the others."""
    if wish.by not in pictures.OVER_CYCLES:
        return None, []
    import pandas as pd

    from analytics.charts.released_lines import released_lines

    asked = [item.item]
    cells = reading.cells_of(g.db, release.id, "cycle_number", mode=wish.who, items=asked)
    if wish.by != "cycle_number":
        table, keys = pictures.OVER_CYCLES[wish.by], [one.key for one in groups]
        cells += reading.cells_of(g.db, release.id, table, mode=wish.who, items=asked, keys=keys)
    rows, too_few = pictures.line_rows(wish, groups, cells)
    if not rows:
        return None, too_few
    frame = pd.DataFrame(rows)
    for name in ("students", "teacher", "n"):
        frame[name] = frame[name].astype(float)
    return figure(
        draw(released_lines, frame, item=pictures.said(item), kind="Group"), id="released-lines"
    ), too_few
