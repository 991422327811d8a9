"""What each level shows of a cycle. Codes, dots and noticings leave only with everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from survey_app.models.cycles import Series
from survey_app.releases import handing_on
from survey_app.results import queries as result_queries

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.cycles import Cycle
    from survey_app.models.snapshots import Snapshot
    from survey_app.models.surveys import Administration
    from survey_app.sharing.queries import SharedRow

BANDS = (("20 % or less", 0), ("in between", 20), ("80 % or more", 80))


@dataclass(frozen=True)
class QuestionBand:
    """One question: which of the three bands, of how many students, and what the teacher said."""

    question: str
    students: int | None  # none where too few answered
    low: int | None
    rating: str

    @property
    def says(self) -> str:
        """The band in words."""
        return next((words for words, low in BANDS if low == self.low), "too few")


@dataclass(frozen=True)
class Part:
    """What is shown of one group of students."""

    administration: Administration
    bands: list[QuestionBand]
    taken: list[Snapshot] = field(default_factory=list)  # filled only where everything is shown


def title_of(db: Session, cycle: Cycle) -> str:
    """Return the title of the series to which a cycle belongs."""
    return db.get_one(Series, cycle.series_id).title


def parts_of(db: Session, given: Sequence[Administration], level: str) -> list[Part]:
    """Return what a level shows of each group that was revealed; nothing for the plan alone."""
    if level == "plan":
        return []
    revealed = [a for a in given if a.revealed_at is not None]
    found = result_queries.snapshots_of(db, [a.id for a in revealed])
    return parts_from(revealed, found, handing_on.bands_of(db, revealed, found), level)


def parts_from(
    revealed: Sequence[Administration],
    found: Mapping[uuid.UUID, list[Snapshot]],
    bands: Mapping[uuid.UUID, handing_on.Bands],
    level: str,
) -> list[Part]:
    """Return what a level shows of groups whose snapshots were read already, of one cycle or of many."""
    if level == "plan":
        return []
    return [
        Part(
            administration=a,
            bands=_questions(found[a.id][-1].tables, bands[a.id]),
            taken=found[a.id] if level == "everything" and a.may_be_shared else [],
        )
        for a in revealed
        if found.get(a.id)
    ]


def _questions(tables: Mapping[str, Any], bands: handing_on.Bands) -> list[QuestionBand]:
    """Return each question that has answers to choose from, with what the release policy lets out of it."""
    return [
        QuestionBand(item["label"], *bands.get(item["key"], (None, None)), rating=_rating(item, tables))
        for item in tables["items"]
        if item["values"]
    ]


def _rating(item: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    words = dict(zip(item["values"], item["options"], strict=True))
    return next((words.get(value, "") for key, value, _m in tables["ratings"] if key == item["key"]), "")


def changes_since(row: SharedRow) -> list[str]:
    """Return what happened to a shared cycle since the viewer last opened it, in words."""
    seen = row.share.seen_at
    if seen is None:
        return ["new to you"]
    revealed = [a.revealed_at for a in row.administrations if a.revealed_at is not None]
    changes = []
    if row.share.level != "plan" and _any_after(revealed, seen):
        changes.append("results are there")
    if row.cycle.decided_at is not None and row.cycle.decided_at > seen:
        changes.append(f"decided to {row.cycle.decision}")
    written = sum(moment > seen for moment in row.comments)
    if written:
        changes.append("1 new comment" if written == 1 else f"{written} new comments")
    return changes


def _any_after(moments: Sequence[datetime], seen: datetime) -> bool:
    return any(moment > seen for moment in moments)


def everything_of(db: Session, cycle: Cycle, parts: Sequence[Part]) -> dict[str, Any]:
    """Return the pictures with dots and the rows by code, of the groups whose notice allowed it."""
    from survey_app.results import focal, pictures
    from survey_app.ui.figures import draw, figure

    open_parts = [part for part in parts if part.taken]
    drawn = {}
    for part in open_parts:
        drawable = pictures.gap_picture(part.taken[-1].tables)
        if drawable is not None:
            drawn[part.administration.part] = figure(draw(*drawable), id=f"{part.administration.part}-gap")
    shown = [(part.administration, part.taken) for part in open_parts]
    return {"figures": drawn, "students": focal.students_of(db, cycle, shown)}
