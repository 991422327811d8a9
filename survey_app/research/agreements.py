"""Agreements and packages: who may have what, who asks, who else decides."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.accounts.granting import administered
from survey_app.errors import BadInput, NotAllowed, NotVisible, NotYet
from survey_app.models.research import (
    Agreement,
    AgreementConstruct,
    AgreementPerson,
    AgreementPlace,
    DataPackage,
)
from survey_app.research import package_queries as queries

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

LINK_LIVES = timedelta(minutes=15)
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Terms:
    """What an agreement says, as written in its form."""

    title: str
    purpose: str
    starts_on: date
    ends_on: date
    lessons_from: date
    lessons_until: date
    people: Collection[uuid.UUID]
    places: Collection[uuid.UUID]
    constructs: Collection[uuid.UUID]


def make_agreement(db: Session, viewer: Viewer, terms: Terms, *, now: datetime) -> Agreement:
    """Make an agreement for organisations that the viewer looks after.

    Raises
    ------
    BadInput
        With every fault at once.
    """
    own = administered(db, viewer.person_id)
    faults = _faults_of(db, terms, {one.id for one in own})
    if faults:
        raise BadInput("Look at what is marked.", faults)
    agreement = Agreement(
        organisation_id=own[0].id,
        title=terms.title.strip(),
        purpose=terms.purpose.strip(),
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        lessons_from=terms.lessons_from,
        lessons_until=terms.lessons_until,
        code_key=secrets.token_bytes(32),
        made_by_id=viewer.person_id,
        made_at=now,
    )
    db.add(agreement)
    db.flush()
    db.add_all(AgreementPerson(agreement_id=agreement.id, person_id=one) for one in set(terms.people))
    db.add_all(AgreementPlace(agreement_id=agreement.id, organisation_id=one) for one in set(terms.places))
    db.add_all(
        AgreementConstruct(agreement_id=agreement.id, construct_id=one) for one in set(terms.constructs)
    )
    db.flush()
    return agreement


def _faults_of(db: Session, terms: Terms, own: set[uuid.UUID]) -> dict[str, str]:
    people = {one.id for one in queries.researchers_near(db, own)}
    constructs = {one.id for one in queries.constructs(db)}
    rules = {
        "title": ("Give the agreement a title.", bool(terms.title.strip())),
        "purpose": ("Say what the answers are for.", bool(terms.purpose.strip())),
        "ends_on": ("The last day is after the first.", terms.ends_on >= terms.starts_on),
        "lessons_until": ("The last lesson is after the first.", terms.lessons_until >= terms.lessons_from),
        "people": ("Name one or more researchers of your network.", _is_part(terms.people, people)),
        "places": ("Choose one or more places that you look after.", _is_part(terms.places, own)),
        "constructs": ("Choose one or more constructs.", _is_part(terms.constructs, constructs)),
    }
    faults = {name: words for name, (words, holds) in rules.items() if not holds}
    if "ends_on" not in faults and terms.ends_on - terms.starts_on > LONGEST:
        faults["ends_on"] = "An agreement runs for up to three years. Make a new one after that."
    return faults


def _is_part(chosen: Collection[uuid.UUID], of: set[uuid.UUID]) -> bool:
    return bool(chosen) and set(chosen) <= of


def is_in_force(agreement: Agreement, today: date) -> bool:
    """Tell whether packages may be asked for, decided on and taken today."""
    return agreement.ended_at is None and agreement.starts_on <= today <= agreement.ends_on


def end_agreement(db: Session, agreement: Agreement, *, now: datetime) -> bool:
    """End an agreement before its time, and every link with it; false where it has ended already."""
    if agreement.ended_at is not None:
        return False
    agreement.ended_at = now
    for package in queries.packages_of(db, [agreement.id]).get(agreement.id, []):
        package.token_hash = package.link_until = None
    db.flush()
    return True


def ask_for_package(
    db: Session, viewer: Viewer, agreement: Agreement, reason: str, *, today: date, now: datetime
) -> tuple[DataPackage, bool]:
    """Ask for a package; while one waits, asking again gives that one back, and false."""
    _refuse_unless_in_force(agreement, today)
    if not reason.strip():
        raise BadInput("Say what you need it for.", {"reason": "Say what you need it for, in a sentence."})
    for one in queries.packages_of(db, [agreement.id]).get(agreement.id, []):
        if one.state == "asked" and one.requested_by_id == viewer.person_id:
            return one, False
    asked = DataPackage(
        agreement_id=agreement.id,
        requested_by_id=viewer.person_id,
        requested_at=now,
        reason=reason.strip(),
        state="asked",
    )
    db.add(asked)
    db.flush()
    return asked, True


def decide_on_package(
    db: Session,
    viewer: Viewer,
    agreement: Agreement,
    package: DataPackage,
    *,
    is_approved: bool,
    words: str,
    today: date,
    now: datetime,
) -> bool:
    """Approve or refuse a package, as a second person; false where the same was decided already."""
    if package.requested_by_id == viewer.person_id:
        raise NotAllowed("You asked for this package yourself, so somebody else decides.")
    wanted = "approved" if is_approved else "refused"
    if package.state == wanted:
        return False
    if package.state != "asked":
        raise NotYet(f"This package was {package.state} already. The researcher can ask for another one.")
    _refuse_unless_in_force(agreement, today)
    package.state, package.decided_by_id, package.decided_at = wanted, viewer.person_id, now
    package.decision_words = words.strip()
    db.flush()
    return True


def refuse_unless_approved(agreement: Agreement, package: DataPackage, today: date) -> None:
    """Refuse to make a file that nobody else has approved, or after the agreement's end."""
    if package.state != "approved":
        raise NotYet("Somebody else has to approve this package first.")
    _refuse_unless_in_force(agreement, today)


def give_link(db: Session, package: DataPackage, sha256: str, *, now: datetime) -> str:
    """Note that the file was made, and return the token of its one link; an older link dies."""
    token = secrets.token_urlsafe(32)
    package.made_at, package.sha256 = now, sha256
    package.token_hash, package.link_until = hash_of(token), now + LINK_LIVES
    db.flush()
    return token


def use_link(db: Session, agreement: Agreement, package: DataPackage, *, today: date, now: datetime) -> None:
    """Use the link up.

    Raises
    ------
    NotVisible
        If it has run out, or the agreement has.
    """
    if package.link_until is None or now >= package.link_until or not is_in_force(agreement, today):
        raise NotVisible(package.id)
    package.token_hash = package.link_until = None
    package.times_given += 1
    db.flush()


def hash_of(token: str) -> bytes:
    """Return what is stored of a link's token."""
    return hashlib.sha256(token.encode()).digest()


def _refuse_unless_in_force(agreement: Agreement, today: date) -> None:
    if not is_in_force(agreement, today):
        raise NotYet(
            "This agreement is not in force today. An administrator can make a new one; what was taken along"
            " is to be deleted when an agreement ends."
        )
