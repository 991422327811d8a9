"""The routes of the cycles slice, one module a subject."""

from survey_app.cycles import routes_cycles, routes_decide, routes_plan, routes_series, routes_start
from survey_app.cycles.blueprint import blueprint

__all__ = ["blueprint", "routes_cycles", "routes_decide", "routes_plan", "routes_series", "routes_start"]
