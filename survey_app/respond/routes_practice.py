"""The student's page for practice: the real page on the teacher's own phone, from which nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, request, url_for

from survey_app.models.cycles import Cycle
from survey_app.respond import pages
from survey_app.respond.answers import read_form
from survey_app.respond.pages import Filled
from survey_app.respond.queries import Offer
from survey_app.respond.refusals import Told
from survey_app.respond.routes import blueprint
from survey_app.security import public
from survey_app.surveys import queries
from survey_app.surveys.practice import read_mark
from survey_app.surveys.showing import sheet_of

if TYPE_CHECKING:
    from flask import Response


@blueprint.get("/try/<mark>")
@public
def practice(mark: str) -> Response:
    """Show a cycle's questions as a child will meet them."""
    offer = _offer(mark)
    return pages.sheet_page("", offer, Filled(key="", said="practice"), action=_here(mark))


@blueprint.post("/try/<mark>")
@public
def practice_again(mark: str) -> Response:
    """Show the page again, in another language or after Send: nothing is kept."""
    offer = _offer(mark)
    typed = read_form(offer.sheet, request.form).typed
    filled = Filled(key="", said="practice", typed=typed, wished_locale=request.form.get("_lang"))
    return pages.sheet_page("", offer, filled, action=_here(mark))


def _offer(mark: str) -> Offer:
    cycle_id = read_mark(mark, *current_app.config["FOCAL"].secret_keys, now=g.now)
    cycle = g.db.get(Cycle, cycle_id) if cycle_id else None
    given = queries.administrations_of(g.db, cycle.id) if cycle else []
    if cycle is None or not given:
        raise Told("code_unknown", status=404)
    return Offer(given[0], sheet_of(cycle, given), is_planned=True, is_used=False)


def _here(mark: str) -> str:
    return url_for("respond.practice_again", mark=mark)
