"""What every result says about itself: how many, what was dropped, by which rule, or why there is no number.

A result is either a DataFrame or a frozen dataclass, and always carries

* ``n`` - the answers the number rests on, counted *after* dropping;
* ``dropped`` - how many cells were left out (none is left out without a reason);
* ``method`` - the rule's name in words that a reader can look up;
* ``version`` - :data:`VERSION`, raised whenever a rule or one of its numbers changes;
* ``too_few`` - in a dataclass a :class:`TooFew` or None, and every number is None when it is set; in a
  DataFrame a column of text, empty where the row has its numbers, and the reason where it has not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.columns import Bools, Ints

VERSION = "1"
"""The version of this library's rules and the numbers in them; stored beside every number that is kept."""


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


@dataclass(frozen=True)
class Estimate:
    """One number, or the reason why there is none.

    Parameters
    ----------
    value : float or None
        The number, in the unit that the function names.
    n, dropped : int
        What it rests on, and what was left out because a value was empty.
    method : str
        The rule.
    too_few : TooFew or None
        Why ``value`` is None.
    """

    value: float | None
    n: int
    dropped: int
    method: str
    too_few: TooFew | None = None
    version: str = VERSION


@dataclass(frozen=True)
class Interval(Estimate):
    """A number with the ends of the interval around it, at ``level`` (0.95 means 95 %)."""

    low: float | None = None
    high: float | None = None
    level: float = 0.95


def reasons(rows: int, *rules: tuple[Bools, str]) -> Any:
    """Return the ``too_few`` column of a table: the text of the first rule that holds in a row, else nothing.

    Examples
    --------
    >>> import numpy as np
    >>> list(reasons(3, (np.array([True, False, False]), "nobody answered")))
    ['nobody answered', '', '']
    """
    codes = np.zeros(rows, dtype=np.int8)
    for place in range(len(rules), 0, -1):
        codes[rules[place - 1][0]] = place
    return pd.Categorical.from_codes(codes, categories=pd.Index(["", *(text for _, text in rules)]))


def whole_unless(hidden: Bools, values: Ints) -> Any:
    """Return whole numbers as a nullable column, empty where ``hidden`` holds; takes over ``values``."""
    return pd.arrays.IntegerArray(np.asarray(values, dtype=np.int64), np.array(hidden, dtype=bool))


def result_table(columns: dict[str, Any], method: str) -> pd.DataFrame:
    """Return the columns as a table, with ``method`` and ``version``, which are the same in each row."""
    rows = len(next(iter(columns.values())))
    same = np.zeros(rows, dtype=np.int8)
    columns["method"] = pd.Categorical.from_codes(same, categories=pd.Index([method]))
    columns["version"] = pd.Categorical.from_codes(same, categories=pd.Index([VERSION]))
    return pd.DataFrame(columns, copy=False)
