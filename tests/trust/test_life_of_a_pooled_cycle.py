"""The life of a cycle without codes, in any order: what nobody may tell apart, counted after each step.

- a child's answers are there once, and a card that was used says nothing of what was answered;
- no count before the lock, none below five students, none that five or more new students did not make;
- snapshot 1 never changes.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from survey_app.models.responses import Answer, Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.turnout import Turnout
from tests.survey_app.loop.teacher import Teacher, visible
from tests.trust.test_life_of_a_cycle import PHASES, STORIES

CHILDREN = 11
STEPS = 24


def machine(app, clock):  # noqa: C901  (the machine's rules are its methods)
    """Return the machine on one application: each story has a teacher and a class of its own."""

    class PooledLife(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.teacher = Teacher.arrive(app, clock, f"T {uuid.uuid4().hex}")
            asked = {"asks_focal": None, "asks_rest": "1", "rest_count": "20", "ready_set": "whole_class"}
            self.cycle = self.teacher.start(**asked)
            self.tokens = list(self.teacher.cards(others=CHILDREN).values())
            self.given = self.teacher.administrations(self.cycle)[0].id
            self.items = self.teacher.sheet(self.cycle)["items"]
            self.thanked: dict[str, int] = {}  # card -> the value that was thanked for
            self.pages: dict[str, dict[str, str]] = {}
            self.rated = self.locked = self.revealed = False
            self.first: dict | None = None

        def _send(self, path: str, **fields) -> int:
            fields.setdefault("csrf_token", self.teacher._form_token())
            answered = self.teacher.client.post(f"{self.cycle}/{path}", data=fields)
            note(f"POST {path} -> {answered.status_code}")
            assert answered.status_code in (303, 409, 422), visible(answered.text)[:800]
            return answered.status_code

        @rule(children=st.lists(st.integers(0, CHILDREN - 1), min_size=1, max_size=6, unique=True))
        def open_the_page(self, children):
            for child in children:
                page = app.test_client().get(f"/s/{self.tokens[child]}").text
                hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
                if hidden.get("key"):
                    self.pages[self.tokens[child]] = hidden

        @rule(values=st.lists(st.integers(1, 4), min_size=1, max_size=6), twice=st.booleans())
        def send(self, values, twice):
            for token, value in zip(sorted(self.pages), values, strict=False):
                picked = {item["key"]: str(value) for item in self.items if item["kind"] == "choice"}
                for _ in range(1 + twice):
                    answered = app.test_client().post(f"/s/{token}", data=self.pages[token] | picked)
                    assert answered.status_code in (303, 409, 410, 422), answered.status_code
                    if answered.status_code == 303:
                        assert self.thanked.setdefault(token, value) == value, "other answers are not kept"

        @rule()
        def close(self):
            self._send("close")

        @rule()
        def reopen(self):
            self._send("reopen")

        @rule(value=st.integers(1, 4))
        def say_what_she_saw(self, value):
            own = {f"own-rest-{item['id']}": str(value) for item in self.items if item["values"]}
            status = self._send("saw", do="next", **own)
            assert status == 409 or not self.locked
            self.rated = self.rated or status == 303

        @rule()
        def lock(self):
            if self._send("lock") == 303:
                assert self.rated, "no lock without having said what she saw"
                self.locked = True

        @rule()
        def reveal(self):
            if self._send("reveal") == 303:
                assert self.locked
                self.revealed = True

        @rule(value=st.integers(1, 4))
        def do_all_of_it(self, value):
            self.say_what_she_saw(value)
            self.lock()
            self.reveal()

        @rule(minutes=st.sampled_from([1, 11]))
        def time_goes_by(self, minutes):
            clock.forward(minutes=minutes)

        def _rows(self, query):
            with self.teacher.reading() as db:
                return db.execute(query).all()

        @invariant()
        def what_was_thanked_for_is_there_once_and_hangs_on_no_card(self):
            stored = self._rows(
                select(Answer.item_version_id, Answer.value, func.count())
                .join(Response, Response.id == Answer.response_id)
                .where(Response.administration_id == self.given, Answer.value.is_not(None))
                .group_by(Answer.item_version_id, Answer.value)
            )
            by_item: dict[object, Counter] = {}
            for item, value, count in stored:
                by_item.setdefault(item, Counter())[value] = count
            assert all(found == Counter(self.thanked.values()) for found in by_item.values())
            assert bool(by_item) == bool(self.thanked)
            sheets = select(Response.focal_code_id, Response.locale, Response.entry).where(
                Response.administration_id == self.given
            )
            assert set(self._rows(sheets)) <= {(None, None, None)}
            used = select(func.count()).where(Turnout.administration_id == self.given)
            assert self._rows(used) == [(len(self.thanked),)]

        @invariant()
        def a_count_rests_on_five_new_students_and_comes_after_the_lock(self):
            taken = self._rows(
                select(Snapshot.number, Snapshot.tables)
                .where(Snapshot.administration_id == self.given)
                .order_by(Snapshot.number)
            )
            before = 0
            for number, tables in taken:
                counts = Counter()
                for key, _value, _missing, n in tables.get("counts", ()):
                    counts[key] += n
                students = max(counts.values(), default=0)
                assert students == 0 or students - before >= 5, (number, students, before)
                before = students or before
                assert bool(students) != bool(tables["too_few"])
            if taken:
                self.first = self.first or taken[0][1]
                assert taken[0][1] == self.first, "snapshot 1 stays"
            page = self.teacher.client.get(f"{self.cycle}/look")
            told = visible(page.text)
            if not self.revealed:
                assert not re.search(r"\d of \d+ (students|picked)|<figure", told + page.text)
                assert self.teacher.client.get(f"{self.cycle}/export.csv").status_code == 409
            elif not before:
                assert not self.thanked or "Fewer than 5 students" in told
                assert not re.search(r"\d of \d+ (students|picked)", told)

    return PooledLife


def test_whatever_people_do_no_child_without_a_code_is_told_apart(database_kind, app, clock):
    run_state_machine_as_test(
        machine(app, clock),
        settings=settings(
            max_examples=max(1, STORIES[database_kind] // 2),
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )
