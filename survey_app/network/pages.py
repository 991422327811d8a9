"""A long list in pages, with plain links: which rows are here, and where the others begin. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from survey_app.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Row = TypeVar("Row")
MOST_LINKS = 40


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list that has ``total`` rows in their order."""

    rows: Sequence[Row]
    number: int
    size: int
    total: int
    begin: Sequence[str] = ()  # the first row's name of each page, where rows have names
    before: str = ""  # to which part of the list the row before the first here belongs
    after: str = ""

    @property
    def last_number(self) -> int:
        """The number of the last page; an empty list has one page."""
        return last_page(self.total, self.size)

    @property
    def first(self) -> int:
        """The place of the first row here among all rows, counted from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The place of the last row here among all rows."""
        return min(self.number * self.size, self.total)

    @property
    def others(self) -> Iterator[tuple[int, str]]:
        """Number and first row's name of each page; of very many pages, of as many as a list can hold."""
        for number in range(1, self.last_number + 1, -(-self.last_number // MOST_LINKS)):
            yield number, self.begin[number - 1] if self.begin else str(number)


def last_page(total: int, size: int) -> int:
    """Return how many pages so many rows take; at least one."""
    return max(-(-total // size), 1)


def page_of(
    rows: Sequence[Row],
    wished: int,
    *,
    size: int,
    name: Callable[[Row], str],
    part: Callable[[Row], str] = lambda _row: "",
) -> Page[Row]:
    """Return one page; asked for one that is not there any more, the last one."""
    number = min(wished, last_page(len(rows), size))
    start, end = (number - 1) * size, min(number * size, len(rows))
    return Page(
        rows[start:end],
        number,
        size,
        len(rows),
        [name(rows[at]) for at in range(0, len(rows), size)],
        before=part(rows[start - 1]) if start else "",
        after=part(rows[end]) if end < len(rows) else "",
    )


def wished_page(written: str | None) -> int:
    """Return the page that an address asks for; without one, the first.

    Raises
    ------
    BadInput
        If it is no number of a page.
    """
    written = written or "1"
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:5]) <= 9999 and len(written) < 5):
        raise BadInput(f"{written[:40]!r} is no page.")
    return int(written)
