"""The routes of the sharing slice: what the owner does, what the other person sees, the poster."""

from survey_app.sharing import routes_owner, routes_poster, routes_shared, routes_team
from survey_app.sharing.blueprint import blueprint

__all__ = ["blueprint", "routes_owner", "routes_poster", "routes_shared", "routes_team"]
