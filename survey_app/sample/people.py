"""The organisations and adults of the sample network: invited and accepted, as anywhere else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.accounts import invitations
from survey_app.accounts.demo import DEMO_ADDRESSES, DEMO_PASSWORD
from survey_app.accounts.passwords import Passwords
from survey_app.models.keeping import ConsentRule
from survey_app.models.people import Organisation, Person, RoleGrant, Team, TeamMember
from survey_app.permissions import Viewer
from survey_app.sample import names
from survey_app.sample.chance import chance_for
from survey_app.sample.material import network, phrases
from survey_app.sample.school_year import ZONE, moment

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.sample.acts import Acts
    from survey_app.sample.school_year import SchoolYear

DISTRICTS, SCHOOLS, TEACHERS, RESEARCHERS = 6, 12, 40, 2
# Of every six schools, in this order; the grades follow from it (see stories).
SCHOOL_KINDS = ("Middle", "Elementary", "High", "Elementary", "Middle", "Elementary")


@dataclass
class Block:
    """Forty teachers in twelve schools of six districts: the unit in which the network grows."""

    number: int
    districts: list[Organisation] = field(default_factory=list)
    administrators: list[Viewer] = field(default_factory=list)  # one a district
    coaches: list[Viewer] = field(default_factory=list)  # one a district
    schools: list[Organisation] = field(default_factory=list)
    teachers: list[Viewer] = field(default_factory=list)

    def coach_of(self, teacher: int) -> Viewer:
        """Return the coach of a teacher's district."""
        return self.coaches[teacher % SCHOOLS % DISTRICTS]


@dataclass
class Staff:
    """Who works for the whole network, and its regions."""

    network: Organisation
    administrator: Viewer
    regions: list[Organisation]
    leads: list[Viewer]
    researchers: list[Viewer]


class Hiring:
    """Makes people by invitation; every one of them has the same printed password, hashed once."""

    def __init__(self, db: Session, acts: Acts, year: SchoolYear, seed: int) -> None:
        self.db, self.acts, self.year, self.seed = db, acts, year, seed
        self.names, self.places = names.adults(seed), names.places(seed)
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
        accepted = invited + timedelta(hours=31)
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


def make_staff(hiring: Hiring) -> Staff:
    """Make the network, its regions, and those who work for all of it."""
    founded = moment(hiring.year.before, 7)
    top = make_organisation(hiring.db, "network", network()["network"], None, founded)
    regions = [
        make_organisation(hiring.db, "region", name, top, founded) for name in network()["regions"]
    ]
    administrator = hiring.first(top, *names.ADMINISTRATOR)
    hiring.db.add(
        ConsentRule(
            organisation_id=top.id, kind="notice_sent", set_at=founded, set_by_id=administrator.person_id
        )
    )
    leads = [hiring.hire(administrator, "lead", region, *next(hiring.names)) for region in regions]
    researchers = [
        hiring.hire(administrator, "researcher", top, *next(hiring.names)) for _ in range(RESEARCHERS)
    ]
    return Staff(top, administrator, regions, leads, researchers)


def make_block(hiring: Hiring, staff: Staff, number: int) -> Block:
    """Make a block of districts and schools with their people."""
    block = Block(number)
    founded = moment(hiring.year.before, 7)
    for place in range(DISTRICTS):
        region = staff.regions[place % len(staff.regions)]
        name = f"{next(hiring.places)} Unified"
        block.districts.append(make_organisation(hiring.db, "district", name, region, founded))
    for place in range(SCHOOLS):
        name = f"{next(hiring.places)} {SCHOOL_KINDS[place % len(SCHOOL_KINDS)]}"
        district = block.districts[place % DISTRICTS]
        block.schools.append(make_organisation(hiring.db, "school", name, district, founded))
    for district in block.districts:
        block.administrators.append(
            hiring.hire(staff.administrator, "administrator", district, *next(hiring.names))
        )
    for place in range(TEACHERS):
        school, inviter = block.schools[place % SCHOOLS], block.administrators[place % SCHOOLS % DISTRICTS]
        person = names.TEACHER if number == place == 0 else next(hiring.names)
        block.teachers.append(hiring.hire(inviter, "teacher", school, *person))
    for district, inviter in zip(block.districts, block.administrators, strict=True):
        block.coaches.append(hiring.hire(inviter, "coach", district, *next(hiring.names)))
    _make_teams(hiring, block)
    return block


def _make_teams(hiring: Hiring, block: Block) -> None:
    """Put the teachers of each school into a team, with the district's coach."""
    for place, school in enumerate(block.schools):
        name = chance_for(hiring.seed, "team", block.number, place).choice(phrases()["teams"])
        team = Team(organisation_id=school.id, name=name)
        hiring.db.add(team)
        hiring.db.flush()
        members = (block.coach_of(place), *block.teachers[place::SCHOOLS])
        hiring.db.add_all(TeamMember(team_id=team.id, person_id=one.person_id) for one in members)
    hiring.db.flush()


def leave_invitations_open(db: Session, block: Block, *, now: datetime) -> None:
    """Invite two colleagues who have not answered yet."""
    for name in ("Robin Summers", "Alex Winters"):
        address = name.replace(" ", ".").lower() + DEMO_ADDRESSES
        place = block.schools[0].id
        invitations.invite(
            db,
            block.administrators[0],
            email=address,
            name=name,
            role="teacher",
            organisation_id=place,
            now=now,
        )


def make_organisation(
    db: Session, kind: str, name: str, parent: Organisation | None, now: datetime
) -> Organisation:
    """Make one organisation in the schools' time zone."""
    made = Organisation(
        kind=kind, parent_id=parent.id if parent else None, name=name, time_zone=ZONE, created_at=now
    )
    db.add(made)
    db.flush()
    return made
