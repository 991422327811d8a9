"""Earlier versions of the diagram: what changed with one, and back to one. The way back is a version, too."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from survey_app.errors import BadInput
from survey_app.models.improvement import ChangeIdea, Driver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.improvement.queries import Diagram
    from survey_app.models.improvement import DiagramVersion

Nodes = list[list[str | None]]
AIM, PRIMARY, SECONDARY, IDEA = range(4)


@dataclass(frozen=True)
class Changes:
    """What one version has that another had not, in the words of the boxes."""

    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    reworded: list[tuple[str, str]] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)


def outline(nodes: Nodes) -> list[tuple[int, str]]:
    """Return level and text of each box, the aim first."""
    level: dict[str | None, int] = {None: -1}
    lines = []
    for key, parent, text in nodes:
        level[key] = level.get(parent, -1) + 1
        lines.append((level[key], text or ""))
    return lines


def changes_between(earlier: Nodes, later: Nodes) -> Changes:
    """Return what the later version added, dropped, reworded or put elsewhere."""
    before = {key: (parent, text or "") for key, parent, text in earlier}
    after = {key: (parent, text or "") for key, parent, text in later}
    both = [key for key in after if key in before]
    return Changes(
        added=[text for key, (_parent, text) in after.items() if key not in before],
        gone=[text for key, (_parent, text) in before.items() if key not in after],
        reworded=[(before[key][1], after[key][1]) for key in both if before[key][1] != after[key][1]],
        moved=[after[key][1] for key in both if before[key][0] != after[key][0]],
    )


def restore(db: Session, diagram: Diagram, version: DiagramVersion, *, now: datetime) -> None:
    """Put aim, drivers and ideas back as they stood; ideas that came later are taken off, not deleted.

    Raises
    ------
    BadInput
        If there is no aim any more to hang them on.
    """
    if diagram.aim is None:
        raise BadInput("There is no aim, so there is nothing to go back to.")
    if version.aim is not None:
        for name, said in version.aim.items():
            setattr(diagram.aim, name, said)
    levels = [level for level, _text in outline(version.nodes)]
    _restore_drivers(db, diagram, version.nodes, levels)
    _restore_ideas(db, diagram, version.nodes, levels, now=now)
    _drop_later_drivers(db, diagram, version.nodes)
    db.flush()


def _restore_drivers(db: Session, diagram: Diagram, nodes: Nodes, levels: Sequence[int]) -> None:
    known = {one.id: one for one in diagram.drivers}
    for position, ((key, parent, text), level) in enumerate(zip(nodes, levels, strict=True)):
        if level not in (PRIMARY, SECONDARY):
            continue
        driver_id = uuid.UUID(key)
        driver = known.get(driver_id)
        if driver is None:
            driver = Driver(id=driver_id, aim_id=diagram.aim.id, name="", position=0)
            db.add(driver)
        driver.name, driver.position = text or "", position
        driver.parent_id = uuid.UUID(parent) if level == SECONDARY and parent else None
        db.flush()


def _restore_ideas(
    db: Session, diagram: Diagram, nodes: Nodes, levels: Sequence[int], *, now: datetime
) -> None:
    wanted = {
        uuid.UUID(key): (uuid.UUID(parent), text or "")
        for (key, parent, text), level in zip(nodes, levels, strict=True)
        if level == IDEA and key and parent
    }
    everyone = {one.id: one for one in [*diagram.ideas, *diagram.archived]}
    for idea_id, (driver_id, name) in wanted.items():
        idea = everyone.get(idea_id)
        if idea is None:
            idea = ChangeIdea(id=idea_id, organisation_id=diagram.network.id, name=name, created_at=now)
            db.add(idea)
        idea.name, idea.driver_id, idea.archived_at = name, driver_id, None
    for idea in diagram.ideas:
        if idea.id not in wanted:
            idea.archived_at = now
    db.flush()


def _drop_later_drivers(db: Session, diagram: Diagram, nodes: Nodes) -> None:
    kept = {key for key, _parent, _text in nodes}
    later = [one for one in diagram.drivers if str(one.id) not in kept]
    for idea in [*diagram.ideas, *diagram.archived]:
        if idea.driver_id in {one.id for one in later}:
            idea.driver_id = None
    db.flush()
    for one in sorted(later, key=lambda driver: driver.parent_id is None):
        db.delete(one)
        db.flush()
