"""The one blueprint of the surveys slice, which its route modules share."""

from flask import Blueprint

blueprint = Blueprint("surveys", __name__)
