"""Work a typed password out while no transaction is open: it takes time, and the write lock is for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g

from survey_app.accounts import queries, service
from survey_app.accounts.blueprint import passwords
from survey_app.accounts.forms import faults_of
from survey_app.accounts.passwords import password_fault
from survey_app.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wtforms import Form


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


def hash_new(form: Form, *, about: Iterable[str | None]) -> str:
    """Return the hash of the new password in a form, or name every fault of the form at once.

    Raises
    ------
    BadInput
        If a field has not its shape, or the password is too short, too long or too easy.
    """
    faults = {} if form.validate() else faults_of(form)
    easy = password_fault(form.password.data or "", about=[text for text in about if text])
    if easy:
        faults.setdefault("password", easy)
    if faults:
        in_order = {field.name: faults[field.name] for field in form if field.name in faults}
        raise BadInput("Look at what is marked.", in_order)
    g.db.rollback()
    return passwords().hash(form.password.data)
