"""Who can be signed in as in the sample network; read only where ``config.demo`` is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.models.cycles import Cycle
from survey_app.models.people import Organisation, Person, RoleGrant

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Printed by the demo and offered as buttons: it protects nothing, since everybody in there is invented.
DEMO_PASSWORD = "invented people only"  # noqa: S105  (a secret to nobody)
DEMO_ADDRESSES = "@sample.focal.example"
SHOWN = {"teacher": 3, "coach": 1, "lead": 1, "researcher": 1, "administrator": 1}


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the sample network, in one of her roles."""

    role: str
    name: str
    email: str
    organisation: str
    cycles: int


def people_to_show(db: Session) -> list[DemoPerson]:
    """Return a few people for each role, those with the most cycles first."""
    cycles = (
        select(Cycle.owner_id, func.count().label("cycles")).group_by(Cycle.owner_id).subquery("cycles_of")
    )
    count = func.coalesce(cycles.c.cycles, 0)
    rows = db.execute(
        select(RoleGrant.role, Person.display_name, Person.email, Organisation.name, count)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .outerjoin(cycles, cycles.c.owner_id == Person.id)
        .where(Person.email.endswith(DEMO_ADDRESSES, autoescape=True), Person.disabled_at.is_(None))
        .order_by(count.desc(), Person.email)
    ).all()
    people = [DemoPerson(*row) for row in rows]
    return [one for role, most in SHOWN.items() for one in [p for p in people if p.role == role][:most]]
