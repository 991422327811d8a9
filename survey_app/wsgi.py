"""What a WSGI server loads: ``survey_app.wsgi:make()``, once in each worker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from config import Config
from survey_app import logs, safety
from survey_app.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def make() -> Flask:
    """Return the application for the settings of the environment."""
    config = Config.from_env(os.environ)
    safety.check(config)
    logs.configure(every_request=True)
    return create_app(config)
