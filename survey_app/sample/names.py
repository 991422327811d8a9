"""Names for invented adults and places: each once, however large the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.accounts.demo import DEMO_ADDRESSES
from survey_app.sample.chance import chance_for
from survey_app.sample.material import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_TEACHER = ("Ana", "Lopez")


def adults(seed: int) -> Iterator[tuple[str, str]]:
    """Yield names and addresses of adults without end; the first is always the same teacher's."""
    names = phrases()["names"]
    pairs = [(first, last) for first in names["first"] for last in names["last"]]
    chance_for(seed, "names").shuffle(pairs)
    pairs.remove(FIRST_TEACHER)
    round_ = ""
    while True:
        for first, last in [FIRST_TEACHER, *pairs]:
            yield f"{first} {last}", f"{first}.{last}{round_}".lower() + DEMO_ADDRESSES
        # A network of more people than there are names: the same ones again, with another address.
        round_ = str(int(round_ or 1) + 1)


def places(seed: int) -> Iterator[str]:
    """Yield names of places without end."""
    known = list(phrases()["places"])
    chance_for(seed, "places").shuffle(known)
    prefix = ("", "North ", "South ", "East ", "West ", "Old ", "New ", "Upper ", "Lower ")
    yield from (f"{where}{place}" for where in prefix for place in known)
    number = 2
    while True:
        yield from (f"{place} {number}" for place in known)
        number += 1
