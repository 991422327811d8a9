"""Shapes of what the pages of the driver diagram send."""

from __future__ import annotations

import re
import uuid
from datetime import date

from wtforms import BooleanField, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from survey_app.accounts.forms import faults_of, one_line, printable
from survey_app.improvement.days import last_day_of

__all__ = ["AimForm", "DriverForm", "IdeaForm", "faults_of"]


def known_id(_form: Form, field: HiddenField) -> None:
    """Refuse what is not an id that a page of ours made."""
    try:
        uuid.UUID(field.data or "")
    except ValueError:
        raise ValidationError("Reload the page and send it again.") from None


def _line(ask: str, most: int) -> StringField:
    checks = [DataRequired(ask), Length(max=most, message=f"Say it in up to {most} letters."), printable]
    return StringField(filters=[one_line], validators=checks)


class AimForm(Form):
    """What, for whom, how much, by when: without one of them it is a wish."""

    what = _line("Say what gets better for students.", 200)
    for_whom = _line("Say for which students.", 120)
    how_much = _line("Say how much, with a number.", 120)
    by_when = _line("Say by when, with a date.", 60)

    def validate_how_much(self, field: StringField) -> None:
        """Ask for a number, in digits or in words."""
        words = r"\d|half|third|quarter|one|two|three|four|five|six|seven|eight|nine|ten|all|every"
        if not re.search(words, (field.data or "").lower()):
            raise ValidationError("Say how much, with a number: like “four of five”.")

    today: date  # set by the route, which reads the clock

    def validate_by_when(self, field: StringField) -> None:
        """Ask for a day that is still to come, at least a year."""
        last = last_day_of(field.data or "")
        if last is None:
            raise ValidationError("Say by when, with the year: like “June 2027”.")
        if last < self.today:
            raise ValidationError(f"“{field.data}” is over. Choose a day that is still to come.")


class DriverForm(Form):
    """One driver: its words, what it drives, and its place among its siblings."""

    new_id = HiddenField(validators=[known_id])
    name = _line("Say what has to be true for the aim to be reached.", 120)
    parent = StringField()
    place = IntegerField(
        validators=[Optional(), NumberRange(1, 200, "Write its place as a number from 1.")], default=None
    )


class IdeaForm(Form):
    """One change idea."""

    new_id = HiddenField(validators=[known_id])
    name = _line("Say the change in a few words.", 120)
    description = TextAreaField(validators=[Length(max=2000, message="Say it in up to 2,000 letters.")])
    driver = StringField()
    is_archived = BooleanField()
