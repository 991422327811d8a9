"""Play a round: predict and reveal with five invented students. The address carries all, nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, redirect, render_template, request, url_for

from survey_app.accounts import play as game
from survey_app.accounts import queries
from survey_app.accounts.blueprint import blueprint
from survey_app.security import public
from survey_app.ui.figures import figure

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

STEPS = tuple(enumerate(game.OPTIONS, start=1))


@blueprint.get("/play")
@public
def play() -> str:
    """Tell about the lesson and the five students."""
    return render_template("accounts/play_meet.html", game=game)


@blueprint.get("/play/saw")
@public
def play_saw() -> str:
    """Ask what the teacher saw: the two questions, for herself."""
    return _saw_page(game.picks_in(request.args, game.rating_names()), {})


@blueprint.get("/play/predict")
@public
def play_predict() -> str | tuple[str, int]:
    """Ask what each of the five will pick."""
    rating = game.picks_in(request.args, game.rating_names())
    if faults := game.unpicked(rating, game.rating_names()):
        return _saw_page(rating, faults), 422
    return _predict_page(rating, game.picks_in(request.args, game.prediction_names()), {})


@blueprint.get("/play/look")
@public
def play_look() -> Response | str | tuple[str, int]:
    """Show what they picked."""
    rating = game.picks_in(request.args, game.rating_names())
    if len(rating) < len(game.QUESTIONS):
        return redirect(url_for("accounts.play"), code=303)
    predicted = game.picks_in(request.args, game.prediction_names())
    if faults := game.unpicked(predicted, game.prediction_names()):
        return _predict_page(rating, predicted, faults), 422
    # Imported here: it loads Altair and pandas, which no other page of this slice needs.
    from survey_app.accounts.play_picture import gap_drawing, predicted_exactly

    exact, near = predicted_exactly(predicted)
    return render_template(
        "accounts/play_look.html",
        game=game,
        picture=figure(gap_drawing(rating), id="gap"),
        beside=game.compare(predicted),
        exact=exact,
        near=near,
        has_people=queries.has_people(g.db),
    )


def _saw_page(rating: dict[str, int], faults: dict[str, str]) -> str:
    return render_template("accounts/play_saw.html", game=game, options=STEPS, rating=rating, faults=faults)


def _predict_page(rating: dict[str, int], predicted: dict[str, int], faults: dict[str, str]) -> str:
    return render_template(
        "accounts/play_predict.html",
        game=game,
        options=STEPS,
        rating=rating,
        predicted=predicted,
        faults=faults,
    )
