"""The blueprint of the network slice."""

from flask import Blueprint

blueprint = Blueprint("network", __name__)
