"""The real server, as its own process on a random port of this machine: started, killed, started again.

That it is *this* server which answers is proven each time: the process we started owns the listening socket,
and its own environment names our instance.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.outside import HOST, Browser, NoAnswer

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 90.0
SERVED = "survey_app"  # what is started; small sizes take it without the picture drawn beforehand


class NotOurs(Exception):
    """Something else than the server under test would have been measured."""


class NotStarted(Exception):
    """The server refused to start; the text is what it said."""


@dataclass
class Server:
    """One installation and the process that serves it."""

    instance: Path
    database_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    module: str = field(default_factory=lambda: SERVED)
    port: int = 0
    process: subprocess.Popen[str] | None = None
    starts: int = 0
    kills: int = 0
    said: list[str] = field(default_factory=list)
    _listener: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.instance.mkdir(parents=True, exist_ok=True)
        self.database_url = self.database_url or f"sqlite:///{self.instance / 'focal.sqlite'}"

    @property
    def file(self) -> Path:
        """Return the database's file, for an installation on SQLite."""
        return Path(self.database_url.removeprefix("sqlite:///"))

    @property
    def pid(self) -> int:
        """Return the process that serves."""
        return self.process.pid

    def start(self, *, wait: bool = True) -> Server:
        """Start the server on its port, the same at every start, and wait until it listens."""
        self.spawn()
        if wait:
            self.wait_until_it_listens()
        return self

    def spawn(self) -> None:
        """Start the process and do not wait."""
        self.port = self.port or _free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", self.module],
            cwd=ROOT,
            env={**self.surroundings(), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.starts += 1
        # What it says is read all the time, so that it never waits for a reader.
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        with process.stdout as lines:
            self.said.extend(lines)

    def surroundings(self) -> dict[str, str]:
        """Return the environment in which this installation's programs run."""
        # A start that compiles every module anew is not the one that people wait for.
        left = ("FOCAL_", "PYTEST", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
        ours = {
            "FOCAL_INSTANCE": str(self.instance),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
        }
        return kept | ours

    def wait_until_it_listens(self) -> float:
        """Wait until it answers; prove that it is ours; return how long that took."""
        began = time.monotonic()
        while time.monotonic() - began < STARTS_WITHIN:
            if self.process.poll() is not None:
                self._listener.join(5)
                raise NotStarted("".join(self.said[-40:]))
            try:
                if Browser(self.port).get("/livez").status == 200:
                    self.prove_identity()
                    return time.monotonic() - began
            except NoAnswer:
                time.sleep(0.02)
        raise NotStarted(f"It did not listen within {STARTS_WITHIN:.0f} seconds: {''.join(self.said[-40:])}")

    def prove_identity(self) -> None:
        """Refuse to go on unless our process is the one behind the port, and serves our instance."""
        if not Path("/proc/self/net/tcp").exists():
            return  # only Linux tells; elsewhere the port was free a moment ago, and ours was told to take it
        if f"Focal is at http://{HOST}:{self.port}" not in "".join(self.said):
            time.sleep(0.2)
        owners = {f"socket:[{inode}]" for inode in _inodes_listening(self.port)}
        held = set()
        for one in _files_of(self.pid):
            with suppress(FileNotFoundError):  # closed since they were listed
                held.add(os.readlink(one))
        if not owners & held:
            raise NotOurs(f"Port {self.port} is not held by the process {self.pid} that we started.")
        own = Path(f"/proc/{self.pid}/environ").read_bytes().split(b"\0")
        if f"FOCAL_INSTANCE={self.instance}".encode() not in own:
            raise NotOurs(f"The process {self.pid} serves another instance.")

    def kill(self) -> float:
        """Kill every process of it at once, as a power cut would; prove that it died of that; return when."""
        os.killpg(self.process.pid, signal.SIGKILL)
        at = time.monotonic()
        if self.process.wait(30) != -signal.SIGKILL:
            raise NotOurs(f"The process {self.pid} had ended by itself: {''.join(self.said[-20:])}")
        self._listener.join(10)
        self.kills += 1
        return at

    def stop(self) -> tuple[int, float]:
        """Ask it to end; return its exit code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._listener.join(10)
        return code, time.monotonic() - began

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
            self._listener.join(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _inodes_listening(port: int) -> set[str]:
    wanted = f"0100007F:{port:04X}"
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[1] == wanted and row[3] == "0A"}


def _files_of(pid: int) -> list[str]:
    folder = Path(f"/proc/{pid}/fd")
    return [str(one) for one in folder.iterdir() if re.fullmatch(r"\d+", one.name) and one.is_symlink()]
