"""Browse ready sets and measures: found by a teacher's question, never by a code."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from survey_app.catalogue import queries
from survey_app.errors import NotVisible
from survey_app.permissions import Permission
from survey_app.security import requires

blueprint = Blueprint("catalogue", __name__)


@blueprint.get("/questions")
@requires(Permission.SEE_LIBRARY)
def ready_sets() -> str:
    """List the ready sets and the measures, each by its question."""
    return render_template(
        "catalogue/ready_sets.html",
        sets=queries.ready_sets(g.db),
        known=queries.questions(g.db),
        constructs=queries.constructs(g.db),
    )


@blueprint.get("/questions/<key>")
@requires(Permission.SEE_LIBRARY)
def measure(key: str) -> str:
    """Show one measure: its meaning, its questions as a child reads them, what to try when it is low."""
    construct = next((c for c in queries.constructs(g.db) if c.key.casefold() == key.casefold()), None)
    if construct is None:
        raise NotVisible(key)
    asked = [q for q in queries.questions(g.db).values() if q.construct_key == construct.key and q.says()]
    return render_template("catalogue/measure.html", construct=construct, asked=asked)
