"""Every select of the releases slice that the job needs; what leads read stands in ``reading``."""

from __future__ import annotations

import uuid as ids
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from survey_app.models.catalogue import Construct, Item, ItemVersion
from survey_app.models.classrooms import Classroom, FocalCode
from survey_app.models.cycles import Cycle, Series
from survey_app.models.improvement import ChangeIdea
from survey_app.models.people import Organisation, Person, Team, TeamMember
from survey_app.models.releases import (
    Release,
    ReleaseCell,
    ReleaseGroup,
    ReleaseItem,
    ReleaseLedger,
    ReleaseSetting,
)
from survey_app.models.sharing import CycleShare
from survey_app.models.snapshots import Snapshot
from survey_app.models.surveys import Administration
from survey_app.releases.digest import FIGURES, digest_of
from survey_app.releases.inputs import PLACES, Inputs, Source, grade_band, subject_key

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

Names = dict[str, dict[str, tuple[str, str | None]]]


def networks(db: Session) -> list[Organisation]:
    """Return the organisations that stand above all others, each of which has releases of its own."""
    return list(
        db.scalars(
            select(Organisation)
            .where(Organisation.parent_id.is_(None))
            .order_by(Organisation.created_at, Organisation.id)
        )
    )


def setting_of(db: Session, network_id: uuid.UUID) -> ReleaseSetting | None:
    """Return the thresholds of a network that raised them."""
    return db.get(ReleaseSetting, network_id)


def newest_release(db: Session, network_id: uuid.UUID) -> Release | None:
    """Return the newest release of a network."""
    return db.scalars(
        select(Release)
        .where(Release.organisation_id == network_id)
        .order_by(Release.made_at.desc(), Release.label.desc())
        .limit(1)
    ).first()


def releases_of(db: Session, network_id: uuid.UUID) -> list[Release]:
    """Return the releases of a network, the first one first."""
    return list(
        db.scalars(
            select(Release)
            .where(Release.organisation_id == network_id)
            .order_by(Release.made_at, Release.label)
        )
    )


def ledgers_of(db: Session, network_id: uuid.UUID) -> list[ReleaseLedger]:
    """Return the ledgers of a network's releases, the first one first. Only the job asks for them."""
    return list(
        db.scalars(
            select(ReleaseLedger)
            .join(Release, Release.id == ReleaseLedger.release_id)
            .where(Release.organisation_id == network_id)
            .order_by(Release.made_at, Release.label)
        )
    )


def erased(db: Session) -> tuple[set[tuple[str, str]], set[str]]:
    """Return the class and letter of each erased code, and the classes that are erased."""
    codes = db.execute(
        select(FocalCode.classroom_id, FocalCode.label).where(FocalCode.erased_at.is_not(None))
    )
    rooms = db.scalars(select(Classroom.id).where(Classroom.erased_at.is_not(None)))
    return {(str(room), label) for room, label in codes}, {str(room) for room in rooms}


def inputs_of(db: Session, network: Organisation, *, until: datetime) -> Inputs:
    """Return what stands to be released: the newest snapshot of each administration, and its groups."""
    places = {one.id: one for one in db.scalars(select(Organisation))}
    inside = {one.id for one in places.values() if _line(places, one)[-1].id == network.id}
    teams = _teams(db, inside)
    ideas = dict(
        db.execute(
            select(ChangeIdea.id, ChangeIdea.name).where(
                ChangeIdea.organisation_id == network.id, ChangeIdea.owner_id.is_(None)
            )
        ).all()
    )
    names: Names = defaultdict(dict)
    sources = [
        Source(
            administration=str(row.administration_id),
            number=row.number,
            content_hash=row.content_hash,
            teacher=str(row.owner_id),
            classroom=str(row.classroom_id),
            groups=_groups(row, places, teams, ideas, names),
        )
        for row in _newest(db, inside, until)
    ]
    kept = _without_single_subjects(sources, names)
    views = _views(db, {one.teacher for one in kept}, until)
    return Inputs(tuple(kept), views, names=dict(names))


def _newest(db: Session, places: set[uuid.UUID], until: datetime) -> list[Any]:
    rows = db.execute(
        select(
            Snapshot.administration_id,
            Snapshot.number,
            Snapshot.content_hash,
            Administration.owner_id,
            Administration.classroom_id,
            Cycle.number.label("cycle_number"),
            Series.change_idea_id,
            Classroom.grade,
            Classroom.band,
            Classroom.subject,
            Person.organisation_id,
        )
        .join(Administration, Administration.id == Snapshot.administration_id)
        .join(Cycle, Cycle.id == Administration.cycle_id)
        .join(Series, Series.id == Cycle.series_id)
        .join(Classroom, Classroom.id == Administration.classroom_id)
        .join(Person, Person.id == Administration.owner_id)
        .where(Snapshot.made_at <= until, Classroom.erased_at.is_(None))
        .order_by(Snapshot.administration_id, Snapshot.number)
    )
    newest = {row.administration_id: row for row in rows if row.organisation_id in places}
    return list(newest.values())


def _groups(
    row: Any,
    places: Mapping[uuid.UUID, Organisation],
    teams: Mapping[uuid.UUID, Team],
    ideas: Mapping[uuid.UUID, str],
    names: Names,
) -> dict[str, str | int | None]:
    groups: dict[str, str | int | None] = {"cycle_number": row.cycle_number}
    for place in _line(places, places[row.organisation_id]):
        if place.kind in PLACES:
            groups[place.kind] = str(place.id)
            names[place.kind][str(place.id)] = (place.name, str(place.id))
    team = teams.get(row.owner_id)
    if team is not None:
        groups["team"] = str(team.id)
        names["team"][str(team.id)] = (team.name, str(team.organisation_id))
    # A teacher's own idea is hers: only ideas of the network stand beside each other.
    if row.change_idea_id in ideas:
        groups["change_idea"] = str(row.change_idea_id)
        names["change_idea"][str(row.change_idea_id)] = (ideas[row.change_idea_id], None)
    band = grade_band(row.grade, row.band)
    if band is not None:
        groups["grade_band"] = band
        names["grade_band"][band] = (band, None)
    subject = subject_key(row.subject)
    if subject:
        groups["subject"] = subject
        names["subject"].setdefault(subject, (" ".join(row.subject.split()).capitalize(), None))
    return groups


def _without_single_subjects(sources: list[Source], names: Names) -> list[Source]:
    """Let a subject be a group only where three teachers have it: it is text that teachers write freely."""
    teachers: dict[str, set[str]] = defaultdict(set)
    for one in sources:
        teachers[str(one.groups.get("subject"))].add(one.teacher)
    rare = {subject for subject, by in teachers.items() if len(by) < 3}
    names["subject"] = {key: said for key, said in names["subject"].items() if key not in rare}
    return [
        Source(**{**vars(one), "groups": {k: v for k, v in one.groups.items() if k != "subject"}})
        if one.groups.get("subject") in rare
        else one
        for one in sources
    ]


def _line(places: Mapping[uuid.UUID, Organisation], place: Organisation) -> list[Organisation]:
    line = [place]
    while line[-1].parent_id is not None:
        line.append(places[line[-1].parent_id])
    return line


def _teams(db: Session, places: set[uuid.UUID]) -> dict[uuid.UUID, Team]:
    """Return the team of each person; one who is in several counts in that of her own place, by name."""
    rows = db.execute(
        select(TeamMember.person_id, Person.organisation_id, Team)
        .join(Team, Team.id == TeamMember.team_id)
        .join(Person, Person.id == TeamMember.person_id)
    )
    found: dict[uuid.UUID, list[tuple[bool, str, str, Team]]] = defaultdict(list)
    for person_id, place_id, team in rows:
        if team.organisation_id in places:
            found[person_id].append((team.organisation_id != place_id, team.name, str(team.id), team))
    return {person_id: min(own, key=lambda one: one[:3])[3] for person_id, own in found.items()}


def _views(db: Session, teachers: set[str], until: datetime) -> tuple[tuple[str, str], ...]:
    """Return who else has seen whose answers one by one: shares of everything, taken back or not."""
    rows = db.execute(
        select(CycleShare.person_id, Cycle.owner_id)
        .join(Cycle, Cycle.id == CycleShare.cycle_id)
        .where(CycleShare.level == "everything", CycleShare.shared_at <= until)
        .distinct()
    )
    pairs = {(str(viewer), str(owner)) for viewer, owner in rows}
    return tuple(sorted(pair for pair in pairs if pair[1] in teachers))


def item_names(db: Session, keys: Iterable[str]) -> dict[str, tuple[str, str, int]]:
    """Return short name, construct and place in the library of these item versions."""
    rows = db.execute(
        select(ItemVersion.key, Item.name, Construct.name, Construct.position, Item.position)
        .join(Item, Item.id == ItemVersion.item_id)
        .outerjoin(Construct, Construct.id == Item.construct_id)
        .where(ItemVersion.key.in_(list(keys)))
    ).all()
    ordered = sorted(rows, key=lambda row: (row[3] is None, row[3] or 0, row[4], row[0]))
    return {key: (name, construct or "", place) for place, (key, name, construct, *_) in enumerate(ordered)}


def as_id(key: str | None) -> uuid.UUID | None:
    """Return a key as an id."""
    return None if key is None else ids.UUID(key)


def network(db: Session, network_id: uuid.UUID) -> Organisation:
    """Return a network by its id."""
    return db.get_one(Organisation, network_id)


def stored_digest(db: Session, release: Release) -> str:
    """Return the hash of a release as it stands in the tables now."""
    groups = db.execute(
        select(ReleaseGroup.grouping, ReleaseGroup.key).where(ReleaseGroup.release_id == release.id)
    )
    items = db.execute(
        select(ReleaseItem.item, ReleaseItem.mode, ReleaseItem.steps).where(
            ReleaseItem.release_id == release.id
        )
    )
    rows = db.scalars(
        select(ReleaseCell).where(ReleaseCell.release_id == release.id).order_by(ReleaseCell.position)
    )
    kept = ("table_name", "key", "cycle_number", "item", "mode", *FIGURES, "distribution", "as_of")
    return digest_of(
        sorted(map(tuple, groups)),
        sorted(map(tuple, items)),
        [{name: getattr(row, name) for name in kept} for row in rows],
    )
