"""Which item versions a ready set means for a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from survey_app.catalogue.queries import Question, ReadySet

# Read aloud and answered with cups: a chance to share, sense, own way, the main idea, part of the class.
FIRST_FOR_K2 = ("WC5", "SM1", "AG1", "EA2", "BE1")
FEWEST_FOR_K2 = 3


def questions_for_band(
    known: Mapping[uuid.UUID, Question], ready: ReadySet, band: str, *, coded: bool
) -> list[uuid.UUID]:
    """Return the set's questions in the band's own versions.

    Questions that may not be asked by code are left out of a coded survey. A K-2 class gets the picture
    versions there are, filled up to three with the first ones for that age.
    """
    wanted = [known[i] for i in ready.item_version_ids if i in known]
    newest: dict[str, Question] = {}
    for question in known.values():
        if question.band == band and question.says() is not None:
            newest[question.item_key] = question
    chosen = [newest[q.item_key] for q in wanted if q.item_key in newest]
    if band == "K-2":
        chosen = [q for q in chosen if q.kind != "text"]
        spare = [newest[key] for key in FIRST_FOR_K2 if key in newest and newest[key] not in chosen]
        chosen += spare[: max(0, FEWEST_FOR_K2 - len(chosen))]
    return [q.id for q in chosen if not (coded and q.pooled_only)]
