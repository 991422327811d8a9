"""Some questions of a release made once more: no figure and no attack ever crosses questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from analytics.release.ledger import Ledger, join_ledgers
from analytics.release.making import Release
from analytics.release.showing import FIGURES, as_table

Question = tuple[str, str]
"""Item and mode."""


def with_questions_again(release: Release, again: Mapping[Question, Release | None]) -> Release:
    """Return a release with some of its questions as they came out when made once more.

    Parameters
    ----------
    release : Release
        The release as a whole.
    again : mapping of (item, mode) to Release or None
        Each question made once more, under the same label; None leaves a question out altogether.

    Returns
    -------
    Release
        Every other question as it was, in cells and in the ledger.

    Examples
    --------
    Twelve answers to each of two questions; one of them is left out:

    >>> from analytics.release import make_release
    >>> import pandas as pd
    >>> answers = pd.DataFrame({
    ...     "teacher": ["t1"] * 4 + ["t2"] * 4 + ["t3"] * 4, "student": list("ABCD") * 3, "mode": "coded",
    ...     "value": [1, 2, 3, 4] * 3})
    >>> answers = answers.assign(classroom=answers["teacher"], administration=answers["teacher"])
    >>> answers = pd.concat([answers.assign(item="SM1"), answers.assign(item="SM2")])
    >>> items = pd.DataFrame({"item": ["SM1", "SM2"], "steps": [4, 4]})
    >>> release = make_release(answers, items, [[]], label="week 1")
    >>> with_questions_again(release, {("SM2", "coded"): None}).cells[["item", "n"]].values.tolist()
    [['SM1', 12]]
    """
    names = list(release.cells.columns[: release.cells.columns.get_loc("status")])
    rows = release.cells[[one not in again or again[one] is not None for one in _questions(release)]]
    anew = {
        tuple(row[name] for name in names): row
        for part in again.values()
        if part is not None
        for row in part.cells.to_dict("records")
    }
    listed: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    for row in rows.to_dict("records"):
        name = {column: row[column] for column in names}
        # What only other questions have a row for is withheld in this one.
        now = anew.get(tuple(name.values())) if (str(row["item"]), row["mode"]) in again else row
        if now is None or now["status"] != "released":
            listed.append((name, None))
        else:
            listed.append((name, {figure: now[figure] for figure in FIGURES}))
    cells = as_table(names, FIGURES, listed)
    parts = [part for part in again.values() if part is not None]
    return replace(
        release,
        cells=cells,
        ledger=join_ledgers([_without(release.ledger, again), *(part.ledger for part in parts)]),
        kept=int((cells["as_of"].notna() & (cells["as_of"] != release.label)).sum()),
        rounds=release.rounds + sum(part.rounds for part in parts),
    )


def _questions(release: Release) -> Iterable[Question]:
    return zip(release.cells["item"].map(str), release.cells["mode"], strict=True)


def _without(ledger: Ledger, questions: Iterable[Question]) -> Ledger:
    """Return a ledger without the entries of some questions, nor the people who stood only behind those."""
    gone = set(questions)
    entries = [entry for entry in ledger.entries if (entry.item, entry.mode) not in gone]
    used = sorted({member for entry in entries for member in entry.members})
    place = {member: number for number, member in enumerate(used)}
    return Ledger(
        tuple(ledger.contributors[member] for member in used),
        tuple(replace(entry, members=tuple(place[member] for member in entry.members)) for entry in entries),
    )
