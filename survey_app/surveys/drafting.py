"""What a survey asks, and whom, while it is a draft."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from survey_app.catalogue.queries import Question, questions
from survey_app.errors import BadInput, NotYet
from survey_app.models.cycles import CycleFocal, PlanPrediction
from survey_app.models.surveys import Administration, Survey, SurveyItem
from survey_app.surveys import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from survey_app.models.cycles import Cycle

FEWEST_QUESTIONS, MOST_QUESTIONS = 2, 8
FEWEST_CODES, MOST_CODES = 3, 6


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
        refuse_codes(len(codes))
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


def refuse_codes(codes: int) -> None:
    """Refuse to ask by code where too few or too many are chosen."""
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
