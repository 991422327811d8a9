"""Shapes of what the class pages send; rules that need the database are the service's."""

from __future__ import annotations

import uuid

from wtforms import Form, IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from survey_app.classrooms.service import LAST_GRADE_OF_K2, MOST_STUDENTS

GRADES = (("", "Not said"), ("0", "Kindergarten"), *((str(n), f"Grade {n}") for n in range(1, 13)))
MOST_OF_ONE_LANGUAGE = 60
NUMBER_OF_STUDENTS = f"Write a number from 1 to {MOST_STUDENTS}, or leave it empty."


def _trim(typed: str | None) -> str | None:
    return typed.strip() if typed else typed


class ClassForm(Form):
    """What a class is called and for whom it is."""

    nickname = StringField(
        filters=[_trim],
        validators=[
            InputRequired("Give the class a short name, like Period 4."),
            Length(max=60, message="A nickname has up to 60 letters."),
        ],
    )
    grade = StringField(
        default="",
        validators=[AnyOf([value for value, _words in GRADES], message="Choose a grade from the list.")],
    )
    subject = StringField(
        filters=[_trim], validators=[Length(max=60, message="Say the subject in up to 60 letters.")]
    )
    students = IntegerField(
        validators=[Optional(), NumberRange(1, MOST_STUDENTS, message=NUMBER_OF_STUDENTS)],
    )

    def values(self) -> dict[str, str | int | None]:
        """Return what the service takes; K-2 classes are asked with pictures."""
        grade = int(self.grade.data) if self.grade.data else None
        return {
            "nickname": self.nickname.data or "",
            "subject": self.subject.data,
            "students": self.students.data,
            "grade": grade,
            "band": "K-2" if grade is not None and grade <= LAST_GRADE_OF_K2 else "3-12",
        }


def faults_of(form: Form) -> dict[str, str]:
    """Return the first fault of each field, by its name."""
    faults = {name: str(messages[0]) for name, messages in form.errors.items() if name and messages}
    # WTForms' own words for letters in a number field.
    return {
        n: NUMBER_OF_STUDENTS if words.startswith("Not a valid") else words for n, words in faults.items()
    }


def id_in(typed: str) -> uuid.UUID | None:
    """Return an id that a page of ours made, or none."""
    try:
        return uuid.UUID(typed)
    except ValueError:
        return None


def number_in(typed: str, *, most: int = MOST_OF_ONE_LANGUAGE) -> int | None:
    """Return a small number as typed, nothing typed as 0, and none for what is no such number."""
    plain = typed.strip() or "0"
    return int(plain) if plain.isascii() and plain.isdecimal() and int(plain[:6]) <= most else None
