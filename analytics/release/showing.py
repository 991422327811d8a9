"""From what cells may show to rows that people read; a withheld row is empty, whatever the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Ints
from analytics.release.cells import Cells, in_order
from analytics.release.contributions import Rows, plain
from analytics.release.counting import distinct_students
from analytics.release.figures import FULL, STEPS, mean, mean_ends, rounded, segments, share_range, words
from analytics.release.policy import GROUPINGS, Policy

FIGURES = (
    "n",
    "teachers",
    "answers",
    "share_low",
    "share_high",
    "says",
    "mean",
    "mean_says",
    "gap",
    "distribution",
    "as_of",
)
"""The columns of a release that are empty, all of them, in a withheld row."""

WHOLE = ("n", "teachers", "answers", "share_low", "share_high", "mean", "gap")


def shown_cells(
    rows: Rows, cells: Cells, detail: Ints, policy: Policy, label: str
) -> dict[int, dict[str, Any]]:
    """Return the figures of each released cell, by its number."""
    low, high = share_range(cells.sums, detail, policy.smallest_segment)
    bottom, top = mean_ends(cells.sums, detail)
    means = mean(cells.sums, cells.sums.grain)
    parts = _distributions(rows, cells, detail, policy)
    shown = {}
    for cell in np.flatnonzero(detail > 0).tolist():
        exact = detail[cell] >= STEPS and not bottom[cell] and not top[cell]
        said = f"{bottom[cell]} or less" if bottom[cell] else f"{top[cell]} or more" if top[cell] else None
        shown[cell] = {
            "n": int(cells.who.students[cell]),
            "teachers": int(cells.who.teachers[cell]),
            "answers": int(cells.who.answers[cell]),
            "share_low": int(low[cell]),
            "share_high": int(high[cell]),
            "says": words(int(low[cell]), int(high[cell])),
            "mean": int(means[cell]) if exact else None,
            "mean_says": (f"about {means[cell]}" if cells.sums.grain[cell] > 1 else str(means[cell]))
            if exact
            else said,
            "gap": _gap(cells, cell) if exact else None,
            "distribution": parts.get(cell),
            "as_of": label,
        }
    return shown


def as_table(
    names: list[str],
    columns: tuple[str, ...],
    rows: Iterable[tuple[dict[str, Any], dict[str, Any] | None]],
) -> pd.DataFrame:
    """Return rows of names and figures as a table; None for figures is a withheld row."""
    empty = dict.fromkeys(columns)
    listed = [
        {**name, "status": "withheld" if figures is None else "released", **(figures or empty)}
        for name, figures in rows
    ]
    frame = pd.DataFrame(listed, columns=pd.Index([*names, "status", *columns]), dtype=object)
    for column in WHOLE:
        if column in columns:
            frame[column] = frame[column].astype("Int64")
    return frame


def laid_out(
    rows: Rows,
    cells: Cells,
    tables: tuple[tuple[str, ...], ...],
    figures: dict[int, dict[str, Any]],
    columns: tuple[str, ...] = FIGURES,
) -> pd.DataFrame:
    """Return every key of every table with every item and mode; what is not there looks withheld."""
    blocks = rows.blocks
    at = {(int(cells.table[c]), cells.key[c], int(cells.block[c])): c for c in range(len(cells))}
    order = ("administration", *GROUPINGS)
    groupings = [name for name in order if any(name in table for table in tables)]
    listed = []
    for place, table in enumerate(tables):
        keys = {key for where, key, _ in at if where == place}
        for key in sorted(keys, key=in_order):
            values = dict(zip(table, key, strict=True))
            for block, (item, mode) in enumerate(blocks):
                name: dict[str, Any] = {"table": "+".join(table) or "network"}
                name |= {grouping: values.get(grouping) for grouping in groupings}
                cell = at.get((place, key, block), -1)
                listed.append(({**name, "item": plain(item), "mode": mode}, figures.get(cell)))
    return as_table(["table", *groupings, "item", "mode"], columns, listed)


def as_bytes(frame: pd.DataFrame) -> bytes:
    """Return a released table as JSON lines: the same bytes for the same answers, in whatever order given."""
    lines = [
        json.dumps(
            {name: _json(value) for name, value in row.items()}, ensure_ascii=False, separators=(",", ":")
        )
        for row in frame.to_dict("records")
    ]
    return "".join(line + "\n" for line in lines).encode()


def _gap(cells: Cells, cell: int) -> int | None:
    """Return the mean of rating minus answer on the 0-100 scale, halves away from zero."""
    gap = cells.gap[cell]
    if np.isnan(gap):
        return None
    scale = int(cells.sums.answers[cell] * cells.sums.top[cell])
    size = int(rounded(np.array(abs(int(gap))), np.array(scale), cells.sums.grain[cell]))
    return size if gap >= 0 else -size


def _distributions(
    rows: Rows, cells: Cells, detail: Ints, policy: Policy
) -> dict[int, tuple[tuple[int, int, int], ...]]:
    full = np.flatnonzero(detail == FULL)
    if not len(full):
        return {}
    answers = cells.answers
    steps = int(cells.sums.top.max()) + 1
    which = np.concatenate([answers[cell] for cell in full])
    of = np.repeat(full, [len(answers[cell]) for cell in full])
    sets = of * steps + rows.step[which]
    single = distinct_students(rows, which, sets, len(cells) * steps).reshape(len(cells), steps)
    picked = np.bincount(sets, minlength=len(cells) * steps).reshape(len(cells), steps)
    found = {}
    for cell in full.tolist():
        counts = picked[cell, : int(cells.sums.top[cell]) + 1]

        def students(first: int, last: int, cell: int = cell) -> int:
            if first == last:
                return int(single[cell, first])
            at = answers[cell]
            inside = at[(rows.step[at] >= first) & (rows.step[at] <= last)]
            return int(distinct_students(rows, inside, np.zeros(len(inside), dtype=np.int64), 1)[0])

        border = int(cells.sums.favourable_from[cell])
        merged = segments(counts, border, policy.smallest_segment, int(cells.sums.grain[cell]), students)
        if merged:
            found[cell] = merged
    return found


def _json(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, int | float | str | tuple | list) else str(value)
