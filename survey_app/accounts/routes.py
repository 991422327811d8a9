"""Routes of the accounts slice."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
