"""Every table and column in words, for a district's review: ``python -m survey_app.erasure.data_map``.

Written from the models, so that it cannot say less than what is stored.
"""

from __future__ import annotations

from config import ROOT
from survey_app.db import Base
from survey_app.models import AGGREGATES, load_all

PAGE = ROOT / "docs" / "trust" / "data-map.md"
COMMAND = "python -m survey_app.erasure.data_map"
HEAD = f"""# Data map

Every table and every column that Focal stores. Written from the schema by `{COMMAND}`;
a test fails when it is not current. How long each kind is kept stands at
`/privacy`, from `survey_app/erasure/retention.py`.

*Goes with* says what erases a row: a **student** (one focal code, on demand), a **class** (on demand, or a
year after it is archived), the **clock** (the nightly job), or **stays**.
"""
# The rows that name one student's code. A snapshot names her inside its tables, and is rewritten.
OF_A_STUDENT = frozenset(
    {"answers", "responses", "predictions", "cards", "consents", "turnout", "cycle_focals", "snapshots"}
    | {"release_ledgers", "hand_ons"}
)
BY_THE_CLOCK = frozenset({"staff_sessions", "invitations", "password_links", "sign_in_tries", "receipts"})


def data_map() -> str:
    """Return the map as Markdown."""
    load_all()
    of_a_class = _of_a_class()
    order = list(Base.metadata.tables)
    mappers = sorted(Base.registry.mappers, key=lambda one: order.index(one.local_table.name))
    lines = [HEAD]
    for aggregate in AGGREGATES:
        lines.append(f"## {aggregate.capitalize()}\n")
        module = f"survey_app.models.{aggregate}"
        for mapper in mappers:
            if mapper.class_.__module__ == module:
                lines += _table(mapper, of_a_class)
    return "\n".join(lines).rstrip() + "\n"


def _table(mapper: object, of_a_class: set[str]) -> list[str]:
    table = mapper.local_table
    about = " ".join((mapper.class_.__doc__ or "").strip().splitlines()[0].split())
    lines = [f"### {table.name}\n", f"{about} *Goes with:* {goes_with(table.name, of_a_class)}.\n"]
    lines += ["| column | holds | may be empty |", "|---|---|---|"]
    for column in table.columns:
        points = ", ".join(sorted({key.target_fullname for key in column.foreign_keys}))
        holds = f"{_kind(column)}{f' of {points}' if points else ''}"
        lines.append(f"| {column.name} | {holds} | {'yes' if column.nullable else 'no'} |")
    return [*lines, ""]


def goes_with(table: str, of_a_class: set[str]) -> str:
    """Return what erases a table's rows."""
    ways = [
        "student" if table in OF_A_STUDENT else "",
        "class" if table in of_a_class else "",
        "clock" if table in BY_THE_CLOCK else "",
    ]
    return ", ".join(way for way in ways if way) or "stays"


def _of_a_class() -> set[str]:
    """Return the tables that lead to a class by foreign keys, and surveys, which are asked in one."""
    reach, more = {"surveys"}, {"classrooms"}
    while more:
        reach |= more
        more = {
            table.name
            for table in Base.metadata.tables.values()
            if {key.column.table.name for key in table.foreign_keys} & reach
        } - reach
    return reach


def _kind(column: object) -> str:
    words = {"Uuid": "random id", "UtcDateTime": "moment", "Text": "text", "JSON": "document"}
    words |= {"Integer": "whole number", "Boolean": "yes or no", "LargeBinary": "hash", "Date": "day"}
    name = type(column.type).__name__
    return f"text up to {column.type.length}" if name == "String" else words.get(name, name)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(data_map(), encoding="utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
