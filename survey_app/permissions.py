"""Who may do what: one table, pure, a sentence for each permission. What does not stand here is refused."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from survey_app.principal import Principal, person


class Permission(Enum):
    """Something that a signed-in adult may do. The value is the sentence that people read."""

    OWN_ACCOUNT = "See and change one's own sign-in, sessions and password."
    RUN_CYCLES = "Keep classes and run cycles of one's own."
    SEE_LIBRARY = "Read constructs, measures and questions."
    SEE_SHARED = "See and comment on cycles that a teacher has shared."
    SEE_NETWORK = "See where cycles stand and what was released."
    EDIT_AIM = "Edit the aim, drivers and change ideas of the network."
    SEE_RESEARCH = "Read item reports and prepare data packages."
    KEEP_AGREEMENTS = "Make research agreements, and decide on data packages that others ask for."
    REVIEW_ITEMS = "Say which protected area a question touches."
    INVITE = "Invite people into one's own organisation, and make links for a new password."
    MANAGE = "Keep organisations, people, retention and audit."


ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "teacher": frozenset({Permission.RUN_CYCLES, Permission.SEE_LIBRARY, Permission.SEE_SHARED}),
    "coach": frozenset({Permission.SEE_LIBRARY, Permission.SEE_SHARED}),
    "lead": frozenset(
        {Permission.SEE_LIBRARY, Permission.SEE_NETWORK, Permission.EDIT_AIM, Permission.SEE_SHARED}
    ),
    "researcher": frozenset({Permission.SEE_LIBRARY, Permission.SEE_RESEARCH, Permission.REVIEW_ITEMS}),
    "administrator": frozenset(
        {
            *(Permission.SEE_LIBRARY, Permission.REVIEW_ITEMS, Permission.INVITE, Permission.MANAGE),
            Permission.KEEP_AGREEMENTS,
        }
    ),
}
EVERYBODY = frozenset({Permission.OWN_ACCOUNT})


@dataclass(frozen=True)
class Viewer:
    """The signed-in adult that every lookup takes."""

    person_id: uuid.UUID
    organisation_id: uuid.UUID
    display_name: str
    roles: frozenset[str]
    session_id: uuid.UUID
    time_zone: str
    has_accepted_use: bool
    session_seen_at: datetime | None = None  # when the session was last written to; none outside of requests

    @property
    def principal(self) -> Principal:
        """For whom this adult's database sessions are opened."""
        return person(self.person_id)

    def may(self, permission: Permission) -> bool:
        """Tell whether any of the viewer's roles carries the permission."""
        return permission in EVERYBODY or any(permission in ROLE_PERMISSIONS[role] for role in self.roles)
