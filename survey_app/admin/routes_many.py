"""Invite everybody on a list: look first, then send. Nothing of the list itself is kept."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING

from flask import current_app, g, render_template, request

from survey_app.accounts.granting import open_places
from survey_app.admin import lists, many
from survey_app.admin.addresses import whole_address
from survey_app.admin.blueprint import blueprint
from survey_app.errors import BadInput
from survey_app.permissions import Permission
from survey_app.security import requires, takes
from survey_app.ui.acts import note_act

if TYPE_CHECKING:
    from survey_app.admin.many import Sent

TOO_LARGE = (
    f"A list has 1 MB and {lists.MOST_ROWS} people at most. Go back and send it in parts;"
    " nobody is invited yet."
)


@blueprint.get("/people/invite/many")
@requires(Permission.INVITE)
def invite_many() -> str:
    """Ask for a list."""
    return _list_page("")


@blueprint.post("/people/invite/many")
@requires(Permission.INVITE)
@takes(2 * lists.MOST_BYTES + 64 * 1024, TOO_LARGE)
def look_at_list() -> str | tuple[str, int]:
    """Say what would be done with each row of a list; write nothing."""
    text = request.form.get("rows", "")
    file = request.files.get("file")
    try:
        if file is not None and file.filename:
            text = lists.text_of(file.stream.read(lists.MOST_BYTES + 1))
        lines = many.look_at(g.db, g.viewer, lists.read_list(text))
    except BadInput as fault:
        return _list_page(text, fault.faults), fault.status
    return render_template(
        "admin/many_looked.html",
        lines=lines,
        count=Counter(line.will for line in lines),
        rows=text,
        batch=uuid.uuid4(),
    )


@blueprint.post("/people/invite/many/send")
@requires(Permission.INVITE)
@takes(2 * lists.MOST_BYTES + 64 * 1024, TOO_LARGE)
def send_list() -> str | tuple[str, int]:
    """Invite those who can be invited, and show their links: here and now, because only hashes are kept."""
    text = request.form.get("rows", "")
    try:
        batch = _batch(request.form.get("batch", ""))
        lines, sent = many.send(
            g.db,
            g.viewer,
            lists.read_list(text),
            batch=batch,
            key=current_app.config["FOCAL"].secret_key,
            now=g.now,
        )
    except BadInput as fault:
        g.db.rollback()
        return _list_page(text, fault.faults), fault.status
    for one in sent:
        if one.is_new:
            note_act(
                "invitation.made", one.invitation.id, organisation_id=one.invitation.organisation_id
            )
    g.db.commit()
    links = {one.line.number: whole_address("accounts.join", one.token) for one in sent if one.is_open}
    return render_template(
        "admin/many_sent.html",
        sent=sent,
        links=links,
        to_copy="\n".join(_tabbed(one, links[one.line.number]) for one in sent if one.is_open),
        left_out=[
            line for line in lines if line.number not in {one.line.number for one in sent}
        ],
    )


def _tabbed(one: Sent, link: str) -> str:
    return "\t".join((one.line.name, one.line.email, link))


def _batch(written: str) -> uuid.UUID:
    try:
        return uuid.UUID(written)
    except ValueError:
        raise BadInput("Look at the list first.", {"rows": "Look at the list first, then send it."}) from None


def _list_page(text: str, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "admin/many.html",
        rows=text,
        faults=faults or {},
        places=open_places(g.db, g.viewer.person_id),
        most_rows=lists.MOST_ROWS,
    )
