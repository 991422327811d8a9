"""Load what a process keeps for as long as it lives, without looking through it for garbage."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def loading() -> Iterator[None]:
    """Load modules or make the application; nothing of it is looked through again later.

    Modules, tables and routes are hundreds of thousands of objects that stay. Python looks through them for
    garbage again and again while they are made, which costs a fifth of a start: children wait for it after
    a crash.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
