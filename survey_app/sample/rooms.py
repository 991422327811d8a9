"""A class of the sample network: its row, its codes and cards, and the invented students behind them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from survey_app.classrooms import service as classes
from survey_app.classrooms.codes import CardKeys
from survey_app.classrooms.consents import record_consents
from survey_app.classrooms.queries import live_focal_codes
from survey_app.sample.chance import chance_for
from survey_app.sample.students import TEACHERS_SD, Child, Classroom

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.catalogue.queries import Question, ReadySet
    from survey_app.models.classrooms import Card, FocalCode
    from survey_app.models.classrooms import Classroom as ClassroomRow
    from survey_app.permissions import Viewer
    from survey_app.sample.acts import Acts
    from survey_app.sample.school_year import SchoolYear
    from survey_app.sample.stories import RoomPlot, SeriesPlot

# The codes of invented cards are known to nobody, so no key needs to find them again.
NOBODYS = CardKeys(secrets.token_urlsafe(32))
FAMILIES_WHO_SAY_NO = 0.2  # classes with one among the focal students
OPTIMISM, OPTIMISM_SD = 0.45, 0.55  # most teachers see it a little better than students do


@dataclass(frozen=True)
class World:
    """What every part of the sample network is made with."""

    db: Session
    acts: Acts
    year: SchoolYear
    seed: int
    questions: dict[uuid.UUID, Question]
    ready_sets: dict[str, ReadySet]
    own_question: list[uuid.UUID]


@dataclass
class Room:
    """A class with its planned codes; ``focal`` and ``others`` are the invented students."""

    row: ClassroomRow
    plot: RoomPlot
    model: Classroom
    owner: Viewer
    codes: dict[str, FocalCode] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    other_cards: list[Card] = field(default_factory=list)
    left_out: str = ""  # the label of the focal student whose family said no

    @property
    def focal(self) -> dict[str, Child]:
        """The focal students in the planned set, by label."""
        return {label: self.model.focal_child(label) for label in self.codes}

    @property
    def others(self) -> list[Child]:
        """The rest of the class; all of it where no codes are used."""
        return [self.model.other_child(n) for n in range(self.plot.students - self.plot.focal)]


def make_room(
    world: World, owner: Viewer, plot: RoomPlot, series: SeriesPlot, place: str, now: datetime
) -> Room:
    """Make a class with its codes and cards, and its invented students."""
    chance = chance_for(world.seed, place)
    row = classes.make_class(
        world.db,
        owner,
        nickname=plot.nickname,
        band=plot.band,
        grade=plot.grade,
        subject=plot.subject,
        students=plot.students,
        now=now,
    )
    level = chance.gauss(0, TEACHERS_SD) + series.arc.level
    optimism = chance.gauss(OPTIMISM, OPTIMISM_SD)
    if series.arc.optimism is not None:
        optimism = chance.gauss(series.arc.optimism, 0.2)
    model = Classroom(
        seed=world.seed, place=place, level=level, optimism=optimism, young=plot.band == "K-2"
    )
    room = Room(row, plot, model, owner)
    if series.asks_focal and plot.focal:
        says_no = chance_for(world.seed, place, "families").random() < FAMILIES_WHO_SAY_NO
        _choose_focal(world, room, left_out=says_no and plot.focal < classes.MOST_FOCAL)
        _record_families(world, room, now=now)
        _make_cards(world, room, everybody=series.asks_rest, now=now)
    else:
        _record_families(world, room, now=now)
    return room


def _choose_focal(world: World, room: Room, *, left_out: bool) -> None:
    planned = {
        one.label: one for one in classes.set_focal_codes(world.db, room.row, room.plot.focal + left_out)
    }
    room.left_out = max(planned) if left_out else ""
    room.codes = {label: code for label, code in planned.items() if label != room.left_out}


def _record_families(world: World, room: Room, *, now: datetime) -> None:
    """Record that every family was told; where one said no, its child has no card and gives no answer."""
    said: dict[uuid.UUID | None, str] = {
        code.id: "opted_out" if code.label == room.left_out else "notice_sent"
        for code in live_focal_codes(world.db, room.row.id)
    }
    record_consents(world.db, room.owner, room.row, said | {None: "notice_sent"}, now=now)
    route = "/classes/<uuid:classroom_id>/families/said"
    world.acts.note("consent.recorded", room.owner, route, room.row.id, now)


def _make_cards(world: World, room: Room, *, everybody: bool, now: datetime) -> None:
    for label, child in room.focal.items():
        room.cards[label] = _card(world, room, room.codes[label], child.locale, now)
    # Giving the survey to the whole class hides who is focal: everybody has a card.
    if everybody:
        for locale in ("en", "es"):
            count = sum(child.locale == locale for child in room.others)
            made = classes.make_cards(
                world.db, room.row, focal_codes=[], others=count, locale=locale, keys=NOBODYS, now=now
            )
            room.other_cards += [one.card for one in made]


def _card(world: World, room: Room, code: FocalCode, locale: str, now: datetime) -> Card:
    made = classes.make_cards(
        world.db, room.row, focal_codes=[code], others=0, locale=locale, keys=NOBODYS, now=now
    )
    return made[0].card


def change_roster(world: World, room: Room, *, now: datetime) -> str:
    """Let one focal student leave and another one come; return the new label."""
    leaving = sorted(room.codes)[1]
    classes.retire_focal_code(world.db, room.row, room.codes[leaving], now=now)
    _choose_again(world, room)
    new = max(room.codes)
    room.cards.pop(leaving)
    room.cards[new] = _card(world, room, room.codes[new], room.focal[new].locale, now)
    return new


def _choose_again(world: World, room: Room) -> None:
    planned = classes.set_focal_codes(world.db, room.row, room.plot.focal + bool(room.left_out))
    room.codes = {one.label: one for one in planned if one.label != room.left_out}


def as_typed(items: list[dict[str, Any]], answers: dict[str, int | str]) -> dict[str, str]:
    """Return a sheet as a teacher keys it in from paper: the box from the top, ``?``, ``n`` or ``0``."""
    signs = {"skipped": "0", "not_understood": "?", "not_applicable": "n"}
    typed = {}
    for item in items:
        answer = answers[item["id"]]
        if item["kind"] == "text":
            typed[item["id"]] = "" if answer == "skipped" else str(answer)
        elif isinstance(answer, int):
            typed[item["id"]] = str(item["values"].index(answer) + 1)
        else:
            typed[item["id"]] = signs[answer]
    return typed
