"""The life of a cycle in any order that people can think of, through HTTP, on both databases.

Hypothesis opens, answers, sends twice, closes, rates, predicts, locks, skips, reveals, reopens, answers late,
decides, goes on, voids, shares, takes back and erases, as often and in whatever order it likes. After each
step the promises are held against what the browser was told:

- no result in any page or file before the lock or the skip;
- what was thanked for is there, once, and nothing else is;
- rating and prediction never change after the lock;
- snapshot 1 never changes, but for the erasure of a student, who is then in none;
- the picture of the gap is what one counts from the answers by hand.

``FOCAL_STORIES=200`` tells more stories than the suite does.
"""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from survey_app.models.classrooms import FocalCode
from survey_app.models.predictions import OwnRating, Prediction
from survey_app.models.responses import Answer, Response
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration
from tests.survey_app.loop.teacher import Teacher, visible

LABELS = "ABCD"
# At once: enough to meet every rule; the nightly run and whoever doubts tell more.
STORIES = {"sqlite": 4, "postgres": 2}
if "FOCAL_STORIES" in os.environ:
    STORIES = dict.fromkeys(STORIES, int(os.environ["FOCAL_STORIES"]))
STEPS = 22
# Making a failing story shorter takes minutes: only for whoever asked for many.
PHASES = (Phase.generate, *([Phase.shrink] if "FOCAL_STORIES" in os.environ else []))
RESULTS = ("look/students", "look/focal-gap.svg", "export.csv", "decide", "desk-print")


@dataclass
class Story:
    """What was told to the people of one cycle."""

    cycle: str
    administration: uuid.UUID
    is_open: bool = True
    thanked: dict[str, int] = field(default_factory=dict)  # label -> the value that was thanked for
    pages: dict[str, dict[str, str]] = field(default_factory=dict)  # label -> the form of an open page
    rated: int | None = None
    locked: bool = False
    revealed: bool = False
    decided: bool = False
    void: bool = False
    views: list = field(default_factory=list)  # rating and prediction as they stood at the lock
    first: dict | None = None  # snapshot 1 as it was made


def machine(app, clock):  # noqa: C901  (the machine's rules are its methods)
    """Return the machine on one application: each story has a teacher of its own."""

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.teacher = Teacher.arrive(app, clock, f"T {uuid.uuid4().hex}")
            self.friend = Teacher.arrive(app, clock, f"F {uuid.uuid4().hex}")
            self.erased: set[str] = set()
            self.shared = False
            cycle = self.teacher.start(focal_count=str(len(LABELS)), nickname="Period 4")
            self.now = self._story(cycle)
            self.past: list[Story] = []
            self.tokens = self.teacher.cards()
            # Every cycle of a series asks the same; a draft has no sheet yet.
            self.items = self.teacher.sheet(cycle)["items"]

        # --- helpers ----------------------------------------------------------------------------------------

        def _story(self, cycle: str) -> Story:
            return Story(cycle, self.teacher.administrations(cycle)[0].id)

        def _rows(self, query):
            with self.teacher.reading() as db:
                return db.execute(query).all()

        def _send(self, path: str, *allowed: int, **fields) -> int:
            fields.setdefault("csrf_token", self.teacher._form_token())
            answered = self.teacher.client.post(path, data=fields)
            note(f"POST {path.split('/')[-1]} -> {answered.status_code}")
            assert answered.status_code in (303, 409, 422, *allowed), visible(answered.text)[:800]
            return answered.status_code

        def _form(self, label: str, value: int) -> dict[str, str]:
            picked = {item["key"]: str(value) for item in self.items if item["kind"] == "choice"}
            return self.now.pages[label] | picked

        # --- children ---------------------------------------------------------------------------------------

        @rule(label=st.sampled_from(LABELS))
        def opens_the_page(self, label):
            page = app.test_client().get(f"/s/{self.tokens[label]}")
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
            if page.status_code == 200 and hidden.get("key"):
                assert self.now.is_open, "a form is shown only while something is open"
                self.now.pages[label] = hidden
            else:
                assert page.status_code in (200, 404, 410), page.status_code

        @precondition(lambda self: self.now.pages)
        @rule(place=st.integers(0, 3), value=st.integers(1, 4), twice=st.booleans())
        def sends(self, place, value, twice):
            label = sorted(self.now.pages)[place % len(self.now.pages)]
            form = self._form(label, value)
            answered = app.test_client().post(f"/s/{self.tokens[label]}", data=form)
            note(f"{label} sends {value} -> {answered.status_code}")
            if answered.status_code == 303:
                assert label not in self.erased
                first = self.now.thanked.setdefault(label, value)
                assert first == value, "other answers were thanked for, and are not kept"
                if twice:
                    again = app.test_client().post(f"/s/{self.tokens[label]}", data=form)
                    assert again.status_code == 303, "the same page sent again is thanked for again"
            else:
                assert answered.status_code in (404, 409, 410, 422), answered.status_code
                if answered.status_code == 410:
                    assert not self.now.is_open or label in self.erased

        # --- the teacher ------------------------------------------------------------------------------------

        @rule()
        def closes(self):
            if self._send(f"{self.now.cycle}/close") == 303:
                self.now.is_open = False
                self._keep_first()

        @rule()
        def reopens(self):
            if self._send(f"{self.now.cycle}/reopen") == 303:
                states = [a.state for a in self.teacher.administrations(self.now.cycle)]
                self.now.is_open = states == ["open"]

        @rule(value=st.integers(1, 4))
        def says_what_she_saw(self, value):
            fields = {"do": "next"}
            for item in self.items:
                if item["values"]:
                    fields[f"own-focal-{item['id']}"] = str(value)
            status = self._send(f"{self.now.cycle}/saw", **fields)
            if self.now.locked:
                assert status == 409, "what is locked cannot be said anew"
            elif status == 303:
                self.now.rated = value

        @rule(option=st.integers(1, 4))
        def predicts_and_locks(self, option):
            item = next(item for item in self.items if item["values"])
            codes = self._rows(
                select(FocalCode.id)
                .join(Administration, Administration.classroom_id == FocalCode.classroom_id)
                .where(Administration.id == self.now.administration, FocalCode.erased_at.is_(None))
            )
            fields = {f"pick_{item['id']}_{code}": str(option) for (code,) in codes}
            self._locked(self._send(f"{self.now.cycle}/predict", do="lock", **fields))

        @rule()
        def skips_the_prediction(self):
            self._locked(self._send(f"{self.now.cycle}/lock"))

        def _locked(self, status):
            is_locked = all(a.locked_at for a in self.teacher.administrations(self.now.cycle))
            if is_locked and not self.now.locked:
                assert self.now.rated is not None, "no lock without having said what she saw"
                self.now.locked, self.now.views = True, self._views()
            assert is_locked or not self.now.locked
            assert status in (303, 409, 422)

        @rule()
        def reveals(self):
            status = self._send(f"{self.now.cycle}/reveal")
            if status == 303 and not self.now.void:
                assert self.now.locked
                if not self.now.revealed:
                    self.now.revealed, self.now.is_open = True, False
                self._keep_first()
            else:
                assert not self.now.locked or self.now.void

        @precondition(lambda self: self.now.revealed)
        @rule(decision=st.sampled_from(["adopt", "adapt", "abandon"]))
        def decides(self, decision):
            page = self.teacher.client.get(f"{self.now.cycle}/decide").text
            version = re.search(r'name="version" value="(\d+)"', page)
            fields = {"decision": decision, "reason": "Two had no chance.", "do": "decide"}
            status = self._send(f"{self.now.cycle}/decide", version=version[1] if version else "1", **fields)
            self.now.decided = self.now.decided or status == 303

        @precondition(lambda self: self.now.decided)
        @rule()
        def goes_on_to_the_next_cycle(self):
            page = self.teacher.client.get(self.now.cycle).text
            series = re.search(r"/series/[0-9a-f-]{36}", page)[0]
            answered = self.teacher.client.post(
                f"{series}/next", data={"csrf_token": self.teacher._form_token(), "do": "open"}
            )
            found = re.match(r"/cycles/[0-9a-f-]{36}", answered.headers.get("Location", ""))
            if found and found[0] != self.now.cycle and self.teacher.administrations(found[0]):
                self.past.append(self.now)
                self.now = self._story(found[0])
                self.now.is_open = self.teacher.administrations(found[0])[0].state == "open"
                self.shared = False

        @rule()
        def voids(self):
            if self._send(f"{self.now.cycle}/void") == 303:
                given = self.teacher.administrations(self.now.cycle)
                assert given[0].id == self.now.administration or not self.now.locked, "what is locked stays"
                if given[0].id != self.now.administration:
                    # A try-out: what came in counts for nothing, and the sheet is a draft again.
                    cycle = self.now.cycle
                    self.now = self._story(cycle)
                    self.now.is_open = given[0].state == "open"

        @rule()
        def opens_the_survey(self):
            if self._send(f"{self.now.cycle}/open") == 303:
                self.now.is_open = self.teacher.administrations(self.now.cycle)[0].state == "open"

        @rule()
        def shares(self):
            form = {"person": str(self.friend.person_id), "level": "bands", "asks": ""}
            self.shared = self._send(f"{self.now.cycle}/share", **form) == 303 or self.shared

        @precondition(lambda self: self.shared)
        @rule()
        def takes_it_back(self):
            page = self.teacher.get(f"{self.now.cycle}/share")
            for path in re.findall(r'action="([^"]+/stop)"', page):
                self._send(path)
            shared = self.friend.client.get(f"/shared/{self.now.cycle.split('/')[2]}")
            assert shared.status_code == 404
            self.shared = False

        @precondition(lambda self: len(self.erased) < 1)
        @rule(label=st.sampled_from(LABELS))
        def erases_a_student(self, label):
            [(code, room)] = self._rows(
                select(FocalCode.id, FocalCode.classroom_id)
                .join(Administration, Administration.classroom_id == FocalCode.classroom_id)
                .where(Administration.id == self.now.administration, FocalCode.label == label)
            )
            if self._send(f"/classes/{room}/focal/{code}/erase", sure="1") == 303:
                gone = self._rows(select(FocalCode.erased_at).where(FocalCode.id == code))[0][0]
                if gone is not None:
                    self.erased.add(label)
                    for story in (self.now, *self.past):
                        story.thanked.pop(label, None)
                        story.views = self._views(story)
                        story.first = self._snapshot(story)
                        assert story.first is None or f'"{label}"' not in repr(story.first).replace("'", '"')

        @rule(minutes=st.sampled_from([1, 9, 11]))
        def time_goes_by(self, minutes):
            # Not so long that her password is asked for again.
            clock.forward(seconds=minutes)

        # --- what always holds ------------------------------------------------------------------------------

        @invariant()
        def what_was_thanked_for_is_there_once_and_nothing_else(self):
            for story in (self.now, *self.past):
                rows = self._rows(
                    select(FocalCode.label, Answer.value)
                    .join(Response, Response.focal_code_id == FocalCode.id)
                    .join(Answer, Answer.response_id == Response.id)
                    .where(Response.administration_id == story.administration)
                )
                stored: dict[str, set[int]] = {}
                for label, value in rows:
                    stored.setdefault(label, set()).add(value)
                assert {label: {value} for label, value in story.thanked.items()} == {
                    label: values - {None} for label, values in stored.items()
                }

        @invariant()
        def nothing_is_shown_before_the_lock_or_the_skip(self):
            if self.now.revealed:
                return
            page = RESULTS[len(self.now.thanked) % len(RESULTS)]
            answered = self.teacher.client.get(f"{self.now.cycle}/{page}")
            assert answered.status_code == 409, (page, answered.status_code)
            number = len(self.past)
            told = visible(self.teacher.client.get(f"{self.now.cycle}/look").text)
            assert not re.search(r"\d of \d (lower|higher|alike)", told)
            if self.shared:
                shown = self.friend.client.get(f"/shared/{self.now.cycle.split('/')[2]}").text
                assert not re.search(r"80 % or more|20 % or less|between 20 and 80", shown)
            if number:
                rows = self.teacher.client.get("/my-answers.csv").text.splitlines()
                cycles = {row.split(",")[2] for row in rows[1:]}
                assert str(number + 1) not in cycles

        @invariant()
        def rating_and_prediction_stay_once_locked(self):
            for story in (self.now, *self.past):
                if story.locked:
                    assert self._views(story) == story.views

        def _views(self, story=None):
            story = story or self.now
            rated = self._rows(
                select(OwnRating.item_version_id, OwnRating.value).where(
                    OwnRating.administration_id == story.administration
                )
            )
            expected = self._rows(
                select(Prediction.item_version_id, Prediction.focal_code_id, Prediction.option).where(
                    Prediction.administration_id == story.administration
                )
            )
            return sorted(map(str, rated)), sorted(map(str, expected))

        def _snapshot(self, story=None):
            found = self._rows(
                select(Snapshot.tables).where(
                    Snapshot.administration_id == (story or self.now).administration, Snapshot.number == 1
                )
            )
            return found[0][0] if found else None

        def _keep_first(self):
            if self.now.first is None:
                self.now.first = self._snapshot()

        @invariant()
        def the_first_snapshot_stays(self):
            for story in (self.now, *self.past):
                if story.first is not None:
                    assert self._snapshot(story) == story.first

        @precondition(lambda self: self.now.revealed and not self.now.is_open and self.now.first)
        @invariant()
        def the_gap_is_what_one_counts_by_hand(self):
            [(latest,)] = self._rows(
                select(Snapshot.tables)
                .where(Snapshot.administration_id == self.now.administration)
                .order_by(Snapshot.number.desc())
                .limit(1)
            )
            said = {label: value for label, _key, value, _missing in latest["answers"]}
            assert said == {label: self.now.thanked[label] for label in said}
            if not said:
                return
            page = self.teacher.client.get(f"{self.now.cycle}/look").text
            figure = re.search(r"<figure.*?</figure>", page, re.DOTALL)
            told = visible(figure[0]) if figure else ""
            lower = sum(value < self.now.rated for value in said.values())
            higher = sum(value > self.now.rated for value in said.values())
            item = next(one for one in latest["items"] if one["values"])
            labels = dict(zip(item["values"], item["options"], strict=True))
            counts = {value: list(said.values()).count(value) for value in sorted(set(said.values()))}
            by_hand = ", ".join(f"{labels[value]}: {count}" for value, count in counts.items())
            assert by_hand in told, (by_hand, told[:900])
            for side, count in (("lower", lower), ("higher", higher)):
                if count and not (lower and higher) and count < len(said):
                    assert f"{count} of {len(said)} {side}" in told, (said, told[:900])

    return Life


def test_whatever_people_do_the_promises_hold(database_kind, app, clock):
    run_state_machine_as_test(
        machine(app, clock),
        settings=settings(
            max_examples=STORIES[database_kind],
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="FOCAL_STORIES" not in os.environ,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )
