"""The tables, one module per aggregate; ``load_all`` makes the metadata whole for migrations."""

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
