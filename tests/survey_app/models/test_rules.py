"""The database itself refuses what must never happen, on both kinds, whatever the code above it does."""

import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from migrations.rules import RULES
from survey_app.audit import record_act
from survey_app.catalogue.queries import questions
from survey_app.classrooms import service as classrooms
from survey_app.cycles import service as cycles
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle
from survey_app.models.people import Organisation, Person
from survey_app.models.releases import Release, ReleaseCell
from survey_app.models.sharing import CycleShare
from survey_app.models.surveys import Administration, Survey
from survey_app.permissions import Viewer
from survey_app.predictions import service as predictions
from survey_app.respond.keys import SheetKey
from survey_app.respond.service import record_response
from survey_app.results import service as results
from survey_app.surveys import queries as survey_queries
from survey_app.surveys import service as surveys

ASKED = ("AG1", "AG2", "ID4")  # the last one is answered in a child's own words


@dataclass
class OneCycle:
    """A cycle with a focal group and the rest of the class, moved on by the product's own services."""

    db: object
    viewer: Viewer
    classroom: Classroom
    cycle: Cycle
    clock: object

    @property
    def given(self) -> list[Administration]:
        return survey_queries.administrations_of(self.db, self.cycle.id)

    @property
    def sheet(self) -> dict:
        return self.db.get_one(Survey, self.given[0].survey_id).sheet

    def opened(self):
        surveys.open_surveys(self.db, self.cycle, self.classroom, now=self.clock())
        return self

    def answered(self):
        self.opened()
        for administration in self.given:
            codes = survey_queries.focal_labels(self.db, self.cycle.id)
            for code, _label in codes if administration.mode == "coded" else [(None, "")] * 6:
                record_response(
                    self.db,
                    administration,
                    focal_code_id=code,
                    card_id=None,
                    answers={one["id"]: 3 if one["values"] else "by drawing" for one in self.sheet["items"]},
                    locale="en",
                    entry="screen",
                    key=SheetKey.fresh(administration.id, now=self.clock()),
                    now=self.clock(),
                )
        return self

    def rated(self):
        self.answered()
        surveys.close_surveys(self.db, self.cycle, now=self.clock())
        for administration in self.given:
            rated = predictions.rated_items(self.sheet)
            predictions.save_rating(
                self.db, administration, self.sheet, {item["id"]: "4" for item in rated}
            )
        return self

    def locked(self, *, skip: bool = False):
        self.rated()
        if not skip:
            codes = survey_queries.focal_labels(self.db, self.cycle.id)
            first = predictions.predicted_items(self.sheet)[0]["id"]
            coded = next(a for a in self.given if a.mode == "coded")
            picked = {(first, code): "3" for code, _label in codes}
            predictions.save_student_predictions(self.db, coded, self.sheet, picked)
        predictions.lock_view(self.db, self.cycle, skip_prediction=skip, now=self.clock())
        return self

    def skipped(self):
        return self.locked(skip=True)

    def revealed(self):
        self.locked()
        results.reveal(self.db, self.cycle, now=self.clock())
        return self

    def audited(self):
        record_act(
            self.db, "test.act", actor_id=None, organisation_id=None, route="/", now=self.clock()
        )
        return self

    def shared(self):
        self.db.add(
            CycleShare(
                cycle_id=self.cycle.id,
                owner_id=self.viewer.person_id,
                person_id=self.viewer.person_id,
                level="plan",
                shared_at=self.clock(),
            )
        )
        self.db.flush()
        return self

    def released(self):
        released = Release(
            organisation_id=self.viewer.organisation_id,
            label="2026-W10",
            made_at=self.clock(),
            policy={},
            digest="0" * 64,
            teachers=3,
            withheld=0,
        )
        self.db.add(released)
        self.db.flush()
        figures = {"n": 9, "teachers": 3, "answers": 9, "share_low": 20, "share_high": 80, "says": "between"}
        self.db.add(
            ReleaseCell(
                release_id=released.id,
                position=0,
                table_name="network",
                item="AG1.3-12.1",
                mode="coded",
                as_of="2026-W10",
                **figures,
            )
        )
        self.db.flush()
        return self

    def erased(self):
        self.revealed()
        self.classroom.erased_at = self.clock()
        self.db.flush()
        return self


@pytest.fixture
def one_cycle(db, clock) -> OneCycle:
    now = clock()
    school = Organisation(kind="school", name="Lincoln", created_at=now)
    db.add(school)
    db.flush()
    person = Person(organisation_id=school.id, email="r@example.org", display_name="Ms. R", created_at=now)
    db.add(person)
    db.flush()
    viewer = Viewer(person.id, school.id, "Ms. R", frozenset({"teacher"}), uuid.uuid4(), "UTC", True)
    room = classrooms.make_class(
        db, viewer, nickname="Period 4", band="3-12", grade=7, subject=None, students=24, now=now
    )
    codes = classrooms.set_focal_codes(db, room, 3)
    known = {q.item_key: q.id for q in questions(db).values() if q.band == "3-12"}
    cycle = cycles.start_series(
        db,
        viewer,
        room,
        codes,
        cycles.Start(
            cycle_id=uuid.uuid4(),
            title="Talk moves",
            change="Talk moves",
            item_version_ids=[known[key] for key in ASKED],
            focal=True,
            rest=True,
            expected_rest=21,
        ),
        now=now,
    )
    return OneCycle(db, viewer, room, cycle, clock)


FRESH = "00000000000040008000000000000001"
UNRATED = "SELECT item_version_id FROM survey_items WHERE position = 3"

# Rule -> how far the cycle has come, and what is tried then.
REFUSED = {
    "ratings_locked_insert": (
        "locked",
        "INSERT INTO own_ratings (administration_id, owner_id, item_version_id, survey_id, mode, value)"
        f" SELECT id, owner_id, ({UNRATED}), survey_id, mode, 2 FROM administrations WHERE mode = 'coded'",
    ),
    "ratings_locked_update": ("locked", "UPDATE own_ratings SET value = 1"),
    "ratings_locked_delete": ("locked", "DELETE FROM own_ratings"),
    "predictions_locked_insert": (
        "locked",
        "INSERT INTO predictions (id, administration_id, owner_id, survey_id, classroom_id, mode,"
        f" item_version_id, focal_code_id, option) SELECT '{FRESH}', a.id, a.owner_id, a.survey_id,"
        f" a.classroom_id, a.mode, ({UNRATED}),"
        " (SELECT id FROM focal_codes WHERE label = 'A'), 2 FROM administrations a WHERE a.mode = 'coded'",
    ),
    "predictions_locked_update": ("locked", "UPDATE predictions SET option = 1"),
    "predictions_locked_delete": ("locked", "DELETE FROM predictions"),
    "administrations_lock_stays": ("locked", "UPDATE administrations SET locked_at = NULL"),
    "administrations_reveal_needs_lock": (
        "locked",
        "INSERT INTO administrations (id, owner_id, classroom_id, cycle_id, survey_id, part, mode, state,"
        " may_be_shared, under_research, has_answers, saw_answers_first, opened_at, locked_at, revealed_at)"
        f" SELECT '{FRESH}', owner_id, classroom_id, cycle_id, survey_id, part, mode, 'closed',"
        " may_be_shared, under_research, false, false, opened_at, locked_at, locked_at FROM administrations"
        " WHERE mode = 'coded'",
    ),
    "administrations_notice_frozen": ("answered", "UPDATE administrations SET may_be_shared = true"),
    "plan_predictions_frozen": ("answered", "UPDATE plan_predictions SET k = 1, n = 3"),
    "surveys_frozen": ("opened", "UPDATE surveys SET fills = '{}'"),
    "survey_items_frozen_insert": (
        "opened",
        "INSERT INTO survey_items (survey_id, item_version_id, position) SELECT s.id,"
        " (SELECT id FROM item_versions WHERE key = 'OW1.3-12.1'), 4 FROM surveys s",
    ),
    "survey_items_frozen_update": ("opened", "UPDATE survey_items SET position = position + 3"),
    "survey_items_frozen_delete": ("opened", "DELETE FROM survey_items"),
    "answers_never_edited": ("answered", "UPDATE answers SET value = 4 WHERE value IS NOT NULL"),
    "responses_never_edited": ("answered", "UPDATE responses SET late = true"),
    "snapshots_frozen": ("revealed", "UPDATE snapshots SET content_hash = 'other'"),
    "snapshots_kept": ("revealed", "DELETE FROM snapshots"),
    "item_versions_fixed": ("opened", "UPDATE item_versions SET content_hash = 'other'"),
    "wordings_fixed": ("opened", "UPDATE wordings SET text = 'Something else?'"),
    "scale_versions_fixed": ("opened", "UPDATE scale_versions SET name = 'Other'"),
    "scale_options_fixed": ("opened", "UPDATE scale_options SET code = 'other'"),
    "cycle_shares_fixed": ("shared", "UPDATE cycle_shares SET level = 'everything'"),
    "audit_events_never_edited": ("audited", "UPDATE audit_events SET act = 'nothing'"),
    "audit_events_never_deleted": ("audited", "DELETE FROM audit_events"),
    "release_cells_fixed": ("released", "UPDATE release_cells SET n = 12"),
}


def test_every_rule_has_its_case():
    assert set(REFUSED) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_refuses(one_cycle, rule):
    stage, statement = REFUSED[rule.name]
    getattr(one_cycle, stage)()
    # On PostgreSQL the application's role may not even try to change the audit.
    with pytest.raises(DBAPIError, match=f"focal rule: {rule.sentence}|denied for table audit_events"):
        one_cycle.db.execute(text(statement))


@pytest.mark.parametrize(
    ("stage", "change"),
    [
        ("skipped", "prediction_skipped_at = NULL"),
        ("locked", "prediction_skipped_at = locked_at"),
        ("revealed", "revealed_at = NULL"),
    ],
)
def test_a_lock_a_skip_and_a_reveal_stay(one_cycle, stage, change):
    getattr(one_cycle, stage)()
    with pytest.raises(DBAPIError, match="a lock, a skip and a reveal stay as they are"):
        one_cycle.db.execute(text(f"UPDATE administrations SET {change}"))


def test_a_lock_keeps_its_moment(one_cycle, clock):
    one_cycle.locked()
    one_cycle.given[0].locked_at = clock.forward(minutes=5)
    with pytest.raises(DBAPIError, match="a lock, a skip and a reveal stay as they are"):
        one_cycle.db.flush()


@pytest.mark.parametrize(
    "change", ["notice = '{}'", "under_research = true", "has_answers = false"], ids=lambda c: c.split()[0]
)
def test_what_children_were_told_stays_from_the_first_answer_on(one_cycle, change):
    one_cycle.answered()
    with pytest.raises(DBAPIError, match="fixed at the first answer"):
        one_cycle.db.execute(text(f"UPDATE administrations SET {change}"))


# Checks and keys that are written in the tables: what is tried when, and the name that says no.
RESPONSE = "INSERT INTO responses (id, administration_id, survey_id, classroom_id, mode,"
FROM_ROW = f" SELECT '{FRESH}', id, survey_id, classroom_id, mode,"
A_CODE = " (SELECT id FROM focal_codes WHERE label = 'A'),"
BROKEN = [
    ("rated", "UPDATE administrations SET revealed_at = opened_at", "no_reveal_before_lock"),
    ("rated", "UPDATE administrations SET prediction_skipped_at = opened_at", "skip_locks_rating"),
    ("opened", "UPDATE administrations SET has_answers = true", "notice_before_answers"),
    (
        "answered",
        f"{RESPONSE} locale, late){FROM_ROW} 'es', false FROM administrations WHERE mode = 'pooled'",
        "pooled_keeps_nothing_else",
    ),
    (
        "answered",
        f"{RESPONSE} focal_code_id, late){FROM_ROW}{A_CODE} false FROM administrations WHERE mode = 'pooled'",
        "code_only_when_coded",
    ),
    (
        "answered",
        f"{RESPONSE} focal_code_id, late){FROM_ROW}{A_CODE} false FROM administrations WHERE mode = 'coded'",
        "uq_responses_one_a_code|responses.administration_id, responses.focal_code_id",
    ),
]


@pytest.mark.parametrize(("stage", "statement", "name"), BROKEN, ids=lambda one: str(one)[:40])
def test_the_tables_refuse(one_cycle, stage, statement, name):
    getattr(one_cycle, stage)()
    with pytest.raises(DBAPIError, match=name):
        one_cycle.db.execute(text(statement))


def test_the_mode_cannot_change_once_there_is_an_answer(one_cycle):
    one_cycle.answered()
    with pytest.raises(DBAPIError):
        one_cycle.db.execute(text("UPDATE administrations SET mode = 'pooled' WHERE mode = 'coded'"))


@pytest.mark.parametrize("table", ["own_ratings", "predictions", "snapshots"])
def test_an_erased_class_may_lose_what_was_locked(one_cycle, table):
    one_cycle.erased()
    one_cycle.db.execute(text(f"DELETE FROM {table}"))


def test_an_erased_code_may_lose_its_prediction_and_no_other(one_cycle, clock):
    one_cycle.locked()
    code = one_cycle.db.scalars(select(FocalCode).where(FocalCode.label == "B")).one()
    code.erased_at = clock()
    one_cycle.db.flush()
    one_cycle.db.execute(
        text("DELETE FROM predictions WHERE focal_code_id = (SELECT id FROM focal_codes WHERE label = 'B')")
    )
    with pytest.raises(DBAPIError, match="a locked prediction never changes"):
        one_cycle.db.execute(text("DELETE FROM predictions"))


def test_a_snapshot_may_be_rewritten_when_a_code_is_erased(one_cycle):
    one_cycle.revealed()
    one_cycle.db.execute(text("UPDATE snapshots SET content_hash = 'new', erasures = erasures + 1"))


def test_before_the_lock_a_view_is_the_teachers_to_change(one_cycle):
    one_cycle.rated()
    changed = one_cycle.db.execute(text("UPDATE own_ratings SET value = 1"))
    assert changed.rowcount == 4
