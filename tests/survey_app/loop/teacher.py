"""A teacher who uses Focal through its pages, and children who answer through theirs."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from html import unescape

from sqlalchemy import select

from survey_app.accounts import service as accounts
from survey_app.classrooms import queries as class_queries
from survey_app.classrooms import service as classrooms
from survey_app.models.classrooms import Classroom
from survey_app.models.people import Organisation, Person, RoleGrant
from survey_app.models.surveys import Administration, Survey
from tests.databases import TESTS
from tests.keys import CARD_KEYS


@dataclass
class Teacher:
    """One signed-in teacher with her own browser; what she does goes through HTTP."""

    app: object
    clock: object
    person_id: uuid.UUID
    client: object = field(repr=False)
    form_token: str = ""

    @classmethod
    def arrive(cls, app, clock, name="Ana Lopez", *, roles=("teacher",)) -> Teacher:
        """Make a person with a session, as signing in does."""
        with app.extensions["focal_db"].writing(TESTS) as db:
            school = db.scalars(select(Organisation)).first()
            if school is None:
                school = Organisation(kind="school", name="Hill School", created_at=clock(), time_zone="UTC")
                db.add(school)
                db.flush()
            email = f"{name.lower().replace(' ', '.')}@example.org"
            person = Person(
                organisation_id=school.id,
                email=email,
                display_name=name,
                use_accepted_at=clock(),
                created_at=clock(),
            )
            db.add(person)
            db.flush()
            for role in roles:
                db.add(RoleGrant(person_id=person.id, role=role, organisation_id=school.id))
            token = accounts.start_session(db, person, old_token="", now=clock())
            db.commit()
            person_id = person.id
        client = app.test_client()
        client.set_cookie("focal_session", token)
        return cls(app, clock, person_id, client)

    def get(self, path: str, status: int = 200) -> str:
        """Open a page."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return answer.text

    def post(self, path: str, status: int = 303, **fields) -> object:
        """Send a form of a staff page, with the token that the page carries."""
        fields.setdefault("csrf_token", self._form_token())
        answer = self.client.post(path, data=fields)
        assert answer.status_code == status, (path, answer.status_code, visible(answer.text)[:2000])
        return answer

    def _form_token(self) -> str:
        if not self.form_token:
            page = self.client.get("/cycles/new").text
            self.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)[1]
        return self.form_token

    def start(self, **fields) -> str:
        """Begin a cycle by the quick start, open it, and return its address."""
        self.clock.forward(minutes=1)
        page = self.get("/cycles/new")
        cycle_id = re.search(r'name="cycle_id" value="([^"]+)"', page)[1]
        form = {
            "cycle_id": cycle_id,
            "ready_set": "small_group",
            "classroom": "new",
            "nickname": "Period 4",
            "grade": "7",
            "asks_focal": "1",
            "focal_count": "5",
            "do": "open",
        } | fields
        self.post("/cycles/new", **{name: value for name, value in form.items() if value is not None})
        return f"/cycles/{cycle_id}"

    def reading(self):
        """Return a session on the database."""
        return self.app.extensions["focal_db"].reading(TESTS)

    def administrations(self, cycle: str) -> list[Administration]:
        """Return the living administrations of a cycle, the focal group first."""
        with self.reading() as db:
            return list(
                db.scalars(
                    select(Administration)
                    .where(
                        Administration.cycle_id == uuid.UUID(cycle.split("/")[2]),
                        Administration.state != "void",
                    )
                    .order_by(Administration.part)
                )
            )

    def sheet(self, cycle: str) -> dict:
        """Return the frozen sheet of a cycle."""
        with self.reading() as db:
            return db.get_one(Survey, self.administrations(cycle)[0].survey_id).sheet

    def cards(self, *, others: int = 0) -> dict[str, str]:
        """Make cards for the newest class; label or number to token."""
        with self.app.extensions["focal_db"].writing(TESTS) as db:
            room = db.scalars(
                select(Classroom)
                .where(Classroom.owner_id == self.person_id)
                .order_by(Classroom.created_at.desc())
            ).first()
            made = classrooms.make_cards(
                db,
                room,
                focal_codes=class_queries.live_focal_codes(db, room.id),
                others=others,
                locale="en",
                keys=CARD_KEYS,
                now=self.clock(),
            )
            db.commit()
            return {one.label or f"other {place}": one.token for place, one in enumerate(made)}

    def see(self, cycle: str, value: str = "3", **more) -> None:
        """Say what she saw: the same answer everywhere."""
        fields = {"do": "next"}
        for administration in self.administrations(cycle):
            for item in self.sheet(cycle)["items"]:
                if item["values"]:
                    fields[f"own-{administration.part}-{item['id']}"] = value
        self.post(f"{cycle}/saw", **(fields | more))

    def predict_and_lock(self, cycle: str, option: str = "2") -> None:
        """Predict the first question for every focal student, or for a pooled class; then lock."""
        item = next(item for item in self.sheet(cycle)["items"] if item["values"])
        fields = {"do": "lock"}
        with self.reading() as db:
            for administration in self.administrations(cycle):
                if administration.mode == "coded":
                    for code in class_queries.live_focal_codes(db, administration.classroom_id):
                        fields[f"pick_{item['id']}_{code.id}"] = option
                else:
                    fields[f"count_{item['id']}_{option}"] = str(administration.expected or 6)
        self.post(f"{cycle}/predict", **fields)

    def decide(self, cycle: str, decision: str = "adapt", **more) -> None:
        """Make the decision."""
        version = re.search(r'name="version" value="(\d+)"', self.get(f"{cycle}/decide"))[1]
        fields = {
            "version": version,
            "decision": decision,
            "reason": "Three of five had no chance.",
            "do": "decide",
        }
        self.post(f"{cycle}/decide", **(fields | more))

    def whole_cycle(self, cycle: str, tokens: dict[str, str], *, decision: str = "adapt") -> None:
        """Let everybody answer, look, and decide."""
        for place, token in enumerate(tokens.values()):
            answer(self.app, token, str(place % 4 + 1))
        self.see(cycle)
        self.predict_and_lock(cycle)
        self.post(f"{cycle}/reveal")
        self.decide(cycle, decision)


def answer(app, token: str, value: str = "2", *, status: int = 303, **fields) -> object:
    """Let a child answer every question of the sheet behind a code with the same value."""
    browser = app.test_client()
    page = browser.get(f"/s/{token}").text
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    for name in set(
        re.findall(r'type="radio"[^>]*name="([^"]+)"', page)
        + re.findall(r'name="([^"]+)"[^>]*type="radio"', page)
    ):
        form[name] = value
    given = browser.post(f"/s/{token}", data=form | fields)
    assert given.status_code == status, (given.status_code, visible(given.text))
    return given


def visible(html: str) -> str:
    """Return the words of a page."""
    html = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
