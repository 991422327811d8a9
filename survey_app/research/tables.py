"""From lessons to the rows of a package: one row a value, and one row a student and lesson. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from measures.codebook import MISSING_CODES
from measures.vocabulary import MissingReason
from survey_app.catalogue.library import library
from survey_app.research.codes import code_of
from survey_app.research.columns import LONG_COLUMNS, PLACE_COLUMNS, columns_of, percent_of
from survey_app.research.disclosure import QUASI, WITHHELD, coarsen, smallest_cell, subject_group

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Mapping, Sequence

    from analytics.release import Policy
    from measures.codebook import Column
    from survey_app.catalogue.queries import Question
    from survey_app.research.lesson_queries import Lesson

Row = dict[str, Any]
NOT_ASKED = MISSING_CODES[MissingReason.NOT_SHOWN]


@dataclass(frozen=True)
class Source:
    """What rows are made from: lessons, and what the package may know beside their snapshots."""

    lessons: Sequence[Lesson]
    questions: Mapping[str, Question]  # by key, in the library's order; those in scope
    focal_codes: Mapping[tuple[uuid.UUID, str], uuid.UUID]
    ways: Mapping[tuple[uuid.UUID, uuid.UUID], tuple[str, str, bool]]
    regions: Mapping[uuid.UUID, uuid.UUID]
    key: bytes


@dataclass(frozen=True)
class Tables:
    """The rows of a package, sorted, and what was done so that nobody is told apart."""

    long: list[Row]
    wide: list[Row]
    asked: list[Question]
    columns: list[Column]
    students: int
    teachers: int
    classes: int
    lessons: int
    rarest: int  # teachers who share the rarest combination of grade band, subject and region
    withheld: dict[str, int]  # how many classes have a column withheld


def tables_of(source: Source, policy: Policy) -> Tables:
    """Return the rows of a package, in an order that tells nothing: that of the random codes."""
    places, rarest = _places(source, policy)
    common = _common(source, policy)
    sheets = [one for lesson in source.lessons for one in _sheets(source, lesson, places, common)]
    asked_keys = {key for lesson in source.lessons for key in _asked(source, lesson)}
    asked = [one for key, one in source.questions.items() if key in asked_keys]
    order = {one.key: place for place, one in enumerate(asked)}
    long = [row for about, lesson, label in sheets for row in _student_values(source, about, lesson, label)]
    long += [row for lesson in source.lessons for row in _teacher_values(source, lesson, places)]
    rank = {name: place for place, name in enumerate(("student", "teacher_own", "teacher_prediction"))}
    long.sort(key=lambda r: (r["lesson"], r["student"], order[r["item_version"]], rank[r["perspective"]]))
    columns = columns_of(asked, library())
    wide = [_wide(source, about, lesson, label, columns) for about, lesson, label in sheets]
    wide.sort(key=lambda row: (row["lesson"], row["student"]))
    return Tables(
        long=long,
        wide=wide,
        asked=asked,
        columns=columns,
        students=len({row["student"] for row in wide}),
        teachers=len({row["teacher"] for row in wide}),
        classes=len({row["class"] for row in wide}),
        lessons=len({row["lesson"] for row in wide}),
        rarest=rarest,
        withheld={name: len({row["class"] for row in wide if row[name] == WITHHELD}) for name in QUASI},
    )


def _places(source: Source, policy: Policy) -> tuple[dict[uuid.UUID, dict[str, str]], int]:
    classes = {
        lesson.classroom.id: (
            str(lesson.administration.owner_id),
            {
                "grade_band": lesson.classroom.band,
                "subject": subject_group(lesson.classroom.subject),
                "region": code_of(source.key, "region", source.regions[lesson.place_id]),
            },
        )
        for lesson in source.lessons
    }
    coarse = coarsen(classes, fewest=policy.smallest_group)
    return coarse, smallest_cell(coarse, {room: teacher for room, (teacher, _) in classes.items()})


def _common(source: Source, policy: Policy) -> tuple[set[str], set[str]]:
    """Return the languages, and the ways of entry, that enough students of enough teachers used."""
    owner = {lesson.administration.id: lesson.administration.owner_id for lesson in source.lessons}
    used: tuple[dict[str, set[tuple[uuid.UUID, uuid.UUID]]], ...] = (defaultdict(set), defaultdict(set))
    for (given, code), (locale, entry, _late) in source.ways.items():
        used[0][locale].add((owner[given], code))
        used[1][entry].add((owner[given], code))
    languages, entries = (
        {
            way
            for way, who in ways.items()
            if len({code for _, code in who}) >= policy.smallest_group
            and len({teacher for teacher, _ in who}) >= policy.fewest_teachers
        }
        for ways in used
    )
    return languages, entries


def _sheets(
    source: Source,
    lesson: Lesson,
    places: Mapping[uuid.UUID, dict[str, str]],
    common: tuple[set[str], set[str]],
) -> Iterator[tuple[Row, Lesson, str]]:
    """Return each student's sheet: where it belongs, and the label that finds her answers."""
    given = lesson.administration.id
    for label in sorted({label for label, *_ in lesson.tables["answers"]}):
        code = source.focal_codes.get((lesson.classroom.id, label))
        way = source.ways.get((given, code)) if code else None
        if code is None or way is None:
            continue  # erased since, or erased while this was read
        locale, entry, late = way
        about = _lesson_columns(source, lesson, places)
        about |= {
            "student": code_of(source.key, "student", code),
            "language": locale if locale in common[0] else WITHHELD,
            "entry": entry if entry in common[1] else WITHHELD,
            "late": int(late),
        }
        yield about, lesson, label


def _lesson_columns(source: Source, lesson: Lesson, places: Mapping[uuid.UUID, dict[str, str]]) -> Row:
    return {
        "lesson": code_of(source.key, "lesson", lesson.administration.id),
        "series": code_of(source.key, "group of lessons", lesson.cycle.series_id),
        "cycle": lesson.cycle.number,
        "class": code_of(source.key, "class", lesson.classroom.id),
        "teacher": code_of(source.key, "teacher", lesson.administration.owner_id),
        **places[lesson.classroom.id],
    }


def _asked(source: Source, lesson: Lesson) -> list[str]:
    return [item["key"] for item in lesson.tables["items"] if item["key"] in source.questions]


def _student_values(source: Source, about: Row, lesson: Lesson, label: str) -> Iterator[Row]:
    for who, key, value, missing in lesson.tables["answers"]:
        if who == label and key in source.questions:
            yield _value(about, source.questions[key], "student", value, missing)
    for key, who, option, _count in lesson.tables["predictions"]:
        if who == label and key in source.questions:
            yield _value(about, source.questions[key], "teacher_prediction", option, None)


def _teacher_values(
    source: Source, lesson: Lesson, places: Mapping[uuid.UUID, dict[str, str]]
) -> Iterator[Row]:
    about = _lesson_columns(source, lesson, places)
    about |= {"student": "", "language": "", "entry": "", "late": ""}
    for key, value, missing in lesson.tables["ratings"]:
        if key in source.questions:
            yield _value(about, source.questions[key], "teacher_own", value, missing)


def _value(about: Row, one: Question, perspective: str, value: int | None, missing: str | None) -> Row:
    row = {**about, "item_version": one.key, "perspective": perspective}
    row["value"] = value if value is not None else MISSING_CODES[MissingReason(missing)]
    row["pomp"] = None if value is None else percent_of(one, value)
    return {name: row[name] for name in LONG_COLUMNS}


def _wide(source: Source, about: Row, lesson: Lesson, label: str, columns: Sequence[Column]) -> Row:
    """Return one student and lesson; as marked, and from 0 to 100 after reversal."""
    values = {
        ("student", key): (value, missing)
        for who, key, value, missing in lesson.tables["answers"]
        if who == label
    }
    values |= {("teacher_own", key): (value, missing) for key, value, missing in lesson.tables["ratings"]}
    values |= {
        ("teacher_prediction", key): (option, None)
        for key, who, option, _count in lesson.tables["predictions"]
        if who == label
    }
    on_sheet = set(_asked(source, lesson))
    row: Row = {name: about[name] for name in PLACE_COLUMNS}
    for column in columns:
        value, missing = values.get((column.perspective, column.item_version), (None, None))
        if not column.values:
            one = source.questions[column.item_version]
            row[column.name] = None if value is None else percent_of(one, value)
        elif value is not None:
            row[column.name] = value
        elif column.item_version not in on_sheet:
            row[column.name] = NOT_ASKED
        else:
            # Asked and no row: not rated or not predicted, which is to skip it.
            row[column.name] = MISSING_CODES[MissingReason(missing or "skipped")]
    return row
