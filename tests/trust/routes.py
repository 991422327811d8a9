"""Walk the URL map: every page there is, filled with ids, so that a new page is looked at unnamed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask

# What a rule's other arguments may be, where their kind alone does not say it.
USUAL = {"file": "staff.css", "form": "svg", "part": "focal", "name": "gap", "key": "AG", "level": "plan"}


def addresses(app: Flask, method: str = "GET", **ids: object) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, path) of every rule that takes this method; ids that nobody gave are made up."""
    urls = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if method in rule.methods:
            values = {name: _value(rule, name, ids) for name in rule._converters}
            yield rule.endpoint, urls.build(rule.endpoint, values, method=method)


def _value(rule: object, name: str, ids: Mapping[str, object]) -> object:
    if name in ids:
        return ids[name]
    if type(rule._converters[name]).__name__ == "UUIDConverter":
        return uuid.uuid4()
    if type(rule._converters[name]).__name__ in ("IntegerConverter", "FloatConverter"):
        return 1
    return USUAL.get(name) or next(iter(getattr(rule._converters[name], "items", ())), "nothing")


def is_public(app: Flask, endpoint: str) -> bool:
    """Tell whether a route is for everybody."""
    return getattr(app.view_functions[endpoint], "focal_access", None) == "public"


def is_student(endpoint: str) -> bool:
    """Tell whether a route belongs to the student's page."""
    return endpoint.startswith("respond.")
