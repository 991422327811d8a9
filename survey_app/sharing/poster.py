"""What stands on the convening poster: as many words as are read from two metres, and one row a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from survey_app.models.cycles import Cycle
    from survey_app.sharing.showing import Part, QuestionBand

FEW_ROWS = 5
# How many letters of each text fit on the page: beside up to five questions, and beside more.
ROOM = {
    "aim": (130, 100),
    "change": (110, 80),
    "reason": (150, 90),
    "keep_what": (110, 70),
    "change_next": (110, 70),
}
LABELS = {
    "aim": "the aim",
    "change": "the change",
    "reason": "the reason",
    "keep_what": "what to keep",
    "change_next": "what to change",
}


@dataclass(frozen=True)
class Row:
    """One question with its band in each group, in the order of the groups; none where it was not asked."""

    question: str
    rating: str
    bands: list[QuestionBand | None]


def rows_of(parts: Sequence[Part]) -> list[Row]:
    """Return one row for each question that was asked in any group."""
    questions = dict.fromkeys(band.question for part in parts for band in part.bands)
    rows = []
    for question in questions:
        bands = [next((band for band in part.bands if band.question == question), None) for part in parts]
        rating = next((band.rating for band in bands if band is not None and band.rating), "")
        rows.append(Row(question, rating, bands))
    return rows


def fitted(cycle: Cycle, *, has_many_rows: bool) -> tuple[dict[str, str], list[str]]:
    """Return the words of the poster, cut to the room they have, and which of them were cut."""
    words, shortened = {}, []
    for name, room in ROOM.items():
        text = " ".join(getattr(cycle, name).split())
        words[name] = shorten(text, room[has_many_rows])
        if words[name] != text:
            shortened.append(LABELS[name])
    return words, shortened


def shorten(text: str, most: int) -> str:
    """Return a text of at most so many letters, cut between words where it can be.

    Examples
    --------
    >>> shorten("Talk in pairs first", 14)
    'Talk in pairs…'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    whole_words = cut.rsplit(" ", 1)[0] if " " in cut and text[most - 1] != " " else cut
    return whole_words.rstrip(" ,;:.") + "…"
