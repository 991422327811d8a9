"""Browse ready sets and measures: found by a teacher's question, never by a code."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, url_for

from survey_app.catalogue import queries, reviews
from survey_app.errors import BadInput, NotAllowed, NotVisible
from survey_app.permissions import Permission
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

blueprint = Blueprint("catalogue", __name__)
notice("reviewed", "Your decisions are kept, with the day and your name.")


@blueprint.get("/questions")
@requires(Permission.SEE_LIBRARY)
def ready_sets() -> str:
    """List the ready sets and the measures, each by its question."""
    sets, found = queries.ready_sets(g.db), reviews.reviews(g.db)
    return render_template(
        "catalogue/ready_sets.html",
        sets=sets,
        reviewed={one.key: reviews.reviewed(found, one.item_version_ids) for one in sets},
        known=queries.questions(g.db),
        constructs=queries.constructs(g.db),
    )


@blueprint.get("/questions/review")
@requires(Permission.REVIEW_ITEMS)
def review() -> str:
    """List every question with the protected area it touches, or that nobody has decided yet."""
    return _review_page()


@blueprint.post("/questions/review")
@requires(Permission.REVIEW_ITEMS)
def keep_review() -> Response | tuple[str, int]:
    """Keep what a reviewer decided: one act a question."""
    if not reviews.may_review(g.db, g.viewer):
        raise NotAllowed("A review counts for everybody here. It is for who looks after the whole network.")
    try:
        said = {
            uuid.UUID(name.removeprefix("area-")): area
            for name, area in request.form.items()
            if name.startswith("area-") and area
        }
        changed = reviews.review_items(g.db, g.viewer, said, now=g.now)
    except ValueError:
        g.db.rollback()
        return _review_page({"area": "Reload the page and choose again."}), 422
    except BadInput as fault:
        g.db.rollback()
        return _review_page(fault.faults), fault.status
    for key, area in changed:
        note_act("item.reviewed", f"{key} {area}")
    g.db.commit()
    return redirect(url_for("catalogue.review", did="reviewed"), code=303)


@blueprint.get("/questions/<key>")
@requires(Permission.SEE_LIBRARY)
def measure(key: str) -> str:
    """Show one measure: its meaning, its questions as a child reads them, what to try when it is low."""
    construct = next((c for c in queries.constructs(g.db) if c.key.casefold() == key.casefold()), None)
    if construct is None:
        raise NotVisible(key)
    asked = [q for q in queries.questions(g.db).values() if q.construct_key == construct.key and q.says()]
    return render_template(
        "catalogue/measure.html",
        construct=construct,
        asked=asked,
        found=reviews.reviews(g.db, [q.id for q in asked]),
        areas=reviews.AREAS,
    )


def _review_page(faults: dict[str, str] | None = None) -> str:
    asked = [q for q in queries.questions(g.db).values() if q.says()]
    found = reviews.reviews(g.db)
    return render_template(
        "catalogue/review.html",
        groups=[
            (name or "Questions about the survey itself", list(those))
            for name, those in groupby(asked, key=lambda q: q.construct_name)
        ],
        found=found,
        waiting=sum(q.id not in found for q in asked),
        areas=reviews.AREAS,
        may_review=reviews.may_review(g.db, g.viewer),
        faults=faults or {},
    )
