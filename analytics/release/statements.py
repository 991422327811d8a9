"""Everything a reader can hold against everything else: the cells of this release and of all earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Bools, Ints
from analytics.release.cells import Cells, answers_by_set
from analytics.release.contributions import Rows, plain
from analytics.release.counting import Givers, Tally, tally
from analytics.release.figures import Known, known
from analytics.release.ledger import Entry, Ledger
from analytics.release.policy import Policy

CONTRIBUTOR = ("teacher", "classroom", "administration", "student")


@dataclass(frozen=True)
class Statements:
    """Cells as statements about sets of answers.

    Statements are numbered: first the cells of this release in the order of ``Cells``, then the entries of
    the ledger. Answers are numbered: first the rows of this release, then those that only the ledger knows.

    Parameters
    ----------
    givers : Givers
        Who gave each answer.
    member : array of int, shape (answers, columns)
        The statement of each answer in each column; a column is a table of this or an earlier release, in
        which an answer stands at most once. -1 for none.
    column_table : list of tuple
        The groupings of each column's table.
    earlier : array of bool, shape (columns,)
        Columns that come from the ledger.
    column : array of int, shape (statements,)
        The column in which each statement stands.
    fixed : array of bool, shape (statements,)
        Statements that are out already.
    block : array of int, shape (statements,)
        Item and mode.
    who : Tally
        Who stands behind each statement.
    teachers : dict of str to int
        The code of each teacher in ``givers``.
    cells : Cells
        The cells of this release.
    ledger : Ledger
        The earlier releases.
    """

    givers: Givers
    member: Ints
    column_table: list[tuple[str, ...]]
    earlier: Bools
    column: Ints
    fixed: Bools
    block: Ints
    who: Tally
    teachers: dict[str, int]
    cells: Cells
    ledger: Ledger
    ledger_detail: Ints
    ledger_known: Known

    def __len__(self) -> int:
        return len(self.fixed)

    @cached_property
    def answers(self) -> list[Ints]:
        """The positions of the answers behind each statement, rising."""
        return answers_by_set(self.member, len(self))

    def named(self) -> dict[tuple[Any, ...], int]:
        """Return the cells of this release by table, key and block: what a cell is called every week."""
        cells = self.cells
        return {
            (self.column_table[cells.table[cell]], cells.key[cell], int(cells.block[cell])): cell
            for cell in range(len(cells))
        }

    def known(self, detail: Ints, policy: Policy) -> Known:
        """Return what each statement gives away at the given detail."""
        new = known(self.cells.sums, detail[: len(self.cells)], policy.smallest_segment)
        old = self.ledger_known
        ends = [known.at_ends for known in (new, old) if known.at_ends is not None]
        return Known(
            np.concatenate((new.least, old.least)),
            np.concatenate((new.most, old.most)),
            np.concatenate((new.total_least, old.total_least)),
            np.concatenate((new.total_most, old.total_most)),
            np.concatenate(ends, axis=1),
        )


def state(
    rows: Rows, cells: Cells, tables: tuple[tuple[str, ...], ...], ledger: Ledger, policy: Policy
) -> Statements:
    """Put the cells of this release beside the entries of the ledger."""
    entries = ledger.entries
    names = contributors_of(rows)
    answers = _answers(rows, names, ledger)
    earlier = _ledger_columns(ledger)
    member = np.full((len(answers.givers), len(tables) + len(earlier)), -1, dtype=np.int64)
    member[: len(rows), : len(tables)] = cells.member
    for place, numbers in enumerate(earlier, start=len(tables)):
        for number in numbers:
            member[answers.of_entry[number], place] = len(cells) + number
    count = len(cells) + len(entries)
    column = np.concatenate((cells.table, np.zeros(len(entries), dtype=np.int64)))
    for place, numbers in enumerate(earlier, start=len(tables)):
        column[len(cells) + np.array(numbers)] = place
    older = member[:, len(tables) :]
    which = np.repeat(np.arange(len(older)), older.shape[1])
    who = tally(answers.givers, which, older.ravel() - len(cells), len(entries), policy.insiders)
    return Statements(
        givers=answers.givers,
        member=member,
        column_table=[*tables, *(entries[numbers[0]].table for numbers in earlier)],
        earlier=np.arange(member.shape[1]) >= len(tables),
        column=column,
        fixed=np.arange(count) >= len(cells),
        block=np.concatenate((cells.block, answers.block_of_entry)).astype(np.int64),
        who=cells.who.followed_by(who),
        teachers=dict(zip(answers.teachers, answers.givers.teacher.tolist(), strict=True)),
        cells=cells,
        ledger=ledger,
        ledger_detail=np.array([entry.detail for entry in entries], dtype=np.int64),
        ledger_known=_known_of(entries),
    )


def contributors_of(rows: Rows) -> pd.DataFrame:
    """Return teacher, classroom, administration and student of each answer as text."""
    return pd.DataFrame({name: _as_text(rows.frame[name]) for name in CONTRIBUTOR}).reset_index(drop=True)


def _known_of(entries: tuple[Entry, ...]) -> Known:
    def each(name: str) -> Ints:
        return np.array([getattr(entry, name) for entry in entries], dtype=np.int64)

    ends = np.stack((each("at_lowest"), each("at_highest")))
    return Known(each("least"), each("most"), each("total_least"), each("total_most"), ends)


@dataclass(frozen=True)
class _Answers:
    givers: Givers
    teachers: list[str]
    of_entry: list[Ints]
    block_of_entry: Ints


def _answers(rows: Rows, names: pd.DataFrame, ledger: Ledger) -> _Answers:
    """Return the answers of this release and of the ledger as one list, the same answer once."""
    if not ledger.entries:
        return _Answers(rows, names["teacher"].tolist(), [], np.empty(0, dtype=np.int64))
    blocks = {(str(plain(item)), mode): place for place, (item, mode) in enumerate(rows.blocks)}
    of_entry = np.array(
        [blocks.setdefault((entry.item, entry.mode), len(blocks)) for entry in ledger.entries], dtype=np.int64
    )
    people = np.array(ledger.contributors, dtype=object).reshape(-1, 4)
    sizes = [len(entry.members) for entry in ledger.entries]
    who = np.concatenate([np.array(entry.members, dtype=np.int64) for entry in ledger.entries])
    told = pd.DataFrame(people[who], columns=list(CONTRIBUTOR))
    told["block"] = np.repeat(of_entry, sizes)
    both = pd.concat([names.assign(block=rows.block), told], ignore_index=True)
    number = (
        both.groupby(["block", "administration", "student"], sort=False).ngroup().to_numpy(dtype=np.int64)
    )
    # Rows are distinct and come first, so their numbers are their positions.
    _, first = np.unique(number, return_index=True)
    listed = both.iloc[first]
    pooled = np.array([mode == "pooled" for _, mode in blocks], dtype=bool)
    block = listed["block"].to_numpy(dtype=np.int64)
    givers = Givers(
        block=block,
        teacher=_codes(listed, "teacher"),
        room=_codes(listed, "classroom"),
        administration=_codes(listed, "administration"),
        student=_codes(listed, "classroom", "student"),
        pooled=pooled[block],
    )
    of_members: list[Ints] = np.split(number[len(rows) :], np.cumsum(sizes)[:-1])
    return _Answers(givers, listed["teacher"].tolist(), of_members, of_entry)


def _ledger_columns(ledger: Ledger) -> list[list[int]]:
    """Return the entries of each table of each release: within one, no answer stands twice."""
    columns: dict[tuple[Any, ...], list[int]] = {}
    for number, entry in enumerate(ledger.entries):
        columns.setdefault((entry.release, entry.table), []).append(number)
    return list(columns.values())


def _codes(frame: pd.DataFrame, *names: str) -> Ints:
    return np.asarray(frame.groupby(list(names), sort=False).ngroup(), dtype=np.int64)


def _as_text(column: pd.Series[Any]) -> Any:
    codes, found = pd.factorize(column)
    return np.array([str(plain(value)) for value in found], dtype=object)[codes]
