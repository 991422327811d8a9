"""What its time is over for: the deletes and selects of the nightly job."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from survey_app.accounts.service import MOST_FAILURES
from survey_app.erasure import retention, service
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.people import Invitation, PasswordLink, Person, SignInTries, StaffSession
from survey_app.models.responses import Receipt, Response
from survey_app.models.surveys import Administration

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def purge(db: Session, *, now: datetime) -> dict[str, int]:
    """Delete receipts, ended sign-ins, links and counts of wrong passwords whose time is over."""
    closed = select(Administration.id).where(
        Administration.state.in_(("closed", "void")),
        func.coalesce(Administration.closed_at, Administration.opened_at) < now - retention.RECEIPTS_KEPT,
    )
    ended, over = now - retention.SESSIONS_KEPT, now - retention.LINKS_KEPT
    rows: dict[str, tuple[type, ColumnElement[bool]]] = {
        "receipts": (Receipt, Receipt.administration_id.in_(closed)),
        "sign-ins": (StaffSession, or_(StaffSession.ended_at < ended, StaffSession.expires_at < ended)),
        "invitations": (
            Invitation,
            or_(Invitation.accepted_at < over, Invitation.revoked_at < over, Invitation.expires_at < over),
        ),
        "password links": (PasswordLink, or_(PasswordLink.used_at < over, PasswordLink.expires_at < over)),
        "wrong passwords": (
            SignInTries,
            (SignInTries.tried_at < now - retention.TRIES_KEPT) & (SignInTries.failures < MOST_FAILURES),
        ),
    }
    return {
        what: db.execute(delete(model).where(where).execution_options(synchronize_session=False)).rowcount
        for what, (model, where) in rows.items()
    }


def classes_to_archive(db: Session, *, now: datetime) -> list[uuid.UUID]:
    """Return the classes whose school year is long over and that nobody has archived."""
    return list(
        db.scalars(
            select(Classroom.id).where(
                Classroom.created_at < now - retention.CLASS_LIVES,
                Classroom.archived_at.is_(None),
                Classroom.erased_at.is_(None),
            )
        )
    )


def classes_to_erase(db: Session, *, now: datetime) -> list[uuid.UUID]:
    """Return the classes that have been archived for as long as they may be kept."""
    return list(
        db.scalars(
            select(Classroom.id).where(
                Classroom.archived_at < now - retention.ARCHIVE_KEPT, Classroom.erased_at.is_(None)
            )
        )
    )


def is_back(db: Session, what: str, row_id: str) -> bool:
    """Tell whether something that was erased stands here as if it had not been."""
    model = {"class": Classroom, "code": FocalCode, "person": Person}[what]
    found = db.get(model, uuid.UUID(row_id))
    return found is not None and found.erased_at is None


def tombstones(db: Session) -> list[tuple[str, str]]:
    """Return what was erased, by kind and id."""
    kinds = (("class", Classroom), ("code", FocalCode), ("person", Person))
    return [
        (what, str(row_id))
        for what, model in kinds
        for row_id in db.scalars(select(model.id).where(model.erased_at.is_not(None)))
    ]


def classroom(db: Session, classroom_id: uuid.UUID | str) -> Classroom:
    """Return a class."""
    return db.get_one(Classroom, uuid.UUID(str(classroom_id)))


def code(db: Session, code_id: str) -> FocalCode:
    """Return a focal code."""
    return db.get_one(FocalCode, uuid.UUID(code_id))


def sweep(db: Session) -> int:
    """Delete what came in about a code after it was erased; return how many rows went."""
    late = db.scalars(
        select(FocalCode)
        .join(Response, Response.focal_code_id == FocalCode.id)
        .where(FocalCode.erased_at.is_not(None))
    ).unique()
    return sum(service.erase_rows_of_code(db, one) for one in list(late))
