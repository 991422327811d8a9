"""A research agreement of the sample network, made before the lessons, and two packages asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.research import agreements
from survey_app.research import package_queries as queries
from survey_app.sample.school_year import moment

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.research import Agreement
    from survey_app.sample.acts import Acts
    from survey_app.sample.people import Staff
    from survey_app.sample.rooms import World
    from survey_app.sample.school_year import SchoolYear

LASTS = timedelta(days=365)


def make_sample_agreement(db: Session, acts: Acts, staff: Staff, year: SchoolYear) -> Agreement:
    """Let the network's administrator agree with its researchers before the first lesson."""
    now = moment(year.before, 18)
    terms = agreements.Terms(
        title="Which questions hear every student?",
        purpose="To find the questions that students understand and that tell one lesson from another.",
        starts_on=year.before,
        ends_on=year.before + LASTS,
        lessons_from=year.before,
        lessons_until=year.before + LASTS,
        people=[one.person_id for one in staff.researchers],
        places=[staff.network.id],
        constructs=[one.id for one in queries.constructs(db)],
    )
    made = agreements.make_agreement(db, staff.administrator, terms, now=now)
    acts.note("agreement.made", staff.administrator, "/agreements/new", made.id, now)
    return made


def ask_for_packages(world: World, agreement: Agreement, staff: Staff, *, now: datetime) -> None:
    """Let both researchers ask for a package, and the administrator approve the first one."""
    db, day = world.db, now.date()
    agreement = queries.agreement_for(db, staff.researchers[0], agreement.id)
    reasons = ("For the first look at all questions.", "For a second reader of the same figures.")
    for researcher, reason in zip(staff.researchers, reasons, strict=False):
        asked, _ = agreements.ask_for_package(db, researcher, agreement, reason, today=day, now=now)
        route = "/research/agreements/<uuid:agreement_id>/packages"
        world.acts.note("package.asked", researcher, route, asked.id, now)
        if researcher is staff.researchers[0]:
            agreements.decide_on_package(
                db,
                staff.administrator,
                agreement,
                asked,
                is_approved=True,
                words="",
                today=day,
                now=now,
            )
            route = "/packages/<uuid:package_id>/decide"
            world.acts.note("package.approved", staff.administrator, route, asked.id, now)
