"""What was released before: who stood behind each figure, and what the figure gave away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

Contributor = tuple[str, str, str, str]
"""Teacher, classroom, administration and student of one answer, as text."""


class LedgerError(ValueError):
    """A ledger that cannot be read."""


@dataclass(frozen=True)
class Entry:
    """One released cell.

    Parameters
    ----------
    release : str
        The label of the release it came out in.
    table, key : tuple
        The groupings of its table and its value of each.
    item, mode : str
        Item version, and coded or pooled.
    detail : int
        What was shown: 1 bands, 2 steps and mean, 3 the distribution too.
    answers, least, most, total_least, total_most : int
        Answers behind it, and the range of favourable answers and of the sum of steps that it gave away.
    at_lowest, at_highest : int
        Answers at the two ends of the scale where a distribution was shown, else -1.
    top, favourable_from : int
        The highest step of the scale and the first favourable one, counted from 0.
    shown : dict
        The released row as it stood.
    members : tuple of int
        Positions of its contributors in :attr:`Ledger.contributors`.
    """

    release: str
    table: tuple[str, ...]
    key: tuple[Any, ...]
    item: str
    mode: str
    detail: int
    answers: int
    least: int
    most: int
    total_least: int
    total_most: int
    at_lowest: int
    at_highest: int
    top: int
    favourable_from: int
    shown: dict[str, Any]
    members: tuple[int, ...]

    @property
    def name(self) -> tuple[Any, ...]:
        """What makes two entries the same cell at two times."""
        return (self.table, self.key, self.item, self.mode)


@dataclass(frozen=True)
class Ledger:
    """All earlier releases, oldest first. Holds keys of students and must be kept as safe as the answers.

    Examples
    --------
    >>> Ledger.load(Ledger().dump()) == Ledger()
    True
    """

    contributors: tuple[Contributor, ...] = ()
    entries: tuple[Entry, ...] = ()

    def dump(self) -> str:
        """Return the ledger as JSON text, the same text for the same ledger."""
        whole = {"contributors": self.contributors, "entries": [asdict(entry) for entry in self.entries]}
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Ledger:
        """Read what :meth:`dump` wrote.

        Raises
        ------
        LedgerError
            If the text is not such a ledger.
        """
        try:
            whole = json.loads(text)
            entries = tuple(
                Entry(
                    **{
                        **entry,
                        "table": tuple(entry["table"]),
                        "key": tuple(entry["key"]),
                        "members": tuple(entry["members"]),
                    }
                )
                for entry in whole["entries"]
            )
            contributors = tuple(
                (teacher, room, given, student) for teacher, room, given, student in whole["contributors"]
            )
        except (ValueError, TypeError, KeyError) as error:
            raise LedgerError(
                f"This is not a ledger of releases: {error}. Restore it from a backup."
            ) from error
        if any(not 0 <= member < len(contributors) for entry in entries for member in entry.members):
            raise LedgerError("An entry of the ledger names a contributor that is not in it. Restore it.")
        return cls(contributors, entries)


def join_ledgers(pieces: Iterable[Ledger]) -> Ledger:
    """Return one ledger from those of single releases, in the order in which they came out.

    Examples
    --------
    >>> join_ledgers([Ledger(contributors=(("t", "c", "a", "A"),)), Ledger()]).contributors
    (('t', 'c', 'a', 'A'),)
    """
    place: dict[Contributor, int] = {}
    entries: list[Entry] = []
    for piece in pieces:
        moved = [place.setdefault(contributor, len(place)) for contributor in piece.contributors]
        for entry in piece.entries:
            members = tuple(moved[member] for member in entry.members)
            entries.append(Entry(**{**vars(entry), "members": members}))
    return Ledger(tuple(place), tuple(entries))
