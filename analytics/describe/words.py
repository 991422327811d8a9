"""The small words that all sentences share: numbers with their nouns, lists, shares, signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Told(NamedTuple):
    """The headline and the three levels of one picture."""

    sentence: str
    levels: tuple[str, str, str]


def counted(number: int, thing: str, things: str = "") -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> counted(1, "student"), counted(3, "class", "classes")
    ('1 student', '3 classes')
    """
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return parts as a person lists them.

    Examples
    --------
    >>> listed(["A", "B", "C"])
    'A, B and C'
    """
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def capital(sentence: str) -> str:
    """Return a sentence with its first letter capital and the rest as it is."""
    return sentence[:1].upper() + sentence[1:]


def percent(share: float) -> str:
    """Return a share as a whole percentage.

    Examples
    --------
    >>> percent(2 / 3)
    '67%'
    """
    return f"{round(100 * share)}%"


def signed(gap: float) -> str:
    """Return a gap with its sign and one decimal.

    Examples
    --------
    >>> signed(0.62), signed(-0.5), signed(0.04)
    ('+0.6', '−0.5', '0.0')
    """
    text = f"{abs(gap):.1f}"
    return text if float(text) == 0 else f"{'+' if gap > 0 else '−'}{text}"


def between(low: int, high: int, thing: str) -> str:
    """Return a range of counts with its noun, or one count where both are the same.

    Examples
    --------
    >>> between(4, 5, "student"), between(5, 5, "student")
    ('4 to 5 students', '5 students')
    """
    return counted(low, thing) if low == high else f"{low} to {counted(high, thing)}"
