"""Upgrade a database and be killed in the middle: ``python -m tests.faults.upgrading URL STATEMENT``.

With 0 it goes through, and says how many statements it took.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import event
from sqlalchemy.engine import Engine

from survey_app.prepare import prepare_database


def main(url: str, last: int) -> int:
    """Count the statements; die of SIGKILL before the one asked for."""
    counted = 0

    def count(*_event: object) -> None:
        nonlocal counted
        counted += 1
        if counted == last:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    prepare_database(url)
    print(counted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
