"""An installation to break: its server, and with PostgreSQL a cluster of its own behind it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.faults.outside import Teacher
from tests.faults.postgres import Cluster
from tests.faults.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTIONS = 5  # of the survey that classes are given here; the last one takes the child's own words
NOUGHT = ("lost", "duplicated", "partial", "from nobody", "unsound")


@contextmanager
def installed(folder: Path, kind: str = "sqlite") -> Iterator[tuple[Server, Cluster | None]]:
    """Give a server that is started, on a new database of this kind."""
    if kind == "sqlite":
        with Server(folder / "instance") as server:
            yield server.start(), None
        return
    with Cluster(folder) as cluster, Server(folder / "instance", cluster.make().url) as server:
        cluster.start()
        yield server.start(), cluster


def open_class(server: Server, *, rest: int = 30) -> str:
    """Make a teacher, a class and an open survey by the pages; return the address that children open."""
    teacher = Teacher(server.port).open_the_first_account()
    cycle = teacher.open_survey(rest=rest)
    return f"/s/{teacher.class_code(cycle)}"
