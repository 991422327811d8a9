"""From item statistics to the table of the item panel; no number is made here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.shaping import SAID_MISSING
from analytics.codes import MISSING_REASONS
from analytics.items import HIGH_END, HIGH_MISSING

LEAST_ITEM_REST = 0.3
LEAST_ICC = 0.05


def item_panel_frame(
    use: pd.DataFrame,
    described: pd.DataFrame,
    *,
    item: Any,
    item_rest: dict[Any, float] | None = None,
    icc1: dict[Any, float] | None = None,
) -> pd.DataFrame:
    """Return `charts.item_panel.ITEM_PANEL` for one item beside the others that were described with it.

    Parameters
    ----------
    use, described : DataFrame
        From `analytics.items.use_of_options` and `describe_items`, all items to compare.
    item : key
        The item version to look at.
    item_rest, icc1 : dict, optional
        Item-rest correlation and ICC(1) by item, where they were computed.
    """
    own = described.set_index("item").loc[item]
    rows = [
        _row("use", row["label"], item, row["share"], row["n"])
        for row in use[use["item"] == item].to_dict("records")
    ]
    shown = int(own["n"] + own["dropped"] - own["not_shown"])
    rows += [
        _row("missing", SAID_MISSING[reason], item, own[reason] / shown if shown else None, shown)
        for reason in MISSING_REASONS
        if reason != "not_shown"
    ]
    for row in described.to_dict("records"):
        key, n = row["item"], row["n"]
        rows += [
            _row("quality", "left empty", key, row["missing_share"], n, None, HIGH_MISSING, 0.0, 0.5),
            _row("quality", "in the lowest answer", key, row["floor"], n, None, HIGH_END),
            _row("quality", "in the highest answer", key, row["ceiling"], n, None, HIGH_END),
        ]
        if item_rest is not None:
            label = "goes with the rest of its set"
            rows.append(_row("quality", label, key, item_rest.get(key), n, LEAST_ITEM_REST, None, -0.2))
        if icc1 is not None:
            label = "tells lessons apart: ICC(1)"
            rows.append(_row("quality", label, key, icc1.get(key), n, LEAST_ICC, None, 0.0, 0.5))
    return pd.DataFrame(rows)


def _row(
    part: str,
    label: str,
    version: Any,
    value: float | None,
    n: int,
    low: float | None = None,
    high: float | None = None,
    axis_low: float = 0.0,
    axis_high: float = 1.0,
) -> dict[str, Any]:
    empty = float("nan")
    return {
        "part": part,
        "label": label,
        "version": str(version),
        "value": empty if value is None else value,
        "n": n,
        "low": empty if low is None else low,
        "high": empty if high is None else high,
        "axis_low": axis_low,
        "axis_high": axis_high,
    }
