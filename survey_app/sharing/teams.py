"""A team's poster: the cycles that their teachers have put on it, and who may read it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.errors import BadInput, NotVisible
from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.sharing import TEAM_LEVELS, TeamShare
from survey_app.releases import handing_on
from survey_app.results import queries as result_queries
from survey_app.sharing import poster, queries, showing

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

# More sheets than this no wall holds, and no convening reads.
MOST_SHEETS = 24
MOST_LINES = 5


@dataclass(frozen=True)
class Sheet:
    """One cycle on the poster: its words, and bands where its teacher shows them."""

    cycle: Cycle
    title: str
    teacher: str
    words: dict[str, str]
    parts: list[showing.Part] = field(default_factory=list)
    rows: list[poster.Row] = field(default_factory=list)

    @property
    def is_dense(self) -> bool:
        """Tell whether its questions are so many that letters shrink a little."""
        return len(self.rows) > poster.FEW_ROWS


def own_teams(db: Session, viewer: Viewer) -> list[Team]:
    """Return the teams that the viewer is in, by name."""
    return list(
        db.scalars(
            select(Team)
            .join(TeamMember, TeamMember.team_id == Team.id)
            .where(TeamMember.person_id == viewer.person_id, Team.archived_at.is_(None))
            .order_by(func.lower(Team.name), Team.id)
        )
    )


def team_to_read(db: Session, viewer: Viewer, team_id: uuid.UUID) -> tuple[Team, Organisation]:
    """Return a team whose poster the viewer may read: her own, or one of a region where she is a lead.

    Raises
    ------
    NotVisible
        For a foreign id and an unknown one alike.
    """
    found = db.execute(
        select(Team, Organisation)
        .join(Organisation, Organisation.id == Team.organisation_id)
        .where(Team.id == team_id)
    ).one_or_none()
    if found is None:
        raise NotVisible(team_id)
    team, place = found
    is_in_it = db.get(TeamMember, (team_id, viewer.person_id)) is not None
    if not is_in_it and not _leads(db, viewer, place.id):
        raise NotVisible(team_id)
    return team, place


def _leads(db: Session, viewer: Viewer, place_id: uuid.UUID) -> bool:
    above = queries.places_above(place_id)
    grant = select(RoleGrant.person_id).where(
        RoleGrant.person_id == viewer.person_id,
        RoleGrant.role == "lead",
        RoleGrant.organisation_id.in_(select(above.c.id)),
    )
    return db.scalar(grant.limit(1)) is not None


def live_shares(db: Session, cycle_id: uuid.UUID) -> dict[uuid.UUID, TeamShare]:
    """Return on which teams' posters a cycle stands now."""
    rows = db.scalars(
        select(TeamShare).where(TeamShare.cycle_id == cycle_id, TeamShare.revoked_at.is_(None))
    )
    return {one.team_id: one for one in rows}


def set_share(
    db: Session, viewer: Viewer, cycle: Cycle, *, team_id: uuid.UUID | None, level: str, now: datetime
) -> TeamShare | None:
    """Put a cycle on a team's poster at a level, or with no level take it off; return what changed.

    Another level takes the old share back and makes a new one: what was shown when stays known.

    Raises
    ------
    BadInput
        If the viewer is not in that team, or there is no such level.
    """
    if team_id not in {one.id for one in own_teams(db, viewer)}:
        raise BadInput("Nothing is changed yet.", {"team": "Choose one of the teams that you are in."})
    if level and level not in TEAM_LEVELS:
        raise BadInput("Nothing is changed yet.", {"team": "Choose how much the poster shows."})
    # Two clicks at once wait here for each other: the second finds what the first has done.
    db.execute(select(Cycle.id).where(Cycle.id == cycle.id).with_for_update())
    standing = live_shares(db, cycle.id).get(team_id)
    if (standing.level if standing else "") == level:
        return None
    if standing is not None:
        standing.revoked_at = now
        db.flush()
    if not level:
        return standing
    share = TeamShare(
        cycle_id=cycle.id, owner_id=cycle.owner_id, team_id=team_id, level=level, shared_at=now
    )
    db.add(share)
    db.flush()
    return share


def sheets_of(db: Session, team_id: uuid.UUID) -> tuple[list[Sheet], int]:
    """Return the sheets of a team's poster by teacher and number, and how many older ones had no room.

    Only cycles of people who are in the team now: who leaves takes her cycles along.
    """
    rows = db.execute(
        select(Cycle, Series.title, Person.display_name, TeamShare.level)
        .join(TeamShare, TeamShare.cycle_id == Cycle.id)
        .join(Series, Series.id == Cycle.series_id)
        .join(Person, Person.id == Cycle.owner_id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .join(
            TeamMember,
            (TeamMember.person_id == Cycle.owner_id) & (TeamMember.team_id == TeamShare.team_id),
        )
        .where(
            TeamShare.team_id == team_id,
            TeamShare.revoked_at.is_(None),
            Cycle.set_aside_at.is_(None),
            Classroom.erased_at.is_(None),
        )
        .order_by(TeamShare.shared_at.desc(), TeamShare.id)
    ).all()
    shown = sorted(rows[:MOST_SHEETS], key=lambda row: (row[2].casefold(), row[1].casefold(), row[0].number))
    with_bands = [cycle.id for cycle, _title, _teacher, level in shown if level == "bands"]
    given = defaultdict(list)
    for one in queries.administrations_of(db, with_bands):
        if one.revealed_at is not None:
            given[one.cycle_id].append(one)
    revealed = [one for group in given.values() for one in group]
    found = result_queries.snapshots_of(db, [one.id for one in revealed])
    bands = handing_on.bands_of(db, revealed, found)
    sheets = []
    for cycle, title, teacher, level in shown:
        parts = showing.parts_from(given[cycle.id], found, bands, level)
        lines = poster.rows_of(parts)
        words, _shortened = poster.fitted(cycle, has_many_rows=len(lines) > poster.FEW_ROWS)
        sheets.append(Sheet(cycle, title, teacher, words, parts, lines))
    return sheets, max(len(rows) - MOST_SHEETS, 0)


def decided(sheets: Sequence[Sheet]) -> Counter[str]:
    """Return how many of the cycles on the poster were decided each way."""
    return Counter(one.cycle.decision for one in sheets if one.cycle.decision)


def lines_of(sheets: Sequence[Sheet], field_name: str) -> list[tuple[str, str]]:
    """Return what each teacher wrote last in one field, as many as the first sheet has room for."""
    said = {one.teacher: " ".join((getattr(one.cycle, field_name) or "").split()) for one in sheets}
    return [(teacher, poster.shorten(words, 110)) for teacher, words in said.items() if words][:MOST_LINES]
