"""What a WSGI server loads: ``survey_app.wsgi:make()``, once in each worker."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from config import Config, ConfigError
from survey_app import logs, safety
from survey_app.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def make() -> Flask:
    """Return the application for the settings of the environment."""
    logs.configure(every_request=True)
    try:
        config = Config.from_env(os.environ)
        safety.check(config)
        return create_app(config)
    except ConfigError as fault:
        # The log holds no text of faults; this one is for whoever starts the server.
        print(fault, file=sys.stderr, flush=True)
        raise
