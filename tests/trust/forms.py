"""Fill in every form of every page that a person can see, with whatever an attack wants to be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from survey_app.db import Base
from tests.pages import read_page
from tests.trust.routes import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.pages import Element

TYPED = frozenset({"text", "search", "email", "tel", "url"})
# What ends the story: the row that other forms are about, or the one who fills them in.
ENDS = ("sign_out", "erase", "archive", "void", "aside", "disable", "end_", "take_role", "remove", "retire")
# Seconds of drawing, and no form and no list in them.
DRAWN = ("cycles.desk_print", "results.keep_picture", "improvement.diagram", "sharing.convening_poster")
PLURALS = {"person": "people", "series": "series", "idea": "change_ideas", "place": "organisations"}
PLURALS |= {"share": "cycle_shares", "session": "staff_sessions"}


def ids_of(db: object) -> dict[str, object]:
    """Return, for each name that a rule may ask for, the id of a row that is there."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            found[table.name] = db.scalar(select(table.c.id).limit(1))
    names = {one[:-1] + "_id": one for one in found} | {f"{a}_id": b for a, b in PLURALS.items()}
    return {name: found[table] for name, table in names.items() if found.get(table)}


def pages(app: object, client: object, ids: dict[str, object], leave_out: tuple[str, ...] = ()) -> Iterator:
    """Yield (path, answer) of every page that opens."""
    for endpoint, path in addresses(app, **ids):
        if endpoint not in ("asset", "results.gallery", *leave_out):
            answered = client.get(path)
            if answered.status_code == 200:
                yield path, answered


def fill_all(app: object, client: object, ids: dict[str, object], words: Callable[[str, str], str]) -> int:
    """Send every form with a field for words; ``words(path, field)`` says which. Return how many."""
    sent = 0
    for path, page in list(pages(app, client, ids, DRAWN)):
        if page.mimetype != "text/html":
            continue
        for form in [one for one in read_page(page.text) if one.name == "form"]:
            action = form.attributes.get("action") or path
            if form.attributes.get("method", "get") != "post" or any(end in action for end in ENDS):
                continue
            fields = dict(_fields(form, path, words))
            if any(value == words(path, name) for name, value in fields.items()):
                answered = client.post(action, data=fields)
                assert answered.status_code < 500, (action, fields)
                sent += 1
    return sent


def _fields(form: Element, path: str, words: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    seen = set()
    for one in form.inside:
        name, kind = one.attributes.get("name"), one.attributes.get("type", "text")
        if not name or (name in seen and one.name != "textarea"):
            continue
        if one.name == "textarea" or (one.name == "input" and kind in TYPED):
            yield name, words(path, name)
        elif one.name == "input" and kind in ("hidden", "radio", "checkbox", "number"):
            yield name, one.attributes.get("value") or "1"
        elif one.name == "select":
            options = [o.attributes.get("value", "") for o in one.inside if o.name == "option"]
            yield name, options[-1] if options else ""
        elif one.name == "button":
            yield name, one.attributes.get("value", "")
        else:
            continue
        seen.add(name)
