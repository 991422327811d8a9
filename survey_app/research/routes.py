"""Everything that the research slice answers to."""

from survey_app.research import routes_agreements, routes_packages, routes_reports, routes_taking_part
from survey_app.research.blueprint import blueprint

__all__ = ["blueprint", "routes_agreements", "routes_packages", "routes_reports", "routes_taking_part"]
