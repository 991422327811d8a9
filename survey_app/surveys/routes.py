"""The routes of the surveys slice, one module a subject."""

from survey_app.surveys import routes_compose, routes_open
from survey_app.surveys.blueprint import blueprint

__all__ = ["blueprint", "routes_compose", "routes_open"]
