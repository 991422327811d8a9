"""Children's data at a place: what is asked of families, how much is held, and orders to erase it.

An administrator sees no answers: here are numbers, and a file of numbers. What is held is saved by each
teacher; for the whole of it, in writing, the district turns to who runs the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, current_app, g, redirect, render_template, request, url_for

from survey_app import audit
from survey_app.accounts.granting import administered, looks_after
from survey_app.accounts.service import require_recent_proof
from survey_app.admin import queries
from survey_app.admin.blueprint import blueprint
from survey_app.classrooms.consents import WORDS
from survey_app.erasure import journal, nightly, orders
from survey_app.erasure.traces import remove_traces
from survey_app.errors import NotAllowed, NotVisible, NotYet
from survey_app.models.keeping import FAMILY_RULES, ConsentRule
from survey_app.permissions import Permission
from survey_app.principal import job
from survey_app.results.exports import PURPOSE
from survey_app.security import requires
from survey_app.ui.acts import note_act
from survey_app.ui.filters import notice

if TYPE_CHECKING:
    import uuid

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from survey_app.models.people import Organisation, Person

NUMBERS = job("numbers for administrators")
RULES = (
    ("", "Not said: teachers follow their school's rules"),
    ("not_needed", "Nothing is needed"),
    ("notice_sent", "Families are told, and may say no"),
    ("given", "Families say yes first: no card before that"),
)
NOT_SURE = {"sure": "Say that you know that nobody can undo this."}
notice("rule", "It is kept. Teachers read it where they make cards.")
notice("ordered", "It is ordered. Teachers read the day on the pages of their classes.")
notice("withdrawn", "The order is taken back. Nothing was erased.")
notice("place-erased", "It is erased: every class here, and the accounts that you chose.")
notice("person-erased", "The account is erased. No name is left of it, only an id in the record of acts.")
Page = tuple[str, int]


@blueprint.get("/places/<uuid:place_id>/children")
@requires(Permission.MANAGE)
def children(place_id: uuid.UUID) -> str:
    """Show what is asked of families here, how much is held, and what is ordered."""
    return _children_page(_place(place_id))


@blueprint.post("/places/<uuid:place_id>/children")
@requires(Permission.MANAGE)
def set_family_rule(place_id: uuid.UUID) -> BaseResponse | Page:
    """Say what is asked of families before a student takes part."""
    place = _place(place_id)
    kind = request.form.get("kind", "")
    if kind and kind not in FAMILY_RULES:
        return _children_page(place, {"kind": "Choose from the list."}), 422
    rule = g.db.get(ConsentRule, place.id)
    if kind != (rule.kind if rule else ""):
        if rule is not None:
            g.db.delete(rule)
            g.db.flush()
        if kind:
            g.db.add(
                ConsentRule(organisation_id=place.id, kind=kind, set_at=g.now, set_by_id=g.viewer.person_id)
            )
            g.db.flush()
        note_act("consent.rule-set", place.id, organisation_id=place.id)
    g.db.commit()
    return redirect(url_for("admin.children", place_id=place.id, did="rule"), code=303)


@blueprint.get("/places/<uuid:place_id>/held.csv")
@requires(Permission.MANAGE)
def held_numbers(place_id: uuid.UUID) -> Response:
    """Give the numbers of this page as a file; no answer and no code is in it."""
    place = _place(place_id)
    require_recent_proof(g.db, g.viewer, g.now)
    places = orders.places_below(g.db, place.id)
    with _counting() as db:
        counts, consents = orders.counts_of_places(db, places), orders.consents_of_places(db, places)
    lines = [f"{what},{count}" for what, count in counts.items()]
    lines += [
        f"students: {WORDS[kind].lower() if kind else 'nothing recorded'},{count}"
        for kind, count in consents.items()
    ]
    audit.record_alone(
        "held.counted",
        actor_id=g.viewer.person_id,
        organisation_id=place.id,
        route=str(request.url_rule),
        object_id=place.id,
        now=g.now,
    )
    body = "\r\n".join(["what,how many", *lines, f"purpose,{PURPOSE}", ""])
    headers = {"Content-Disposition": "attachment; filename=held-in-numbers.csv"}
    return Response("\ufeff" + body, mimetype="text/csv", headers=headers)


@blueprint.get("/places/<uuid:place_id>/erase")
@requires(Permission.MANAGE)
def erase_place(place_id: uuid.UUID) -> str:
    """Show what would go with a place."""
    place = _place(place_id)
    require_recent_proof(g.db, g.viewer, g.now)
    return _erase_page(place)


@blueprint.post("/places/<uuid:place_id>/erase")
@requires(Permission.MANAGE)
def order_place(place_id: uuid.UUID) -> BaseResponse | Page:
    """Order that every class of a place is erased, in thirty days or now; sent twice, once."""
    place = _place(place_id)
    require_recent_proof(g.db, g.viewer, g.now)
    if request.form.get("sure") != "1":
        return _erase_page(place, NOT_SURE), 422
    is_now = request.form.get("when") == "now"
    standing = orders.standing_order(g.db, place.id)
    if standing is not None and is_now:
        orders.withdraw(g.db, standing, now=g.now)
    order, is_new = orders.order_erasure(
        g.db,
        g.viewer,
        organisation_id=place.id,
        with_accounts=request.form.get("with_accounts") == "1",
        due_at=g.now if is_now else g.now + orders.NOTICE,
        now=g.now,
    )
    if not is_now:
        if is_new:
            note_act("erasure.ordered", place.id, organisation_id=place.id)
        g.db.commit()
        return redirect(url_for("admin.children", place_id=place.id, did="ordered"), code=303)
    g.db.commit()
    _carry_out(order.id)
    return redirect(url_for("admin.children", place_id=place.id, did="place-erased"), code=303)


@blueprint.post("/places/<uuid:place_id>/erase/withdraw")
@requires(Permission.MANAGE)
def withdraw_order(place_id: uuid.UUID) -> BaseResponse:
    """Take an order back before its day."""
    place = _place(place_id)
    order = orders.standing_order(g.db, place.id)
    if order is not None:
        orders.withdraw(g.db, order, now=g.now)
        note_act("erasure.withdrawn", place.id, organisation_id=place.id)
    g.db.commit()
    return redirect(url_for("admin.children", place_id=place.id, did="withdrawn"), code=303)


@blueprint.get("/people/<uuid:person_id>/erase")
@requires(Permission.MANAGE)
def erase_account(person_id: uuid.UUID) -> str:
    """Show what would go with an adult's account."""
    one = _person(person_id)
    require_recent_proof(g.db, g.viewer, g.now)
    return _account_page(one)


@blueprint.post("/people/<uuid:person_id>/erase")
@requires(Permission.MANAGE)
def erase_account_now(person_id: uuid.UUID) -> BaseResponse | Page:
    """Erase an adult's account, and her classes with it."""
    one = _person(person_id)
    done = redirect(url_for("admin.people", did="person-erased"), code=303)
    if one.erased_at is not None:
        return done
    require_recent_proof(g.db, g.viewer, g.now)
    if request.form.get("sure") != "1":
        return _account_page(one, NOT_SURE), 422
    try:
        order, _is_new = orders.order_erasure(
            g.db,
            g.viewer,
            organisation_id=one.organisation_id,
            person=one,
            with_accounts=True,
            due_at=g.now,
            now=g.now,
        )
    except NotYet as fault:
        g.db.rollback()
        return _account_page(_person(person_id), {"sure": fault.words}), fault.status
    g.db.commit()
    _carry_out(order.id)
    return done


def _carry_out(order_id: uuid.UUID) -> None:
    """Erase at once, in the job's own session: it reaches the classes of others; she does not."""
    config, database = current_app.config["FOCAL"], current_app.extensions["focal_db"]
    g.db.close()
    nightly.carry_out_order(database, config, order_id, now=g.now)
    remove_traces(database, config)


def _counting() -> Session:
    """Open a session for numbers alone: the rows behind them are not an administrator's to see."""
    return current_app.extensions["focal_db"].reading(NUMBERS)


def _place(place_id: uuid.UUID) -> Organisation:
    found = next((one for one in administered(g.db, g.viewer.person_id) if one.id == place_id), None)
    if found is None:
        raise NotVisible(place_id)
    return found


def _person(person_id: uuid.UUID) -> Person:
    one = queries.person_for(g.db, g.viewer, person_id)
    if one.id == g.viewer.person_id:
        raise NotAllowed("Somebody else who looks after this place erases your own account.")
    if not looks_after(g.db, g.viewer.person_id, one):
        raise NotAllowed("This person also has a role elsewhere. An administrator there can help.")
    return one


def _children_page(place: Organisation, faults: dict[str, str] | None = None) -> str:
    places = orders.places_below(g.db, place.id)
    rule = g.db.get(ConsentRule, place.id)
    config = current_app.config["FOCAL"]
    with _counting() as db:
        counts, consents = orders.counts_of_places(db, places), orders.consents_of_places(db, places)
    return render_template(
        "admin/children.html",
        place=place,
        has_below=len(places) > 1,
        counts=counts,
        consents=consents,
        consent_words=WORDS,
        rules=RULES,
        rule=rule.kind if rule else "",
        order=orders.standing_order(g.db, place.id),
        last_night=journal.last_night(config.instance),
        faults=faults or {},
    )


def _erase_page(place: Organisation, faults: dict[str, str] | None = None) -> str:
    places = orders.places_below(g.db, place.id)
    with _counting() as db:
        counts = orders.counts_of_places(db, places)
    return render_template(
        "admin/erase_place.html",
        place=place,
        has_below=len(places) > 1,
        counts=counts,
        order=orders.standing_order(g.db, place.id),
        days=orders.NOTICE.days,
        sent=request.form,
        faults=faults or {},
    )


def _account_page(one: Person, faults: dict[str, str] | None = None) -> str:
    with _counting() as db:
        classes = orders.living_classes(db, one.id)
    return render_template(
        "admin/erase_person.html",
        person=one,
        classes=classes,
        name_afterwards=orders.NAME_AFTERWARDS,
        faults=faults or {},
    )
