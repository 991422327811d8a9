"""Shapes of what the cycle pages send; rules that need the database are the service's."""

from __future__ import annotations

import uuid

from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

GRADES = (
    ("", "Choose a grade"),
    ("0", "Kindergarten"),
    *((str(n), f"Grade {n}") for n in range(1, 13)),
)


def known_id(_form: Form, field: HiddenField) -> None:
    """Refuse what is not an id that a page of ours made."""
    try:
        uuid.UUID(field.data or "")
    except ValueError:
        raise ValidationError("Reload the page and send it again.") from None


def faults_of(form: Form) -> dict[str, str]:
    """Return the first fault of each field, by its name."""
    return {name: str(messages[0]) for name, messages in form.errors.items() if name and messages}


def ids_in(written: list[str]) -> list[uuid.UUID]:
    """Return the ids among these words; what is no id is left out."""
    found = []
    for words in written:
        try:
            found.append(uuid.UUID(words))
        except ValueError:
            continue
    return found


class QuickStartForm(Form):
    """What it takes to open a survey."""

    cycle_id = HiddenField(validators=[known_id])
    classroom = RadioField(choices=[], validate_choice=False, default="new")
    nickname = StringField(validators=[Length(max=60, message="A nickname has up to 60 letters.")])
    grade = StringField()
    ready_set = StringField(validators=[InputRequired("Choose what you want to know.")])
    asks_focal = BooleanField()
    focal_count = IntegerField(
        validators=[Optional(), NumberRange(3, 6, "By code it takes 3 to 6 focal students.")],
        default=5,
    )
    asks_rest = BooleanField()
    rest_count = IntegerField(validators=[Optional(), NumberRange(1, 60, "Write a number from 1 to 60.")])
    change = StringField(validators=[Length(max=200, message="Say it in up to 200 letters.")])
    goal = StringField(validators=[Length(max=120, message="Say it in up to 120 letters.")])
    is_baseline = BooleanField()


class PlanForm(Form):
    """Finish my plan: everything that can wait until the lock."""

    version = IntegerField(validators=[InputRequired("Reload the page and send it again.")])
    aim = TextAreaField(validators=[Length(max=2000)])
    driver = StringField(validators=[Length(max=300)])
    change = StringField(validators=[Length(max=200)])
    idea = StringField()  # an idea's id; "own" for words of one's own; empty where nothing was to choose
    lesson = StringField(validators=[Length(max=120)])
    math = StringField(validators=[Length(max=120)])
    science = StringField(validators=[Length(max=120)])
    lesson_on = DateField(validators=[Optional()])


class LogForm(Form):
    """What really happened in the lesson."""

    version = IntegerField(validators=[InputRequired("Reload the page and send it again.")])
    dose = TextAreaField(validators=[Length(max=2000)])
    adaptations = TextAreaField(validators=[Length(max=2000)])
    absences = StringField(validators=[Length(max=300)])
    asked_about = StringField()


class DecideForm(Form):
    """Keep, change, support; adopt, adapt or abandon; tell the students."""

    version = IntegerField(validators=[InputRequired("Reload the page and send it again.")])
    keep_what = TextAreaField(validators=[Length(max=2000)])
    keep_where = TextAreaField(validators=[Length(max=2000)])
    change_next = TextAreaField(validators=[Length(max=2000)])
    support_code_id = StringField()
    support_step = TextAreaField(validators=[Length(max=2000)])
    decision = StringField()
    reason = TextAreaField(validators=[Length(max=2000)])
    data_point = TextAreaField(validators=[Length(max=2000)])
    shares_with_region = BooleanField()
    told_students_on = DateField(validators=[Optional()])
    told_students = TextAreaField(validators=[Length(max=2000)])
