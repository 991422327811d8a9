"""What a lead's pages count over all her places: in a large network it stands for some minutes.

No word of a teacher, no row of a single cycle and no released figure is among it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from survey_app.improvement import queries as improvement
from survey_app.network import board as boards
from survey_app.network import queries, standing

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from survey_app.improvement.queries import Tried
    from survey_app.network.queries import Chosen
    from survey_app.network.standing import Cell, Place
    from survey_app.permissions import Viewer


MOST_REASONS = 2  # of each decision; all of them on a page of the idea's own


@dataclass(frozen=True)
class Standing:
    """Where all cycles stand, and by region how many teachers there are and how many began."""

    cells: Sequence[Cell]
    teachers: Mapping[str, tuple[int, int]]
    places: Sequence[Place] = ()  # all that have a row, in their order

    def cycles(self) -> int:
        """Return how many cycles were counted."""
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Ideas:
    """How often ideas were tried and where, how many reasons are shared, and which of them come first."""

    tried: Mapping[uuid.UUID, Tried]
    reasons: Mapping[uuid.UUID, Chosen]
    contexts: Mapping[uuid.UUID, list[str]] = field(default_factory=dict)

    def cycles(self) -> int:
        """Return how many cycles were counted."""
        return improvement.cycles_tried(self.tried)


@dataclass(frozen=True)
class Brief:
    """Both, for a page that says it all."""

    standing: Standing
    ideas: Ideas

    def cycles(self) -> int:
        """Return how many cycles were counted."""
        return self.standing.cycles()


def board(db: Session, viewer: Viewer, regions: Mapping[uuid.UUID, str], *, by_team: bool) -> Standing:
    """Count where cycles stand, and put in order the schools or teams that have any."""
    listed = standing.teams_with_cycles if by_team else standing.schools_with_cycles
    return _standing(db, viewer, regions, boards.in_order(listed(db, viewer), regions))


def ideas(db: Session, viewer: Viewer, idea_ids: Sequence[uuid.UUID]) -> Ideas:
    """Count what was tried of these ideas, and choose the reasons that come first."""
    return Ideas(
        improvement.tried(db, viewer, idea_ids),
        queries.choose_reasons(db, viewer, idea_ids, most=MOST_REASONS),
        queries.contexts(db, viewer, idea_ids),
    )


def brief(
    db: Session, viewer: Viewer, regions: Mapping[uuid.UUID, str], idea_ids: Sequence[uuid.UUID]
) -> Brief:
    """Count what a brief says."""
    tried = improvement.tried(db, viewer, idea_ids)
    reasons = queries.choose_reasons(db, viewer, idea_ids, most=MOST_REASONS)
    return Brief(_standing(db, viewer, regions), Ideas(tried, reasons))


def _standing(
    db: Session, viewer: Viewer, regions: Mapping[uuid.UUID, str], places: Sequence[Place] = ()
) -> Standing:
    teachers = boards.by_region(standing.teachers_by_region(db, viewer), regions)
    return Standing(standing.counted_by_region(db, viewer), teachers, places)
