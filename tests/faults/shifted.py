"""The real server with a clock that can be moved while it runs: ``python -m tests.faults.shifted``.

Only what ``survey_app.clock.now`` says is moved, by as many seconds as stand in the file that FAULTS_CLOCK
names; everything else is the server as it is.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.faults.server import Server


class Clock:
    """The file that moves a server's clock."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set()

    def set(self, **amount: float) -> None:
        """Let the server's clock be this far ahead of the real one; negative is behind."""
        beside = self.file.with_suffix(".new")
        beside.write_text(str(timedelta(**amount).total_seconds()))
        beside.replace(self.file)

    def stand_at(self, moment: datetime) -> None:
        """Let the server's clock go on from this moment."""
        self.set(seconds=(moment - datetime.now(UTC)).total_seconds())

    def server(self, instance: Path) -> Server:
        """Return a server that goes by this clock."""
        return Server(instance, module="tests.faults.shifted", environment={"FAULTS_CLOCK": str(self.file)})


def main() -> int:
    """Move the clock before anybody has looked at it, then serve."""
    from survey_app import clock

    file = Path(os.environ["FAULTS_CLOCK"])
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text()))
    from survey_app import serve

    return serve.main([])


if __name__ == "__main__":
    sys.exit(main())
