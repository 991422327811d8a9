"""What leads read: the newest release of their network, and of it the cells in their reach. Nothing else.

Every select here is on the tables of a release; a test holds it to that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, func, or_, select

from survey_app.models.releases import Release, ReleaseCell, ReleaseGroup, ReleaseItem

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


class Group(NamedTuple):
    """A group of a release: its key there, and the name it had."""

    key: str
    name: str


def newest_release(db: Session, network_id: uuid.UUID) -> Release | None:
    """Return the newest release of a network."""
    return db.scalars(
        select(Release)
        .where(Release.organisation_id == network_id)
        .order_by(Release.made_at.desc(), Release.label.desc())
        .limit(1)
    ).first()


def groups_in(
    db: Session, release_id: uuid.UUID, grouping: str, places: Select[tuple[uuid.UUID]]
) -> list[Group]:
    """Return key and name of a release's groups by name: of the whole network, and in these places."""
    rows = db.execute(
        select(ReleaseGroup.key, ReleaseGroup.name).where(
            ReleaseGroup.release_id == release_id,
            ReleaseGroup.grouping == grouping,
            or_(ReleaseGroup.place_id.is_(None), ReleaseGroup.place_id.in_(places)),
        )
    )
    by_number = grouping == "cycle_number"
    groups = [Group(*row) for row in rows]
    return sorted(groups, key=lambda one: (int(one.key) if by_number else 0, one.name.casefold(), one.key))


def items_of(db: Session, release_id: uuid.UUID, *, mode: str) -> list[ReleaseItem]:
    """Return the questions of a release in the order of the library, those with a figure in this mode."""
    # Asked for each of the few questions, and not gathered from the many cells.
    is_shown = exists().where(
        ReleaseCell.release_id == release_id,
        ReleaseCell.mode == mode,
        ReleaseCell.item == ReleaseItem.item,
    )
    return list(
        db.scalars(
            select(ReleaseItem)
            .where(ReleaseItem.release_id == release_id, ReleaseItem.mode == mode, is_shown)
            .order_by(ReleaseItem.position, ReleaseItem.item)
        )
    )


def cells_of(
    db: Session,
    release_id: uuid.UUID,
    table: str,
    *,
    mode: str,
    items: Sequence[str] = (),
    keys: Sequence[str] = (),
) -> list[ReleaseCell]:
    """Return the released cells of one table and mode, of these questions and groups where named."""
    query = select(ReleaseCell).where(
        ReleaseCell.release_id == release_id, ReleaseCell.table_name == table, ReleaseCell.mode == mode
    )
    if items:
        query = query.where(ReleaseCell.item.in_(items))
    if keys:
        query = query.where(ReleaseCell.key.in_(keys))
    # Sorted here: asked to sort, SQLite walks the whole release in its order instead of taking the index.
    return sorted(db.scalars(query), key=lambda cell: cell.position)


def keys_with_two_cycles(
    db: Session, release_id: uuid.UUID, table: str, *, keys: Sequence[str]
) -> dict[str, int]:
    """Return of how many questions each group has a mean in two cycles or more, lessons before left out."""
    over = (
        select(ReleaseCell.key)
        .where(
            ReleaseCell.release_id == release_id,
            ReleaseCell.table_name == table,
            ReleaseCell.key.in_(keys),
            ReleaseCell.mean.is_not(None),
            ReleaseCell.cycle_number > 0,
        )
        .group_by(ReleaseCell.key, ReleaseCell.mode, ReleaseCell.item)
        .having(func.count() > 1)
        .subquery("over")
    )
    return {key: number for key, number in db.execute(select(over.c.key, func.count()).group_by(over.c.key))}


def items_with_a_figure(
    db: Session, release_id: uuid.UUID, table: str, *, mode: str, keys: Sequence[str]
) -> set[str]:
    """Return the questions of which any of these groups has a figure; in the table of cycles, any cycle."""
    # Asked for each of the few questions, which ends at its first figure.
    is_shown = exists().where(
        ReleaseCell.release_id == release_id,
        ReleaseCell.table_name == table,
        ReleaseCell.mode == mode,
        ReleaseCell.item == ReleaseItem.item,
        *(() if table == "cycle_number" else (ReleaseCell.key.in_(keys),)),
    )
    return set(
        db.scalars(
            select(ReleaseItem.item).where(
                ReleaseItem.release_id == release_id, ReleaseItem.mode == mode, is_shown
            )
        )
    )


def keys_with_a_figure(
    db: Session, release_id: uuid.UUID, table: str, *, mode: str, items: Sequence[str]
) -> set[str]:
    """Return the groups of which any of these questions has a figure; of the table of cycles, the numbers."""
    what = ReleaseCell.cycle_number if table == "cycle_number" else ReleaseCell.key
    rows = db.scalars(
        select(what)
        .where(
            ReleaseCell.release_id == release_id,
            ReleaseCell.table_name == table,
            ReleaseCell.mode == mode,
            ReleaseCell.item.in_(items),
        )
        .distinct()
    )
    return {str(one) for one in rows}
