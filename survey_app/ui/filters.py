"""Words for dates and counts in templates, and the few values that every page needs."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from markupsafe import Markup, escape

from survey_app.permissions import Permission
from survey_app.security import csrf_token

# What a page may say after a form was sent. The address carries only the key: no text can be planted.
NOTICES = {
    "saved": "Saved.",
    "sent": "Sent.",
}


def notice(key: str, words: str) -> None:
    """Register the sentence that ``?did=key`` shows at the top of the next page."""
    NOTICES[key] = words


def install(app: Flask) -> None:
    """Give every template the filters and values below."""
    app.template_filter("day_words")(day_words)
    app.template_filter("date_words")(date_words)
    app.template_filter("moment_words")(moment_words)
    app.template_filter("time_words")(time_words)
    app.template_filter("count_of")(count_of)
    app.template_filter("as_uuid")(uuid.UUID)
    app.template_global("csrf_field")(csrf_field)
    app.context_processor(_shared)


def _shared() -> dict[str, object]:
    config = current_app.config["FOCAL"]
    return {
        "viewer": g.get("viewer"),
        "notice": NOTICES.get(request.args.get("did", "")),
        "is_demo": config.demo,
        "permissions": Permission,
    }


def day_words(moment: date | datetime | None, *, zone: str | None = None) -> str:
    """Return a date as people say it: "Tuesday 3 March"; with the year when it is not this one."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        viewer = g.get("viewer")
        moment = moment.astimezone(ZoneInfo(zone or (viewer.time_zone if viewer else "UTC"))).date()
    this_year = g.now.year if "now" in g else datetime.now(UTC).year
    words = f"{moment:%A} {moment.day} {moment:%B}"
    return words if moment.year == this_year else f"{words} {moment.year}"


def date_words(moment: date | datetime | None) -> str:
    """Return a short date: "3 March"."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        viewer = g.get("viewer")
        moment = moment.astimezone(ZoneInfo(viewer.time_zone if viewer else "UTC")).date()
    return f"{moment.day} {moment:%B}"


def moment_words(moment: datetime) -> str:
    """Return day and time as people say them: "Tuesday 3 March, 15:10"."""
    return f"{day_words(moment)}, {time_words(moment)}"


def time_words(moment: datetime) -> str:
    """Return the time of a day at the viewer's place: "15:10"."""
    viewer = g.get("viewer")
    return f"{moment.astimezone(ZoneInfo(viewer.time_zone if viewer else 'UTC')):%H:%M}"


def count_of(number: int, one: str, many: str | None = None) -> str:
    """Return "1 answer" or "4 answers"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def csrf_field() -> Markup:
    """Return the hidden field that every staff form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(escape(csrf_token()))
