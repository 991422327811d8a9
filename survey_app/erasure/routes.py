"""The routes of the erasure slice, one module a subject."""

from survey_app.erasure import routes_erase, routes_privacy
from survey_app.erasure.blueprint import blueprint

__all__ = ["blueprint", "routes_erase", "routes_privacy"]
