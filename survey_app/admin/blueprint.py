"""The blueprint of the admin slice."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__)
