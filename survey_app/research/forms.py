"""The shape of an agreement's form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from survey_app.errors import BadInput
from survey_app.research.agreements import Terms

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

DAYS = ("starts_on", "ends_on", "lessons_from", "lessons_until")
LISTS = ("people", "places", "constructs")
LONGEST_TITLE, LONGEST_TEXT = 200, 2000


@dataclass
class AgreementForm:
    """What was typed, so that a page with faults keeps it."""

    title: str = ""
    purpose: str = ""
    days: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in LISTS})

    @classmethod
    def sent(cls, form: MultiDict[str, str]) -> AgreementForm:
        """Read a form that was sent."""
        return cls(
            title=form.get("title", ""),
            purpose=form.get("purpose", ""),
            days={name: form.get(name, "") for name in DAYS},
            chosen={name: set(form.getlist(name)) for name in LISTS},
        )

    def terms(self) -> Terms:
        """Return what the form says.

        Raises
        ------
        BadInput
            If something has not its shape.
        """
        faults: dict[str, str] = {}
        if len(self.title) > LONGEST_TITLE:
            faults["title"] = f"Up to {LONGEST_TITLE} letters, please."
        if len(self.purpose) > LONGEST_TEXT:
            faults["purpose"] = f"Up to {LONGEST_TEXT} letters, please."
        days = {name: self._day(name, faults) for name in DAYS}
        ids = {name: self._ids(name, faults) for name in LISTS}
        if faults:
            raise BadInput("Look at what is marked.", faults)
        return Terms(title=self.title, purpose=self.purpose, **days, **ids)

    def _day(self, name: str, faults: dict[str, str]) -> date:
        try:
            return date.fromisoformat(self.days.get(name, ""))
        except ValueError:
            faults[name] = "Write the day as a date, like 2027-03-02."
            return date.min

    def _ids(self, name: str, faults: dict[str, str]) -> set[uuid.UUID]:
        try:
            return {uuid.UUID(one) for one in self.chosen[name]}
        except ValueError:
            faults[name] = "Choose from the list."
            return set()
