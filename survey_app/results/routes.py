"""The routes of the results slice, one module a subject."""

from survey_app.results import routes_export, routes_look
from survey_app.results.blueprint import blueprint

__all__ = ["blueprint", "routes_export", "routes_look"]
