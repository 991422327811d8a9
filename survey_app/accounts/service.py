"""Sign-in and sessions: who is here, for how long, and what happens after a wrong password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import delete, update

from survey_app.accounts import queries
from survey_app.errors import Refusal
from survey_app.models.people import Person, SignInTries, StaffSession

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

SESSION_LASTS = timedelta(hours=12)
SESSION_LASTS_AT_MOST = timedelta(days=14)
PROOF_LASTS = timedelta(minutes=10)
FREE_TRIES = 4
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
# NIST SP 800-63B-4, 3.2.2: no more than 100 wrong passwords in a row for one account.
MOST_FAILURES = 100
TRIES_KEPT = timedelta(days=30)


class ProofNeeded(Refusal):
    """An export or a deletion asks for the password again when it was given a while ago."""

    title = "Your password once more, please"

    def __init__(self, *, back: str | None = None) -> None:
        self.back = back
        super().__init__("You are about to take data along or to delete it. Give your password first.")


class Waiting(Refusal):
    """Too many wrong passwords for this address just now. The address may belong to nobody."""

    status: ClassVar[int] = 429
    title = "Wait a little before the next try"

    def __init__(self, words: str, *, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(words)


@dataclass(frozen=True)
class Proof:
    """What came of working out a password, which happens outside of any transaction.

    ``stored`` is the hash that was looked at; should it have changed meanwhile, the proof is worth nothing.
    """

    stored: str | None
    fits: bool
    new_hash: str | None = None


def token_hash(token: str) -> bytes:
    """Return what is stored of a secret token: its hash, never itself."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """Return a secret of 256 random bits that fits into an address."""
    return secrets.token_urlsafe(32)


def address_mark(secret_key: str, email: str) -> bytes:
    """Return the keyed hash under which wrong passwords for a typed address are counted."""
    return hmac.new(secret_key.encode(), f"tries:{email}".encode(), hashlib.sha256).digest()


def viewer_of(db: Session, token: str, *, now: datetime) -> Viewer | None:
    """Return the adult behind a session cookie, or none."""
    return queries.viewer_for_token(db, token_hash(token), now=now) if token else None


def start_session(db: Session, person: Person, *, old_token: str, now: datetime) -> str:
    """Begin a session for somebody who has proved who she is, end the one before, return the new token."""
    if old_token:
        end_session_of_token(db, old_token, now=now)
    token = new_token()
    db.add(
        StaffSession(
            person_id=person.id,
            token_hash=token_hash(token),
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION_LASTS,
            proved_at=now,
        )
    )
    db.flush()
    return token


def keep_session(db: Session, session_id: uuid.UUID, *, now: datetime) -> None:
    """Let a living session last another twelve hours, two weeks in all."""
    session = db.get(StaffSession, session_id, with_for_update=True)
    if session is None or session.ended_at is not None or session.expires_at <= now:
        return
    session.seen_at = now
    session.expires_at = min(now + SESSION_LASTS, session.created_at + SESSION_LASTS_AT_MOST)
    db.flush()


def end_session_of_token(db: Session, token: str, *, now: datetime) -> None:
    """End the session that this cookie opens, if it is alive."""
    _end(db, StaffSession.token_hash == token_hash(token), now=now)


def end_session(db: Session, person_id: uuid.UUID, session_id: uuid.UUID, *, now: datetime) -> bool:
    """End one of a person's sessions; tell whether it was hers and alive."""
    return _end(db, StaffSession.person_id == person_id, StaffSession.id == session_id, now=now) > 0


def end_sessions(
    db: Session, person_id: uuid.UUID, *, keep: uuid.UUID | None = None, now: datetime
) -> int:
    """End all sessions of a person, but for the one to keep; return how many."""
    others = [StaffSession.id != keep] if keep else []
    return _end(db, StaffSession.person_id == person_id, *others, now=now)


def _end(db: Session, *which: object, now: datetime) -> int:
    ended = db.execute(
        update(StaffSession).where(*which, StaffSession.ended_at.is_(None)).values(ended_at=now)
    )
    return ended.rowcount


def check_waiting(tries: queries.Tries, *, now: datetime) -> None:
    """Refuse to look at a password while its address has to wait. The address of a school plays no part."""
    if tries.failures >= MOST_FAILURES:
        raise Waiting(
            f"There were {MOST_FAILURES} wrong passwords for this address, so passwords for it are no longer"
            " looked at. An administrator of your organisation can make you a link for a new password.",
            seconds=3600,
        )
    seconds = int((tries.next_at - now).total_seconds()) + 1 if tries.next_at and tries.next_at > now else 0
    if seconds:
        raise Waiting(
            f"There were several wrong passwords for this address. Try again in {_duration(seconds)},"
            " or ask an administrator of your organisation for a link for a new password.",
            seconds=seconds,
        )


def note_failure(db: Session, mark: bytes, *, now: datetime) -> int:
    """Count one more wrong password for an address, and return how many in a row there were."""
    db.execute(
        delete(SignInTries).where(
            SignInTries.tried_at < now - TRIES_KEPT, SignInTries.failures < MOST_FAILURES
        )
    )
    failures = queries.tries_for(db, mark).failures + 1
    queries.write_tries(db, mark, failures=failures, tried_at=now, next_at=now + wait_after(failures))
    return failures


def wait_after(failures: int) -> timedelta:
    """Return how long an address waits after so many wrong passwords in a row.

    Examples
    --------
    >>> [int(wait_after(n).total_seconds()) for n in (1, 4, 5, 6, 7, 20)]
    [0, 0, 15, 30, 60, 900]
    """
    if failures <= FREE_TRIES:
        return timedelta(0)
    return min(FIRST_WAIT * 2 ** min(failures - FREE_TRIES - 1, 20), LONGEST_WAIT)


def forget_failures(db: Session, mark: bytes) -> None:
    """Begin to count anew: the right password was given, or a new one was made."""
    db.execute(delete(SignInTries).where(SignInTries.address_mark == mark))


def sign_in(db: Session, email: str, mark: bytes, proof: Proof, *, now: datetime) -> Person | None:
    """Return the person whose password was proved, or none; count what was wrong.

    Raises
    ------
    Waiting
        If the address has to wait by now: then even the right password counts for nothing.
    """
    check_waiting(queries.tries_for(db, mark, lock=True), now=now)
    person = queries.person_with_email(db, email)
    proved = person is not None and proof.fits and proof.stored == person.password_hash
    if person is None or not proved or person.disabled_at is not None:
        note_failure(db, mark, now=now)
        return None
    forget_failures(db, mark)
    if proof.new_hash:
        person.password_hash = proof.new_hash
    db.flush()
    return person


def prove_again(db: Session, viewer: Viewer, mark: bytes, proof: Proof, *, now: datetime) -> bool:
    """Note that the signed-in person has just given her password; tell whether it was the right one."""
    check_waiting(queries.tries_for(db, mark, lock=True), now=now)
    person = db.get_one(Person, viewer.person_id)
    if not (proof.fits and proof.stored == person.password_hash):
        note_failure(db, mark, now=now)
        return False
    forget_failures(db, mark)
    db.execute(update(StaffSession).where(StaffSession.id == viewer.session_id).values(proved_at=now))
    return True


def require_recent_proof(db: Session, viewer: Viewer, now: datetime, *, back: str | None = None) -> None:
    """Ask for the password again before an export or a deletion, unless it was given in the last 10 minutes.

    Parameters
    ----------
    db, viewer, now
        As everywhere.
    back : str, optional
        The page to come back to; by default the page that was asked for.

    Raises
    ------
    ProofNeeded
        Turned into a page that asks for the password and then goes on.
    """
    proved_at = queries.proved_at(db, viewer.session_id)
    if proved_at is None or now - proved_at > PROOF_LASTS:
        raise ProofNeeded(back=back)


def change_password(
    db: Session, person_id: uuid.UUID, new_hash: str, *, keep: uuid.UUID | None, now: datetime
) -> None:
    """Put a new password in place of the old one, and end every other session."""
    db.get_one(Person, person_id).password_hash = new_hash
    end_sessions(db, person_id, keep=keep, now=now)
    db.flush()


def rename(db: Session, person_id: uuid.UUID, name: str) -> None:
    """Change the name that colleagues see."""
    db.get_one(Person, person_id).display_name = name
    db.flush()


def accept_use(db: Session, person_id: uuid.UUID, *, now: datetime) -> bool:
    """Note that a person accepts how this may be used; tell whether she had not before."""
    person = db.get_one(Person, person_id)
    if person.use_accepted_at is not None:
        return False
    person.use_accepted_at = now
    db.flush()
    return True


def _duration(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
