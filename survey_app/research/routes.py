"""Everything that the research slice answers to."""

from survey_app.research import routes_reports
from survey_app.research.blueprint import blueprint

__all__ = ["blueprint", "routes_reports"]
