"""The blueprint of the research slice."""

from flask import Blueprint

blueprint = Blueprint("research", __name__)
