"""Shapes of what the people pages send."""

from __future__ import annotations

import uuid

from wtforms import Form, HiddenField, StringField
from wtforms.validators import AnyOf, DataRequired, Email, Length, Optional, ValidationError

from survey_app.accounts.forms import LONGEST_ADDRESS, LONGEST_NAME, one_line, plain_address, printable
from survey_app.models.people import ORGANISATION_KINDS, ROLES

NOT_AN_ADDRESS = "This does not look like an email address. One looks like ana.lopez@school.org."


def _role() -> StringField:
    return StringField(validators=[AnyOf(ROLES, message="Choose a role from the list.")])


class PlaceForm(Form):
    """A role at an organisation."""

    role = _role()
    organisation = HiddenField()

    def validate_organisation(self, field: HiddenField) -> None:
        """Refuse what is not an id."""
        try:
            self.organisation_id = uuid.UUID(field.data or "")
        except ValueError:
            raise ValidationError("Choose a place from the list.") from None


class InviteForm(PlaceForm):
    """Whom to invite, as what, and where."""

    name = StringField(
        filters=[one_line],
        validators=[
            DataRequired("Type the name, as colleagues know it."),
            Length(max=LONGEST_NAME, message=f"Up to {LONGEST_NAME} letters, please."),
            printable,
        ],
    )
    email = StringField(
        filters=[plain_address],
        validators=[
            DataRequired("Type an email address."),
            Length(max=LONGEST_ADDRESS, message=NOT_AN_ADDRESS),
            Email(message=NOT_AN_ADDRESS),
        ],
    )


def _called(ask: str) -> StringField:
    longest = f"Up to {LONGEST_NAME} letters, please."
    checks = [DataRequired(ask), Length(max=LONGEST_NAME, message=longest), printable]
    return StringField(filters=[one_line], validators=checks)


def known_id(_form: Form, field: HiddenField) -> None:
    """Refuse what is not an id that a page of ours made."""
    try:
        uuid.UUID(field.data or "")
    except ValueError:
        raise ValidationError("Reload the page and send it again.") from None


class TeamForm(Form):
    """What a team is called."""

    new_id = HiddenField(validators=[known_id])
    name = _called("Type what the team is called.")


class PlaceWordsForm(Form):
    """What a place is called, what it is, and what stands above it."""

    new_id = HiddenField(validators=[known_id])
    name = _called("Type what the place is called.")
    kind = StringField(validators=[AnyOf(ORGANISATION_KINDS, message="Choose what it is.")])
    parent = StringField(validators=[Optional(), known_id])


class MemberForm(Form):
    """Somebody chosen from the list, or an address."""

    person = StringField(validators=[Optional(), known_id])
    email = StringField(
        filters=[plain_address],
        validators=[Length(max=LONGEST_ADDRESS, message=NOT_AN_ADDRESS)],
    )
