"""Fill an empty database with the sample network, in one transaction: all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from survey_app.accounts.demo import DEMO_ADDRESSES
from survey_app.admin.service import disable_person
from survey_app.catalogue import queries as catalogue
from survey_app.classrooms.service import archive_class
from survey_app.erasure import overdue
from survey_app.errors import Refusal
from survey_app.models.cycles import Cycle
from survey_app.models.people import Person
from survey_app.models.responses import Response
from survey_app.research.reports import make_reports
from survey_app.sample.acts import Acts
from survey_app.sample.copies import LivedBlock
from survey_app.sample.improvement import add_own_question, make_driver_diagram
from survey_app.sample.people import (
    DISTRICTS,
    SCHOOLS,
    TEACHERS,
    Hiring,
    leave_invitations_open,
    make_block,
    make_staff,
)
from survey_app.sample.research import ask_for_packages, make_sample_agreement
from survey_app.sample.rooms import World, make_room
from survey_app.sample.school_year import SchoolYear, moment
from survey_app.sample.sharing import put_on_posters, share_cycles
from survey_app.sample.stories import plot_of
from survey_app.sample.turns import Thread, Turn, live

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

    from survey_app.models.research import Agreement
    from survey_app.permissions import Viewer
    from survey_app.sample.people import Block, Staff
    from survey_app.sample.stories import TeacherPlot

SEED = 2026
LIVED_AT_MOST = 5


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
    teachers: int = TEACHERS,
    lived: int = LIVED_AT_MOST,
    reports: bool = True,
    tell: Callable[[str], None] = lambda _words: None,
) -> Filled:
    """Write the sample network; the caller commits.

    Parameters
    ----------
    today : date
        The school year so far ends on the school day before. Only dates depend on it.
    factor : int
        How many blocks of forty teachers in twelve schools.
    seed : int
        The same seed gives the same people, lessons and answers.
    teachers : int
        Let only the first so many teachers of a block run cycles: for tests.
    lived : int
        How many blocks live through the services; those after them are copies of these.
    reports : bool
        Whether the item reports are worked out, too, which takes longer the more answers there are.
    tell : callable
        Hears, now and then, how far it is.
    """
    acts, year = Acts(), SchoolYear(today)
    hiring = Hiring(db, acts, year, seed)
    staff = make_staff(hiring)
    make_driver_diagram(db, acts, staff.leads[0], now=moment(year.before, 17) + timedelta(days=2))
    agreement = make_sample_agreement(db, acts, staff, year)
    world = World(
        db=db,
        acts=acts,
        year=year,
        seed=seed,
        own_question=add_own_question(db, staff.researchers[0].person_id),
        questions=catalogue.questions(db),
        ready_sets={one.key: one for one in catalogue.ready_sets(db)},
    )
    blocks = []
    for number in range(min(factor, lived)):
        tell(f"  forty teachers live a school year ({number + 1} of {factor})")
        blocks.append(make_block(hiring, staff, number))
        _live_block(world, blocks[-1], teachers)
    kept = [LivedBlock(db, block) for block in blocks] if factor > lived else []
    for number in range(lived, factor):
        tell(f"  forty others live it, too ({number + 1} of {factor})")
        kept[number % lived].write_copy(
            db, number, seed=seed, people=hiring.names, places=hiring.places
        )
    _close_the_books(world, blocks[0], agreement, staff)
    if reports:
        make_reports(db, now=moment(year.days[-1], 18))
    return Filled(*(_count(db, model) for model in (Person, Cycle, Response)))


def _count(db: Session, model: type) -> int:
    return db.scalar(select(func.count()).select_from(model)) or 0


def _live_block(world: World, block: Block, teachers: int) -> None:
    for place, teacher in enumerate(block.teachers[:teachers]):
        number = block.number * TEACHERS + place
        agenda = _live_year(world, teacher, number)
        last = moment(world.year.days[-1], 18)
        share_cycles(world, agenda, block.coach_of(place), place=f"teacher {number}", today=last)
        put_on_posters(world, agenda, place=f"teacher {number}")
        world.db.flush()
        # What is written is not needed in memory any more.
        world.db.expunge_all()


def _live_year(world: World, teacher: Viewer, number: int) -> list[Turn]:
    plot = plot_of(number, seed=world.seed)
    threads = [_thread(world, teacher, plot, place, number) for place in range(len(plot.series))]
    # One class has one open survey at a time, so everything happens in the order of the calendar.
    agenda = sorted(
        (Turn(thread, turn, place) for thread in threads for place, turn in enumerate(thread.plot.turns)),
        key=lambda one: (one.day, one.thread.place),
    )
    for turn in agenda:
        live(turn)
    for thread in threads:
        if thread.room.plot.is_archived:
            now = moment(world.year.day(0.3), 16)
            archive_class(world.db, thread.room.row, now=now)
            route = "/classes/<uuid:classroom_id>/archive"
            world.acts.note("class.archived", teacher, route, thread.room.row.id, now)
    return agenda


def _thread(world: World, teacher: Viewer, plot: TeacherPlot, place: int, number: int) -> Thread:
    series = plot.series[place]
    name = f"teacher {number}, class {series.room}"
    begun = moment(world.year.day(0.0), 7, 20)
    room = make_room(world, teacher, plot.rooms[series.room], series, name, begun)
    return Thread(world, room, series, name)


def _close_the_books(world: World, block: Block, agreement: Agreement, staff: Staff) -> None:
    """Do the rest: invitations that wait, a colleague who left, what the nightly job deletes, the audit."""
    db, last = world.db, moment(world.year.days[-1], 18)
    leave_invitations_open(db, block, now=last)
    leaver, administrator = block.teachers[-1], block.administrators[(TEACHERS - 1) % SCHOOLS % DISTRICTS]
    disable_person(db, administrator, db.get_one(Person, leaver.person_id), now=last)
    route = "/people/<uuid:person_id>/disable"
    world.acts.note("person.disabled", administrator, route, leaver.person_id, last)
    ask_for_packages(world, agreement, staff, now=last)
    overdue.purge(db, now=last)
    world.acts.write(db)
