"""Perception gaps and PDSA cycles in classrooms: tables in; tables, small results and charts out.

Import the subject you need (``from analytics import gap``, or ``import analytics; analytics.gap``). Modules
load on first use: ``import analytics`` costs nothing and pulls in neither pandas nor SciPy nor Altair.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any


def __getattr__(name: str) -> Any:
    """Load a module of this package when it is first asked for (PEP 562)."""
    if name.startswith("_") or find_spec(f"{__name__}.{name}") is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
