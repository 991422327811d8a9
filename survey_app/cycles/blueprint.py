"""The blueprint of the cycles slice."""

from flask import Blueprint

blueprint = Blueprint("cycles", __name__)
