"""What pictures of released figures share: their words for a withheld one, and how many groups fit."""

from __future__ import annotations

from analytics.columns import FrameError, Table

TOO_FEW = "too few"
MOST_GROUPS = 12


def refuse_many(table: Table, groups: list[str]) -> None:
    """Refuse more groups than one page can show."""
    if len(groups) > MOST_GROUPS:
        says = f"{len(groups)} groups; show at most {MOST_GROUPS} on a page."
        raise FrameError(table.name, says, column="group")


def counted(number: float | None) -> str:
    """Return how many stand behind a figure, in words where it is withheld."""
    return TOO_FEW if number is None else str(int(number))
