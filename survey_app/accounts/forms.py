"""Shapes of what the account pages send. Rules that need the database are the services'."""

from __future__ import annotations

import re
import unicodedata

from wtforms import BooleanField, Form, PasswordField, StringField
from wtforms.validators import AnyOf, DataRequired, Email, InputRequired, Length, ValidationError

from survey_app.accounts import time_zones
from survey_app.accounts.passwords import MOST_CHARACTERS

LONGEST_NAME = 120
LONGEST_ADDRESS = 254
# More is never looked at: what is longer than a field takes is refused by its length anyway.
MOST_READ = 2000


def one_line(typed: str | None) -> str | None:
    """Return a line as it was meant: no space at its ends, one between words."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", typed[:MOST_READ])).strip() if typed else typed


def plain_address(typed: str | None) -> str | None:
    """Return an email address as it is kept: small letters, no space around."""
    return unicodedata.normalize("NFC", typed[:MOST_READ]).strip().lower() if typed else typed


def printable(_form: Form, field: StringField) -> None:
    """Refuse letters that cannot be seen: they can make a name look like another."""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs") for letter in field.data or ""):
        raise ValidationError("Something in it cannot be shown. Type it once more.")


def faults_of(form: Form) -> dict[str, str]:
    """Return the first fault of each field, by its name."""
    return {name: str(messages[0]) for name, messages in form.errors.items() if name and messages}


def _name(ask: str) -> StringField:
    longest = f"Up to {LONGEST_NAME} letters, please."
    checks = [DataRequired(ask), Length(max=LONGEST_NAME, message=longest), printable]
    return StringField(filters=[one_line], validators=checks)


def _address() -> StringField:
    unlike = "This does not look like an email address. One looks like ana.lopez@school.org."
    checks = [
        DataRequired("Type an email address."),
        Length(max=LONGEST_ADDRESS, message=unlike),
        Email(message=unlike),
    ]
    return StringField(filters=[plain_address], validators=checks)


def _password(ask: str) -> PasswordField:
    # How long a new one has to be stands in passwords.py; here only what would cost time to look at.
    longest = f"A password has {MOST_CHARACTERS} characters at most; this one is longer."
    return PasswordField(validators=[InputRequired(ask), Length(max=MOST_CHARACTERS, message=longest)])


class SignInForm(Form):
    """An address and a password. What the address looks like is no matter: it is known or it is not."""

    email = StringField(
        filters=[plain_address],
        validators=[
            DataRequired("Type your email address."),
            Length(max=LONGEST_ADDRESS, message="An email address has 254 letters at most."),
            printable,
        ],
    )
    password = _password("Type your password.")


class FirstAccountForm(Form):
    """The first person and her school."""

    name = _name("Type your name, as colleagues know you.")
    email = _address()
    password = _password("Choose a password.")
    organisation = _name("Type the name of your school or organisation.")
    time_zone = StringField(
        default=time_zones.DEFAULT,
        validators=[AnyOf(dict(time_zones.CHOICES), message="Choose a time zone from the list.")],
    )
    agrees = BooleanField(validators=[InputRequired("Tick this when you agree: nobody begins without it.")])


class JoinForm(Form):
    """A name and a password. Address and role stand in the invitation and nowhere else."""

    name = _name("Type your name, as colleagues know you.")
    password = _password("Choose a password.")
    agrees = BooleanField(validators=[InputRequired("Tick this when you agree: nobody begins without it.")])


class NewPasswordForm(Form):
    """A new password."""

    password = _password("Choose a password.")


class ChangePasswordForm(Form):
    """The password of now, and the next one."""

    password_now = _password("Type the password that you use now.")
    password = _password("Choose a new password.")


class NameForm(Form):
    """The name that colleagues see."""

    name = _name("Type your name, as colleagues know you.")


class ProofForm(Form):
    """The password once more."""

    password = _password("Type your password.")
