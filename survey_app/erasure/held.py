"""What is held about one focal code, or one class, as CSV: to be taken along before it is erased.

Nothing here goes round the lock: answers that the teacher may not see yet are named and not shown, and
pooled answers come as the frozen counts.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from survey_app.classrooms.consents import WORDS as CONSENT_WORDS
from survey_app.erasure import queries
from survey_app.erasure.named import texts_naming
from survey_app.results import queries as result_queries
from survey_app.results.exports import PURPOSE, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from survey_app.erasure.named import Named
    from survey_app.models.classrooms import Classroom, FocalCode
    from survey_app.models.surveys import Administration

COLUMNS = ("student", "cycle", "lesson", "what", "question_key", "question", "value", "held", "count")
NOT_SHOWN = "Answers are held. They are shown after the lock and the reveal, and not here before that."
CYCLE_TEXTS = (
    "aim",
    "driver",
    "change",
    "math",
    "science",
    "dose",
    "adaptations",
    "absences",
    "keep_what",
    "keep_where",
    "change_next",
    "decision",
    "reason",
    "data_point",
    "told_students",
)


def as_csv(rows: Iterable[dict[str, Any]]) -> bytes:
    """Return the rows as CSV, safe to open in a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, "purpose"])
    for row in rows:
        writer.writerow([*(safe_cell(row.get(name)) for name in COLUMNS), PURPOSE])
    return ("\ufeff" + file.getvalue()).encode("utf-8")


def rows_of_code(db: Session, code: FocalCode) -> list[dict[str, Any]]:
    """Return one row for each thing that is held about a focal code."""
    found = _Held(db, code.classroom_id, [code])
    named = [found.speaks(one, code.label) for one in texts_naming(db, code)]
    return [*found.of_codes(), *named]


def rows_of_class(db: Session, classroom: Classroom) -> list[dict[str, Any]]:
    """Return one row for each thing that is held about a class."""
    held = _Held(db, classroom.id, queries.codes_of(db, classroom.id))
    about = ("nickname", "subject", "grade", "students", "class_code", "created_at", "archived_at")
    rows = [{"what": f"class: {name}", "held": _text(getattr(classroom, name))} for name in about]
    return [*rows, *held.of_codes(), *held.of_group()]


class _Held:
    """What is held of a class, read once, with the words of its questions."""

    def __init__(self, db: Session, classroom_id: object, codes: Sequence[FocalCode]) -> None:
        self.db, self.codes = db, codes
        self.labels = {code.id: code.label for code in codes}
        self.cycles = queries.cycles_of(db, classroom_id)
        self.given = queries.administrations_of(db, classroom_id)
        self.sheets = queries.sheets_of(db, self.given.values())
        self.predictions = queries.predictions_about(db, classroom_id)
        self.cards = queries.cards_of(db, classroom_id)
        self.consents = queries.consents_of(db, classroom_id)

    def speaks(self, one: Named, label: str) -> dict[str, Any]:
        """Return a row about a text that speaks of a code."""
        return {
            **self._row(one.cycle, f"speaks of {label}: {one.where}", None, held=one.words),
            "student": label,
        }

    def of_codes(self) -> Iterator[dict[str, Any]]:
        for card in self.cards:
            if card.focal_code_id in self.labels:
                yield self._row(None, "card", card.focal_code_id, held=_card_words(card))
        for one in self.consents:
            if one.focal_code_id in self.labels:
                yield self._row(None, "family", one.focal_code_id, held=_consent_words(one))
        yield from self._planned()
        for cycle in self.cycles.values():
            if cycle.support_code_id in self.labels:
                yield self._row(cycle, "support", cycle.support_code_id, held=cycle.support_step)
        yield from self._answers()
        for one in self.predictions:
            if one.focal_code_id in self.labels:
                yield self._asked(one.administration_id, one, "prediction", one.option, one.focal_code_id)

    def _planned(self) -> Iterator[dict[str, Any]]:
        for row in queries.focal_rows(self.db, self.labels):
            cycle = self.cycles[row.cycle_id]
            for name in ("strength", "wonder", "noticing"):
                if getattr(row, name):
                    yield self._row(cycle, name, row.focal_code_id, held=getattr(row, name))
            if row.was_absent:
                yield self._row(cycle, "absent", row.focal_code_id, held="yes")

    def _answers(self) -> Iterator[dict[str, Any]]:
        hidden = set()
        for response, answer in queries.coded_answers(self.db, self.labels):
            given = self.given[response.administration_id]
            if given.revealed_at is None:
                hidden.add((given.id, response.focal_code_id))
                continue
            words = answer.words or (answer.missing if answer.value is None else None)
            yield self._asked(given.id, answer, "answer", answer.value, response.focal_code_id, words)
        for given_id, code_id in hidden:
            yield self._row(self.cycles[self.given[given_id].cycle_id], "answer", code_id, held=NOT_SHOWN)

    def _of_rest(self) -> Iterator[dict[str, Any]]:
        for one in self.consents:
            if one.focal_code_id is None:
                yield self._row(None, "families of the rest of the class", None, held=_consent_words(one))
        for card in self.cards:
            if card.focal_code_id is None:
                yield self._row(None, "card of the rest of the class", None, held=_card_words(card))

    def of_group(self) -> Iterator[dict[str, Any]]:
        yield from self._of_rest()
        for cycle in self.cycles.values():
            for name in CYCLE_TEXTS:
                if getattr(cycle, name):
                    yield self._row(cycle, f"cycle: {name}", None, held=getattr(cycle, name))
        for comment in queries.comments_of(self.db, self.cycles):
            yield self._row(self.cycles[comment.cycle_id], "comment", None, held=comment.words)
        for one in queries.ratings_of(self.db, self.given):
            yield self._asked(one.administration_id, one, "own rating", one.value, None, one.missing)
        for one in self.predictions:
            if one.focal_code_id is None:
                row = self._asked(one.administration_id, one, "prediction", one.option, None)
                yield {**row, "count": one.count}
        yield from self._pooled()

    def _pooled(self) -> Iterator[dict[str, Any]]:
        pooled = [one for one in self.given.values() if one.mode == "pooled"]
        taken = result_queries.snapshots_of(self.db, [one.id for one in pooled])
        for given in pooled:
            cycle = self.cycles[given.cycle_id]
            if given.id not in taken and given.has_answers:
                yield self._row(cycle, "answers of the class", None, held=NOT_SHOWN)
            for snapshot in taken.get(given.id, [])[-1:]:
                yield from self._frozen(given, snapshot.tables)

    def _frozen(self, given: Administration, tables: dict[str, Any]) -> Iterator[dict[str, Any]]:
        cycle = self.cycles[given.cycle_id]
        if tables["too_few"]:
            few = "Fewer than 5 answers are held; they are not shown."
            yield self._row(cycle, "answers of the class", None, held=few)
            return
        items = {item["key"]: item for item in tables["items"]}
        for key, value, missing, count in tables["counts"]:
            labels = dict(zip(items[key]["values"], items[key]["options"], strict=True))
            asked = {"question_key": key, "question": items[key]["label"]}
            row = self._row(cycle, "answers of the class", None, held=missing or labels.get(value, ""))
            yield {**row, **asked, "value": value, "count": count}
        for _label, key, words in tables["words"]:
            asked = {"question_key": key, "question": items[key]["label"]}
            yield {**self._row(cycle, "answers of the class", None, held=words), **asked}

    def _row(self, cycle: Any, what: str, code_id: Any, *, held: str) -> dict[str, Any]:
        where = {"cycle": cycle.number, "lesson": cycle.lesson} if cycle else {}
        return {"student": self.labels.get(code_id, ""), "what": what, "held": held, **where}

    def _asked(
        self, given_id: Any, one: Any, what: str, value: int | None, code_id: Any, words: str | None = None
    ) -> dict[str, Any]:
        """Return a row about one question, in the words of the sheet."""
        given, key = self.given[given_id], str(one.item_version_id)
        sheet = self.sheets[given.survey_id]
        item = next(item for item in sheet["items"] if item["id"] == key)
        student = sheet["words"]["en"]["items"][key]["student"]
        held = words or student["labels"].get(str(value), "")
        row = self._row(self.cycles[given.cycle_id], what, code_id, held=held)
        return {**row, "question_key": item["key"], "question": student["text"], "value": value}


def _card_words(card: Any) -> str:
    made = f"made on {card.made_at:%Y-%m-%d}, language {card.locale}"
    return f"{made}, stopped on {card.revoked_at:%Y-%m-%d}" if card.revoked_at else made


def _consent_words(one: Any) -> str:
    return f"{CONSENT_WORDS[one.kind]}, recorded on {one.recorded_at:%Y-%m-%d}"


def _text(value: object) -> str:
    return "" if value is None else f"{value:%Y-%m-%d}" if hasattr(value, "year") else str(value)
