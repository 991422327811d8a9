"""Who is at work in an instance's folder: servers side by side, or one restore alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from survey_app.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = "running.lock"


class Occupied(Refusal):
    """The folder is in use by something that does not go together with this."""

    title = "Focal is at work here"


@contextmanager
def beside_others(instance: Path) -> Iterator[None]:
    """Hold the folder as a server does; a restore must wait until all have let go."""
    with _held(instance, shared=True, words="A backup is being put back here. Wait until that is done."):
        yield


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Hold the folder as a restore does."""
    with _held(instance, shared=False, words="Focal is serving from this folder. Stop it, then try again."):
        yield


@contextmanager
def _held(instance: Path, *, shared: bool, words: str) -> Iterator[None]:
    instance.mkdir(parents=True, exist_ok=True)
    with (instance / FILE).open("ab") as file:
        _lock(file, shared=shared, words=words)
        # The system lets go when the process ends, however it ends.
        yield


def _lock(file: Any, *, shared: bool, words: str) -> None:
    try:
        import fcntl
    except ImportError:
        # Windows: one person's laptop; she sees what runs.
        return
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Occupied(words) from None
