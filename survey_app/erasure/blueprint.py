"""The one blueprint of the erasure slice."""

from flask import Blueprint

blueprint = Blueprint("erasure", __name__)
