"""What goes into a release: one row an answer, who gave it, and who is counted how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.codes import coded
from analytics.columns import Bools, Column, Floats, Ints, Table, checked_columns, joint_codes, refuse
from analytics.release.counting import Givers
from analytics.release.policy import GROUPINGS

MODES = ("coded", "pooled")

_WHO = (
    Column("teacher", "key", "whose class it is"),
    Column("classroom", "key", "one section of one teacher"),
    Column("administration", "key", "one survey given to one group of one class for one lesson"),
)
_WHAT = (
    Column("item", "key", "item version; must stand in ITEMS"),
    Column("mode", "key", "coded or pooled; the two are never merged"),
    Column("value", "number", "option code as picked; empty when missing", may_be_empty=True),
)
_RATING = Column("rating", "number", "the teacher's own rating, for the gap", False, True)
_GROUPS = tuple(Column(name, "key", "a declared grouping", False, True) for name in GROUPINGS)

CONTRIBUTIONS = Table(
    "contributions",
    (
        *_WHO,
        Column("student", "key", "focal code, or the random key of a pooled response; the same every week"),
        *_WHAT,
        _RATING,
        *_GROUPS,
    ),
    ("administration", "student", "item"),
)
"""One row an answer. Groupings belong to the administration: no grouping splits the children of a class."""

CLASS_COUNTS = Table(
    "class counts",
    (
        *_WHO,
        *_WHAT[:2],
        Column("value", "number", "option code as picked"),
        Column("count", "whole", "students who picked it, 0 or more"),
        _RATING,
        *_GROUPS,
    ),
    ("administration", "item", "value"),
)
"""One row an option of an item in a pooled administration: what a snapshot keeps."""


@dataclass(frozen=True)
class Rows(Givers):
    """Checked answers as codes; rows without a value are left out and counted in ``dropped``.

    ``frame`` keeps the checked columns; ``blocks`` names item and mode of each ``block``. ``step`` and
    ``rating`` (NaN for none) count from 0 for the least favourable option, ``top`` is the highest step and
    ``favourable_from`` the first favourable one.
    """

    frame: pd.DataFrame
    blocks: tuple[tuple[Any, str], ...]
    step: Ints
    top: Ints
    favourable_from: Ints
    favourable: Bools
    rating: Floats
    dropped: int


def check_contributions(contributions: pd.DataFrame, items: pd.DataFrame) -> Rows:
    """Check CONTRIBUTIONS against ITEMS and return them as codes.

    Parameters
    ----------
    contributions : DataFrame
        Columns of :data:`CONTRIBUTIONS`; those groupings that are used, and ``rating`` for a gap.
    items : DataFrame
        ITEMS: the steps of each scale and which are favourable.

    Returns
    -------
    Rows
        In a fixed order that does not depend on the order of the rows given.

    Raises
    ------
    FrameError
        If a column is missing or mistyped, a row is given twice, a code is no option of its item, a mode is
        unknown, one classroom has two teachers, or one administration has two classrooms, modes, ratings of
        an item, or values of a grouping.
    """
    given = coded(CONTRIBUTIONS, contributions, items)
    frame = _in_categories(given.rows)
    wrong = ~frame["mode"].isin(MODES).to_numpy(dtype=bool)
    refuse(CONTRIBUTIONS, "mode", frame, wrong, "Expected coded or pooled.")
    _refuse_mixtures(frame)
    rating = _rating_steps(frame, given.items, given.place)
    order = np.argsort(_stable_order(frame), kind="stable")
    kept = order[~np.isnan(given.step[order])]
    frame = frame.iloc[kept]
    items_frame, place = given.items, given.place[kept]
    pairs = joint_codes([frame["item"], frame["mode"]])
    _, first, block = np.unique(pairs, return_index=True, return_inverse=True)
    names = [(frame["item"].iloc[i], str(frame["mode"].iloc[i])) for i in first]
    ranked = sorted(range(len(names)), key=lambda i: (str(names[i][0]), names[i][1]))
    rank = np.empty(len(names), dtype=np.int64)
    rank[ranked] = np.arange(len(names))
    step = given.step[kept].astype(np.int64)
    border = (items_frame["favourable_from"] - items_frame["lowest"]).to_numpy()[place].astype(np.int64)
    return Rows(
        frame=frame,
        blocks=tuple(names[i] for i in ranked),
        block=rank[block],
        teacher=_codes(frame["teacher"]),
        room=_codes(frame["classroom"]),
        administration=_codes(frame["administration"]),
        student=_dense(_codes(frame["classroom"]) * len(frame) + _codes(frame["student"])),
        pooled=(frame["mode"] == "pooled").to_numpy(dtype=bool),
        step=step,
        top=(items_frame["steps"].to_numpy()[place] - 1).astype(np.int64),
        favourable_from=border,
        favourable=step >= border,
        rating=rating[kept],
        dropped=len(order) - len(kept),
    )


def contributions_from_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return CONTRIBUTIONS made from CLASS_COUNTS: one row for each pooled student counted.

    The rows of one administration and item are numbered, and a number is used as the key of a response:
    rows of one option stand for one another, so nothing is lost. Two snapshots of one administration are to
    be given only once, as the later one.

    Raises
    ------
    FrameError
        If a count is below 0, a mode is not pooled (coded answers have a code each), or as in CLASS_COUNTS.

    Examples
    --------
    >>> counts = pd.DataFrame({"teacher": "t", "classroom": "c", "administration": "a", "item": "SM1",
    ...                        "mode": "pooled", "value": [1, 4], "count": [2, 1]})
    >>> contributions_from_counts(counts)[["student", "value"]].values.tolist()
    [[0.0, 1.0], [1.0, 1.0], [2.0, 4.0]]
    """
    given = checked_columns(CLASS_COUNTS, counts)
    number = given["count"].to_numpy(dtype=np.int64)
    refuse(CLASS_COUNTS, "count", given, number < 0, "A count is 0 or more.")
    says = "Only pooled answers are counted; coded ones have a code each: give them as contributions."
    refuse(CLASS_COUNTS, "mode", given, (given["mode"] != "pooled").to_numpy(dtype=bool), says)
    ordered = given.sort_values("value", kind="stable")
    rows = ordered.loc[ordered.index.repeat(ordered["count"])].drop(columns="count").reset_index(drop=True)
    rows["student"] = rows.groupby(["administration", "item"], sort=False, observed=True).cumcount()
    return rows


def _in_categories(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its keys as categories: each is looked up once, however often it is asked for."""
    keys = [name for name in frame if CONTRIBUTIONS.column[str(name)].kind == "key"]
    return frame.assign(**{str(name): pd.Categorical.from_codes(*pd.factorize(frame[name])) for name in keys})


def _codes(column: pd.Series[Any]) -> Ints:
    """Return codes in the order of the values' text, whatever their type and the order of the rows."""
    codes, found = pd.factorize(column)
    text = np.array([str(plain(value)) for value in found], dtype=object)
    rank = np.empty(len(text), dtype=np.int64)
    rank[np.argsort(text, kind="stable")] = np.arange(len(text))
    return np.asarray(rank[codes], dtype=np.int64)


def plain(value: Any) -> Any:
    """Return a key as plain Python: 3 and not 3.0 or np.int64(3), text for all that is no number."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _dense(codes: Ints) -> Ints:
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.int64)


def _stable_order(frame: pd.DataFrame) -> Ints:
    """Return a rank of each row by its key, so that rows in another order give the same release."""
    places = np.lexsort([_codes(frame[name]) for name in reversed(CONTRIBUTIONS.key)])
    rank = np.empty(len(frame), dtype=np.int64)
    rank[places] = np.arange(len(frame))
    return rank


def _refuse_mixtures(frame: pd.DataFrame) -> None:
    """Refuse a classroom of two teachers and an administration that is split by anything."""
    owns = [("teacher", "classroom"), ("classroom", "administration"), ("mode", "administration")]
    split = [*owns, *((name, "administration") for name in GROUPINGS if name in frame)]
    for name, owner in split:
        says = f"Another row of {owner} {{}} has another {name}: each {owner} has one {name}."
        _refuse_second(frame, name, [owner], says)
    if "rating" in frame:
        says = "Another row of administration {} has another rating of this item."
        _refuse_second(frame, "rating", ["administration", "item"], says)


def _refuse_second(frame: pd.DataFrame, name: str, owners: list[str], says: str) -> None:
    owner = _dense(joint_codes([frame[key] for key in owners]))
    # pandas gives -1 to an empty cell, which then counts as a value of its own.
    value = np.asarray(pd.factorize(frame[name])[0], dtype=np.int64)
    first = np.full(int(owner.max(initial=-1)) + 1, -2, dtype=np.int64)
    first[owner[::-1]] = value[::-1]
    wrong = value != first[owner]
    if wrong.any():
        label = frame[owners[0]].iloc[int(np.argmax(wrong))]
        refuse(CONTRIBUTIONS, name, frame, wrong, says.format(repr(label)))


def _rating_steps(frame: pd.DataFrame, items: pd.DataFrame, place: Ints) -> Floats:
    """Return the teacher's rating as a step after reversal; NaN where there is none."""
    if "rating" not in frame:
        return np.full(len(frame), np.nan)
    lowest, steps = items["lowest"].to_numpy()[place], items["steps"].to_numpy()[place]
    step = frame["rating"].to_numpy(dtype=np.float64) - lowest
    wrong = ~np.isnan(step) & ((step < 0) | (step >= steps) | (step != np.floor(step)))
    refuse(CONTRIBUTIONS, "rating", frame, wrong, "Expected one of the item's option codes.")
    turned = np.where(items["reverse"].to_numpy()[place], steps - 1 - step, step)
    return np.asarray(turned, dtype=np.float64)
