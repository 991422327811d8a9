"""For whom a database session is opened. There is no session for nobody, and none that changes hands."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

PERSON, STUDENT, PUBLIC, JOB, RESEARCH = "person", "student", "public", "job", "research"
KINDS = (PERSON, STUDENT, PUBLIC, JOB, RESEARCH)
_NAME = re.compile(r"[a-z][a-z0-9. -]{0,39}")


@dataclass(frozen=True)
class Principal:
    """Who stands behind every statement: a person, the student's page, public pages, a job, a row reading.

    ``person_id`` is there for a person, or a researcher who reads rows, and for nobody else; ``name`` says
    which job, or what the rows are read for.
    """

    kind: str
    name: str
    person_id: uuid.UUID | None = None

    def __post_init__(self) -> None:
        """Refuse a principal that could be taken for another."""
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of principal; there are {', '.join(KINDS)}.")
        if (self.kind in (PERSON, RESEARCH)) != isinstance(self.person_id, uuid.UUID):
            raise ValueError("A person has an id, and nobody else has one.")
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name: small letters, digits, points, spaces, hyphens.")

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id or self.name}"


# The student's page knows no person: what a card or a class code opens is looked up by its hash.
STUDENT_CHANNEL = Principal(STUDENT, "student channel")
# Sign-in, invitations, health, pages for everybody: accounts, and nothing of any class.
PUBLIC_PAGES = Principal(PUBLIC, "public pages")


def person(person_id: uuid.UUID) -> Principal:
    """Return the principal of a signed-in adult."""
    return Principal(PERSON, "person", person_id)


def row_reader(person_id: uuid.UUID, name: str) -> Principal:
    """Return the principal of a researcher who reads rows, for what ``name`` says; it can change nothing.

    Only :func:`survey_app.audit.reading_rows` opens a session for it, after it has written down the reading.
    """
    return Principal(RESEARCH, name, person_id)


def job(name: str) -> Principal:
    """Return the principal of a named job or command: it reaches every row, so its name says why."""
    return Principal(JOB, name)
