"""The convening poster of one cycle: one page, bands only, readable from two metres."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, render_template

from survey_app.permissions import Permission
from survey_app.scope import cycle_for
from survey_app.security import requires
from survey_app.sharing import poster, queries, showing
from survey_app.sharing.blueprint import blueprint

if TYPE_CHECKING:
    from survey_app.sharing.poster import Row


@blueprint.get("/cycles/<uuid:cycle_id>/poster")
@requires(Permission.RUN_CYCLES)
def convening_poster(cycle_id: uuid.UUID) -> str:
    """Show plan, decision, words and bands on one page to print."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    parts = showing.parts_of(g.db, queries.administrations_of(g.db, [cycle.id]), "bands")
    rows: list[Row] = poster.rows_of(parts)
    words, shortened = poster.fitted(cycle, has_many_rows=len(rows) > poster.FEW_ROWS)
    return render_template(
        "sharing/poster.html",
        cycle=cycle,
        title=showing.title_of(g.db, cycle),
        words=words,
        shortened=shortened,
        parts=parts,
        rows=rows,
        bands=showing.BANDS,
        is_dense=len(rows) > poster.FEW_ROWS,
    )
