"""Edit the aim, the drivers and the change ideas; keep each version of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.errors import BadInput
from survey_app.improvement import queries
from survey_app.models.improvement import Aim, ChangeIdea, DiagramVersion, Driver

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.improvement.queries import Diagram
    from survey_app.permissions import Viewer

MOST_BOXES = 120
TOO_MANY = (
    f"A diagram that can be read has up to {MOST_BOXES} boxes, and this one has them."
    " Take an idea off the diagram before you add one."
)


def save_aim(db: Session, diagram: Diagram, words: dict[str, str], *, now: datetime) -> Aim:
    """Write the aim down, or change its words."""
    aim = diagram.aim
    if aim is None:
        aim = Aim(organisation_id=diagram.network.id, created_at=now, **words)
        db.add(aim)
    else:
        for name, said in words.items():
            setattr(aim, name, said)
    db.flush()
    return aim


def save_driver(
    db: Session,
    diagram: Diagram,
    driver: Driver | None,
    *,
    new_id: uuid.UUID,
    name: str,
    parent_id: uuid.UUID | None,
    place: int | None,
) -> Driver:
    """Add a driver, or change one; the same new one sent twice is one.

    Raises
    ------
    BadInput
        If there is no aim yet, the diagram is full, or the driver would drive itself or stand too deep.
    """
    if diagram.aim is None:
        raise BadInput("Write the aim first.", {"name": "Write the aim first: a driver drives something."})
    driver = driver or next((one for one in diagram.drivers if one.id == new_id), None)
    _check_parent(diagram, driver, parent_id)
    if driver is None:
        _refuse_when_full(diagram)
        _refuse_known(db, Driver, new_id)
        driver = Driver(id=new_id, aim_id=diagram.aim.id, parent_id=parent_id, name=name, position=0)
        db.add(driver)
        place = place or 1 + len(diagram.below(parent_id))
    elif place is None:
        place = diagram.below(driver.parent_id).index(driver) + 1
    driver.name, driver.parent_id = name, parent_id
    siblings = [one for one in diagram.below(parent_id) if one is not driver]
    siblings.insert(min(place, len(siblings) + 1) - 1, driver)
    for position, one in enumerate(siblings, start=1):
        one.position = position
    db.flush()
    return driver


def _check_parent(diagram: Diagram, driver: Driver | None, parent_id: uuid.UUID | None) -> None:
    """Two rows of drivers and no more: whatever is sent, nothing can drive itself in a circle."""
    if driver is not None and driver.parent_id == parent_id:
        return
    if parent_id is not None:
        parent = next((one for one in diagram.drivers if one.id == parent_id), None)
        if parent is None or parent.parent_id is not None or parent is driver:
            words = "A driver drives the aim or one of the primary drivers. Choose one of these."
            raise BadInput("Nothing is saved yet.", {"parent": words})
        if driver is not None and diagram.below(driver.id):
            words = "Other drivers drive this one, so it has to stay a primary driver. Move those first."
            raise BadInput("Nothing is saved yet.", {"parent": words})
    elif driver is not None and diagram.ideas_of(driver.id):
        words = "Change ideas work on this driver, so it has to stay a secondary driver. Move those first."
        raise BadInput("Nothing is saved yet.", {"parent": words})


def move_driver(
    db: Session, diagram: Diagram, driver: Driver, *, parent_id: uuid.UUID | None, place: int | None
) -> None:
    """Put a driver at a place among those that drive the same; last under a parent that is new to it.

    The place is counted from 1 and not from where it stands, so that a form sent twice moves it once.

    Raises
    ------
    BadInput
        If it would drive itself or stand too deep, or what hangs on it would.
    """
    if place is None and parent_id != driver.parent_id:
        place = 1 + len(diagram.below(parent_id))
    save_driver(db, diagram, driver, new_id=driver.id, name=driver.name, parent_id=parent_id, place=place)


def move_idea(db: Session, diagram: Diagram, idea: ChangeIdea, *, driver_id: uuid.UUID | None) -> None:
    """Put an idea under another secondary driver; its words stay.

    Raises
    ------
    BadInput
        If there is no such secondary driver.
    """
    _check_driver(diagram, driver_id)
    idea.driver_id = driver_id
    db.flush()


def remove_driver(db: Session, diagram: Diagram, driver: Driver) -> None:
    """Remove a driver on which nothing hangs.

    Raises
    ------
    BadInput
        If drivers or ideas hang on it.
    """
    archived = [one for one in diagram.archived if one.driver_id == driver.id]
    if diagram.below(driver.id) or diagram.ideas_of(driver.id):
        words = "Other boxes work on this driver. Move them or take them off first; nothing is removed yet."
        raise BadInput(words, {"name": words})
    for idea in archived:
        idea.driver_id = None
    db.flush()
    db.delete(driver)
    db.flush()


def save_idea(
    db: Session,
    diagram: Diagram,
    idea: ChangeIdea | None,
    *,
    new_id: uuid.UUID,
    name: str,
    description: str,
    driver_id: uuid.UUID | None,
    is_archived: bool,
    now: datetime,
) -> ChangeIdea:
    """Add a change idea, change one, take it off the diagram or put it back; nothing tried is ever deleted.

    Raises
    ------
    BadInput
        If the driver is no secondary one, another idea has this name, or the diagram is full.
    """
    everyone = [*diagram.ideas, *diagram.archived]
    idea = idea or next((one for one in everyone if one.id == new_id), None)
    _check_driver(diagram, driver_id)
    if any(one is not idea and one.name.casefold() == name.casefold() for one in everyone):
        raise BadInput("Nothing is saved yet.", {"name": "The network has an idea of this name already."})
    if not is_archived and (idea is None or idea.archived_at is not None):
        _refuse_when_full(diagram)
    if idea is None:
        _refuse_known(db, ChangeIdea, new_id)
        idea = ChangeIdea(id=new_id, organisation_id=diagram.network.id, name=name, created_at=now)
        db.add(idea)
    idea.name, idea.description, idea.driver_id = name, description, driver_id
    idea.archived_at = (idea.archived_at or now) if is_archived else None
    db.flush()
    return idea


def _check_driver(diagram: Diagram, driver_id: uuid.UUID | None) -> None:
    if not any(one.id == driver_id and one.parent_id is not None for one in diagram.drivers):
        raise BadInput("Nothing is saved yet.", {"driver": "Choose the secondary driver it works on."})


def _refuse_known(db: Session, kind: type[Driver | ChangeIdea], new_id: uuid.UUID) -> None:
    if db.get(kind, new_id) is not None:
        raise BadInput("Nothing is saved yet.", {"name": "Reload the page and send it again."})


def _refuse_when_full(diagram: Diagram) -> None:
    if diagram.size >= MOST_BOXES:
        raise BadInput(TOO_MANY, {"name": TOO_MANY})


def keep_version(db: Session, viewer: Viewer, *, now: datetime) -> bool:
    """Keep the diagram as it stands now, when it is another than the newest kept; return whether it was."""
    diagram = queries.diagram_for(db, viewer)
    newest = queries.newest_version(db, diagram.network.id)
    nodes = diagram.nodes()
    aim = diagram.aim_lines()
    if newest is not None and newest.nodes == nodes and newest.aim in (None, aim):
        return False
    db.add(
        DiagramVersion(
            organisation_id=diagram.network.id,
            number=newest.number + 1 if newest else 1,
            nodes=nodes,
            aim=aim,
            saved_by_id=viewer.person_id,
            saved_at=now,
        )
    )
    db.flush()
    return True
