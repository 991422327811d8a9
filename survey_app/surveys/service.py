"""The life of a survey: opened, closed, reopened, or void when it was only a try-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from survey_app.catalogue.library import library
from survey_app.catalogue.queries import questions
from survey_app.catalogue.reviews import protected
from survey_app.classrooms.archive import before_archive
from survey_app.classrooms.consents import said_yes
from survey_app.errors import BadInput, NotYet
from survey_app.models.cycles import PlanPrediction
from survey_app.models.responses import Answer, Response
from survey_app.models.surveys import Administration, Survey
from survey_app.models.turnout import Turnout
from survey_app.surveys import queries
from survey_app.surveys.drafting import draft_administrations, refuse_codes
from survey_app.surveys.order import shuffle_pooled_rows
from survey_app.surveys.sheet import make_sheet, needed_fills

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom
    from survey_app.models.cycles import Cycle

FEWEST_POOLED = 5


def open_surveys(
    db: Session, cycle: Cycle, classroom: Classroom, *, goal: str = "", now: datetime
) -> list[Administration]:
    """Freeze the sheet and open every draft of the cycle.

    Raises
    ------
    NotYet
        If the class is archived, or another survey is open in it.
    BadInput
        If a coded survey has too few or too many codes, or a question still waits for the lesson's goal.
    """
    opening = [a for a in queries.administrations_of(db, cycle.id, lock=True) if a.state == "draft"]
    if not opening:
        return []
    _refuse_opening(db, cycle, classroom, opening)
    _refuse_without_consent(db, cycle, opening)
    for survey in queries.surveys_of(db, opening).values():
        if survey.frozen_at is None:
            _freeze(db, survey, cycle, goal, opening, now)
    for administration in opening:
        administration.state = "open"
        administration.opened_at = now
    db.flush()
    return opening


def _refuse_without_consent(db: Session, cycle: Cycle, opening: Sequence[Administration]) -> None:
    """Open what touches a protected area only for students whose families have said yes."""
    areas = protected(db, queries.item_version_ids_of(db, opening[0].survey_id))
    if not areas:
        return
    asked = {code for code, _label in queries.focal_labels(db, cycle.id)} if _is_coded(opening) else set()
    rest = {None} if any(a.mode == "pooled" for a in opening) else set()
    if (asked | rest) - said_yes(db, cycle.classroom_id):
        words = (
            f"A question here touches a protected area ({'; '.join(areas).lower()}). Record first, where"
            " cards are made, that the families of everybody you ask have said yes; or take the question out."
        )
        raise BadInput(words, {"questions": words})


def _is_coded(given: Sequence[Administration]) -> bool:
    return any(a.mode == "coded" for a in given)


def close_surveys(
    db: Session, cycle: Cycle, given: Sequence[Administration] | None = None, *, now: datetime
) -> list[Administration]:
    """Close what is open; pages that were loaded before may still be sent for ten minutes.

    ``given`` are the cycle's administrations where the caller holds them, locked, already.
    """
    held = queries.administrations_of(db, cycle.id, lock=True) if given is None else given
    closing = [a for a in held if a.state == "open"]
    for administration in closing:
        administration.state = "closed"
        administration.closed_at = now
        shuffle_pooled_rows(db, administration)
    db.flush()
    revealed = [administration for administration in closing if administration.revealed_at is not None]
    for follow in _followers if revealed else ():
        follow(db, revealed, now=now)
    return closing


# What has to follow when a survey that was shown already closes again; a later slice registers here.
_followers: list[Callable[..., object]] = []


def after_close(follow: Callable[..., object]) -> None:
    """Let ``follow(db, administrations, now=...)`` run after the close of surveys already revealed."""
    _followers.append(follow)


def reopen_surveys(db: Session, cycle: Cycle, classroom: Classroom, *, now: datetime) -> list[Administration]:
    """Open a closed survey again for children who were absent.

    A coded survey may be reopened after the reveal; what comes then is late and makes snapshot 2.
    A pooled one shows what came after the reveal only when there are five or more new answers.
    """
    if classroom.archived_at is not None:
        raise NotYet("This class is archived. Take it out of the archive first, then open the survey again.")
    _refuse_second_open(db, cycle)
    reopening = [a for a in queries.administrations_of(db, cycle.id, lock=True) if a.state == "closed"]
    for administration in reopening:
        administration.state = "open"
        administration.reopened_at = now
    db.flush()
    return reopening


def void_surveys(db: Session, cycle: Cycle, *, now: datetime) -> list[Administration]:
    """Void a try-out: its answers are deleted, and the same questions wait as a new draft."""
    voided = queries.administrations_of(db, cycle.id, lock=True)
    if any(a.locked_at is not None for a in voided):
        raise NotYet(
            "Your view is locked, so this is no try-out any more. You can set the whole cycle aside."
        )
    if not voided or all(a.state == "draft" for a in voided):
        return []
    asked = queries.item_version_ids_of(db, voided[0].survey_id)
    for administration in voided:
        _delete_answers(db, administration)
        administration.state = "void"
        administration.closed_at = administration.closed_at or now
    db.flush()
    _thaw_plan_predictions(db, cycle)
    parts = {a.part: a for a in voided}
    draft_administrations(
        db,
        cycle,
        item_version_ids=asked,
        focal="focal" in parts,
        rest="rest" in parts,
        expected_rest=parts["rest"].expected if "rest" in parts else None,
        may_be_shared=any(a.may_be_shared for a in voided),
        under_research=any(a.under_research for a in voided),
    )
    return voided


def _delete_answers(db: Session, administration: Administration) -> None:
    sheets = select(Response.id).where(Response.administration_id == administration.id)
    db.execute(delete(Answer).where(Answer.response_id.in_(sheets)))
    db.execute(delete(Response).where(Response.administration_id == administration.id))
    db.execute(delete(Turnout).where(Turnout.administration_id == administration.id))


def _thaw_plan_predictions(db: Session, cycle: Cycle) -> None:
    # A frozen row refuses every change; a try-out's answers are gone, so the prediction is hers again.
    rows = list(db.scalars(select(PlanPrediction).where(PlanPrediction.cycle_id == cycle.id)))
    names = ("cycle_id", "owner_id", "item_version_id", "k", "n", "words")
    kept = [{name: getattr(row, name) for name in names} for row in rows]
    for row in rows:
        db.delete(row)
    db.flush()
    db.add_all(PlanPrediction(**row, frozen=False) for row in kept)
    db.flush()


def _refuse_second_open(db: Session, cycle: Cycle) -> None:
    if queries.open_elsewhere(db, cycle.classroom_id, cycle_id=cycle.id) is not None:
        raise NotYet(
            "Another survey is still open in this class. Close that one first:"
            " the class code leads to one survey at a time."
        )


def _refuse_opening(
    db: Session, cycle: Cycle, classroom: Classroom, opening: Sequence[Administration]
) -> None:
    if classroom.archived_at is not None:
        raise NotYet("This class is archived. Take it out of the archive first, then open the survey.")
    _refuse_second_open(db, cycle)
    if any(a.mode == "coded" for a in opening):
        refuse_codes(len(queries.focal_labels(db, cycle.id)))


def _freeze(
    db: Session, survey: Survey, cycle: Cycle, goal: str, opening: Sequence[Administration], now: datetime
) -> None:
    ids = queries.item_version_ids_of(db, survey.id)
    known = questions(db, ids)
    chosen = [known[i] for i in ids]
    fills = {"lesson": cycle.lesson, "math": cycle.math, "science": cycle.science, "goal": goal.strip()}
    if "goal" in needed_fills(chosen) and not fills["goal"]:
        words = "One question asks about the lesson's goal. Write the goal in a few words your students know."
        raise BadInput(words, {"goal": words})
    survey.fills = {name: words for name, words in fills.items() if words}
    survey.sheet = make_sheet(chosen, survey.fills, library())
    survey.frozen_at = now
    db.flush()


def _close_before_archive(db: Session, classroom: Classroom, now: datetime) -> None:
    for cycle in queries.cycles_with_open_survey(db, classroom.id):
        close_surveys(db, cycle, now=now)


before_archive(_close_before_archive)
