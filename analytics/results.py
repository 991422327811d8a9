"""What every result says about itself: how many, what was dropped, by which rule, or why there is no number.

A result is either a DataFrame or a frozen dataclass, and always carries

* ``n`` - the answers the number rests on, counted *after* dropping;
* ``dropped`` - the rows left out, each with a reason (none is left out without one);
* ``method`` - the rule's name in words a reader can look up;
* ``version`` - :data:`VERSION`, raised whenever a rule or a constant changes;
* ``too_few`` - in a dataclass a :class:`TooFew` or None, and every number is None when it is set; in a
  DataFrame a column of text that is empty where there is a number and says why where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "1"
"""The version of the rules and constants in this library; stored beside every number that is kept."""


@dataclass(frozen=True)
class TooFew:
    """A reason that stands where a number would have stood.

    Parameters
    ----------
    of : str
        What there is too little of, in the plural: "students", "items", "lessons", "classes".
    have, need : int
        How many there are and how many the number asks for.
    hint : str
        What to do or what to read instead; may be empty.

    Examples
    --------
    >>> str(TooFew("students", have=2, need=3, hint="Look at the dots."))
    'Too few students: 2, and this needs at least 3. Look at the dots.'
    """

    of: str
    have: int
    need: int
    hint: str = ""

    def __str__(self) -> str:
        """Return the reason as one sentence (two with a hint)."""
        says = f"Too few {self.of}: {self.have}, and this needs at least {self.need}."
        return f"{says} {self.hint}" if self.hint else says
