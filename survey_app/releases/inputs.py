"""What goes into a release: which frozen results, how they are grouped, and who else knows which classes.

Kept beside the release, so that it can be made again from the same snapshots when people, teams and ideas
have moved on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# Grades as leads speak of them; the band of a class decides only where its grade was not said.
GRADE_BANDS = ((2, "K-2"), (5, "3-5"), (8, "6-8"), (12, "9-12"))
# Which answers are counted: every one, or those to a question of which the teacher said what she saw, too.
EVERY, RATED = "every", "rated"
PLACES = ("region", "district", "school")


@dataclass(frozen=True)
class Source:
    """One administration whose newest frozen results go in, and the cells in which they are counted."""

    administration: str
    number: int  # of its newest snapshot
    content_hash: str
    teacher: str
    classroom: str
    groups: Mapping[str, str | int | None]


@dataclass(frozen=True)
class Inputs:
    """All of one network: what goes in, and whose classes somebody beside the teacher knows."""

    sources: tuple[Source, ...] = ()
    views: tuple[tuple[str, str], ...] = ()
    counted: str = RATED  # which answers of these; a release of before this was asked counted every one
    with_reports: bool = True  # made in view of the item reports, too, as one of before this was not
    # grouping -> key -> (name, the organisation in which it lies); not part of what is compared
    names: dict[str, dict[str, tuple[str, str | None]]] = field(default_factory=dict, compare=False)

    @property
    def teachers(self) -> int:
        """How many teachers have something in it."""
        return len({one.teacher for one in self.sources})

    def dump(self) -> str:
        """Return it as JSON text, the same text for the same inputs."""
        whole = {
            "sources": [asdict(one) for one in self.sources],
            "views": self.views,
            "counted": self.counted,
            "with_reports": self.with_reports,
        }
        return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Inputs:
        """Read what :meth:`dump` wrote."""
        whole: dict[str, Any] = json.loads(text)
        return cls(
            tuple(Source(**one) for one in whole["sources"]),
            tuple((viewer, teacher) for viewer, teacher in whole["views"]),
            whole.get("counted", EVERY),
            whole.get("with_reports", False),
        )


def grade_band(grade: int | None, band: str) -> str | None:
    """Return the band of grades of a class, or none where the teacher did not say.

    Examples
    --------
    >>> grade_band(7, "3-12"), grade_band(0, "K-2"), grade_band(None, "3-12"), grade_band(None, "K-2")
    ('6-8', 'K-2', None, 'K-2')
    """
    if grade is None:
        return "K-2" if band == "K-2" else None
    return next((name for highest, name in GRADE_BANDS if grade <= highest), None)


def subject_key(written: str | None) -> str:
    """Return a subject as it is compared: what two teachers write differently is often the same.

    Examples
    --------
    >>> subject_key("  Science "), subject_key(None)
    ('science', '')
    """
    return " ".join((written or "").casefold().split())[:64]
