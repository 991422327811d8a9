"""The life of a survey: drafted, opened, closed, reopened, or void when it was only a try-out."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from survey_app.catalogue.library import library
from survey_app.catalogue.queries import Question, questions
from survey_app.catalogue.reviews import protected
from survey_app.classrooms.archive import before_archive
from survey_app.classrooms.consents import said_yes
from survey_app.errors import BadInput, NotYet
from survey_app.models.cycles import CycleFocal, PlanPrediction
from survey_app.models.responses import Answer, Response
from survey_app.models.surveys import Administration, Survey, SurveyItem
from survey_app.models.turnout import Turnout
from survey_app.surveys import queries
from survey_app.surveys.sheet import make_sheet, needed_fills

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom
    from survey_app.models.cycles import Cycle

FEWEST_QUESTIONS, MOST_QUESTIONS = 2, 8
FEWEST_CODES, MOST_CODES = 3, 6
FEWEST_POOLED = 5


def draft_administrations(
    db: Session,
    cycle: Cycle,
    *,
    item_version_ids: Sequence[uuid.UUID],
    focal: bool,
    rest: bool,
    expected_rest: int | None = None,
    may_be_shared: bool = False,
    under_research: bool = False,
) -> list[Administration]:
    """Draft the cycle's survey for its focal group, for the rest of the class, or for both.

    The focal group is asked in coded mode, everybody else in pooled mode.
    """
    if not (focal or rest):
        raise BadInput(
            "Choose who is asked: your focal students, the class, or both.", {"who": "Choose who is asked."}
        )
    chosen = _checked_choice(db, item_version_ids, coded=focal)
    survey = Survey(owner_id=cycle.owner_id, fills={})
    db.add(survey)
    db.flush()
    _place_items(db, survey, chosen)
    drafts = []
    for part, wanted in (("focal", focal), ("rest", rest)):
        if wanted:
            draft = _draft_part(cycle, survey.id, part, expected_rest, may_be_shared=may_be_shared)
            draft.under_research = under_research and draft.mode == "coded"
            drafts.append(draft)
    db.add_all(drafts)
    db.flush()
    return drafts


def _draft_part(
    cycle: Cycle, survey_id: uuid.UUID, part: str, expected_rest: int | None, *, may_be_shared: bool
) -> Administration:
    mode = "coded" if part == "focal" else "pooled"
    return Administration(
        cycle_id=cycle.id,
        owner_id=cycle.owner_id,
        classroom_id=cycle.classroom_id,
        survey_id=survey_id,
        part=part,
        mode=mode,
        expected=expected_rest if part == "rest" else None,
        # The pooled notice names the teacher alone, so pooled answers are never handed on one by one.
        may_be_shared=may_be_shared and mode == "coded",
    )


def take_part_in_research(administrations: Sequence[Administration], *, takes_part: bool) -> bool:
    """Let researchers see what is answered by code, without the codes; tell whether anything changed.

    The children are told, so it is settled before the survey opens. A class without codes is told that its
    teacher alone sees counts: it never takes part.
    """
    coded = [a for a in administrations if a.mode == "coded"]
    if all(a.under_research == takes_part for a in coded):
        return False
    if any(a.state != "draft" for a in administrations):
        raise NotYet(
            "This survey is open, and its students have read who may see their answers. You can choose anew"
            " in the next cycle."
        )
    for administration in coded:
        administration.under_research = takes_part
    return True


def choose_who(
    db: Session, cycle: Cycle, focal_code_ids: Sequence[uuid.UUID], *, rest: bool, expected_rest: int | None
) -> None:
    """Choose anew whom a draft asks: these focal codes, the rest of the class, or both.

    A student who left goes, a student who came joins. The plan prediction counts the new group.
    """
    given = queries.administrations_of(db, cycle.id, lock=True)
    _refuse_unless_draft(given)
    codes = set(focal_code_ids)
    if not (codes or rest):
        words = "Choose 3 or more focal students, the class, or both."
        raise BadInput(words, {"who": words})
    if codes:
        _refuse_codes(len(codes))
        _checked_choice(db, queries.item_version_ids_of(db, given[0].survey_id), coded=True)
    set_focal_group(db, cycle, sorted(codes))
    have = {a.part: a for a in given}
    for part, wanted in (("focal", bool(codes)), ("rest", rest)):
        if wanted and part not in have:
            shared = any(a.may_be_shared for a in given)
            draft = _draft_part(cycle, given[0].survey_id, part, expected_rest, may_be_shared=shared)
            draft.under_research = draft.mode == "coded" and any(a.under_research for a in given)
            db.add(draft)
        elif wanted and part == "rest":
            have[part].expected = expected_rest
        elif not wanted and part in have:
            db.delete(have[part])
    group = len(codes) or expected_rest
    for row in db.scalars(select(PlanPrediction).where(PlanPrediction.cycle_id == cycle.id)):
        if row.k is not None and not row.frozen:
            fits = group is not None and row.k <= group
            row.k, row.n = (row.k, group) if fits else (None, None)
    db.flush()


def _refuse_codes(codes: int) -> None:
    if not FEWEST_CODES <= codes <= MOST_CODES:
        students = "1 focal student" if codes == 1 else f"{codes} focal students"
        words = (
            f"This cycle has {students}. By code it takes {FEWEST_CODES} to {MOST_CODES}:"
            " choose other codes, or ask the class without codes."
        )
        raise BadInput(words, {"who": words})


def choose_questions(
    db: Session, administrations: Sequence[Administration], item_version_ids: Sequence[uuid.UUID]
) -> None:
    """Replace the questions of a survey that is not yet open."""
    _refuse_unless_draft(administrations)
    chosen = _checked_choice(db, item_version_ids, coded=any(a.mode == "coded" for a in administrations))
    survey = db.get_one(Survey, administrations[0].survey_id)
    db.execute(delete(SurveyItem).where(SurveyItem.survey_id == survey.id))
    _place_items(db, survey, chosen)
    db.flush()


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


def set_focal_group(db: Session, cycle: Cycle, focal_code_ids: Sequence[uuid.UUID]) -> None:
    """Plan which focal codes this cycle asks."""
    planned = set(focal_code_ids)
    for row in db.scalars(select(CycleFocal).where(CycleFocal.cycle_id == cycle.id)):
        if row.focal_code_id not in planned:
            db.delete(row)
        planned.discard(row.focal_code_id)
    for focal_code_id in planned:
        db.add(
            CycleFocal(
                cycle_id=cycle.id,
                focal_code_id=focal_code_id,
                owner_id=cycle.owner_id,
                classroom_id=cycle.classroom_id,
            )
        )
    db.flush()


def shuffle_pooled_rows(db: Session, administration: Administration) -> None:
    """Write pooled sheets anew, with new keys and in random order, so that no order of arrival stays."""
    if administration.mode != "pooled":
        return
    sheets = list(db.scalars(select(Response).where(Response.administration_id == administration.id)))
    if not sheets:
        return
    answers = list(db.scalars(select(Answer).where(Answer.response_id.in_([sheet.id for sheet in sheets]))))
    new_key = {sheet.id: uuid.uuid4() for sheet in sheets}
    sheet_rows = [
        {
            "id": new_key[sheet.id],
            "administration_id": sheet.administration_id,
            "survey_id": sheet.survey_id,
            "classroom_id": sheet.classroom_id,
            "mode": sheet.mode,
            "late": sheet.late,
        }
        for sheet in sheets
    ]
    answer_rows = [
        {
            "response_id": new_key[answer.response_id],
            "item_version_id": answer.item_version_id,
            "survey_id": answer.survey_id,
            "value": answer.value,
            "words": answer.words,
            "missing": answer.missing,
        }
        for answer in answers
    ]
    old = [sheet.id for sheet in sheets]
    for row in (*sheets, *answers):
        db.expunge(row)
    db.execute(delete(Response).where(Response.id.in_(old)))  # and, by their foreign key, their answers
    chance = secrets.SystemRandom()
    chance.shuffle(sheet_rows)
    chance.shuffle(answer_rows)
    db.execute(Response.__table__.insert(), sheet_rows)
    db.execute(Answer.__table__.insert(), answer_rows)
    _shuffle_turnout(db, administration, chance)


def _shuffle_turnout(db: Session, administration: Administration, chance: secrets.SystemRandom) -> None:
    rows = [
        {"administration_id": row.administration_id, "card_id": row.card_id, "classroom_id": row.classroom_id}
        for row in db.execute(
            select(Turnout.administration_id, Turnout.card_id, Turnout.classroom_id).where(
                Turnout.administration_id == administration.id
            )
        )
    ]
    if rows:
        db.execute(delete(Turnout).where(Turnout.administration_id == administration.id))
        chance.shuffle(rows)
        db.execute(Turnout.__table__.insert(), rows)


def _checked_choice(db: Session, item_version_ids: Sequence[uuid.UUID], *, coded: bool) -> list[Question]:
    ids = list(dict.fromkeys(item_version_ids))
    if not FEWEST_QUESTIONS <= len(ids) <= MOST_QUESTIONS:
        words = f"You chose {len(ids)}. A survey has {FEWEST_QUESTIONS} to {MOST_QUESTIONS} questions."
        raise BadInput(words, {"questions": words})
    known = questions(db, ids)
    if len(known) != len(ids):
        raise BadInput(
            "One of these questions is no longer in the library. Choose again.",
            {"questions": "Choose again."},
        )
    chosen = [known[i] for i in ids]
    faults = [
        f"“{q.says().text}” may only be asked when nobody's answers can be told apart."
        for q in chosen
        if coded and q.pooled_only and q.says()
    ]
    if sum(q.reverse for q in chosen) > 1:
        faults.append("At most one question may be turned round (where “a lot” is not good news).")
    if len({q.band for q in chosen}) > 1:
        faults.append("Questions for K-2 and for older students cannot stand on one sheet.")
    if faults:
        raise BadInput(" ".join(faults), {"questions": " ".join(faults)})
    return chosen


def _place_items(db: Session, survey: Survey, chosen: Sequence[Question]) -> None:
    # Words of their own come last: a child who only taps is done before them.
    ordered = sorted(chosen, key=lambda q: q.kind == "text")
    db.add_all(
        SurveyItem(survey_id=survey.id, item_version_id=q.id, position=place)
        for place, q in enumerate(ordered, start=1)
    )
    db.flush()


def _refuse_unless_draft(administrations: Sequence[Administration]) -> None:
    if any(a.state != "draft" for a in administrations):
        raise NotYet(
            "This survey is already open, so its questions stay. Other questions can come in the next cycle."
        )


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
        _refuse_codes(len(queries.focal_labels(db, cycle.id)))


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
