"""Fill an empty database with the sample network, in one transaction: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from survey_app.accounts.demo import DEMO_ADDRESSES
from survey_app.admin.service import disable_person
from survey_app.catalogue import queries as catalogue
from survey_app.classrooms.service import archive_class
from survey_app.errors import Refusal
from survey_app.models.cycles import Cycle
from survey_app.models.people import Person
from survey_app.models.responses import Receipt, Response
from survey_app.models.surveys import Administration
from survey_app.sample.acts import Acts
from survey_app.sample.improvement import add_own_question, make_driver_diagram
from survey_app.sample.people import SCHOOLS, TEACHERS, leave_invitations_open, make_staff, make_teams
from survey_app.sample.rooms import World, make_room
from survey_app.sample.school_year import SchoolYear, moment
from survey_app.sample.sharing import share_cycles
from survey_app.sample.stories import plot_of
from survey_app.sample.turns import Thread, Turn, live

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

    from survey_app.permissions import Viewer
    from survey_app.sample.people import Staff
    from survey_app.sample.stories import TeacherPlot

SEED = 2026
RECEIPTS_KEPT = timedelta(days=7)


class NotEmpty(Refusal):
    """There are real people in this database."""

    title = "This database is in use"


@dataclass(frozen=True)
class Filled:
    """How large the sample network became."""

    people: int
    cycles: int
    sheets: int


def is_filled(db: Session) -> bool:
    """Tell whether the sample network is there.

    Raises
    ------
    NotEmpty
        If there are people who do not belong to the sample: invented answers never join real ones.
    """
    real, invented = db.execute(
        select(
            func.count().filter(Person.email.not_like(f"%{DEMO_ADDRESSES}")),
            func.count().filter(Person.email.like(f"%{DEMO_ADDRESSES}")),
        )
    ).one()
    if real:
        raise NotEmpty(
            "There are people in this database who are not of the sample network. Name an empty one in"
            " DATABASE_URL: the sample network has a database of its own."
        )
    return bool(invented)


def fill(
    db: Session,
    *,
    today: date,
    factor: int = 1,
    seed: int = SEED,
    teachers: int | None = None,
    at_once: bool | None = None,
    tell: Callable[[str], None] = lambda _words: None,
) -> Filled:
    """Write the sample network; the caller commits.

    Parameters
    ----------
    today : date
        The school year so far ends on the school day before. Only dates depend on it.
    factor : int
        How many times forty teachers in twelve schools.
    seed : int
        The same seed gives the same people, lessons and answers.
    teachers : int, optional
        Let only the first so many teachers run cycles: for tests.
    at_once : bool, optional
        Write sheets many at once instead of each through the student's service; by default from factor 2 on.
    tell : callable
        Hears, now and then, how far it is.
    """
    acts, year = Acts(), SchoolYear(today)
    staff = make_staff(db, acts, year, factor=factor, seed=seed)
    make_driver_diagram(db, staff.network.id, now=moment(year.before, 11))
    own_question = add_own_question(db, staff.researchers[0].person_id)
    make_teams(db, staff, seed=seed)
    db.flush()
    world = World(
        db=db,
        acts=acts,
        year=year,
        seed=seed,
        at_once=factor > 1 if at_once is None else at_once,
        questions=catalogue.questions(db),
        ready_sets={one.key: one for one in catalogue.ready_sets(db)},
        own_question=own_question,
    )
    for number, teacher in enumerate(staff.teachers[:teachers]):
        if number % TEACHERS == 0:
            tell(f"{number} of {len(staff.teachers)} teachers ...")
        _live_year(world, staff, teacher, number)
        # What is written is not needed in memory any more.
        db.expunge_all()
    _close_the_books(world, staff)
    return Filled(
        people=db.scalar(select(func.count()).select_from(Person)) or 0,
        cycles=db.scalar(select(func.count()).select_from(Cycle)) or 0,
        sheets=db.scalar(select(func.count()).select_from(Response)) or 0,
    )


def _live_year(world: World, staff: Staff, teacher: Viewer, number: int) -> None:
    plot = plot_of(number, seed=world.seed)
    threads = [_thread(world, teacher, plot, place, number) for place in range(len(plot.series))]
    # One class has one open survey at a time, so everything happens in the order of the calendar.
    agenda = sorted(
        (
            Turn(thread, turn, place)
            for thread in threads
            for place, turn in enumerate(thread.plot.turns)
        ),
        key=lambda one: (one.day, one.thread.place),
    )
    for turn in agenda:
        live(turn)
    last = moment(world.year.days[-1], 18)
    coach = staff.coaches[number % SCHOOLS % len(staff.coaches)]
    share_cycles(world, agenda, coach, place=f"teacher {number}", today=last)
    for thread in threads:
        if thread.room.plot.is_archived:
            archive_class(world.db, thread.room.row, now=moment(world.year.day(0.3), 16))


def _thread(world: World, teacher: Viewer, plot: TeacherPlot, place: int, number: int) -> Thread:
    series = plot.series[place]
    name = f"teacher {number}, class {series.room}"
    begun = moment(world.year.day(0.0), 7, 20)
    room = make_room(world, teacher, plot.rooms[series.room], series, name, begun)
    return Thread(world, room, series, name)


def _close_the_books(world: World, staff: Staff) -> None:
    """Do the rest: invitations that wait, a colleague who left, receipts that have done their work."""
    db, last = world.db, moment(world.year.days[-1], 18)
    leave_invitations_open(db, staff, now=last)
    leaver = staff.teachers[TEACHERS - 1]
    administrator = staff.district_administrators[(TEACHERS - 1) % len(staff.districts)]
    disable_person(db, administrator, db.get_one(Person, leaver.person_id), now=last)
    route = "/people/<uuid:person_id>/disable"
    world.acts.note("person.disabled", administrator, route, leaver.person_id, last)
    closed_long_ago = select(Administration.id).where(Administration.closed_at < last - RECEIPTS_KEPT)
    db.execute(delete(Receipt).where(Receipt.administration_id.in_(closed_long_ago)))
    world.acts.write(db)
