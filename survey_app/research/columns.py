"""The columns of a package: who and where, then what each question's columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measures.codebook import MISSING_CODES, MISSING_LABELS, Column, codebook
from measures.scoring import pomp
from measures.vocabulary import MissingReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from measures import Library
    from survey_app.catalogue.queries import Question

SUFFIX = {"student": "s", "teacher_own": "t", "teacher_prediction": "p"}
PLACE_COLUMNS = {
    "lesson": "Random code of the lesson: one survey given to the focal students of one class.",
    "series": "Random code of the series: lessons that test one change in one class.",
    "cycle": "Number of the lesson in its series; 0 is the lesson before the change. There are no dates.",
    "class": "Random code of the class.",
    "teacher": "Random code of the teacher.",
    "region": "Random code of the region, or withheld.",
    "grade_band": "K-2 or 3-12, or withheld.",
    "subject": "mathematics, science, other, not said, or withheld.",
    "student": "Random code of the focal student, the same over lessons. Chosen by the teacher.",
    "language": "Language of the form, or withheld where few students used it.",
    "entry": "screen or paper, or withheld where few students used it.",
    "late": "1 where the student answered after the teacher had seen the first results.",
}
LONG_COLUMNS = {
    **PLACE_COLUMNS,
    "item_version": "Key of the item version: see items.csv.",
    "perspective": "student, teacher_own (what the teacher saw) or teacher_prediction (what she expected).",
    "value": "The step as marked; a negative number is a reason why there is none.",
    "pomp": "0 to 100 after reversal; empty when missing.",
}


def columns_of(questions: Iterable[Question], known: Library) -> list[Column]:
    """Return the codebook's columns of these questions: student, teacher's own view, prediction."""
    found: list[Column] = []
    for one in questions:
        version = known.item_versions.get(one.key)
        columns = codebook([version]) if version is not None else _own_columns(one)
        found += [column for column in columns if column.perspective in SUFFIX]
    return found


def column_of(one: Question, perspective: str) -> str:
    """Return the name of a question's column, as the codebook spells it.

    The parts of a version's key are item, band and number: ``SM1.3-12.1`` is ``SM1_v1_s``.
    """
    item, band, number = one.key.rsplit(".", 2)
    return f"{item}_{'k2' if band == 'K-2' else ''}v{number}_{SUFFIX[perspective]}"


def percent_of(one: Question, value: int) -> float:
    """Return a step as 0 to 100, after reversal."""
    low, high = one.values[0], one.values[-1]
    return round(pomp(low + high - value if one.reverse else value, low, high), 2)


def _own_columns(one: Question) -> list[Column]:
    """Return the columns of a question that the network wrote itself; the library knows nothing of it."""
    found = []
    missing = {MISSING_CODES[reason]: words for reason, words in MISSING_LABELS.items()}
    for perspective in SUFFIX:
        said = one.says("student" if perspective == "teacher_prediction" else perspective)
        if said is None:
            continue
        if said.not_applicable:
            missing[MISSING_CODES[MissingReason.NOT_APPLICABLE]] = said.not_applicable
        common = {
            "item_version": one.key,
            "perspective": perspective,
            "question": said.text,
            "kind": one.kind,
            "scale": "",
            "is_reversed": one.reverse,
        }
        name = column_of(one, perspective)
        steps = {value: said.labels[str(value)] for value in one.values}
        unit = f"step {one.values[0]} to {one.values[-1]}, as marked"
        found.append(Column(name=name, unit=unit, values=steps | missing, missing=tuple(missing), **common))
        found.append(
            Column(name=f"{name}_pomp", unit="0 to 100 after reversal, empty when missing", **common)
        )
    return found
