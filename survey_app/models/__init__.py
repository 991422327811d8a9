"""The tables, one module per aggregate; ``load_all`` makes the metadata whole for migrations.

They do without ``from __future__ import annotations``: SQLAlchemy would read each column's type back out of
a text, which takes a quarter of loading them.
"""

from importlib import import_module

AGGREGATES = (
    "people",
    "classrooms",
    "catalogue",
    "improvement",
    "cycles",
    "surveys",
    "responses",
    "turnout",
    "predictions",
    "snapshots",
    "sharing",
    "research",
    "keeping",
    "releases",
    "audit",
)


def load_all() -> None:
    """Import every aggregate, so that ``Base.metadata`` holds every table."""
    for name in AGGREGATES:
        import_module(f"survey_app.models.{name}")
