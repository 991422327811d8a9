"""Cards: ask for whom, say what stops working, make them, show them once for the printer."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app, g, redirect, render_template, request, url_for

from survey_app.catalogue.library import chromes, library
from survey_app.classrooms import codes, consents, printing, queries, service
from survey_app.classrooms.archive import check_is_live
from survey_app.classrooms.blueprint import blueprint
from survey_app.classrooms.forms import number_in
from survey_app.errors import BadInput
from survey_app.permissions import Permission
from survey_app.scope import classroom_for
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.classrooms.service import CardWish
    from survey_app.models.classrooms import Card, Classroom

notice("families", "It is recorded: by code, with the day and your name.")
Page = tuple[str, int]
SHORTEST_KEY = 16


@blueprint.get("/classes/<uuid:classroom_id>/cards")
@requires(Permission.RUN_CYCLES)
def cards(classroom_id: uuid.UUID) -> str:
    """Ask for whom cards are made, and in which language."""
    return _cards_page(classroom_for(g.db, g.viewer, classroom_id))


@blueprint.post("/classes/<uuid:classroom_id>/families/said")
@requires(Permission.RUN_CYCLES)
def record_consent(classroom_id: uuid.UUID) -> BaseResponse | Page:
    """Record what families were told or have said, by code."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    said = {
        code.id: request.form[f"said_{code.label}"]
        for code in queries.live_focal_codes(g.db, room.id)
        if f"said_{code.label}" in request.form
    }
    if "said_rest" in request.form:
        said |= {None: request.form["said_rest"]}
    try:
        changed = consents.record_consents(g.db, g.viewer, room, said, now=g.now)
    except BadInput as fault:
        g.db.rollback()
        return _cards_page(room, faults=fault.faults), fault.status
    if changed:
        note_act("consent.recorded", room.id)
    g.db.commit()
    return redirect(url_for("classrooms.cards", classroom_id=room.id, did="families"), code=303)


@blueprint.post("/classes/<uuid:classroom_id>/cards")
@requires(Permission.RUN_CYCLES)
def make_cards(classroom_id: uuid.UUID) -> str | Page:
    """Make cards and show them for the printer; their codes are shown on this page only."""
    room = classroom_for(g.db, g.viewer, classroom_id)
    check_is_live(room)
    config = current_app.config["FOCAL"]
    keys = codes.CardKeys(config.secret_key, config.old_secret_keys)
    try:
        wishes = _wishes(room)
        tokens = codes.derived_card_tokens(_seed(room, wishes), len(wishes))
        is_again = bool(queries.cards_with_hashes(g.db, room.id, map(keys.hash, tokens)))
        stops = [] if is_again else _stopping(room, wishes)
        if stops and "sure" not in request.form:
            return render_template("classrooms/replace.html", classroom=room, stops=stops, kept=_kept())
        if _replaces_rest() and not is_again:
            service.revoke_cards_of_rest(g.db, room, now=g.now)
        made = service.make_wished_cards(g.db, room, wishes, tokens=tokens, keys=keys, now=g.now)
    except BadInput as fault:
        g.db.rollback()
        return _cards_page(room, faults=fault.faults), fault.status
    if stops:
        note_act("cards.reprinted", room.id)
    g.db.commit()
    return render_template(
        "classrooms/print_cards.html",
        classroom=room,
        pages=printing.print_cards(made, chromes(), home=_home()),
        key_list=[(one.label, codes.show_code(one.token)) for one in made if one.label],
        paper="a4" if request.form.get("paper") == "a4" else "letter",
        today=g.now,
    )


def _home() -> str:
    return current_app.config["FOCAL"].public_url or request.host_url.rstrip("/")


def _reaches_only_here() -> bool:
    """Tell whether the address on the cards leads nowhere but to this very machine."""
    return urlsplit(_home()).hostname in ("localhost", "127.0.0.1", "::1")


def _cards_page(room: Classroom, *, faults: dict[str, str] | None = None) -> str:
    check_is_live(room)
    living = queries.live_cards(g.db, room.id)
    focal = queries.live_focal_codes(g.db, room.id)
    card_of = {card.focal_code_id: card for card in living if card.focal_code_id}
    return render_template(
        "classrooms/cards.html",
        classroom=room,
        focal=focal,
        card_of=card_of,
        rest_cards=[card for card in living if card.focal_code_id is None],
        languages=[chromes()[one] for one in library().locales],
        papers=printing.PAPERS,
        form_key=request.form.get("form_key") or secrets.token_hex(16),
        sent=request.form,
        standings=consents.standings(g.db, room),
        consent_words=consents.WORDS,
        rule_words=consents.RULE_WORDS,
        only_here=_home() if _reaches_only_here() else None,
        faults=faults or {},
    )


def _wishes(room: Classroom) -> list[CardWish]:
    """Read for whom cards are wanted: ticked codes with their language, and a number for each language."""
    locales = library().locales
    wishes = []
    standings = consents.standings(g.db, room)
    for code in queries.live_focal_codes(g.db, room.id):
        if request.form.get(f"make_{code.label}") and standings[code.id].takes_part:
            wished = request.form.get(f"language_{code.label}", "")
            wishes.append(service.CardWish(code, wished if wished in locales else locales[0]))
    faults = {}
    for locale in locales:
        count = number_in(request.form.get(f"others_{locale}", ""))
        if count is None:
            faults[f"others_{locale}"] = "Write a number from 0 to 60."
        wishes += [service.CardWish(None, locale)] * (count or 0)
    if not wishes and not faults:
        faults[f"others_{locales[0]}"] = "Choose at least one card: tick a code, or write a number."
    if faults:
        raise BadInput("Say for whom the cards are.", faults)
    return wishes


def _seed(room: Classroom, wishes: list[CardWish]) -> bytes:
    """Return what the codes of this very form are derived from; nobody without our secret can."""
    key = request.form.get("form_key", "")
    if len(key) < SHORTEST_KEY:
        raise BadInput("This page is too old. Reload it and choose again.", {"form": "Reload the page."})
    chosen = [[str(w.focal_code.id) if w.focal_code else "", w.locale] for w in wishes]
    about = json.dumps(["cards", str(room.id), key, chosen])
    return hmac.new(current_app.config["FOCAL"].secret_key.encode(), about.encode(), hashlib.sha256).digest()


def _replaces_rest() -> bool:
    return request.form.get("replace_rest") == "1"


def _stopping(room: Classroom, wishes: list[CardWish]) -> list[str]:
    """Say in words which cards stop working when these are made."""
    living = queries.live_cards(g.db, room.id)
    wanted = {wish.focal_code.id: wish.focal_code.label for wish in wishes if wish.focal_code}
    stops = [f"the card of {wanted[c.focal_code_id]}" for c in living if c.focal_code_id in wanted]
    rest = _of_rest(living) if _replaces_rest() else []
    return sorted(stops) + ([f"{len(rest)} cards of the rest of the class"] if rest else [])


def _of_rest(living: Sequence[Card]) -> list[Card]:
    return [card for card in living if card.focal_code_id is None]


def _kept() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
