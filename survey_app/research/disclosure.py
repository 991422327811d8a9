"""Small groups in a package: what could tell a teacher apart is made coarser until five share it.

The columns that somebody outside could know of a class are its grade band, its subject and its region.
Whoever combines them must find five teachers or more.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analytics.release import Policy

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

QUASI = ("grade_band", "region", "subject")
"""From what is withheld last to what is withheld first."""
WITHHELD = "withheld"

_SUBJECTS = {
    "mathematics": ("math", "algebra", "geometr", "calculus", "statisti", "number", "matem"),
    "science": ("scien", "biolog", "chem", "physic", "earth", "stem", "engineer", "cienc"),
}


def subject_group(written: str | None) -> str:
    """Return the group of a subject that a teacher wrote in words of her own.

    Examples
    --------
    >>> [subject_group(written) for written in ("7th grade Science", "Algebra 1", "Homeroom", None)]
    ['science', 'mathematics', 'other', 'not said']
    """
    if not (written or "").strip():
        return "not said"
    words = (written or "").casefold()
    return next((group for group, parts in _SUBJECTS.items() if any(p in words for p in parts)), "other")


def coarsen(
    classes: Mapping[Hashable, tuple[str, dict[str, str]]], *, fewest: int = Policy().smallest_group
) -> dict[Hashable, dict[str, str]]:
    """Return the columns of each class, with values withheld until every combination has enough teachers.

    Parameters
    ----------
    classes : mapping
        Class -> (teacher, value of each column of `QUASI`).
    fewest : int
        Teachers who must share a combination.

    Returns
    -------
    dict
        Class -> values. With fewer teachers than that in all, everything is withheld.

    Examples
    --------
    >>> given = {n: (f"t{n}", {"grade_band": "3-12", "subject": "science", "region": "r"}) for n in range(5)}
    >>> given[9] = ("t9", {"grade_band": "3-12", "subject": "mathematics", "region": "r"})
    >>> found = coarsen(given)
    >>> sorted({row["subject"] for row in found.values()})
    ['withheld']
    """
    cells: dict[tuple[str, ...], set[Hashable]] = defaultdict(set)
    for key, (_teacher, values) in classes.items():
        cells[tuple(values[name] for name in QUASI)].add(key)

    def teachers(keys: set[Hashable]) -> int:
        return len({classes[key][0] for key in keys})

    # The last column is withheld first; what is still too small then joins its neighbours one column up.
    for kept in (2, 1, 0):
        for above in sorted({cell[:kept] for cell in cells}):
            beside = sorted((c for c in cells if c[:kept] == above), key=lambda c: (teachers(cells[c]), c))
            joined: set[Hashable] = set()
            for cell in beside:
                is_small = teachers(cells[cell]) < fewest
                if is_small or (joined and teachers(joined) < fewest):
                    joined |= cells.pop(cell)
            if joined:
                cells[above + (WITHHELD,) * (len(QUASI) - kept)] |= joined
    return {key: dict(zip(QUASI, cell, strict=True)) for cell, keys in cells.items() for key in keys}


def smallest_cell(rows: Mapping[Hashable, dict[str, str]], teacher_of: Mapping[Hashable, str]) -> int:
    """Return how many teachers share the rarest combination: the k of k-anonymity."""
    cells: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, values in rows.items():
        cells[tuple(values[name] for name in QUASI)].add(teacher_of[key])
    return min((len(teachers) for teachers in cells.values()), default=0)
