"""Addresses of the student's minute. No sign-in, no cookie, nothing kept in the browser."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, g, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from survey_app.classrooms import codes
from survey_app.db import roll_back
from survey_app.principal import job
from survey_app.respond import pages, service
from survey_app.respond.answers import ReadForm, read_form
from survey_app.respond.keys import SheetKey, read_key
from survey_app.respond.pages import Filled
from survey_app.respond.patience import Patience
from survey_app.respond.refusals import ChangedAfterSending, Late, Told, UsedBefore
from survey_app.respond.words import choose_chrome
from survey_app.security import public
from survey_app.turns import ASIDE
from survey_app.ui.failures import is_busy, is_out_of_reach, note_out_of_reach

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.respond.queries import Offer, Place

log = logging.getLogger("focal")
blueprint = Blueprint("respond", __name__)
patience = Patience()
WAIT_SECONDS = "60"
KEYS_OF_CARDS = job("keys of cards")


@blueprint.get("/S", endpoint="enter_from_qr", strict_slashes=False)
@blueprint.get("/s", strict_slashes=False)
@public
def enter() -> Response:
    """Ask for the code."""
    return pages.code_page()


@blueprint.post("/s", strict_slashes=False)
@public
def read_code() -> BaseResponse:
    """Read a typed code and go to its page, where it turns out whether it leads anywhere."""
    typed = request.form.get("code", "")[: codes.LONGEST_INPUT]
    if "_lang" in request.form:
        return pages.code_page(box=typed)
    code = codes.read_code(typed)
    if not code:
        return pages.code_page("code_missing", status=422)
    if len(code) not in (codes.CLASS_CODE_LENGTH, codes.CARD_CODE_LENGTH):
        wanted = f"{codes.CLASS_CODE_LENGTH} / {codes.CARD_CODE_LENGTH}"
        return pages.code_page("code_wrong_length", status=422, box=typed, wanted=wanted, typed=len(code))
    return _go_to("respond.sheet", code, lang=request.form.get("lang"))


@blueprint.get("/S/<code>", endpoint="sheet_from_qr", strict_slashes=False)
@blueprint.get("/s/<code>", strict_slashes=False)
@public
def sheet(code: str) -> Response:
    """Show the questions that a code opens."""
    code = codes.read_code(code)
    place = service.find_place(g.db, code, keys=_card_keys())
    offer = service.choose_offer(g.db, place, now=g.now)
    if offer.is_used:
        return pages.done_page("already_sent", code)
    return pages.sheet_page(code, offer, _fresh(place, offer))


@blueprint.post("/s/<code>", strict_slashes=False)
@public
def send(code: str) -> BaseResponse:
    """Take a sheet: store it once and say thanks, or show it again with what it needs."""
    code = codes.read_code(code)
    key = read_key(request.form.get("key", ""), *current_app.config["FOCAL"].secret_keys)
    rendered_for = key.administration_id if key else None
    place = service.find_place(g.db, code, keys=_card_keys(), administration_id=rendered_for)
    offer = service.offer_of_page(place, key.administration_id) if key else None
    if key is None or offer is None:
        return _show_todays(code, place)
    read = read_form(offer.sheet, request.form)
    filled = replace(_fresh(place, offer), key=request.form["key"], typed=read.typed)
    if "_lang" in request.form:
        return pages.sheet_page(code, offer, replace(filled, is_sure="sure" in request.form))
    if read.faults:
        again = replace(filled, faults=read.faults, said="look_again")
        return pages.sheet_page(code, offer, again, status=422)
    if read.is_blank and "sure" not in request.form:
        again = replace(filled, said="all_unanswered", is_sure=True)
        return pages.sheet_page(code, offer, again, status=422)
    return _store(code, place, offer, read, filled, key)


def _store(
    code: str, place: Place, offer: Offer, read: ReadForm, filled: Filled, key: SheetKey
) -> BaseResponse:
    locale = choose_chrome(filled.wished_locale, offered=offer.sheet["words"]).locale
    try:
        service.record_response(
            g.db,
            offer.administration,
            focal_code_id=place.focal_code_id if offer.administration.mode == "coded" else None,
            card_id=place.card_id,
            answers=read.answers,
            locale=locale,
            entry="screen",
            key=key,
            now=g.now,
        )
        g.db.commit()
    except Late:
        g.db.rollback()
        return pages.sheet_page(code, offer, replace(filled, said="closed_while_answering"), status=410)
    except (UsedBefore, ChangedAfterSending) as refusal:
        g.db.rollback()
        return pages.done_page(refusal.message, code, status=refusal.status)
    _store_card_anew(code, place)
    return _go_to("respond.thanks", code, lang=locale)


def _store_card_anew(code: str, place: Place) -> None:
    """Store a card of an older key under today's, after the answers: a child's channel may change no card."""
    if place.card_id is None or place.is_stored_anew:
        return
    try:
        with current_app.extensions["focal_db"].writing(KEYS_OF_CARDS, patience=ASIDE) as db:
            service.store_card_anew(db, place, _card_keys().hash(code))
            db.commit()
    except SQLAlchemyError:
        # The answers are stored; the card is found under its older key next time, too.
        log.warning("a card could not be stored under today's key")


def _show_todays(code: str, place: Place) -> Response:
    """Show today's questions to a page from another day, with its answers where they fit."""
    offer = service.choose_offer(g.db, place, now=g.now)
    if offer.is_used:
        return pages.done_page("card_already_used", code, status=409)
    typed = read_form(offer.sheet, request.form).typed
    filled = replace(_fresh(place, offer), typed=typed, said="questions_changed")
    return pages.sheet_page(code, offer, filled, status=422)


@blueprint.get("/s/<code>/thanks")
@public
def thanks(code: str) -> Response:
    """Say that it was sent; nothing of it is shown."""
    response = pages.done_page("sent", codes.read_code(code))
    # Nothing is kept there by us; what a browser's add-on may have kept goes before the next child comes.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@blueprint.get("/check")
@public
def check() -> Response:
    """Show a school's IT that pages and files come through, and let them try to send."""
    return pages.check_page(has_sent=False)


@blueprint.post("/check")
@public
def check_sending() -> Response:
    """Show that sending comes through."""
    return pages.check_page(has_sent=True)


def _fresh(place: Place, offer: Offer) -> Filled:
    wished = request.values.get("_lang") or request.values.get("lang") or place.locale
    key = SheetKey.fresh(offer.administration.id, now=g.now)
    return Filled(key=key.sign(_secret()), wished_locale=wished)


def _go_to(endpoint: str, code: str, *, lang: str | None) -> BaseResponse:
    tablet = "1" if request.args.get("tablet") == "1" else None
    return redirect(url_for(endpoint, code=code, lang=lang or None, tablet=tablet), code=303)


def _card_keys() -> codes.CardKeys:
    config = current_app.config["FOCAL"]
    return codes.CardKeys(config.secret_key, config.old_secret_keys)


def _secret() -> str:
    return current_app.config["FOCAL"].secret_key


@blueprint.errorhandler(Told)
def _told(refusal: Told) -> Response:
    roll_back(g.db)  # nothing is held while a wrong code waits
    if refusal.message != "code_unknown":
        return pages.code_page(refusal.message, status=refusal.status)
    if patience.wait_after_wrong(request.remote_addr or ""):
        response = pages.code_page("too_many_tries", status=429)
        response.headers["Retry-After"] = WAIT_SECONDS
        return response
    return pages.code_page("code_unknown", status=404, box=(request.view_args or {}).get("code", "")[:20])


@blueprint.errorhandler(SQLAlchemyError)
def _database(fault: SQLAlchemyError) -> Response:
    if not is_out_of_reach(fault):
        return _unexpected(fault)
    note_out_of_reach(fault)
    roll_back(g.db)
    if request.method == "POST":
        return pages.not_saved_page("not_saved_busy" if is_busy(fault) else "not_saved_broken")
    response = pages.plain_page("page_broken", status=503)
    response.headers["Retry-After"] = "5"
    return response


@blueprint.errorhandler(HTTPException)
def _http(fault: HTTPException) -> BaseResponse:
    status = fault.code or 500
    if status < 400:
        return fault.get_response()
    return pages.plain_page("page_not_found" if status in (403, 404) else "page_broken", status=status)


@blueprint.errorhandler(Exception)
def _unexpected(_fault: Exception) -> Response:
    log.exception("unexpected fault %s", request.environ.get("focal.request", ""))
    roll_back(g.db)
    return pages.plain_page("page_broken", status=500)
