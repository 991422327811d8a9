"""The night's work: ``python -m survey_app.erasure.nightly``, once a day from a timer.

Deletes what its time is over for, erases again what a restored backup brought back, checks the chain of acts,
and signs what it did. Returns 1 when a person has to look.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from config import Config, ConfigError
from survey_app import clock
from survey_app.audit import last_link, record_act
from survey_app.classrooms.service import archive_class
from survey_app.db import Database
from survey_app.erasure import journal, orders, overdue, service
from survey_app.erasure.chain import faults_of_record
from survey_app.erasure.traces import remove_traces
from survey_app.errors import NotYet
from survey_app.models import load_all
from survey_app.models.keeping import ErasureOrder
from survey_app.models.people import Person
from survey_app.principal import job

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.classrooms import Classroom, FocalCode

log = logging.getLogger("focal")
AGAIN = "classes erased again"
NIGHTLY = job("nightly")


def main() -> int:
    """Do the night's work for the installation that the environment describes; say what was done."""
    try:
        config = Config.from_env(os.environ)
    except ConfigError as fault:
        print(fault, file=sys.stderr)
        return 1
    load_all()
    database = Database(config.database_url)
    try:
        done, faults = work(database, config, now=clock.now())
    finally:
        database.engine.dispose()
    print(", ".join(f"{what}: {count}" for what, count in sorted(done.items())) or "Nothing was due.")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def work(database: Database, config: Config, *, now: datetime) -> tuple[Counter[str], list[str]]:
    """Do one night's work; return how much of what was done, and what a person has to look at."""
    done: Counter[str] = Counter()
    faults: list[str] = []
    _in_one_go(database, lambda db: done.update(overdue.purge(db, now=now)))
    for classroom_id in _ids(database, lambda db: overdue.classes_to_archive(db, now=now)):
        _in_one_go(database, lambda db, one=classroom_id: done.update(_archive(db, one, now)))
    for classroom_id in _ids(database, lambda db: overdue.classes_to_erase(db, now=now)):
        if _in_one_go(database, lambda db, one=classroom_id: done.update(_erase_class(db, one, now))):
            journal.write_line(config.instance, config.secret_key, "class", id=str(classroom_id), now=now)
    for order_id in _ids(database, lambda db: orders.due_orders(db, now=now)):
        done.update(carry_out_order(database, config, order_id, now=now))
    _erase_again(database, config, done, faults, now=now)
    with database.reading(NIGHTLY) as db:
        faults += faults_of_record(db, config)
    erased = any(done[what] for what in ("classes erased", AGAIN, "students erased again"))
    remove_traces(database, config, thoroughly=erased or _erased_since_last_night(config))
    _sign(database, config, done, faults, now=now)
    return done, faults


def _in_one_go(database: Database, do: Callable[[Session], object]) -> bool:
    """Do one thing in a transaction of its own; what has to wait for a survey to close waits for tomorrow."""
    with database.writing(NIGHTLY) as db:
        try:
            do(db)
            db.commit()
        except NotYet as wait:
            log.warning("the night's work leaves something for tomorrow: %s", wait.words)
            return False
    return True


def _ids(database: Database, find: Callable[[Session], list]) -> list:
    with database.reading(NIGHTLY) as db:
        return find(db)


def _archive(db: Session, classroom_id: object, now: datetime) -> dict[str, int]:
    classroom = overdue.classroom(db, classroom_id)
    archive_class(db, classroom, now=now)
    _note(db, "class.archived", classroom, now)
    return {"classes archived": 1}


def _erase_class(db: Session, classroom_id: object, now: datetime, *, what: str = "classes erased") -> dict:
    classroom = overdue.classroom(db, classroom_id)
    service.erase_class(db, classroom, now=now)
    _note(db, "class.erased", classroom, now)
    return {what: 1}


def _erase_code(db: Session, code: FocalCode, now: datetime, *, with_texts: bool) -> dict[str, int]:
    service.erase_code(db, code, with_texts=with_texts, now=now)
    _note(db, "code.erased", overdue.classroom(db, code.classroom_id), now)
    return {"students erased again": 1}


def _erase_person(db: Session, person_id: str, now: datetime) -> dict[str, int]:
    person = db.get_one(Person, uuid.UUID(person_id))
    orders.erase_person(db, person, now=now)
    record_act(
        db,
        "person.erased",
        actor_id=None,
        organisation_id=person.organisation_id,
        route="nightly",
        object_id=person.id,
        now=now,
    )
    return {"accounts erased again": 1}


def carry_out_order(
    database: Database, config: Config, order_id: uuid.UUID, *, now: datetime
) -> dict[str, int]:
    """Carry out one order, with one act in the record and each tombstone in the signed list."""
    gone: list[orders.Erased] = []

    def erase(db: Session) -> None:
        order = db.get_one(ErasureOrder, order_id)
        gone.append(orders.carry_out(db, order, now=now))
        record_act(
            db,
            "person.erased" if order.person_id else "organisation.erased",
            actor_id=order.ordered_by_id,
            organisation_id=order.organisation_id,
            route="nightly",
            object_id=order.person_id or order.organisation_id,
            now=now,
        )

    if not _in_one_go(database, erase):
        return {}
    for what, ids in (("class", gone[0].classes), ("person", gone[0].people)):
        for row_id in ids:
            journal.write_line(config.instance, config.secret_key, what, id=str(row_id), now=now)
    return {"classes erased": len(gone[0].classes), "accounts erased": len(gone[0].people)}


def _note(db: Session, act: str, classroom: Classroom, now: datetime) -> None:
    place = db.get_one(Person, classroom.owner_id).organisation_id
    record_act(
        db, act, actor_id=None, organisation_id=place, route="nightly", object_id=classroom.id, now=now
    )


def _erase_again(
    database: Database, config: Config, done: Counter[str], faults: list[str], *, now: datetime
) -> None:
    """Erase once more what stands in the journal and is there all the same: a backup was put back."""
    try:
        lines = journal.read_lines(config.instance, *config.secret_keys)
    except journal.JournalBroken as fault:
        faults.append(str(fault))
        return
    marked = [
        (line["what"], line["id"], line.get("texts", False))
        for line in lines
        if line["what"] in ("code", "class", "person")
    ]
    _mark_what_is_missing(database, config, {row_id for _what, row_id, _texts in marked}, now=now)
    for what, row_id, texts in marked:
        with database.reading(NIGHTLY) as db:
            back = overdue.is_back(db, what, row_id)
        if back and what == "class":
            _in_one_go(database, lambda db, one=row_id: done.update(_erase_class(db, one, now, what=AGAIN)))
        elif back and what == "person":
            _in_one_go(database, lambda db, one=row_id: done.update(_erase_person(db, one, now)))
        elif back:
            _in_one_go(
                database,
                lambda db, one=row_id, texts=texts: done.update(
                    _erase_code(db, overdue.code(db, one), now, with_texts=texts)
                ),
            )
    # An answer that was on its way while its student was erased.
    _in_one_go(database, lambda db: done.update({"rows swept up": overdue.sweep(db)}))


def _mark_what_is_missing(database: Database, config: Config, known: set[str], *, now: datetime) -> None:
    """Write into the signed list what was erased and never came there: the machine stopped in between."""
    with database.reading(NIGHTLY) as db:
        missing = [one for one in overdue.tombstones(db) if one[1] not in known]
    for what, row_id in missing:
        journal.write_line(config.instance, config.secret_key, what, id=row_id, now=now)


def _erased_since_last_night(config: Config) -> bool:
    try:
        lines = journal.read_lines(config.instance, *config.secret_keys)
    except journal.JournalBroken:
        return True
    nights = [place for place, line in enumerate(lines) if line["what"] == "night"]
    return len(lines) > (nights[-1] + 1 if nights else 0)


def _sign(
    database: Database, config: Config, done: Counter[str], faults: list[str], *, now: datetime
) -> None:
    """Write what the night did: into the record of acts, and signed beside the database."""
    with database.writing(NIGHTLY) as db:
        record_act(db, "retention.kept", actor_id=None, organisation_id=None, route="nightly", now=now)
        last = last_link(db)
        db.commit()
    if not any("Line " in fault for fault in faults):
        counts = {what: count for what, count in sorted(done.items()) if count}
        config_key = config.secret_key
        journal.write_line(
            config.instance, config_key, "night", did=counts, faults=len(faults), record=last, now=now
        )


if __name__ == "__main__":
    sys.exit(main())
