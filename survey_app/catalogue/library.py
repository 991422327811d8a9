"""The measures library, read from its files once a process, and only as much of it as is asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from measures import Library, load_chrome, load_library

if TYPE_CHECKING:
    from collections.abc import Mapping

    from measures import Chrome


@cache
def library() -> Library:
    """Return the library that ships with this version of the app."""
    return load_library()


@cache
def chromes() -> Mapping[str, Chrome]:
    """Return the words of the student's page by locale: all that a child needs of the library."""
    return load_chrome()
