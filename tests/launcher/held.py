"""The server as it is, but that it makes the whole application only when somebody says "go" at its gate."""

import os
import sys
from pathlib import Path

from config import ConfigError
from survey_app import serve
from survey_app.__main__ import main

make = serve.create_app


def make_when_told(config, **options):
    """Make the children's application at once; wait with the whole one, and refuse it if that is said."""
    if "beside" in options and (said := Path(os.environ["GATE"]).read_text()) != "go":
        raise ConfigError([said])
    return make(config, **options)


if __name__ == "__main__":
    serve.create_app = make_when_told
    sys.exit(main([]))
