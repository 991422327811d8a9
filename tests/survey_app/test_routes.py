"""Every address of the product and who may ask for it: held against a list that a review sees.

The list is one route a line, sorted, so that two people's new routes seldom meet. To write it anew:

    python3 -m tests.survey_app.test_routes      (with the Python of .venv)
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from config import Config
from survey_app.app import create_app

if TYPE_CHECKING:
    from flask import Flask

LIST = Path(__file__).with_name("routes.txt")
ANEW = ".venv/bin/python -m tests.survey_app.test_routes"
NOT_OURS = {"HEAD", "OPTIONS"}


def inventory(app: Flask) -> list[str]:
    """Return a line for each route: methods, rule, endpoint, access."""
    lines = []
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], "focal_access", None)
        named = access if isinstance(access, str) else access.name if access else "NOBODY HAS SAID"
        methods = ",".join(sorted(set(rule.methods) - NOT_OURS))
        lines.append(f"{rule.rule}  {methods}  {rule.endpoint}  {named}")
    return sorted(lines)


def make(folder: str) -> Flask:
    """Return the application without a database behind it: its addresses need none."""
    given = {"FOCAL_INSTANCE": folder, "FOCAL_SECRET_KEY": "only-for-tests-" + "0" * 32}
    return create_app(Config.from_env(given))


def test_the_routes_are_those_of_the_list(tmp_path):
    now = inventory(make(str(tmp_path)))
    listed = LIST.read_text().splitlines()
    new, gone = sorted(set(now) - set(listed)), sorted(set(listed) - set(now))
    words = "".join(f"\n  + {line}" for line in new) + "".join(f"\n  - {line}" for line in gone)
    assert now == listed, f"routes.txt says something else:{words}\nIf that is meant: {ANEW}"


def test_every_route_says_who_may_enter(tmp_path):
    silent = [line for line in inventory(make(str(tmp_path))) if line.endswith("NOBODY HAS SAID")]
    assert not silent, f"@requires(...) or @public is missing: {silent}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        LIST.write_text("\n".join(inventory(make(scratch))) + "\n")
