"""From frozen results to the tables that the release policy takes: one row an answer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.release import GROUPINGS
from survey_app.releases.inputs import EVERY, RATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from survey_app.releases.inputs import Source

WHO = ("teacher", "classroom", "administration")
COLUMNS = (*WHO, "student", "item", "mode", "value", "rating", *GROUPINGS)


def contributions_of(
    sources: Sequence[Source], frozen: Mapping[str, Sequence[Mapping[str, Any]]], *, counted: str = EVERY
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return contributions and items, as ``analytics.release`` takes them.

    Parameters
    ----------
    sources : sequence of Source
        What goes in.
    frozen : mapping
        The tables of each administration's snapshots, the first one first.
    counted : str
        With ``RATED``, a question that the teacher was asked and gave no rating to is left out with all of
        her students' answers: gap and students' figure then rest on the same answers, and there is no second
        set of answers from which the first could be subtracted. A question that no teacher is asked stays.
    """
    rows: list[tuple[Any, ...]] = []
    items: dict[str, dict[str, Any]] = {}
    for source in sources:
        taken = frozen[source.administration]
        asked = {item["key"]: item for item in taken[-1]["items"] if item["values"]}
        for key, item in asked.items():
            items.setdefault(key, _item(item))
        ratings = {key: value for key, value, _missing in taken[-1]["ratings"]}
        who = (source.teacher, source.classroom, source.administration)
        unseen = unseen_in(taken[-1]) if counted == RATED else set()
        groups = tuple(source.groups.get(name) for name in GROUPINGS)
        mode = taken[-1]["mode"]
        given = _coded(taken[-1]) if mode == "coded" else _pooled(taken)
        rows += [
            (*who, student, key, mode, value, ratings.get(key), *groups)
            for student, key, value in given
            if key in asked and key not in unseen
        ]
    frame = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    for name in ("value", "rating"):
        frame[name] = frame[name].astype(float)
    return frame, pd.DataFrame(list(items.values()), columns=pd.Index(["item", "steps", "lowest", "reverse"]))


def unseen_in(tables: Mapping[str, Any]) -> set[str]:
    """Return the questions that the teacher was asked, too, and gave no rating to."""
    return {key for key, value, _missing in tables["ratings"] if value is None}


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    values = item["values"]
    return {
        "item": item["key"],
        "steps": len(values),
        "lowest": values[0],
        "reverse": item["reverse"],
    }


def _coded(tables: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    for label, key, value, _missing in tables["answers"]:
        if value is not None:
            yield label, key, value


def _pooled(taken: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, int]]:
    """Give the children of each question numbers, those of an earlier snapshot first and always alike.

    A number is nobody's; but the ledger knows what stood behind an earlier figure by these numbers, so a
    later snapshot goes on where the earlier one ended.
    """
    before: Counter[tuple[str, int]] = Counter()
    last: Counter[str] = Counter()
    for tables in taken:
        now = Counter(
            {(key, value): n for key, value, _missing, n in tables.get("counts", ()) if value is not None}
        )
        for (key, value), n in sorted(now.items()):
            for _ in range(n - before[key, value]):
                yield str(last[key]), key, value
                last[key] += 1
        before |= now
