"""The driver diagram as a picture and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from survey_app.improvement import service

if TYPE_CHECKING:
    import uuid

    from survey_app.improvement.queries import Diagram, Tried

FORMS = {"svg": "image/svg+xml", "png": "image/png"}


def outline_text(nodes: list[list[str | None]], notes: dict[str, str]) -> str:
    """Return the diagram as an indented text."""
    depth: dict[str | None, int] = {None: -1}
    lines = []
    for key, parent, text in nodes:
        depth[key] = depth[parent] + 1
        note = notes.get(str(key), "")
        lines.append(f"{'  ' * depth[key]}- {text}{f' ({note})' if note else ''}")
    return "\n".join([*lines, "", "For improvement, not for evaluation.", ""])


def is_drawn(found: Diagram) -> bool:
    """Tell whether there is anything to draw, and not more than can be read."""
    # More than this can come from elsewhere; it is read as an outline, which any number of boxes can be.
    return found.aim is not None and 1 < len(found.nodes()) <= service.MOST_BOXES


def notes_of(found: Diagram, tried: dict[uuid.UUID, Tried]) -> dict[str, str]:
    """Return how often each idea was tried, in words."""
    return {str(one.id): tried[one.id].note for one in found.ideas if one.id in tried}


def frame_of(found: Diagram, tried: dict[uuid.UUID, Tried]) -> Any:
    """Return the table that the chart takes."""
    import pandas as pd

    notes = notes_of(found, tried)
    rows = [[key, parent, text, notes.get(str(key)) or None] for key, parent, text in found.nodes()]
    return pd.DataFrame(rows, columns=["node", "parent", "text", "note"], dtype=object)


def figure_of(found: Diagram, tried: dict[uuid.UUID, Tried]) -> Any:
    """Return the diagram as a figure with its files, or nothing where there is nothing to draw."""
    if not is_drawn(found):
        return None
    from analytics.charts.drivers import driver_diagram
    from survey_app.ui.figures import draw, figure

    files = {form: url_for("improvement.keep_diagram", form=form) for form in FORMS}
    return figure(draw(driver_diagram, frame_of(found, tried)), id="drivers", **files)
