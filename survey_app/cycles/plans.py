"""What a teacher writes of a cycle: the plan before the lesson, the log after it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.cycles import queries
from survey_app.cycles.ideas import idea_named
from survey_app.errors import BadInput, NotYet, Stale
from survey_app.models.cycles import Cycle, PlanPrediction, Series
from survey_app.surveys import queries as survey_queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


@dataclass(frozen=True)
class Plan:
    """What "Finish my plan" holds."""

    aim: str
    driver: str
    change: str
    lesson: str
    math: str
    science: str
    lesson_on: date | None
    focal: Mapping[uuid.UUID, tuple[str, str]]  # focal code -> strength, wonder
    predictions: Mapping[uuid.UUID, tuple[int | None, str]]  # item version -> how many of the n, words
    idea: str = ""  # the id of an idea of the driver diagram; "own" for the teacher's own words


def save_plan(db: Session, viewer: Viewer, cycle: Cycle, plan: Plan, *, version: int, now: datetime) -> None:
    """Keep the plan. It can be filled in until the lock; the plan prediction until the first answer."""
    given = survey_queries.administrations_of(db, cycle.id)
    if any(a.locked_at is not None for a in given):
        raise NotYet(
            "Your view is locked, so the plan stays as it was. What you learned goes into the decision."
        )
    check_version(cycle, version)
    cycle.aim, cycle.driver, cycle.change = plan.aim, plan.driver, plan.change
    cycle.lesson_on = plan.lesson_on
    if not any(a.opened_at for a in given):
        # The sheet names the lesson to the students; once it is open, its words are frozen.
        cycle.lesson, cycle.math, cycle.science = plan.lesson, plan.math, plan.science
    elif not cycle.lesson:
        cycle.lesson = plan.lesson
    series = db.get_one(Series, cycle.series_id)
    if plan.idea and not queries.has_decided_turn(db, series.id):
        _choose_idea(db, viewer, series, cycle, plan, now=now)
    elif plan.change and series.change_idea_id is None:
        series.change_idea_id = idea_named(db, viewer, plan.change, now=now)
    for row, _label in queries.focal_rows(db, cycle.id):
        if row.focal_code_id in plan.focal:
            row.strength, row.wonder = plan.focal[row.focal_code_id]
    _save_plan_predictions(db, cycle, plan, group=_group_size(db, cycle, given))
    db.flush()


def _choose_idea(
    db: Session, viewer: Viewer, series: Series, cycle: Cycle, plan: Plan, *, now: datetime
) -> None:
    """Let the series work on an idea of the diagram, or one of her own, until a turn with it is decided."""
    if plan.idea == "own":
        series.change_idea_id = idea_named(db, viewer, plan.change, now=now) or series.change_idea_id
        return
    ideas = queries.change_ideas(db, viewer.organisation_id, viewer.person_id)
    chosen = next((one for one in ideas if str(one.id) == plan.idea), None)
    if chosen is None:
        words = "This idea is no longer offered. Choose another one, or say it in your own words."
        raise BadInput("Mend what is marked and save again.", {"idea": words})
    series.change_idea_id = chosen.id
    cycle.change = plan.change or chosen.name[:200]
    cycle.driver = plan.driver or queries.driver_name(db, chosen.driver_id)


def save_log(
    db: Session,
    cycle: Cycle,
    *,
    dose: str,
    adaptations: str,
    absences: str,
    absent: Sequence[uuid.UUID],
    asked_about: uuid.UUID | None,
    version: int,
    now: datetime,
) -> None:
    """Keep the lesson log: what really happened."""
    check_version(cycle, version)
    given = survey_queries.administrations_of(db, cycle.id)
    if asked_about is not None and asked_about not in survey_queries.item_version_ids_of(
        db, given[0].survey_id
    ):
        raise BadInput(
            "That question is not on this survey.", {"asked_about": "Choose one of this survey's questions."}
        )
    cycle.dose, cycle.adaptations, cycle.absences = dose, adaptations, absences
    cycle.asked_about_id = asked_about
    cycle.logged_at = cycle.logged_at or now
    for row, _label in queries.focal_rows(db, cycle.id):
        row.was_absent = row.focal_code_id in absent
    db.flush()


def check_version(cycle: Cycle, version: int) -> None:
    """Refuse a form that was shown before another tab saved."""
    if cycle.version != version:
        raise Stale(
            "Another tab saved this page after you opened it. What you typed is below; look, then save again."
        )


def _group_size(db: Session, cycle: Cycle, given: Sequence[object]) -> int | None:
    codes = len(survey_queries.focal_labels(db, cycle.id))
    return codes or next((a.expected for a in given if a.expected), None)


def _save_plan_predictions(db: Session, cycle: Cycle, plan: Plan, *, group: int | None) -> None:
    known = queries.plan_predictions(db, cycle.id)
    for item_version_id, (k, words) in plan.predictions.items():
        row = known.get(item_version_id)
        if row is not None and row.frozen:
            continue
        if k is not None and not (group and 0 <= k <= group):
            told = f"Write a number from 0 to {group}." if group else "Say first how many students are asked."
            raise BadInput(told, {f"predict-{item_version_id}": told})
        if row is None:
            row = PlanPrediction(
                cycle_id=cycle.id, owner_id=cycle.owner_id, item_version_id=item_version_id, frozen=False
            )
            db.add(row)
        row.k, row.n, row.words = k, group if k is not None else None, words
