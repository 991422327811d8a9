"""Walk through the product by its own pages: read each form as a browser would, fill it in, send it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from config import Config
from survey_app.app import create_app
from survey_app.classrooms import queries as class_queries
from survey_app.classrooms import service as classrooms
from survey_app.classrooms.codes import CardKeys
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle
from survey_app.prepare import prepare
from survey_app.principal import job
from tests.pages import Element, read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

SIGN_IN = {"email": "r@example.org", "password": "walks through all the pages"}
BEGIN = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)


class Stuck(Exception):
    """A page did not take what was sent; the text says which."""


@contextmanager
def installation() -> Iterator[Flask]:
    """Give an application on a new database, or on an empty one that FOCAL_BENCH_URL names."""
    with tempfile.TemporaryDirectory(prefix="focal-bench-") as folder:
        url = os.environ.get("FOCAL_BENCH_URL") or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        config = Config.from_env({"DATABASE_URL": url, "FOCAL_INSTANCE": folder})
        prepare(config)
        moment = [BEGIN]
        app = create_app(config, now=lambda: moment[0])
        app.extensions["bench_later"] = lambda: moment.__setitem__(0, moment[0] + timedelta(days=7))
        yield app
        app.extensions["focal_db"].engine.dispose()


def send_form(client: FlaskClient, path: str, button: str = "", **values: str) -> TestResponse:
    """Open a page, fill its form, send it; radios without a wish get the second answer of their group.

    ``button`` is the value of the button to press. The answer after redirects is returned.
    """
    page = client.get(path)
    form = _form_with(read_page(page.get_data(as_text=True)), button, path)
    filled = {**_defaults(form), **values}
    action = form.attributes.get("action") or path
    answer = client.post(action, data=filled, follow_redirects=True)
    if answer.status_code >= 400:
        elements = read_page(answer.get_data(as_text=True))
        told = [one.words.strip() for one in elements if "fault" in one.attributes.get("class", "").split()]
        raise Stuck(f"{action} answered {answer.status_code}: {told}")
    return answer


def _form_with(elements: list[Element], button: str, path: str) -> Element:
    for form in elements:
        if form.name == "form" and form.attributes.get("method", "").lower() == "post":
            values = {one.attributes.get("value", "") for one in form.inside if one.name == "button"}
            if not button or button in values:
                return form
    raise Stuck(f"{path} has no form with a button {button!r}.")


def _defaults(form: Element) -> dict[str, str]:
    """Return what the form would send as it stands, with every group of radios answered."""
    sent: dict[str, str] = {}
    groups: dict[str, list[Element]] = {}
    for one in form.inside:
        name, kind = one.attributes.get("name", ""), one.attributes.get("type", "text")
        if not name or one.name not in ("input", "textarea", "select"):
            continue
        if kind == "radio":
            groups.setdefault(name, []).append(one)
        elif kind != "checkbox" or "checked" in one.attributes:
            sent[name] = _value(one)
    for name, choices in groups.items():
        second = choices[min(1, len(choices) - 1)]
        chosen = next((one for one in choices if "checked" in one.attributes), second)
        sent[name] = chosen.attributes.get("value", "on")
    return sent


def _value(field: Element) -> str:
    if field.name == "textarea":
        return field.words.strip()
    if field.name == "select":
        options = [one for one in field.inside if one.name == "option"]
        chosen = next((one for one in options if "selected" in one.attributes), options[0])
        return chosen.attributes.get("value", chosen.words)
    return field.attributes.get("value", "on" if field.attributes.get("type") == "checkbox" else "")


class Teacher:
    """A teacher with one class, who walks her cycles by the pages."""

    def __init__(self, app: Flask, students: int = 5) -> None:
        self.app = app
        self.client = app.test_client()
        self.cards: list[str] = []
        send_form(
            self.client,
            "/first-account",
            name="Ms. R",
            organisation="Lincoln",
            **SIGN_IN,
            agrees="1",
        )
        page = send_form(
            self.client,
            "/cycles/new",
            "open",
            nickname="Period 4",
            focal_count=str(students),
            do="open",
        )
        self.cycle_id = page.request.path.split("/")[2]
        self._make_cards()

    def answer(self) -> None:
        """Let every student with a card open her page and send it."""
        for token in self.cards:
            send_form(self.app.test_client(), f"/s/{token}")

    def predict(self) -> None:
        """Say what she saw, predict, lock."""
        send_form(self.client, f"/cycles/{self.cycle_id}/saw", "next", do="next")
        send_form(self.client, f"/cycles/{self.cycle_id}/predict", "lock", do="lock")

    def reveal(self) -> TestResponse:
        """Press the button that shows what they said; return the page with the picture."""
        return send_form(self.client, f"/cycles/{self.cycle_id}/look")

    def open_next(self) -> None:
        """Decide to adapt, and a week later open the next cycle of the series."""
        send_form(self.client, f"/cycles/{self.cycle_id}/decide", "decide", do="decide", reason="It helped.")
        self.app.extensions["bench_later"]()
        send_form(self.client, "/sign-in", **SIGN_IN)
        page = send_form(self.client, f"/cycles/{self.cycle_id}", "open", do="open")
        self.cycle_id = page.request.path.split("/")[2]

    @property
    def series_path(self) -> str:
        """Return the address of the series as one story."""
        with self.app.extensions["focal_db"].reading(job("bench")) as db:
            return f"/series/{db.scalars(select(Cycle.series_id)).first()}"

    def _make_cards(self) -> None:
        # Cards are printed; their codes are shown on no page, so they are made by the service itself.
        with self.app.extensions["focal_db"].writing(job("bench")) as db:
            room = db.scalars(select(Classroom)).one()
            codes = class_queries.live_focal_codes(db, room.id)
            keys = CardKeys(self.app.config["FOCAL"].secret_key)
            made = classrooms.make_cards(
                db, room, focal_codes=codes, others=0, locale="en", keys=keys, now=BEGIN
            )
            self.cards = [one.token for one in made]
            db.commit()
