"""Teachers who are signed in, by the product's own rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from survey_app.accounts.service import start_session
from survey_app.models.people import Organisation, Person, RoleGrant
from tests.databases import TESTS


@dataclass
class Teacher:
    """A signed-in teacher: her client, and forms sent as a browser would send them."""

    client: FlaskClient
    person_id: object
    token: str

    def get(self, path: str, **more):
        return self.client.get(path, **more)

    def send(self, path: str, data: dict | None = None, *, page: str | None = None, follow: bool = True):
        """Send a form with the CSRF token of the page it stands on."""
        html = self.client.get(page or path).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', html)
        key = re.search(r'name="form_key" value="([^"]+)"', html)
        hidden = {"csrf_token": token[1] if token else ""}
        if key:
            hidden["form_key"] = key[1]
        return self.client.post(path, data={**hidden, **(data or {})}, follow_redirects=follow)


@pytest.fixture
def sign_in(app, database, clock):
    """Make a person and sign her in: ``sign_in("Ms. R")``."""
    made = []

    def signed_in(name: str = "Ms. R", role: str = "teacher") -> Teacher:
        with database.writing(TESTS) as db:
            school = Organisation(kind="school", name=f"School {len(made)}", created_at=clock())
            db.add(school)
            db.flush()
            person = Person(
                organisation_id=school.id,
                email=f"p{len(made)}@example.org",
                display_name=name,
                use_accepted_at=clock(),
                created_at=clock(),
            )
            db.add(person)
            db.flush()
            db.add(RoleGrant(person_id=person.id, role=role, organisation_id=school.id))
            token = start_session(db, person, old_token="", now=clock())
            db.commit()
        client = app.test_client()
        client.set_cookie("focal_session", token)
        made.append(Teacher(client, person.id, token))
        return made[-1]

    return signed_in


@pytest.fixture
def teacher(sign_in) -> Teacher:
    return sign_in()
