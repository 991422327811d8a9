"""The turns of a series: begin one, run the next, set one aside, finish the plan, log the lesson."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.classrooms.consents import opted_out
from survey_app.cycles import queries
from survey_app.errors import BadInput, NotVisible, NotYet, Stale
from survey_app.models.classrooms import FocalCode
from survey_app.models.cycles import Cycle, CycleFocal, PlanPrediction, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom
    from survey_app.permissions import Viewer

BASELINE = 0


@dataclass(frozen=True)
class Start:
    """What a quick start says."""

    cycle_id: uuid.UUID  # made when the form was shown: the same form sent twice starts one cycle
    title: str
    change: str
    item_version_ids: Sequence[uuid.UUID]
    focal: bool
    rest: bool
    expected_rest: int | None
    is_baseline: bool = False
    may_be_shared: bool = False
    under_research: bool = False


def start_series(
    db: Session,
    viewer: Viewer,
    classroom: Classroom,
    focal_codes: Sequence[FocalCode],
    start: Start,
    *,
    now: datetime,
) -> Cycle:
    """Begin a series with its first cycle, drafted and ready to open."""
    known = db.get(Cycle, start.cycle_id)
    if known is not None:
        if known.owner_id != viewer.person_id:
            raise NotVisible(start.cycle_id)
        return known
    series = Series(
        owner_id=viewer.person_id,
        classroom_id=classroom.id,
        title=start.title.strip() or "My first change",
        change_idea_id=_idea_named(db, viewer, start.change, now=now),
        created_at=now,
    )
    db.add(series)
    db.flush()
    cycle = Cycle(
        id=start.cycle_id,
        owner_id=viewer.person_id,
        classroom_id=classroom.id,
        series_id=series.id,
        number=BASELINE if start.is_baseline else 1,
        change="" if start.is_baseline else start.change.strip(),
        created_at=now,
    )
    db.add(cycle)
    db.flush()
    if start.focal:
        surveys.set_focal_group(db, cycle, [code.id for code in focal_codes])
    surveys.draft_administrations(
        db,
        cycle,
        item_version_ids=start.item_version_ids,
        focal=start.focal,
        rest=start.rest,
        expected_rest=start.expected_rest,
        may_be_shared=start.may_be_shared,
        under_research=start.under_research,
    )
    return cycle


def start_next(db: Session, viewer: Viewer, series: Series, *, now: datetime) -> Cycle:
    """Copy the last cycle into the next one; sent twice, give the same one back.

    Copied: the plan, the questions, who is asked, strengths and wonders. Not copied: the lesson and its day,
    the log, ratings, predictions, noticings and the decision.
    """
    waiting = queries.undecided_cycle(db, series.id)
    if waiting is not None:
        return waiting
    if series.ended_at is not None:
        raise NotYet("This series has ended. Start something new, or use the idea in another lesson.")
    rows = queries.cycles_of_series(db, series.id)
    if not rows:
        raise NotYet("Every cycle of this series was set aside. Start something new instead.")
    last, given = rows[-1].cycle, rows[-1].administrations
    cycle = Cycle(
        owner_id=viewer.person_id,
        classroom_id=series.classroom_id,
        series_id=series.id,
        number=(queries.highest_number(db, series.id) or 0) + 1,
        aim=last.aim,
        driver=last.driver,
        change=last.change or _idea_of(db, series),
        created_at=now,
    )
    db.add(cycle)
    db.flush()
    _copy_focal_group(db, last, cycle)
    parts = {a.part: a for a in given}
    surveys.draft_administrations(
        db,
        cycle,
        item_version_ids=survey_queries.item_version_ids_of(db, given[0].survey_id),
        focal="focal" in parts,
        rest="rest" in parts,
        expected_rest=parts["rest"].expected if "rest" in parts else None,
        may_be_shared=any(a.may_be_shared for a in given),
        under_research=any(a.under_research for a in given)
        and bool(survey_queries.agreements_that_ask(db, viewer.person_id, now=now)),
    )
    return cycle


def set_aside(db: Session, cycle: Cycle, *, now: datetime) -> None:
    """Give a cycle up without a decision; close what is open, keep what was written."""
    if cycle.decided_at is not None:
        raise NotYet("This cycle has its decision already, so it stays in the story.")
    surveys.close_surveys(db, cycle, now=now)
    cycle.set_aside_at = cycle.set_aside_at or now
    db.flush()


def take_up_again(db: Session, cycle: Cycle) -> None:
    """Undo setting a cycle aside, unless another cycle of the series has begun."""
    if cycle.set_aside_at is None:
        return
    if queries.undecided_cycle(db, cycle.series_id) is not None:
        raise NotYet("Another cycle of this series is under way. Decide that one first.")
    cycle.set_aside_at = None
    db.flush()


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
        series.change_idea_id = _idea_named(db, viewer, plan.change, now=now)
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
        series.change_idea_id = _idea_named(db, viewer, plan.change, now=now) or series.change_idea_id
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


def _copy_focal_group(db: Session, last: Cycle, cycle: Cycle) -> None:
    rows = db.execute(
        select(CycleFocal)
        .join(FocalCode, FocalCode.id == CycleFocal.focal_code_id)
        .where(CycleFocal.cycle_id == last.id, FocalCode.retired_at.is_(None), FocalCode.erased_at.is_(None))
    ).scalars()
    out = opted_out(db, last.classroom_id)
    for row in [one for one in rows if one.focal_code_id not in out]:
        db.add(
            CycleFocal(
                cycle_id=cycle.id,
                focal_code_id=row.focal_code_id,
                owner_id=cycle.owner_id,
                classroom_id=cycle.classroom_id,
                strength=row.strength,
                wonder=row.wonder,
            )
        )
    db.flush()


def _idea_of(db: Session, series: Series) -> str:
    """Return the change that was named when the series began with a lesson before it."""
    idea = db.get(ChangeIdea, series.change_idea_id) if series.change_idea_id else None
    return idea.name[:200] if idea else ""


def _idea_named(db: Session, viewer: Viewer, words: str, *, now: datetime) -> uuid.UUID | None:
    """Return the change idea with these words, added as the teacher's own when nobody had it."""
    name = " ".join(words.split())[:300]
    if not name:
        return None
    for idea in queries.change_ideas(db, viewer.organisation_id, viewer.person_id):
        if idea.name.casefold() == name.casefold():
            return idea.id
    idea = ChangeIdea(
        organisation_id=viewer.organisation_id, owner_id=viewer.person_id, name=name, created_at=now
    )
    db.add(idea)
    db.flush()
    return idea.id
