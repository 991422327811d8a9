"""How long each kind of data is kept: one table, read by the nightly job and by the public notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from survey_app.accounts.service import TRIES_KEPT

CLASS_LIVES = timedelta(days=548)  # a school year, with the summers around it
ARCHIVE_KEPT = timedelta(days=365)
RECEIPTS_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=7)
LINKS_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Kind:
    """A kind of data in the words of the notice. Without ``kept`` no clock runs; ``until`` says it all."""

    what: str
    holds: str
    until: str
    kept: timedelta | None = None

    @property
    def how_long(self) -> str:
        """Return how long it is kept, in words."""
        return f"{in_words(self.kept)} {self.until}" if self.kept else self.until


KINDS = (
    Kind(
        "Classes, and all that happened in them",
        "what students answered, by code or without one; the teacher's plans, ratings, predictions,"
        " strengths, wonders and noticings; results, cards, shares, comments",
        "after the class is archived. A teacher can erase one student, or the class, at any time before",
        ARCHIVE_KEPT,
    ),
    Kind(
        "Classes that nobody archives",
        "the same",
        "after they were made, they are archived",
        CLASS_LIVES,
    ),
    Kind(
        "Receipts",
        "that a sheet with a random number was taken, so that none counts twice",
        "after the survey closes",
        RECEIPTS_KEPT,
    ),
    Kind(
        "Sign-ins of adults",
        "when a sign-in began and when it was last used",
        "after they end",
        SESSIONS_KEPT,
    ),
    Kind(
        "Invitations and links for a new password",
        "name, address and role of the adult who was invited",
        "after they are used, taken back or run out",
        LINKS_KEPT,
    ),
    Kind(
        "Wrong passwords",
        "how many there were for a typed address, under a mark that does not tell the address",
        "after the last one. An address with 100 in a row stays stopped until it has a new password",
        TRIES_KEPT,
    ),
    Kind(
        "Accounts of adults",
        "name, work address, roles",
        "as long as the person works with Focal here; an administrator closes the sign-in",
    ),
    Kind(
        "The record of acts",
        "which adult did what and when; never answers, names or codes",
        "as long as Focal runs here, so that nobody can remove what was done",
    ),
    Kind(
        "Marks of what was erased",
        "that something was erased, and when; nothing of what it was",
        "as long as Focal runs here, so that an old backup brings nothing back",
    ),
)


def in_words(length: timedelta) -> str:
    """Return a length of time as people say it.

    Examples
    --------
    >>> [in_words(timedelta(days=days)) for days in (7, 30, 365, 548)]
    ['7 days', '30 days', '1 year', '18 months']
    """
    if length.days >= 365:
        months = round(length.days / 30.44)
        return "1 year" if months == 12 else f"{months} months"
    return f"{length.days} days"
