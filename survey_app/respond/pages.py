"""The pages a child meets, put together out of page words and the frozen sheet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Response, make_response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from survey_app.classrooms import codes
from survey_app.respond.service import notices_of
from survey_app.respond.words import choose_chrome, other_languages

if TYPE_CHECKING:
    from measures import Chrome
    from survey_app.respond.answers import Fault
    from survey_app.respond.queries import Offer

MOST_IN_A_MINUTE = 5
MOST_KEPT, LONGEST_KEPT = 40, 2000
# After these, looking at the same page again can help.
WORTH_ANOTHER_LOOK = frozenset({"not_open_yet", "nothing_open"})


@dataclass(frozen=True)
class Filled:
    """What stands on a sheet's page beside the questions."""

    key: str
    wished_locale: str | None = None
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    said: str | None = None
    is_sure: bool = False


def sheet_page(
    code: str, offer: Offer, filled: Filled, *, status: int = 200, action: str | None = None
) -> Response:
    """Return the questions, with whatever was picked so far; ``action`` is for practice."""
    sheet = offer.sheet
    chrome = choose_chrome(filled.wished_locale, offered=sheet["words"])
    return _reply(
        status,
        "respond/sheet.html",
        chrome=chrome,
        languages=other_languages(chrome, offered=sheet["words"]),
        sheet=sheet,
        words=sheet["words"][chrome.locale],
        length=_length(len(sheet["items"]), chrome),
        promise=notices_of(offer.administration, sheet)[chrome.locale],
        action=action or url_for("respond.send", code=code, tablet=_tablet()),
        filled=filled,
    )


def code_page(
    message: str | None = None, *, status: int = 200, box: str = "", **values: str | int
) -> Response:
    """Return the box for a code, with what was wrong with the last one."""
    chrome = choose_chrome(_wished())
    return _reply(
        status,
        "respond/code.html",
        chrome=chrome,
        languages=other_languages(chrome),
        said=chrome.say(message, **values) if message else None,
        look_again=request.path if message in WORTH_ANOTHER_LOOK else None,
        box=box,
        action=url_for("respond.read_code", tablet=_tablet()),
    )


def done_page(message: str, code: str, *, status: int = 200) -> Response:
    """Return the page that says it is done; it shows nothing of what was answered."""
    chrome = choose_chrome(_wished())
    is_class = codes.is_class_code(code)
    # The next child types her own card, or answers at the class code that everybody has.
    start = url_for("respond.sheet", code=code, tablet=1) if is_class else url_for("respond.enter", tablet=1)
    return _reply(
        status,
        "respond/done.html",
        chrome=chrome,
        said=chrome.say(message),
        next_student=start if _tablet() else None,
    )


def plain_page(message: str, *, status: int) -> Response:
    """Return one sentence and the way to the code box."""
    chrome = choose_chrome(_wished())
    return _reply(status, "respond/plain.html", chrome=chrome, said=chrome.say(message))


def not_saved_page(message: str) -> Response:
    """Return what was sent, unread, ready to be sent again: it needs no database."""
    chrome = choose_chrome(_wished())
    sent = [pair for pair in request.form.items(multi=True) if len(pair[1]) <= LONGEST_KEPT]
    response = _reply(
        503,
        "respond/not_saved.html",
        chrome=chrome,
        said=chrome.say(message),
        kept=sent[:MOST_KEPT],
        action=request.full_path,
    )
    response.headers["Retry-After"] = "5"
    return response


def check_page(*, has_sent: bool) -> Response:
    """Return the page on which a school's network is tried out."""
    return _reply(200, "respond/check.html", has_sent=has_sent, host=request.host, home=request.host_url)


def _reply(status: int, template: str, **context: Any) -> Response:
    response = make_response(render_template(template, **context), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _wished() -> str | None:
    try:
        values = request.values
    except HTTPException:
        values = request.args  # a form too large to be read
    return values.get("_lang") or values.get("lang")


def _tablet() -> int | None:
    """Return 1 where one device goes from child to child."""
    return 1 if request.args.get("tablet") == "1" else None


def _length(questions: int, chrome: Chrome) -> str:
    if questions == 1:
        return chrome.say("length_one_question")
    is_short = questions <= MOST_IN_A_MINUTE
    return chrome.say("length_one_minute" if is_short else "length_two_minutes", n=questions)
