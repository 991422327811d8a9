"""Routes of the predictions slice."""

from flask import Blueprint

blueprint = Blueprint("predictions", __name__)
