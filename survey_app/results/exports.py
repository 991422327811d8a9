"""A teacher's own answers as CSV: one row a value, with words and codes, safe to open in a spreadsheet.

Pooled rows are counts, so that no file joins what one child answered.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from survey_app.models.cycles import Cycle

COLUMNS = (
    "class",
    "series",
    "cycle",
    "lesson",
    "group",
    "snapshot",
    "late",
    "question_key",
    "question",
    "perspective",
    "student",
    "value",
    "answer",
    "missing",
    "count",
)
# A spreadsheet reads a cell that begins so as a formula; a quote in front keeps it words.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PURPOSE = "For improvement, not for evaluation"


def as_csv(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the rows as CSV with a mark of its encoding, so that spreadsheets read it right."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, "purpose"])
    for row in rows:
        writer.writerow([*(safe_cell(row.get(name)) for name in COLUMNS), PURPOSE])
    return ("\ufeff" + file.getvalue()).encode("utf-8")


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(value, str):
        return "" if value is None else value
    bare = value.lstrip(" \u00a0\ufeff")
    dangerous = bare.startswith(DANGEROUS) or value.startswith(DANGEROUS)
    return f"'{value}" if dangerous else value


def rows_of_snapshot(
    tables: Mapping[str, Any],
    cycle: Cycle,
    *,
    classroom: str,
    series: str,
    part: str,
    number: int,
    late: bool,
) -> Iterable[dict[str, Any]]:
    """Return one row for each answer, count, rating and prediction of a snapshot."""
    about = {
        "class": classroom,
        "series": series,
        "cycle": cycle.number,
        "lesson": cycle.lesson,
        "group": part,
        "snapshot": number,
        "late": "yes" if late else "no",
    }
    items = {item["key"]: item for item in tables["items"]}

    def row(key: str, perspective: str, **more: Any) -> dict[str, Any]:
        item = items[key]
        labels = dict(zip(item["values"], item["options"], strict=True))
        words = more.pop("words", None) or labels.get(more.get("value"), "")
        return {
            **about,
            "question_key": key,
            "question": item["label"],
            "perspective": perspective,
            "answer": words,
            **more,
        }

    for label, key, value, missing in tables.get("answers", ()):
        yield row(key, "student", student=label, value=value, missing=missing)
    for key, value, missing, count in tables.get("counts", ()):
        yield row(key, "student", value=value, missing=missing, count=count)
    for label, key, said in tables.get("words", ()):
        yield row(key, "student", student=label, words=said)
    for key, value, missing in tables["ratings"]:
        yield row(key, "teacher_own", value=value, missing=missing)
    for key, label, option, count in tables["predictions"]:
        yield row(key, "teacher_prediction", student=label, value=option, count=count)
