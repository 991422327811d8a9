"""The turns of a series: begin one, run the next, set one aside and take it up again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.classrooms.consents import opted_out
from survey_app.cycles import queries
from survey_app.cycles.ideas import idea_named, idea_of
from survey_app.errors import NotVisible, NotYet
from survey_app.models.classrooms import FocalCode
from survey_app.models.cycles import Cycle, CycleFocal, Series
from survey_app.surveys import drafting
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

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
        change_idea_id=idea_named(db, viewer, start.change, now=now),
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
        drafting.set_focal_group(db, cycle, [code.id for code in focal_codes])
    drafting.draft_administrations(
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
        change=last.change or idea_of(db, series),
        created_at=now,
    )
    db.add(cycle)
    db.flush()
    _copy_focal_group(db, last, cycle)
    parts = {a.part: a for a in given}
    drafting.draft_administrations(
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
