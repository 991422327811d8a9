"""From the rows of a package to its files, and from files to one zip: the same bytes for the same rows.

Nothing here reads a clock: files in the zip carry the day at which zip files begin.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from survey_app.research.columns import LONG_COLUMNS, PLACE_COLUMNS
from survey_app.research.papers import codebook_page, load_python, load_r, read_me
from survey_app.research.spss import as_sav
from survey_app.results.exports import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from measures.codebook import Column
    from survey_app.catalogue.queries import Question
    from survey_app.research.tables import Tables

BEGINNING = (1980, 1, 1, 0, 0, 0)
WHOLE = frozenset({"cycle", "late", "value"})


@dataclass(frozen=True)
class About:
    """What a package says of its agreement."""

    title: str
    purpose: str
    ends_on: str
    constructs: tuple[str, ...]
    families: Mapping[str, tuple[str, str, str]]  # version key -> construct, parent's key, comparability
    smallest_group: int


def package(tables: Tables, about: About) -> bytes:
    """Return the package as one zip."""
    files = _files(tables, about)
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    return _zipped(files)


def _files(tables: Tables, about: About) -> dict[str, bytes]:
    columns = tables.columns
    wide_names = [*PLACE_COLUMNS, *(column.name for column in columns)]
    files = {
        "long.csv": as_csv(list(LONG_COLUMNS), tables.long),
        "wide.csv": as_csv(wide_names, tables.wide),
        "wide.sav": as_sav(columns, tables.wide),
        "codebook.csv": as_csv(CODEBOOK, codebook_rows(columns)),
        "codebook.html": codebook_page(columns, about.title).encode(),
        "items.csv": as_csv(ITEMS, item_rows(tables.asked, about)),
        "load.py": load_python().encode(),
        "load.R": load_r().encode(),
        "README.txt": read_me(tables, about).encode(),
    }
    files["datapackage.json"] = _frictionless(files, columns, about)
    return files


def as_csv(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as UTF-8 CSV; no cell of words can be taken for a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([safe_cell(row.get(name)) for name in names] for row in rows)
    return file.getvalue().encode()


CODEBOOK = (
    "column",
    "item_version",
    "perspective",
    "question",
    "unit",
    "is_reversed",
    "value",
    "label",
    "is_missing",
)


def codebook_rows(columns: Sequence[Column]) -> Iterable[dict[str, Any]]:
    """Return one row a value of each column; columns without values have one row."""
    for name, words in PLACE_COLUMNS.items():
        yield {"column": name, "question": words}
    for column in columns:
        common = {
            "column": column.name,
            "item_version": column.item_version,
            "perspective": str(column.perspective),
            "question": column.question,
            "unit": column.unit,
            "is_reversed": int(column.is_reversed),
        }
        for value, label in column.values.items() or (("", ""),):
            yield {**common, "value": value, "label": label, "is_missing": int(value in column.missing)}


ITEMS = (
    "item_version",
    "construct",
    "band",
    "parent",
    "comparability",
    "is_reversed",
    "perspective",
    "language",
    "state",
    "words",
    "labels",
)


def item_rows(asked: Sequence[Question], about: About) -> Iterable[dict[str, Any]]:
    """Return every wording of every item version in the package."""
    for one in asked:
        construct, parent, comparability = about.families[one.key]
        for (perspective, locale), words in sorted(one.words.items()):
            yield {
                "item_version": one.key,
                "construct": construct,
                "band": one.band,
                "parent": parent,
                "comparability": comparability,
                "is_reversed": int(one.reverse),
                "perspective": perspective,
                "language": locale,
                "state": words.state,
                "words": words.text,
                "labels": " | ".join(f"{value} {words.labels[str(value)]}" for value in one.values),
            }


def _frictionless(files: Mapping[str, bytes], columns: Sequence[Column], about: About) -> bytes:
    wide = [_field(name, words) for name, words in PLACE_COLUMNS.items()]
    wide += [
        {
            "name": column.name,
            "type": "integer" if column.values else "number",
            "title": column.question,
            "description": column.unit,
        }
        for column in columns
    ]
    long = [_field(name, words) for name, words in LONG_COLUMNS.items()]
    resources = [
        _resource("wide", files["wide.csv"], wide, ["lesson", "student"]),
        _resource("long", files["long.csv"], long, ["lesson", "student", "item_version", "perspective"]),
        _resource("codebook", files["codebook.csv"], [_field(name, "") for name in CODEBOOK], None),
        _resource("items", files["items.csv"], [_field(name, "") for name in ITEMS], None),
    ]
    described = {
        "profile": "tabular-data-package",
        "name": "focal-data-package",
        "title": about.title,
        "description": about.purpose,
        "keywords": list(about.constructs),
        "resources": resources,
    }
    return (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode()


def _field(name: str, words: str) -> dict[str, str]:
    kind = "integer" if name in WHOLE else "number" if name == "pomp" else "string"
    return {"name": name, "type": kind, "description": words}


def _resource(name: str, body: bytes, fields: list[dict[str, str]], key: list[str] | None) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if name in ("wide", "long"):
        # Reasons why there is no answer: kept apart in the codebook, missing for whoever reads by the schema.
        schema["missingValues"] = ["", "-1", "-2", "-3", "-4"]
    if key and name == "wide":
        schema["primaryKey"] = key
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(body),
        "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
        "schema": schema,
    }


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"focal-data/{name}", date_time=BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every machine
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, files[name])
    return out.getvalue()
