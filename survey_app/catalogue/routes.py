"""Routes of the catalogue slice."""

from flask import Blueprint

blueprint = Blueprint("catalogue", __name__)
