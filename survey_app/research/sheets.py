"""From rows to the tables of an item report: who answered what, and which questions were asked together.

Student keys stay inside the job. Answers to single questions are those that releases count, with the same
numbers for students without a code; whoever reads both finds no difference between them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analytics.release.cells import passes_first_rule
from analytics.release.counting import Givers, Tally, tally
from analytics.sheets import score_sheet

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping

    from analytics.release import Policy
    from survey_app.catalogue.queries import Question
    from survey_app.releases.counted import Counted
    from survey_app.research.queries import Asked

WHO = ["teacher", "classroom", "administration", "student", "mode"]
JOINT = " + "
"""Between the keys of questions that were asked together: what names a set."""


@dataclass(frozen=True)
class Sheets:
    """All answers with steps, one row each, and what was asked where.

    ``rows`` has the columns of `WHO`, ``item`` (version key), ``value`` and ``missing``; ``items`` is ITEMS
    of the analytics; ``sets`` names the questions of one construct and band that were asked together, and the
    administrations that asked them.
    """

    rows: pd.DataFrame
    items: pd.DataFrame
    sets: Mapping[tuple[str, ...], frozenset[str]]


def sheets_of(
    answers: Iterable[tuple],
    asked: Iterable[Asked],
    on_sheet: Mapping[uuid.UUID, set[uuid.UUID]],
    questions: Mapping[uuid.UUID, Question],
) -> Sheets:
    """Return the tables of a report from what the queries found."""
    scored = {one.id: one for one in questions.values() if one.values}
    place = {one.id: one for one in asked}
    listed = [
        (
            str(place[given].owner_id),
            str(place[given].classroom_id),
            str(given),
            label or str(sheet),
            mode,
            scored[version].key,
            value,
            missing or "",
        )
        for given, mode, sheet, label, version, value, missing in answers
        if version in scored
    ]
    rows = pd.DataFrame(listed, columns=[*WHO, "item", "value", "missing"])
    rows["value"] = rows["value"].astype(float)
    return Sheets(rows, _items(scored.values()), _sets(on_sheet, scored))


def _items(scored: Iterable[Question]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item": one.key,
            "steps": len(one.values),
            "lowest": one.values[0],
            "reverse": one.reverse,
            "paired": one.paired,
            "label": one.key,
            "options": tuple(_labels(one)),
            "construct": one.construct_key or "",
        }
        for one in scored
    )


def _labels(one: Question) -> list[str]:
    said = one.says()
    return [said.labels[str(value)] if said else str(value) for value in one.values]


def _sets(
    on_sheet: Mapping[uuid.UUID, set[uuid.UUID]], scored: Mapping[uuid.UUID, Question]
) -> dict[tuple[str, ...], frozenset[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for given, versions in on_sheet.items():
        together: dict[tuple[str | None, str], list[str]] = {}
        # In the library's order, so that one set has one name.
        for version, one in scored.items():
            if version in versions and one.construct_key:
                together.setdefault((one.construct_key, one.band), []).append(one.key)
        for keys in together.values():
            if len(keys) > 1:
                found.setdefault(tuple(keys), set()).add(str(given))
    return {keys: frozenset(found[keys]) for keys in sorted(found)}


def scores_of(sheets: Sheets, keys: Iterable[str], mode: str, within: frozenset[str] | None) -> pd.DataFrame:
    """Return the scores of some questions, a row a sheet, with `WHO` as its index; empty where missing.

    ``within`` names the administrations that count, none for all.
    """
    wanted, rows = list(keys), sheets.rows
    chosen = rows[rows["item"].isin(wanted) & (rows["mode"] == mode)]
    if within is not None:
        chosen = chosen[chosen["administration"].isin(within)]
    items = sheets.items.set_index("item").loc[wanted].reset_index()
    table = score_sheet(chosen, items)
    known = chosen[WHO].drop_duplicates().set_index(["administration", "student"])
    table = table.join(known).reset_index()
    return table.set_index(WHO)[wanted]


def only_counted(sheets: Sheets, counts: Counted) -> Sheets:
    """Return the sheets without lessons, and without questions of a lesson, that releases do not count."""
    rows = sheets.rows
    pairs = zip(rows["administration"], rows["item"], strict=True)
    kept = [given in counts.lessons and (given, item) not in counts.unseen for given, item in pairs]
    return replace(sheets, rows=rows[kept].reset_index(drop=True))


def contributions(sheets: Sheets, counts: Counted) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return CONTRIBUTIONS and ITEMS of the release policy: every question, and every set's total score."""
    given = counts.answers[[*WHO, "item", "value"]]
    given = given[given["item"].isin(sheets.items["item"])]
    parts, items = [], [sheets.items[["item", "steps", "lowest", "reverse"]]]
    steps = sheets.items.set_index("item")["steps"]
    for keys, within in sheets.sets.items():
        name = JOINT.join(keys)
        items.append(
            pd.DataFrame(
                {
                    "item": [name],
                    "steps": [int((steps[list(keys)] - 1).sum()) + 1],
                    "lowest": [0],
                    "reverse": [False],
                }
            )
        )
        for mode in ("coded", "pooled"):
            total = scores_of(sheets, keys, mode, within).dropna().sum(axis=1)
            parts.append(total.rename("value").reset_index().assign(item=name))
    totals = [_numbered(part) for part in parts if len(part)]
    return pd.concat([given, *totals], ignore_index=True), pd.concat(items, ignore_index=True)


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """Give students without a code numbers by their answers: keys change when a survey opens once more."""
    pooled = rows["mode"] == "pooled"
    ordered = rows[pooled].sort_values(["administration", "item", "value"], kind="stable")
    number = ordered.groupby(["administration", "item"], sort=False).cumcount().astype(str)
    rows = rows.copy()
    rows.loc[number.index, "student"] = number
    return rows


def who_stands_behind(rows: pd.DataFrame, policy: Policy) -> Tally:
    """Return how many students and teachers stand behind some answers; ``rows`` has the columns of `WHO`."""

    def codes(*names: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        columns = [rows[name].astype(str) for name in names]
        joined = columns[0] if len(columns) == 1 else columns[0] + "/" + columns[1]
        return np.asarray(pd.factorize(joined)[0], dtype=np.int64)

    nothing = np.zeros(len(rows), dtype=np.int64)
    givers = Givers(
        block=nothing,
        teacher=codes("teacher"),
        room=codes("classroom"),
        administration=codes("administration"),
        student=codes("classroom", "student"),
        pooled=(rows["mode"] == "pooled").to_numpy(dtype=bool),
    )
    return tally(givers, np.arange(len(rows)), nothing, 1, policy.insiders)


def students_if_enough(rows: pd.DataFrame, policy: Policy) -> int:
    """Return how many students stand behind some answers, 0 where an index of them may not be told.

    An index (a correlation, a share of variance) asks for what a whole distribution asks for.
    """
    if not len(rows):
        return 0
    who = who_stands_behind(rows, policy)
    students = int(who.students[0])
    enough = bool(passes_first_rule(who, policy)[0]) and students >= policy.distribution_from
    return students if enough else 0
