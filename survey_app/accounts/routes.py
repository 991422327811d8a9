"""The routes of the accounts slice, one module a subject."""

from survey_app.accounts import routes_account, routes_front, routes_links, routes_play
from survey_app.accounts.blueprint import blueprint

__all__ = ["blueprint", "routes_account", "routes_front", "routes_links", "routes_play"]
