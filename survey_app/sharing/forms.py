"""Shapes of what the sharing pages send."""

from __future__ import annotations

from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from survey_app.cycles.forms import faults_of, known_id
from survey_app.models.sharing import LEVELS

__all__ = ["CommentForm", "ShareForm", "faults_of"]


def without_edges(typed: str | None) -> str | None:
    """Return what was typed without the space around it."""
    return typed.strip() if typed else typed


class ShareForm(Form):
    """Whom, how much, and what for."""

    person = StringField()
    email = StringField(
        filters=[without_edges],
        validators=[Length(max=254, message="An email address has up to 254 letters.")],
    )
    level = StringField(validators=[AnyOf(LEVELS, message="Choose how much they see.")])
    asks = TextAreaField(
        filters=[without_edges], validators=[Length(max=1000, message="Say it in up to 1,000 letters.")]
    )


class CommentForm(Form):
    """A word about a cycle. Its id comes with the page, so that a form sent twice is one comment."""

    comment_id = HiddenField(validators=[known_id])
    words = TextAreaField(
        filters=[without_edges],
        validators=[
            DataRequired("Write something first."),
            Length(min=1, max=2000, message="Say it in 1 to 2,000 letters."),
        ],
    )
