"""The blueprint of the sharing slice."""

from flask import Blueprint

blueprint = Blueprint("sharing", __name__)
