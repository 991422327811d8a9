"""Open answers that teachers chose to share: from ten students on, in an order that says nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analytics.columns import Column, Table, checked_columns, refuse
from analytics.release.contributions import CONTRIBUTIONS, MODES, check_contributions
from analytics.release.entries import entries_of
from analytics.release.ledger import Ledger
from analytics.release.making import checked_label, decide
from analytics.release.policy import Policy, check_tables
from analytics.release.showing import laid_out

_KEPT = tuple(column for column in CONTRIBUTIONS.columns if column.name not in ("value", "rating"))

TEXTS = Table(
    "texts",
    (
        *_KEPT,
        Column("text", "text", "the student's words, read by the teacher"),
        Column("shared", "flag", "true where the teacher chose to share them"),
    ),
    CONTRIBUTIONS.key,
)
"""One row an open answer, with the groupings of its administration."""


@dataclass(frozen=True)
class TextRelease:
    """Shared texts.

    ``cells`` has the names of :class:`~analytics.release.Release`, ``status``, ``n``, ``texts`` (a tuple, or
    None where withheld) and ``as_of``; ``ledger`` is to be kept apart from that of the figures.
    """

    label: str
    cells: pd.DataFrame
    ledger: Ledger


def release_texts(
    texts: pd.DataFrame,
    tables: Sequence[Sequence[str]],
    *,
    label: str,
    policy: Policy | None = None,
    ledger: Ledger | None = None,
) -> TextRelease:
    """Return shared texts by declared grouping, from 10 students of 3 teachers on.

    Parameters
    ----------
    texts : DataFrame
        :data:`TEXTS`; what is not shared is left out and counts for nothing.
    tables : sequence of sequence of str
        Declared groupings of each table.
    label : str
        A name for this release, new in the ledger.
    policy : Policy, optional
        Thresholds, where a network has raised them.
    ledger : Ledger, optional
        Earlier releases of texts: what is new must again come from 10 students, or waits.

    Returns
    -------
    TextRelease
        Texts in an order that depends on the words alone.

    Raises
    ------
    FrameError, LedgerError, UndeclaredGrouping
        As :func:`~analytics.release.make_release`.
    """
    base = policy or Policy()
    strict = replace(base, smallest_group=max(base.smallest_group, base.texts_from))
    wanted = check_tables(tables)
    earlier = checked_label(label, ledger)
    given = checked_columns(TEXTS, texts)
    refuse(TEXTS, "mode", given, ~given["mode"].isin(MODES).to_numpy(dtype=bool), "Expected coded or pooled.")
    shared = given[given["shared"]].drop(columns="shared").assign(value=1)
    items = pd.DataFrame({"item": shared["item"].unique(), "steps": 2})
    rows = check_contributions(shared, items)
    words = shared.set_index(list(CONTRIBUTIONS.key))["text"]
    keys = list(rows.frame[list(CONTRIBUTIONS.key)].itertuples(index=False, name=None))
    said = [str(words[key]) for key in keys]
    decision = decide(rows, wanted, strict, earlier, None, by_value=False)
    inside = decision.cells.answers
    shown: dict[int, dict[str, Any]] = {}
    for cell in range(len(decision.cells)):
        if decision.detail[cell] > 0:
            order = sorted((said[answer] for answer in inside[cell].tolist()), key=_scrambled)
            shown[cell] = {"n": int(decision.cells.who.students[cell]), "texts": tuple(order), "as_of": label}
    new = entries_of(decision, shown, wanted, label, strict)
    old = {
        cell: {**entry.shown, "texts": tuple(entry.shown["texts"])} for cell, entry in decision.kept.items()
    }
    columns = ("n", "texts", "as_of")
    cells = laid_out(rows, decision.cells, wanted, {**shown, **old}, columns)
    return TextRelease(label, cells, new)


def _scrambled(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
