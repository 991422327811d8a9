"""A small network with people in it, and browsers in which they sign in as anybody would."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

from sqlalchemy import func, select

from survey_app.accounts.passwords import Passwords
from survey_app.models.audit import AuditEvent
from survey_app.models.people import Organisation, Person, RoleGrant
from tests.databases import TESTS

PASSWORD = "marble thunder oatmeal kite"
CHEAP = Passwords(memory_kib=64, rounds=1)
CHEAP_HASH = CHEAP.hash(PASSWORD)


class CountedPasswords(Passwords):
    """The real hasher at small cost, which counts how often it worked."""

    def __init__(self) -> None:
        super().__init__(memory_kib=64, rounds=1)
        self.looked = self.hashed = 0

    def fit(self, stored, typed):
        self.looked += 1
        return super().fit(stored, typed)

    def hash(self, password):
        self.hashed += 1
        return super().hash(password)


@dataclass
class Network:
    """A network with a region and two schools; everything is committed, as the product would find it."""

    app: object
    clock: object
    places: dict[str, uuid.UUID] = field(default_factory=dict)
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def build(self) -> Network:
        with self.writing() as db:
            for name, kind, above in (
                ("Bay network", "network", None),
                ("North region", "region", "Bay network"),
                ("Lincoln", "school", "North region"),
                ("Mercer", "school", "North region"),
            ):
                place = Organisation(
                    kind=kind, name=name, parent_id=self.places.get(above), created_at=self.clock()
                )
                db.add(place)
                db.flush()
                self.places[name] = place.id
            db.commit()
        return self

    def writing(self):
        return self.app.extensions["focal_db"].writing(TESTS)

    def add(self, name: str, place: str, *roles: str, **more) -> uuid.UUID:
        """Add somebody, with roles like ``"teacher"`` or ``"administrator@Bay network"``."""
        with self.writing() as db:
            person = Person(
                organisation_id=self.places[place],
                email=f"{name.lower()}@{place.lower().replace(' ', '')}.example",
                display_name=name,
                password_hash=CHEAP_HASH,
                created_at=self.clock(),
                **{"use_accepted_at": self.clock(), **more},
            )
            db.add(person)
            db.flush()
            for role in roles:
                what, _, where = role.partition("@")
                db.add(RoleGrant(person_id=person.id, role=what, organisation_id=self.places[where or place]))
            db.commit()
            self.people[name] = person.id
            return person.id

    def email(self, name: str) -> str:
        with self.writing() as db:
            return db.get_one(Person, self.people[name]).email

    def browser(self, name: str | None = None) -> Browser:
        """Return a new browser, in which somebody has signed in when a name is given."""
        browser = Browser(self.app.test_client())
        if name:
            answer = browser.sign_in(self.email(name))
            assert answer.status_code == 303, answer.get_data(as_text=True)
        return browser

    def acts(self) -> list[str]:
        with self.writing() as db:
            return list(db.scalars(select(AuditEvent.act).order_by(AuditEvent.number)))

    def count(self, table, *where) -> int:
        with self.writing() as db:
            return db.scalar(select(func.count()).select_from(table).where(*where))

    def roles(self, name: str) -> set[str]:
        with self.writing() as db:
            return set(db.scalars(select(RoleGrant.role).where(RoleGrant.person_id == self.people[name])))


class Browser:
    """A test client that fills in what a real form carries."""

    def __init__(self, client) -> None:
        self.client = client

    def get(self, path: str, **more):
        return self.client.get(path, **more)

    def post(self, path: str, **fields):
        """Send a form as the page does, with its token."""
        page = self.client.get("/use").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="(\w+)"', page) or re.search(
            r'name="csrf_token" value="(\w+)"', self.client.get("/account").get_data(as_text=True)
        )
        return self.client.post(path, data={"csrf_token": token[1] if token else "", **fields})

    def sign_in(self, email: str, password: str = PASSWORD, **more):
        return self.client.post("/sign-in", data={"email": email, "password": password, **more})

    @property
    def token(self) -> str | None:
        cookie = self.client.get_cookie("focal_session")
        return cookie.value if cookie else None

    @token.setter
    def token(self, value: str) -> None:
        self.client.set_cookie("focal_session", value)

    def is_signed_in(self) -> bool:
        return self.client.get("/account").status_code == 200


def words_of(answer) -> str:
    """Return what a page says, without its marks and runs of space."""
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", text.replace("&#39;", "'"))


def link_in(answer) -> str:
    """Return the path of the link that a page shows once."""
    return re.search(r"http://[^/]+(/(?:join|new-password)/[\w-]+)", answer.get_data(as_text=True))[1]
