"""Texts of adults that speak of a focal code: shown before it is erased, taken along, and emptied with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.erasure import queries
from survey_app.models.cycles import CycleFocal, PlanPrediction
from survey_app.models.sharing import Comment, CycleShare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import FocalCode
    from survey_app.models.cycles import Cycle

# The field of a cycle, and what its page calls it.
TEXTS = {
    "aim": "plan: what you are after",
    "change": "plan: the change",
    "driver": "plan: what it works on",
    "lesson": "plan: the lesson",
    "math": "plan: the math",
    "science": "plan: the science",
    "dose": "log: how much took place",
    "adaptations": "log: what was different",
    "absences": "log: absences",
    "keep_what": "decision: what worked",
    "keep_where": "decision: where else",
    "change_next": "decision: one thing different",
    "support_step": "decision: one step",
    "reason": "decision: the reason",
    "data_point": "decision: what it rests on",
    "told_students": "what you told the students",
}
# A label that is a word of its own in English counts only where it can be nothing else.
WORDS = frozenset({"A", "I"})


@dataclass(frozen=True)
class Named:
    """A text that speaks of a code: where it stands, and its words."""

    row: object
    field: str
    where: str
    words: str
    cycle: Cycle


def names(text: str, label: str) -> bool:
    """Tell whether a text speaks of a code.

    Examples
    --------
    >>> names("B and C had no turn", "B"), names("Plan B is Bold", "C"), names("A chance to share", "A")
    (True, False, False)
    >>> names("Ask student A first", "A"), names("It was A, then D", "A"), names("A and B talked", "A")
    (True, True, True)
    """
    code = re.escape(label)
    if label not in WORDS:
        return re.search(rf"(?<![\w'’]){code}(?!\w)", text) is not None
    before = r"\b(?:[Aa]sk|[Hh]elp|[Ww]ith|[Ff]or|was|is|and|or)"
    after = rf"{code}(?:['’]s\b|(?=[,;:.)/]| (?:and|or) [A-Z]\b))"
    of_a_student = rf"\b(?:[Ss]tudents?|[Ff]ocal|[Cc]ode) {code}(?!\w)"
    alone = rf"{before} {code}(?![\w'’])(?! [a-z])|(?<!\w){after}|{of_a_student}"
    return re.search(alone, text) is not None


def texts_naming(db: Session, code: FocalCode) -> list[Named]:
    """Return the texts of a class that speak of a code, beside her own strengths, wonders and noticings."""
    return [one for one in _texts(db, code) if names(one.words, code.label)]


def empty_texts(db: Session, code: FocalCode) -> int:
    """Empty the texts that speak of a code; return how many there were."""
    found = texts_naming(db, code)
    for one in found:
        if isinstance(one.row, Comment):
            db.delete(one.row)
        else:
            setattr(one.row, one.field, "")
    db.flush()
    return len(found)


def _texts(db: Session, code: FocalCode) -> Iterator[Named]:
    cycles = queries.cycles_of(db, code.classroom_id)
    for cycle in cycles.values():
        for field, where in TEXTS.items():
            # Her own step of support goes with her in any case.
            if not (field == "support_step" and cycle.support_code_id == code.id):
                yield Named(cycle, field, where, getattr(cycle, field), cycle)
    of_these = list(cycles)
    for row in db.scalars(select(CycleFocal).where(CycleFocal.cycle_id.in_(of_these))):
        if row.focal_code_id != code.id:
            for field in ("strength", "wonder", "noticing"):
                where = f"{field} of another student"
                yield Named(row, field, where, getattr(row, field), cycles[row.cycle_id])
    for row in db.scalars(
        select(PlanPrediction).where(PlanPrediction.cycle_id.in_(of_these), PlanPrediction.frozen.is_(False))
    ):
        yield Named(row, "words", "plan: prediction", row.words, cycles[row.cycle_id])
    for row in db.scalars(select(CycleShare).where(CycleShare.cycle_id.in_(of_these))):
        yield Named(row, "asks", "what you asked a colleague", row.asks, cycles[row.cycle_id])
    for row in queries.comments_of(db, of_these):
        yield Named(row, "words", "comment", row.words, cycles[row.cycle_id])
