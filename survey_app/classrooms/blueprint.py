"""The one blueprint of the classrooms slice."""

from flask import Blueprint

blueprint = Blueprint("classrooms", __name__)
