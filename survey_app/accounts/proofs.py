"""Work a typed password out while no transaction is open: it takes time, and the write lock is for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g

from survey_app.accounts import queries, service
from survey_app.accounts.blueprint import passwords
from survey_app.accounts.passwords import password_fault
from survey_app.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable


def mark_of(email: str) -> bytes:
    """Return the mark under which wrong passwords for this address are counted."""
    return service.address_mark(current_app.config["FOCAL"].secret_key, email)


def prove(email: str, typed: str) -> service.Proof:
    """Find out whether a password fits an address, at the same cost whether anybody has the address.

    Raises
    ------
    Waiting
        If the address has to wait; then nothing is worked out.
    """
    person = queries.person_with_email(g.db, email)
    stored = person.password_hash if person else None
    tries = queries.tries_for(g.db, mark_of(email))
    g.db.rollback()
    service.check_waiting(tries, now=g.now)
    fits = passwords().fit(stored, typed)
    new_hash = passwords().hash(typed) if fits and stored and passwords().is_old(stored) else None
    return service.Proof(stored, fits, new_hash)


def hash_new(password: str, *, about: Iterable[str]) -> str:
    """Return the hash of a new password, or say why it is refused.

    Raises
    ------
    BadInput
        If it is too short, too long or too easy.
    """
    fault = password_fault(password, about=about)
    if fault:
        raise BadInput(fault, {"password": fault})
    g.db.rollback()
    return passwords().hash(password)
