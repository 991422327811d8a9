"""The measures library, read from its files once a process."""

from __future__ import annotations

from functools import cache

from measures import Library, load_library


@cache
def library() -> Library:
    """Return the library that ships with this version of the app."""
    return load_library()
