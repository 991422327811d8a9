"""The routes of the classrooms slice, one module a subject."""

from survey_app.classrooms import routes_cards, routes_classes
from survey_app.classrooms.blueprint import blueprint

__all__ = ["blueprint", "routes_cards", "routes_classes"]
