"""Answers as a form carries them, read against the frozen sheet; and the check that only such are stored."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from survey_app.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

Sheet = dict[str, Any]
Value = int | str
CHILD_REASONS = ("skipped", "not_understood", "not_applicable")
ALL_REASONS = (*CHILD_REASONS, "not_shown")
LONGEST_TEXT = 300
NOTHING = {"value": None, "words": None, "missing": None}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one answer: a message of the page words, and what fills it."""

    message: str
    values: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadForm:
    """A child's form: ``answers`` by item version id, ``faults`` and the raw ``typed`` by field name."""

    answers: dict[str, Value]
    faults: dict[str, Fault]
    typed: dict[str, str]

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was picked or written."""
        return not self.faults and all(value == "skipped" for value in self.answers.values())


def read_form(sheet: Sheet, form: MultiDict[str, str]) -> ReadForm:
    """Read every question's answer; nothing picked is ``skipped``."""
    answers: dict[str, Value] = {}
    faults: dict[str, Fault] = {}
    typed: dict[str, str] = {}
    for item in sheet["items"]:
        # The field has the version's own name, so that an old page can never answer another question.
        name = item["key"]
        sent = [one for one in form.getlist(name) if one]
        answer = _read_text(item, sent) if item["kind"] == "text" else _read_choice(item, sent)
        if isinstance(answer, Fault):
            faults[name] = answer
        else:
            answers[item["id"]] = answer
        if sent:
            typed[name] = sent[-1]
    return ReadForm(answers, faults, typed)


def _read_choice(item: Mapping[str, Any], sent: list[str]) -> Value | Fault:
    if not sent:
        return "skipped"
    if len(sent) > 1:
        return Fault("one_answer_only")
    if sent[0] == "not_understood" or (sent[0] == "not_applicable" and item["may_not_apply"]):
        return sent[0]
    # Only the exact signs that the page offers count: no "+1", no "1.0", no other script's digits.
    by_sign = {str(value): value for value in item["values"]}
    return by_sign.get(sent[0], Fault("answer_not_read"))


def _read_text(item: Mapping[str, Any], sent: list[str]) -> Value | Fault:
    if len(sent) > 1:
        return Fault("answer_not_read")
    words = clean_words(sent[0]) if sent else ""
    longest = item.get("max_length") or LONGEST_TEXT
    if len(words) > longest:
        return Fault("text_too_long", {"max": longest, "n": len(words)})
    return Words(words) if words else "skipped"


class Words(str):
    """Words a child wrote, so that a child who writes "skipped" has not skipped."""

    __slots__ = ()


def clean_words(text: str) -> str:
    """Return written words with plain line ends and without signs that no keyboard makes."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def answer_rows(sheet: Sheet, answers: Mapping[str, Value], survey_id: uuid.UUID) -> list[dict[str, Any]]:
    """Return one row for each question of the sheet, without the response's id.

    Parameters
    ----------
    answers : mapping
        Item version id as text -> a step's number, a child's own words (text questions), or a reason why
        there is no answer. A question left out was ``skipped``.

    Raises
    ------
    BadInput
        For an answer that the sheet does not offer; ``faults`` has the item version's id.
    """
    offered = {item["id"]: item for item in sheet["items"]}
    faults = {one: "This question is not on the sheet." for one in answers if one not in offered}
    rows = []
    for item_id, item in offered.items():
        row = {"item_version_id": uuid.UUID(item_id), "survey_id": survey_id, **NOTHING}
        column = _column(item, answers.get(item_id, "skipped"))
        if column is None:
            faults[item_id] = "This answer is not one that the question offers."
        else:
            row[column] = answers.get(item_id, "skipped")
            rows.append(row)
    if faults:
        raise BadInput("Some answers are not ones that the questions offer.", faults)
    return rows


def _column(item: Mapping[str, Any], answer: object) -> str | None:
    """Return where an answer is kept: ``value``, ``words`` or ``missing``; none when it is not offered."""
    is_reason = answer in ALL_REASONS and not isinstance(answer, Words)
    if is_reason:
        return None if answer == "not_applicable" and not item["may_not_apply"] else "missing"
    if item["kind"] == "text":
        longest = item.get("max_length") or LONGEST_TEXT
        return "words" if isinstance(answer, str) and 0 < len(answer) <= longest else None
    is_step = isinstance(answer, int) and not isinstance(answer, bool) and answer in item["values"]
    return "value" if is_step else None


def content_hash(rows: list[dict[str, Any]], who: tuple[object, ...], *, key: bytes) -> bytes:
    """Return a fingerprint of a sheet's answers that tells nothing about them.

    A sheet of four taps has a few hundred contents: a plain hash would give them away, and with them the
    order in which pooled sheets came. The form's own random key, which is nowhere stored, goes into it.
    """
    said = [[str(row["item_version_id"]), row["value"], row["words"], row["missing"]] for row in rows]
    whole = json.dumps([sorted(said), [str(one) for one in who]], ensure_ascii=False)
    return hmac.new(key, whole.encode(), hashlib.sha256).digest()
