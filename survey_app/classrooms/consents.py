"""What families were told or have said: recorded by code, never by name; who is left out because of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.classrooms import queries
from survey_app.classrooms.archive import check_is_live
from survey_app.errors import BadInput
from survey_app.models.classrooms import CONSENTS, Consent
from survey_app.models.keeping import ConsentRule
from survey_app.models.people import Organisation, Person

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom, FocalCode
    from survey_app.permissions import Viewer

WORDS = {
    "not_needed": "Nothing is needed here",
    "notice_sent": "The family was told",
    "given": "The family said yes",
    "opted_out": "Does not take part",
}
RULE_WORDS = {
    "not_needed": "asks for nothing from families before a student takes part",
    "notice_sent": "asks that families are told before a student takes part",
    "given": "asks that the family says yes before a student takes part",
}
DEEPEST = 10


@dataclass(frozen=True)
class Standing:
    """How it stands with one code, or with the rest of the class."""

    kind: str | None  # none: nothing is recorded
    recorded_at: datetime | None
    recorded_by: str
    rule: str | None  # what the organisation asks for

    @property
    def takes_part(self) -> bool:
        """Tell whether a card may be made: not after an opt-out, nor before a yes where one is asked for."""
        return self.kind != "opted_out" and not (self.rule == "given" and self.kind != "given")

    @property
    def is_missing(self) -> bool:
        """Tell whether the organisation asks for something that is not recorded."""
        wanted = {"notice_sent": ("notice_sent", "given", "opted_out"), "given": ("given", "opted_out")}
        return self.rule in wanted and self.kind not in wanted[self.rule]


def standings(db: Session, classroom: Classroom) -> dict[uuid.UUID | None, Standing]:
    """Return how it stands with each living code, and under none with the rest of the class."""
    rule = rule_for(db, db.get_one(Person, classroom.owner_id).organisation_id)
    rows = db.execute(
        select(Consent, Person.display_name)
        .join(Person, Person.id == Consent.recorded_by_id)
        .where(Consent.classroom_id == classroom.id)
    )
    kept = {one.focal_code_id: (one, who) for one, who in rows}
    of = [code.id for code in queries.live_focal_codes(db, classroom.id)]
    return {
        code_id: Standing(
            kept[code_id][0].kind if code_id in kept else None,
            kept[code_id][0].recorded_at if code_id in kept else None,
            kept[code_id][1] if code_id in kept else "",
            rule,
        )
        for code_id in [*of, None]
    }


def rule_for(db: Session, organisation_id: uuid.UUID) -> str | None:
    """Return what the nearest organisation above asks for, this one first; none if nobody has said."""
    here: uuid.UUID | None = organisation_id
    for _ in range(DEEPEST):
        rule = db.get(ConsentRule, here)
        if rule is not None:
            return rule.kind
        place = db.get(Organisation, here)
        here = place.parent_id if place else None
        if here is None:
            break
    return None


def opted_out(db: Session, classroom_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the codes of a class whose families have said no."""
    found = db.scalars(
        select(Consent.focal_code_id).where(Consent.classroom_id == classroom_id, Consent.kind == "opted_out")
    )
    return {code_id for code_id in found if code_id is not None}


def said_yes(db: Session, classroom_id: uuid.UUID) -> set[uuid.UUID | None]:
    """Return the codes of a class whose families have said yes; none stands for the rest of the class."""
    query = select(Consent.focal_code_id).where(Consent.classroom_id == classroom_id, Consent.kind == "given")
    return set(db.scalars(query))


def asked_focal_codes(db: Session, classroom_id: uuid.UUID) -> list[FocalCode]:
    """Return the planned set without those who do not take part, A first."""
    out = opted_out(db, classroom_id)
    return [code for code in queries.live_focal_codes(db, classroom_id) if code.id not in out]


def record_consents(
    db: Session,
    viewer: Viewer,
    classroom: Classroom,
    said: Mapping[uuid.UUID | None, str],
    *,
    now: datetime,
) -> int:
    """Keep what families said, by code (none: the rest of the class); return how many changed.

    Nothing said ("") takes a record back. The rest of the class has no codes, so nobody opts out there: who
    does not take part gets no card.
    """
    check_is_live(classroom)
    queries.hold_class(db, classroom.id)
    known = {code.id for code in queries.live_focal_codes(db, classroom.id)}
    faults = {}
    for code_id, kind in said.items():
        allowed = CONSENTS if code_id is not None else CONSENTS[:-1]
        if kind and kind not in allowed:
            faults["families"] = "Choose from the list."
    if faults:
        raise BadInput("Nothing is recorded yet.", faults)
    kept = {
        one.focal_code_id: one
        for one in db.scalars(select(Consent).where(Consent.classroom_id == classroom.id))
    }
    changed = 0
    for code_id, kind in said.items():
        if code_id is not None and code_id not in known:
            continue
        row = kept.get(code_id)
        if kind == (row.kind if row else ""):
            continue
        changed += 1
        if not kind:
            db.delete(row)
        elif row is None:
            db.add(
                Consent(
                    classroom_id=classroom.id,
                    focal_code_id=code_id,
                    kind=kind,
                    recorded_at=now,
                    recorded_by_id=viewer.person_id,
                )
            )
        else:
            row.kind, row.recorded_at, row.recorded_by_id = kind, now, viewer.person_id
    db.flush()
    return changed
