"""Rules of sign-in, sessions, invitations and passwords."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from survey_app.accounts import queries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer


def token_hash(token: str) -> bytes:
    """Return what is stored of a secret token: its hash, never itself."""
    return hashlib.sha256(token.encode()).digest()


def viewer_of(db: Session, token: str, *, now: datetime) -> Viewer | None:
    """Return the adult behind a session cookie, or none."""
    return queries.viewer_for_token(db, token_hash(token), now=now) if token else None
