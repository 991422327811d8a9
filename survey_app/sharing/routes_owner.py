"""The owner's side: share a cycle, see it as others do, take it back, answer a comment."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.cycles.forms import ids_in
from survey_app.cycles.stages import STAGES, standing_of
from survey_app.errors import BadInput, NotVisible
from survey_app.models.sharing import LEVELS
from survey_app.permissions import Permission
from survey_app.scope import cycle_for, share_for
from survey_app.security import requires
from survey_app.sharing import queries, service, showing, teams
from survey_app.sharing.blueprint import blueprint
from survey_app.sharing.forms import CommentForm, ShareForm, faults_of
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice
from survey_app.ui.names import ask_about_names

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from survey_app.models.cycles import Cycle

notice("shared", "It is shared. You can take it back at any time.")
notice("unshared", "It is taken back. The page is closed to them from now on.")
notice("said", "Your comment is there.")


@blueprint.get("/cycles/<uuid:cycle_id>/share")
@requires(Permission.RUN_CYCLES)
def share(cycle_id: uuid.UUID) -> str:
    """Show with whom the cycle is shared, and the form to share it with one more person."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    return _page(cycle, ShareForm(data={"level": "plan"}), CommentForm())


@blueprint.post("/cycles/<uuid:cycle_id>/share")
@requires(Permission.RUN_CYCLES)
def share_cycle(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Share the cycle with one named person."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    form = ShareForm(request.form)
    try:
        if not form.validate():
            raise BadInput("Nothing is shared yet.", faults_of(form))
        ask_about_names(request.form, "asks")
        made = service.share_cycle(
            g.db,
            g.viewer,
            cycle,
            person_id=next(iter(ids_in([form.person.data or ""])), None),
            email=form.email.data or "",
            level=form.level.data,
            asks=form.asks.data or "",
            now=g.now,
        )
    except BadInput as fault:
        g.db.rollback()
        return _page(cycle_for(g.db, g.viewer, cycle_id), form, CommentForm(), fault.faults), fault.status
    if made is not None:
        note_act("cycle.shared", made.id)
    g.db.commit()
    return redirect(url_for("sharing.share", cycle_id=cycle.id, did="shared"), code=303)


@blueprint.post("/cycles/<uuid:cycle_id>/share/<uuid:share_id>/stop")
@requires(Permission.RUN_CYCLES)
def take_back(cycle_id: uuid.UUID, share_id: uuid.UUID) -> Response:
    """Take the cycle back from one person, at once."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    standing = share_for(g.db, g.viewer, share_id)
    if standing.cycle_id != cycle.id:
        raise NotVisible(share_id)
    if service.take_back(g.db, standing, now=g.now):
        note_act("cycle.unshared", standing.id)
    g.db.commit()
    return redirect(url_for("sharing.share", cycle_id=cycle.id, did="unshared"), code=303)


@blueprint.get("/cycles/<uuid:cycle_id>/share/as/<level>")
@requires(Permission.RUN_CYCLES)
def preview(cycle_id: uuid.UUID, level: str) -> str:
    """Show the owner exactly what others see at a level."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    given = queries.administrations_of(g.db, [cycle.id])
    if level not in LEVELS or (level == "everything" and not service.notice_allows(given)):
        raise NotVisible(level)
    parts = showing.parts_of(g.db, given, level)
    return render_template(
        "sharing/shared.html",
        cycle=cycle,
        title=showing.title_of(g.db, cycle),
        teacher=g.viewer.display_name,
        standing=standing_of(cycle, given),
        stages=STAGES,
        level=level,
        parts=parts,
        bands=showing.BANDS,
        everything=showing.everything_of(g.db, cycle, parts) if level == "everything" else None,
        is_preview=True,
    )


@blueprint.post("/cycles/<uuid:cycle_id>/share/comment")
@requires(Permission.RUN_CYCLES)
def answer(cycle_id: uuid.UUID) -> Response | tuple[str, int]:
    """Answer a comment on one's own cycle."""
    cycle = cycle_for(g.db, g.viewer, cycle_id)
    form = CommentForm(request.form)
    try:
        write_comment(cycle, form)
    except BadInput as fault:
        g.db.rollback()
        cycle = cycle_for(g.db, g.viewer, cycle_id)
        return _page(cycle, ShareForm(data={"level": "plan"}), form, fault.faults), fault.status
    g.db.commit()
    return redirect(url_for("sharing.share", cycle_id=cycle.id, did="said", _anchor="comments"), code=303)


def write_comment(cycle: Cycle, form: CommentForm) -> None:
    """Keep the comment of a form that was sent, or refuse it."""
    if not form.validate():
        raise BadInput("The comment is not kept yet.", faults_of(form))
    ask_about_names(request.form, "words")
    service.write_comment(
        g.db, g.viewer, cycle, comment_id=uuid.UUID(form.comment_id.data), words=form.words.data, now=g.now
    )


def _page(
    cycle: Cycle, form: ShareForm, comment_form: CommentForm, faults: dict[str, str] | None = None
) -> str:
    given = queries.administrations_of(g.db, [cycle.id])
    return render_template(
        "sharing/share.html",
        cycle=cycle,
        title=showing.title_of(g.db, cycle),
        form=form,
        faults=faults or {},
        colleagues=queries.near_colleagues(g.db, g.viewer),
        shares=queries.live_shares(g.db, cycle.id),
        levels=service.LEVEL_WORDS,
        allows_everything=service.notice_allows(given),
        teams=teams.own_teams(g.db, g.viewer),
        team_shares=teams.live_shares(g.db, cycle.id),
        comments=queries.comments_on(g.db, cycle.id),
        comment_form=comment_form,
        new_id=uuid.uuid4(),
    )
