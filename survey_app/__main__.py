"""Serve Focal: ``python -m survey_app``."""

from __future__ import annotations

import argparse
import os
import sys

from survey_app.listening import CannotServe, listen, wanted_port
from survey_app.loading import loading


def main(arguments: list[str]) -> int:
    """Start serving; return when somebody stops it.

    The port is taken first: whoever calls while the rest is loaded waits for a moment and is not refused.
    """
    parser = argparse.ArgumentParser(prog="focal.py run", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lan", action="store_true", help="let phones and tablets in this room reach Focal")
    options = parser.parse_args(arguments)
    environment = dict(os.environ)
    try:
        with listen("0.0.0.0" if options.lan else "127.0.0.1", wanted_port(environment)) as listening:  # noqa: S104  (asked for)
            with loading():
                from survey_app import serve
            return serve.main(listening, environment, lan=options.lan)
    except CannotServe as fault:
        print(fault, file=sys.stderr)
    except OSError as fault:
        print(f"A port of this machine cannot be used: {fault}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
