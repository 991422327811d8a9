"""Short ways to write down who answered what."""

from __future__ import annotations

import pandas as pd

from analytics.release import make_release

ITEMS = pd.DataFrame({"item": ["SM1"], "steps": [4]})


def lesson(
    teacher, values, *, mode="coded", cycle=1, item="SM1", codes="ABCDEFGHIJKLMNOPQRSTUVWXYZ", **groups
):
    """Return the answers of one class in one lesson: one option each, in the order of the codes."""
    keys = codes if mode == "coded" else [f"{teacher}-{cycle}-{place}" for place in range(len(values))]
    rows = [
        {
            "teacher": teacher,
            "classroom": f"class of {teacher}",
            "administration": f"{teacher}, {mode} {cycle}",
            "student": key,
            "item": item,
            "mode": mode,
            "value": value,
            "cycle_number": cycle,
            **groups,
        }
        for key, value in zip(keys, values, strict=False)
    ]
    return pd.DataFrame(rows)


def together(*lessons) -> pd.DataFrame:
    return pd.concat(lessons, ignore_index=True)


def released(answers, tables=(("team",),), *, label="week 1", items=ITEMS, **options) -> pd.DataFrame:
    """Return the cells of one release."""
    return make_release(answers, items, tables, label=label, **options).cells


def row(cells: pd.DataFrame, **names) -> pd.Series:
    """Return the one row with these names."""
    found = cells
    for name, value in names.items():
        found = found[found[name] == value]
    assert len(found) == 1, f"{len(found)} rows for {names}"
    return found.iloc[0]
