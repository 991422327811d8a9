"""Every form says which act it leaves in the record, or why none; every act leaves exactly one event."""

from __future__ import annotations

import ast
import csv
import io
import re
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from config import ROOT
from survey_app import audit
from survey_app.acts.words import ACTS, KINDS, acts_of_kind, kind_of
from survey_app.models.audit import AuditEvent
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.people import Organisation
from survey_app.models.sharing import CycleShare
from tests.survey_app.erasure.test_erase import places_with
from tests.survey_app.loop.teacher import Teacher, answer

CANARY = "zqcanaryzq"
OWN = "a teacher's own working notes; nobody else is touched, and nothing leaves"
CHILD = "a child's page: what a child does is in no record, or the order of events would tell who answered"
KEPT = "the rows themselves say who and when"
# What each form writes. A new form comes here, with its act or with its reason.
WRITES = {
    "accounts.accept": "invitation.accepted",
    "accounts.begin": "account.first",
    "accounts.change_name": "account.named",
    "accounts.change_password": "password.changed",
    "accounts.confirm_password": "proof.failed",
    "accounts.end_other_sessions": "sessions.ended",
    "accounts.end_session": "session.ended",
    "accounts.enter": "sign-in",
    "accounts.set_password": "password.set-by-link",
    "accounts.sign_out": "sign-out",
    "accounts.use_statement": "use.accepted",
    "admin.add_member": "team.joined",
    "admin.archive_place": "place.archived",
    "admin.archive_team": "team.archived",
    "admin.change_place": "place.changed",
    "admin.disable": "person.disabled",
    "admin.enable": "person.enabled",
    "admin.erase_account_now": "person.erased",
    "admin.give_role": "role.given",
    "admin.make_password_link": "password.link-made",
    "admin.move_person": "person.moved",
    "admin.new_place": "place.added",
    "admin.new_team": "team.added",
    "admin.order_place": "erasure.ordered",
    "admin.remove_member": "team.left",
    "admin.rename_team": "team.renamed",
    "admin.renew_invitation": "invitation.renewed",
    "admin.revoke_invitation": "invitation.revoked",
    "admin.send_invitation": "invitation.made",
    "admin.send_list": "invitation.made",
    "admin.set_family_rule": "consent.rule-set",
    "admin.take_role": "role.taken",
    "admin.unarchive_place": "place.unarchived",
    "admin.withdraw_order": "erasure.withdrawn",
    "catalogue.keep_review": "item.reviewed",
    "classrooms.archive": "class.archived",
    "classrooms.make_cards": "cards.reprinted",
    "classrooms.record_consent": "consent.recorded",
    "classrooms.unarchive": "class.unarchived",
    "cycles.run_next": "survey.opened",
    "cycles.save_decision": "cycle.decided",
    "cycles.start": "survey.opened",
    "erasure.erase_class": "class.erased",
    "erasure.erase_code": "code.erased",
    "improvement.driver": "diagram.changed",
    "improvement.edit_aim": "diagram.changed",
    "improvement.idea": "diagram.changed",
    "improvement.move_driver": "diagram.changed",
    "improvement.move_idea": "diagram.changed",
    "improvement.remove_driver": "diagram.changed",
    "improvement.restore_version": "diagram.changed",
    "paper.store": "answers.keyed",
    "predictions.lock": "prediction.skipped",
    "predictions.save_predict": "prediction.locked",
    "research.ask_for_package": "package.asked",
    "research.decide_on_package": "package.approved",
    "research.end_agreement": "agreement.ended",
    "research.make_agreement": "agreement.made",
    "research.make_package": "package.made",
    "research.take_part": "research.joined",
    "results.reveal": "results.revealed",
    "sharing.share_cycle": "cycle.shared",
    "sharing.share_with_team": "cycle.shared",
    "sharing.take_back": "cycle.unshared",
    "surveys.close_survey": "survey.closed",
    "surveys.open_survey": "survey.opened",
    "surveys.reopen_survey": "survey.reopened",
    "surveys.void_survey": "survey.voided",
}
NONE = {
    "admin.look_at_list": "a dry run: nothing is kept",
    "classrooms.add": OWN,
    "classrooms.add_focal": OWN,
    "classrooms.restore_focal": OWN,
    "classrooms.retire_focal": OWN,
    "classrooms.store_change": OWN,
    "cycles.put_aside": OWN,
    "cycles.save_log": OWN,
    "cycles.save_plan": OWN,
    "cycles.take_up": OWN,
    "predictions.save_saw": OWN,
    "results.save_noticings": OWN,
    "surveys.change_questions": OWN,
    "surveys.choose_who": OWN,
    "sharing.answer": KEPT,
    "sharing.comment": KEPT,
    "respond.check_sending": "tries the network; nothing is kept",
    "respond.practice_again": "a try-out; nothing is kept",
    "respond.read_code": CHILD,
    "respond.send": CHILD,
}


@pytest.mark.database("sqlite")
def test_every_form_says_which_act_it_writes_or_why_none(app):
    forms = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert forms - set(WRITES) - set(NONE) == set(), "Say in this file which act the new form writes."
    assert not set(WRITES) & set(NONE)
    assert set(WRITES.values()) <= set(ACTS)


RECORDING = {"note_act", "record_act", "record_alone", "record", "_change_state", "_note", "reading_rows"}


def acts_in_code() -> set[str]:
    """Return every act that the code writes: the words like "class.erased" given to what records."""
    found = set()
    for path in (ROOT / "survey_app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(
                getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", "")
            )
            if name not in RECORDING:
                continue
            words = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
            found |= {one for one in words if isinstance(one, str) and re.fullmatch(r"[a-z-]+\.[a-z-]+", one)}
    return found


def test_every_act_has_words_and_a_kind():
    unsaid = {act for act in acts_in_code() if act not in ACTS}
    assert unsaid == set(), "Say it in survey_app/acts/words.py."
    assert {act for act in ACTS if not kind_of(act)} == set(), "Give it a kind in survey_app/acts/words.py."
    assert sorted(act for kind in KINDS for act in acts_of_kind(kind)) == sorted(ACTS)


class Watch:
    """Counts what an act leaves in the record."""

    def __init__(self, teacher: Teacher) -> None:
        self.teacher, self.seen = teacher, set()

    def counts(self) -> dict[str, int]:
        with self.teacher.reading() as db:
            return dict(db.execute(select(AuditEvent.act, func.count()).group_by(AuditEvent.act)).all())

    @contextmanager
    def once(self, act: str | None):
        before = self.counts()
        yield
        after = self.counts()
        new = {name: count - before.get(name, 0) for name, count in after.items()}
        assert {name: count for name, count in new.items() if count} == ({act: 1} if act else {}), act
        self.seen |= {act}


def test_each_act_of_a_class_leaves_one_event_and_no_word_of_hers(app, clock, engine):
    teacher = Teacher.arrive(app, clock)
    chief = Teacher.arrive(app, clock, "Olive Chief", roles=("administrator",))
    coach = Teacher.arrive(app, clock, "Cora Coach", roles=("coach",))
    chief.form_token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', chief.get("/account"))[1]
    watch = Watch(teacher)
    once = watch.once
    with once(None):
        cycle = teacher.start(do="draft", nickname=f"Period {CANARY}", change=f"wait {CANARY}")
    with teacher.reading() as db:
        room = f"/classes/{db.scalars(select(Classroom.id)).one()}"
        codes = {code.label: code.id for code in db.scalars(select(FocalCode))}
        school = db.scalars(select(Organisation.id)).one()
    with once("consent.recorded"):
        teacher.post(f"{room}/families/said", said_A="given")
    with once("survey.opened"):
        teacher.post(f"{cycle}/open")
    with once("survey.voided"):
        teacher.post(f"{cycle}/void")
    with once("survey.opened"):
        teacher.post(f"{cycle}/open")
    tokens = teacher.cards()
    with once("cards.reprinted"):
        key = re.search(r'name="form_key" value="([^"]+)"', teacher.get(f"{room}/cards"))[1]
        teacher.post(f"{room}/cards", 200, form_key=key, make_E="1", sure="1")
    with once(None):
        for token in list(tokens.values())[:4]:
            answer(app, token)
        teacher.post(f"{cycle}/plan", version="1", aim=f"aim {CANARY}", lesson=f"{CANARY}", change="wait")
        teacher.see(cycle)
    with once("survey.closed"):
        teacher.post(f"{cycle}/close")
    with once("survey.reopened"):
        teacher.post(f"{cycle}/reopen")
    with once("prediction.locked"):
        teacher.predict_and_lock(cycle)
    with once("results.revealed"):
        teacher.post(f"{cycle}/reveal")
    with once("cycle.decided"):
        teacher.decide(cycle, keep_what=CANARY, told_students=CANARY)
    with once(None):
        noticing = {f"noticing-{codes['A']}": f"A {CANARY}"}
        teacher.post(f"{cycle}/look/students", **noticing)
    with once("answers.exported"):
        teacher.get(f"{cycle}/export.csv")
    with once("cycle.shared"):
        teacher.post(f"{cycle}/share", person=str(coach.person_id), level="plan", asks=CANARY)
    with teacher.reading() as db:
        share = db.scalars(select(CycleShare.id)).one()
    with once("cycle.unshared"):
        teacher.post(f"{cycle}/share/{share}/stop")
    with once("access.denied"):
        coach.get(cycle, 403)
    with once("held.exported"):
        teacher.get(f"{room}/focal/{codes['B']}/held.csv")
    with once("code.erased"):
        teacher.post(f"{room}/focal/{codes['B']}/erase", sure="1")
    with once("class.archived"):
        teacher.post(f"{room}/archive")
    with once("class.unarchived"):
        teacher.post(f"{room}/unarchive")
    with once("item.reviewed"):
        page = chief.get("/questions/review")
        chief.post("/questions/review", **{re.search(r'name="(area-[^"]+)"', page)[1]: "none"})
    with once("consent.rule-set"):
        chief.post(f"/places/{school}/children", kind="notice_sent")
    with once("held.counted"):
        chief.get(f"/places/{school}/held.csv")
    with once("erasure.ordered"):
        chief.post(f"/places/{school}/erase", sure="1", when="later")
    with once("erasure.withdrawn"):
        chief.post(f"/places/{school}/erase/withdraw")
    with once("person.erased"):
        chief.post(f"/people/{coach.person_id}/erase", sure="1")
    with once("class.erased"):
        teacher.post(f"{room}/erase", sure="1")
    with once("organisation.erased"):
        chief.post(f"/places/{school}/erase", sure="1", when="now")
    with once("audit.exported"):
        file = chief.get("/audit.csv")
    rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert [int(row["number"]) for row in rows] == sorted(int(row["number"]) for row in rows)
    assert {row["act"] for row in rows} | {"audit.exported"} >= watch.seen - {None}
    cycles = csv.DictReader(io.StringIO(chief.get("/audit.csv?kind=cycles").removeprefix("\ufeff")))
    assert {kind_of(row["act"]) for row in cycles} == {"cycles"}
    record = [place for place in places_with(engine, CANARY) if place.startswith("audit_events.")]
    assert record == []
    for name in ("Lopez", "Chief", "Cora", "example.org"):
        assert not [place for place in places_with(engine, name) if place.startswith("audit_events.")]
    with teacher.reading() as db:
        assert audit.first_broken_link(db) is None


@pytest.mark.database("sqlite")
def test_each_kind_has_its_page(app, clock):
    chief = Teacher.arrive(app, clock, "Olive Chief", roles=("administrator",))
    for kind in KINDS:
        assert 'aria-current="true"' in chief.get(f"/audit?kind={kind}")
    assert chief.get("/audit?kind=nothing").count("aria-current") == 1
