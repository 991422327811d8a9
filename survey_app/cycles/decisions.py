"""Decide: keep, change, support; adopt, adapt or abandon; tell the students."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.cycles import queries
from survey_app.cycles.plans import check_version
from survey_app.cycles.service import BASELINE
from survey_app.errors import BadInput, NotYet
from survey_app.models.cycles import DECISIONS, Cycle, Series
from survey_app.surveys import queries as survey_queries

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Learning:
    """What the teacher takes from the gap."""

    keep_what: str
    keep_where: str
    change_next: str
    support_code_id: uuid.UUID | None
    support_step: str
    decision: str | None
    reason: str
    data_point: str
    shares_with_region: bool
    told_students_on: date | None
    told_students: str


def save_learning(db: Session, cycle: Cycle, learning: Learning, *, version: int) -> None:
    """Keep what is written so far, decided or not; a decision once made stays."""
    _refuse_before_reveal(db, cycle)
    check_version(cycle, version)
    labels = {row.focal_code_id for row, _label in queries.focal_rows(db, cycle.id)}
    if learning.support_code_id is not None and learning.support_code_id not in labels:
        raise BadInput(
            "That code is not in this cycle.", {"support_code_id": "Choose one of this cycle's codes."}
        )
    for name in ("keep_what", "keep_where", "change_next", "support_code_id", "support_step", "reason"):
        setattr(cycle, name, getattr(learning, name))
    cycle.data_point, cycle.shares_with_region = learning.data_point, learning.shares_with_region
    cycle.told_students_on, cycle.told_students = learning.told_students_on, learning.told_students
    db.flush()


def decide(db: Session, cycle: Cycle, learning: Learning, *, version: int, now: datetime) -> None:
    """Make the decision: adopt and adapt keep the series open, abandon ends it."""
    save_learning(db, cycle, learning, version=version)
    if cycle.decided_at is not None:
        if cycle.decision != learning.decision:
            raise NotYet(f"You decided to {cycle.decision}. A change of mind is the next cycle's decision.")
        return
    faults = {}
    is_baseline = cycle.number == BASELINE
    if learning.decision not in DECISIONS:
        choices = "go on or abandon" if is_baseline else "adopt, adapt or abandon"
        faults["decision"] = f"Choose one: {choices}."
    # Nothing was tried yet in a lesson before the change, so going on to it needs no reason.
    if not learning.reason.strip() and not (is_baseline and learning.decision != "abandon"):
        faults["reason"] = "Write the reason in a few words."
    if faults:
        raise BadInput("The decision is not made yet; what you wrote is kept.", faults)
    cycle.decision, cycle.decided_at = learning.decision, now
    if learning.decision == "abandon":
        db.get_one(Series, cycle.series_id).ended_at = now
    db.flush()


def _refuse_before_reveal(db: Session, cycle: Cycle) -> None:
    given = survey_queries.administrations_of(db, cycle.id)
    if not given or any(a.revealed_at is None for a in given):
        raise NotYet("First look at what they said; then decide.")
