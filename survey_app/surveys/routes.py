"""Routes of the surveys slice."""

from flask import Blueprint

blueprint = Blueprint("surveys", __name__)
