"""Every select of the sharing slice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from survey_app.models.classrooms import Classroom
from survey_app.models.cycles import Cycle, Series
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.models.sharing import Comment, CycleShare
from survey_app.models.surveys import Administration
from survey_app.permissions import ROLE_PERMISSIONS, Permission

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import CTE, Select
    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer

READERS = tuple(role for role, may in ROLE_PERMISSIONS.items() if Permission.SEE_SHARED in may)


@dataclass(frozen=True)
class Colleague:
    """Somebody with whom a cycle can be shared."""

    person_id: uuid.UUID
    name: str
    place: str
    is_coach: bool


@dataclass(frozen=True)
class LiveShare:
    """A share that stands, and with whom."""

    share: CycleShare
    name: str


@dataclass(frozen=True)
class SharedRow:
    """A cycle in the list of what others share with the viewer."""

    share: CycleShare
    cycle: Cycle
    series: Series
    teacher: str
    administrations: list[Administration] = field(default_factory=list)
    comments: list[datetime] = field(default_factory=list)  # when others wrote


def places_above(organisation_id: uuid.UUID) -> CTE:
    """Return a statement of the organisation and those above it."""
    own = select(Organisation.id, Organisation.parent_id).where(Organisation.id == organisation_id)
    above = own.cte("above", recursive=True)
    return above.union_all(
        select(Organisation.id, Organisation.parent_id).join(above, Organisation.id == above.c.parent_id)
    )


def _places_of_network(organisation_id: uuid.UUID) -> Select:
    """Return a select of every organisation of the network to which this one belongs."""
    above = places_above(organisation_id)
    whole = select(above.c.id).where(above.c.parent_id.is_(None)).cte("whole", recursive=True)
    whole = whole.union_all(select(Organisation.id).join(whole, Organisation.parent_id == whole.c.id))
    return select(whole.c.id)


def near_colleagues(db: Session, viewer: Viewer) -> list[Colleague]:
    """Return coaches of the viewer's places, and colleagues of her school and teams, coaches first."""
    mine = aliased(TeamMember)
    team_mates = (
        select(TeamMember.person_id)
        .join(mine, mine.team_id == TeamMember.team_id)
        .join(Team, Team.id == TeamMember.team_id)
        .where(mine.person_id == viewer.person_id, Team.archived_at.is_(None))
    )
    above = places_above(viewer.organisation_id)
    coaches = select(RoleGrant.person_id).where(
        RoleGrant.role == "coach", RoleGrant.organisation_id.in_(select(above.c.id))
    )
    return _colleagues(
        db,
        viewer,
        or_(
            Person.organisation_id == viewer.organisation_id,
            Person.id.in_(team_mates),
            Person.id.in_(coaches),
        ),
    )


def colleague_in_network(
    db: Session, viewer: Viewer, *, person_id: uuid.UUID | None = None, email: str = ""
) -> Colleague | None:
    """Return somebody of the viewer's network who may read what is shared, by id or by address."""
    who = Person.id == person_id if person_id else Person.email == email.lower()
    places = _places_of_network(viewer.organisation_id)
    inside = or_(Person.organisation_id.in_(places), RoleGrant.organisation_id.in_(places))
    return next(iter(_colleagues(db, viewer, who & inside)), None)


def _colleagues(db: Session, viewer: Viewer, which: object) -> list[Colleague]:
    rows = db.execute(
        select(Person.id, Person.display_name, Organisation.name, RoleGrant.role)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            which,
            RoleGrant.role.in_(READERS),
            Person.disabled_at.is_(None),
            Person.id != viewer.person_id,
        )
    )
    roles: dict[tuple[uuid.UUID, str, str], set[str]] = defaultdict(set)
    for person_id, name, place, role in rows:
        roles[person_id, name, place].add(role)
    found = [Colleague(*who, is_coach="coach" in had) for who, had in roles.items()]
    return sorted(found, key=lambda one: (not one.is_coach, one.name.casefold(), one.place))


def live_share(db: Session, cycle_id: uuid.UUID, person_id: uuid.UUID) -> CycleShare | None:
    """Return the share of a cycle with a person that stands now."""
    return db.scalars(
        select(CycleShare).where(
            CycleShare.cycle_id == cycle_id,
            CycleShare.person_id == person_id,
            CycleShare.revoked_at.is_(None),
        )
    ).one_or_none()


def live_shares(db: Session, cycle_id: uuid.UUID) -> list[LiveShare]:
    """Return with whom a cycle is shared now, by name."""
    rows = db.execute(
        select(CycleShare, Person.display_name)
        .join(Person, Person.id == CycleShare.person_id)
        .where(CycleShare.cycle_id == cycle_id, CycleShare.revoked_at.is_(None))
        .order_by(func.lower(Person.display_name), Person.id)
    )
    return [LiveShare(share, name) for share, name in rows]


def comments_on(db: Session, cycle_id: uuid.UUID) -> list[tuple[Comment, str]]:
    """Return the comments on a cycle with their authors' names, the first one first."""
    rows = db.execute(
        select(Comment, Person.display_name)
        .join(Person, Person.id == Comment.author_id)
        .where(Comment.cycle_id == cycle_id)
        .order_by(Comment.written_at, Comment.id)
    )
    return [(comment, name) for comment, name in rows]


def shared_with(db: Session, viewer: Viewer) -> list[SharedRow]:
    """Return what is shared with the viewer now, in three statements however much it is."""
    rows = db.execute(
        select(CycleShare, Cycle, Series, Person.display_name)
        .join(Cycle, Cycle.id == CycleShare.cycle_id)
        .join(Series, Series.id == Cycle.series_id)
        .join(Person, Person.id == Cycle.owner_id)
        .join(Classroom, Classroom.id == Cycle.classroom_id)
        .where(
            CycleShare.person_id == viewer.person_id,
            CycleShare.revoked_at.is_(None),
            Classroom.erased_at.is_(None),
        )
        .order_by(CycleShare.shared_at.desc(), CycleShare.id)
    ).all()
    mine = (
        select(CycleShare.cycle_id)
        .where(CycleShare.person_id == viewer.person_id, CycleShare.revoked_at.is_(None))
        .scalar_subquery()
    )
    given: dict[uuid.UUID, list[Administration]] = defaultdict(list)
    for one in db.scalars(
        select(Administration).where(Administration.cycle_id.in_(mine), Administration.state != "void")
    ):
        given[one.cycle_id].append(one)
    written: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    for cycle_id, moment in db.execute(
        select(Comment.cycle_id, Comment.written_at).where(
            Comment.cycle_id.in_(mine), Comment.author_id != viewer.person_id
        )
    ):
        written[cycle_id].append(moment)
    return [
        SharedRow(share, cycle, series, teacher, given[cycle.id], written[cycle.id])
        for share, cycle, series, teacher in rows
    ]


def owner_name(db: Session, cycle: Cycle) -> str:
    """Return the name of a cycle's teacher."""
    return db.scalars(select(Person.display_name).where(Person.id == cycle.owner_id)).one()


def administrations_of(db: Session, cycle_ids: Sequence[uuid.UUID]) -> list[Administration]:
    """Return the living administrations of these cycles, focal groups first."""
    return list(
        db.scalars(
            select(Administration)
            .where(Administration.cycle_id.in_(cycle_ids), Administration.state != "void")
            .order_by(Administration.part)
        )
    )
