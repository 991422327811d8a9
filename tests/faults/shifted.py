"""The real server with a clock that can be moved while it runs: ``python -m tests.faults.shifted``.

Only what ``survey_app.clock.now`` says is moved, by as many seconds as stand in the file that FAULTS_CLOCK
names; everything else is the server as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from inspect import signature
from pathlib import Path

from tests.faults.server import ROOT, Server


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

    def run(self, module: str, server: Server) -> subprocess.CompletedProcess[str]:
        """Run one of the product's commands on a server's installation, by this clock."""
        return subprocess.run(
            [sys.executable, "-m", "tests.faults.shifted"],
            cwd=ROOT,
            env={**server.surroundings(), "FAULTS_CLOCK": str(self.file), "FAULTS_RUN": module},
            capture_output=True,
            text=True,
            timeout=120,
        )


def main() -> int:
    """Move the clock before anybody has looked at it, then serve, or run what FAULTS_RUN names."""
    from survey_app import clock

    file = Path(os.environ["FAULTS_CLOCK"])
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text()))
    module = import_module(os.environ.get("FAULTS_RUN") or "survey_app.__main__")
    return module.main([]) if signature(module.main).parameters else module.main()


if __name__ == "__main__":
    sys.exit(main())
