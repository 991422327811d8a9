"""The other person's side: what is shared with her, what changed, one cycle to read, a comment."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from survey_app.cycles.stages import STAGES, standing_of
from survey_app.errors import BadInput
from survey_app.models.sharing import CycleShare
from survey_app.permissions import Permission
from survey_app.scope import shared_cycle_for
from survey_app.security import requires
from survey_app.sharing import queries, service, showing
from survey_app.sharing.blueprint import blueprint
from survey_app.sharing.forms import CommentForm
from survey_app.sharing.routes_owner import write_comment
from survey_app.turns import ASIDE

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle


@blueprint.get("/shared")
@requires(Permission.SEE_SHARED)
def home() -> str:
    """List the cycles that others share with the viewer, those with something new first."""
    rows = [
        (row, showing.changes_since(row), standing_of(row.cycle, row.administrations))
        for row in queries.shared_with(g.db, g.viewer)
    ]
    return render_template(
        "sharing/home.html",
        changed=[row for row in rows if row[1]],
        known=[row for row in rows if not row[1]],
    )


@blueprint.get("/shared/<uuid:cycle_id>")
@requires(Permission.SEE_SHARED)
def shared(cycle_id: uuid.UUID) -> str:
    """Show a shared cycle at exactly the level at which it is shared, and remember that it was opened."""
    cycle, share = shared_cycle_for(g.db, g.viewer, cycle_id)
    page = _page(cycle, share, CommentForm())
    if request.method == "GET":
        _note_seen(share)
    return page


@blueprint.post("/shared/<uuid:cycle_id>/comment")
@requires(Permission.SEE_SHARED)
def comment(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Write a comment on a shared cycle."""
    cycle, _share = shared_cycle_for(g.db, g.viewer, cycle_id)
    form = CommentForm(request.form)
    try:
        write_comment(cycle, form)
    except BadInput as fault:
        g.db.rollback()
        return _page(*shared_cycle_for(g.db, g.viewer, cycle_id), form, fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("sharing.shared", cycle_id=cycle.id, did="said", _anchor="comments"), code=303)


def _page(
    cycle: Cycle, share: CycleShare, comment_form: CommentForm, faults: dict[str, str] | None = None
) -> str:
    given = queries.administrations_of(g.db, [cycle.id])
    level = service.effective_level(share, g.viewer, given)
    parts = showing.parts_of(g.db, given, level)
    return render_template(
        "sharing/shared.html",
        cycle=cycle,
        share=share,
        title=showing.title_of(g.db, cycle),
        teacher=queries.owner_name(g.db, cycle),
        standing=standing_of(cycle, given),
        stages=STAGES,
        level=level,
        parts=parts,
        bands=showing.BANDS,
        everything=showing.everything_of(g.db, cycle, parts) if level == "everything" else None,
        comments=queries.comments_on(g.db, cycle.id),
        comment_form=comment_form,
        faults=faults or {},
        new_id=uuid.uuid4(),
        is_preview=False,
    )


def _note_seen(share: CycleShare) -> None:
    """Remember in a transaction of its own that the page was opened; the page stands without it."""
    try:
        with current_app.extensions["focal_db"].writing(g.viewer.principal, patience=ASIDE) as db:
            db.execute(update(CycleShare).where(CycleShare.id == share.id).values(seen_at=g.now))
            db.commit()
    except SQLAlchemyError:
        current_app.logger.warning("when a shared cycle was opened could not be kept")
