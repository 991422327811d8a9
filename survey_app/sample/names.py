"""Names for invented adults and places: each once, however large the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.accounts.demo import DEMO_ADDRESSES
from survey_app.sample.chance import chance_for
from survey_app.sample.material import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator


def adults(seed: int) -> Iterator[tuple[str, str]]:
    """Yield names and addresses of adults without end; those in ``KNOWN`` are not among them."""
    names = phrases()["names"]
    known = {name for name, _address in KNOWN}
    pairs = [f"{first} {last}" for first in names["first"] for last in names["last"]]
    pairs = [name for name in pairs if name not in known]
    chance_for(seed, "names").shuffle(pairs)
    yield from (adult(name) for name in pairs)
    number = 2
    while True:
        # A network of more people than there are names: the same ones again, with another address.
        yield from (adult(name, number) for name in pairs)
        number += 1


def adult(name: str, number: int | None = None) -> tuple[str, str]:
    """Return a name with its address."""
    return name, name.lower().replace(" ", ".") + (str(number) if number else "") + DEMO_ADDRESSES


# The same in every network: the teacher who has met nearly everything, and who looks after it all. People are
# listed by address, so she comes before the administrators of the districts.
TEACHER, ADMINISTRATOR = adult("Ana Lopez"), adult("Abby Alvarez")
KNOWN = (TEACHER, ADMINISTRATOR)


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
