"""Who beside the teacher knows a class: coaches and colleagues with whom she shared it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.columns import Column, Table, checked_columns
from analytics.release.contributions import plain

View = tuple[int, ...]
"""Teachers (codes) whose classes one person knows."""

VIEWS = Table(
    "views",
    (
        Column("viewer", "key", "somebody with whom classes were shared"),
        Column("teacher", "key", "a teacher whose classes that person knows"),
    ),
    ("viewer", "teacher"),
)
"""Classes whose answers somebody beside their teacher knows, or is about to know."""


def view_codes(views: pd.DataFrame | None, teachers: dict[str, int]) -> list[View]:
    """Return, for each viewer, the codes of the teachers she knows of; equal views once."""
    if views is None:
        return []
    given = checked_columns(VIEWS, views)
    known: dict[Any, set[int]] = {}
    for viewer, teacher in zip(given["viewer"], given["teacher"], strict=True):
        code = teachers.get(str(plain(teacher)))
        if code is not None:
            known.setdefault(viewer, set()).add(code)
    return sorted({tuple(sorted(codes)) for codes in known.values()})
