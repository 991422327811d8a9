"""The organisations and adults of the sample network: invited and accepted, as anywhere else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from survey_app.accounts import invitations
from survey_app.accounts.demo import DEMO_ADDRESSES, DEMO_PASSWORD
from survey_app.accounts.passwords import Passwords
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.permissions import Viewer
from survey_app.sample import names
from survey_app.sample.chance import chance_for
from survey_app.sample.material import network, phrases
from survey_app.sample.school_year import ZONE, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.sample.acts import Acts
    from survey_app.sample.school_year import SchoolYear

DISTRICTS, SCHOOLS, TEACHERS, RESEARCHERS = 6, 12, 40, 2
# Of every six schools, in this order; the grades follow from it (see stories).
SCHOOL_KINDS = ("Middle", "Elementary", "High", "Elementary", "Middle", "Elementary")


@dataclass
class Staff:
    """Everybody who works in the sample network, as viewers, with where they are."""

    network: Organisation
    administrator: Viewer
    districts: list[Organisation] = field(default_factory=list)
    district_administrators: list[Viewer] = field(default_factory=list)
    schools: list[Organisation] = field(default_factory=list)
    teachers: list[Viewer] = field(default_factory=list)
    coaches: list[Viewer] = field(default_factory=list)
    leads: list[Viewer] = field(default_factory=list)
    researchers: list[Viewer] = field(default_factory=list)


class Hiring:
    """Makes people by invitation; every one of them has the same printed password, hashed once."""

    def __init__(self, db: Session, acts: Acts, year: SchoolYear, seed: int) -> None:
        self.db, self.acts, self.year = db, acts, year
        self.names = names.adults(seed)
        self.password_hash = Passwords().hash(DEMO_PASSWORD)

    def first(self, organisation: Organisation, name: str, email: str) -> Viewer:
        """Make the person who looks after the whole network; there is nobody yet who could invite her."""
        now = moment(self.year.before, 8)
        person = Person(
            organisation_id=organisation.id,
            email=email,
            display_name=name,
            password_hash=self.password_hash,
            use_accepted_at=now,
            created_at=now,
        )
        self.db.add(person)
        self.db.flush()
        self.db.add(
            RoleGrant(person_id=person.id, role="administrator", organisation_id=organisation.id)
        )
        self.db.flush()
        return viewer_of(person, "administrator")

    def hire(self, inviter: Viewer, role: str, organisation: Organisation, name: str, email: str) -> Viewer:
        """Invite somebody and let her accept the next day."""
        invited = moment(self.year.before, 9)
        invitation, _token = invitations.invite(
            self.db, inviter, email=email, name=name, role=role, organisation_id=organisation.id, now=invited
        )
        self.acts.note("invitation.made", inviter, "/people/invite", invitation.id, invited)
        accepted = moment(self.year.next_day(self.year.before), 16)
        person = invitations.accept_as_new_person(
            self.db, invitation, name=name, password_hash=self.password_hash, now=accepted
        )
        viewer = viewer_of(person, role)
        self.acts.note("invitation.accepted", viewer, "/join/<token>", invitation.id, accepted)
        return viewer


def viewer_of(person: Person, role: str) -> Viewer:
    """Return a person as every lookup takes her."""
    return Viewer(
        person_id=person.id,
        organisation_id=person.organisation_id,
        display_name=person.display_name,
        roles=frozenset({role}),
        session_id=uuid.uuid4(),
        time_zone=ZONE,
        has_accepted_use=True,
    )


def make_staff(db: Session, acts: Acts, year: SchoolYear, *, factor: int, seed: int) -> Staff:
    """Make one network with its regions, districts, schools and people."""
    hiring = Hiring(db, acts, year, seed)
    places = names.places(seed)
    named = [next(hiring.names) for _ in range(TEACHERS * factor)]
    # The network's own administrator is the first of the list by address, as people are listed.
    administrators = sorted((next(hiring.names) for _ in range(1 + DISTRICTS * factor)), key=lambda n: n[1])
    founded = moment(year.before, 7)
    top = _organisation(db, "network", network()["network"], None, founded)
    staff = Staff(top, hiring.first(top, *administrators[0]))
    regions = [_organisation(db, "region", name, top, founded) for name in network()["regions"]]
    for number in range(DISTRICTS * factor):
        region = regions[number % len(regions)]
        district = _organisation(db, "district", f"{next(places)} Unified", region, founded)
        staff.districts.append(district)
        staff.district_administrators.append(
            hiring.hire(staff.administrator, "administrator", district, *administrators[1 + number])
        )
    for number in range(SCHOOLS * factor):
        kind = SCHOOL_KINDS[number % len(SCHOOL_KINDS)]
        district = staff.districts[number % len(staff.districts)]
        staff.schools.append(_organisation(db, "school", f"{next(places)} {kind}", district, founded))
    _hire_all(hiring, staff, regions, named)
    return staff


def _hire_all(
    hiring: Hiring, staff: Staff, regions: list[Organisation], named: list[tuple[str, str]]
) -> None:
    for number, (name, email) in enumerate(named):
        school = staff.schools[number % len(staff.schools)]
        administrator = staff.district_administrators[number % len(staff.districts)]
        staff.teachers.append(hiring.hire(administrator, "teacher", school, name, email))
    for district, administrator in zip(staff.districts, staff.district_administrators, strict=True):
        staff.coaches.append(hiring.hire(administrator, "coach", district, *next(hiring.names)))
    for region in regions:
        staff.leads.append(hiring.hire(staff.administrator, "lead", region, *next(hiring.names)))
    for _ in range(RESEARCHERS):
        person = next(hiring.names)
        staff.researchers.append(
            hiring.hire(staff.administrator, "researcher", staff.network, *person)
        )


def leave_invitations_open(db: Session, staff: Staff, *, now: datetime) -> None:
    """Invite two colleagues who have not answered yet."""
    school = staff.schools[0]
    for name in ("Robin Summers", "Alex Winters"):
        address = name.replace(" ", ".").lower() + DEMO_ADDRESSES
        invitations.invite(
            db,
            staff.district_administrators[0],
            email=address,
            name=name,
            role="teacher",
            organisation_id=school.id,
            now=now,
        )


def make_teams(db: Session, staff: Staff, *, seed: int) -> None:
    """Put the teachers of each school into a team, with the district's coach."""
    for number, school in enumerate(staff.schools):
        name = chance_for(seed, "team", number).choice(phrases()["teams"])
        team = Team(organisation_id=school.id, name=f"{name}, {school.name}")
        db.add(team)
        db.flush()
        coach = staff.coaches[number % len(staff.coaches)]
        members = (coach, *_teachers(staff, number))
        db.add_all(TeamMember(team_id=team.id, person_id=one.person_id) for one in members)
    db.flush()


def _teachers(staff: Staff, school_number: int) -> Iterator[Viewer]:
    yield from staff.teachers[school_number :: len(staff.schools)]


def _organisation(
    db: Session, kind: str, name: str, parent: Organisation | None, now: datetime
) -> Organisation:
    made = Organisation(
        kind=kind, parent_id=parent.id if parent else None, name=name, time_zone=ZONE, created_at=now
    )
    db.add(made)
    db.flush()
    return made
