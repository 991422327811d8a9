"""The blueprint of the results slice."""

from flask import Blueprint

blueprint = Blueprint("results", __name__)
