"""The lesson itself: the survey opens, children answer on screens or paper, somebody is absent, it closes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.cycles import plans
from survey_app.models.surveys import Survey
from survey_app.paper.service import KeyedRow, store_rows
from survey_app.respond.keys import SheetKey
from survey_app.sample.material import hard_question, phrases
from survey_app.sample.rooms import as_typed
from survey_app.sample.sheets import FilledSheet, send
from survey_app.surveys import service as surveys

if TYPE_CHECKING:
    from datetime import datetime

    from survey_app.sample.turns import Turn

FEW = 2  # answers in a try-out, or in a survey that has just been opened
IN_CLASS = 0.93


def open_lesson(turn: Turn) -> None:
    """Open the survey, after a try-out with two answers where there was one."""
    if "voided" in turn.plot.marks:
        _open(turn, turn.at(turn.hour - 1, 30))
        _give(turn, turn.at(turn.hour - 1, 33), most=FEW)
        surveys.void_surveys(turn.world.db, turn.cycle, now=turn.at(turn.hour - 1, 40))
        turn.note("survey.voided", "void", turn.at(turn.hour - 1, 40))
    _open(turn, turn.at(turn.hour, 40))
    if not turn.is_on_paper:
        _give(turn, turn.at(turn.hour, 44), most=FEW if turn.plot.ends == "open" else None)


def _open(turn: Turn, now: datetime) -> None:
    surveys.open_surveys(turn.world.db, turn.cycle, turn.room.row, goal=turn.lesson.get("goal", ""), now=now)
    turn.note("survey.opened", "open", now)
    turn.sheet = turn.world.db.get_one(Survey, turn.given[0].survey_id).sheet or {}


def close_lesson(turn: Turn) -> None:
    """Close the survey, and write the lesson log in the afternoon."""
    now = turn.at(turn.hour, 55)
    surveys.close_surveys(turn.world.db, turn.cycle, now=now)
    turn.note("survey.closed", "close", now)
    _log(turn, turn.at(15, 5))


def _give(turn: Turn, now: datetime, *, most: int | None) -> None:
    for administration in turn.given:
        sheets = _focal_sheets(turn) if administration.mode == "coded" else _other_sheets(turn)
        send(turn.world.db, administration, sheets[:most], now=now)


def _focal_sheets(turn: Turn) -> list[FilledSheet]:
    return [_focal_sheet(turn, label) for label in turn.room.codes if label not in turn.absent]


def _focal_sheet(turn: Turn, label: str) -> FilledSheet:
    child = turn.room.focal[label]
    answers = turn.room.model.answers(child, turn.sheet["items"], turn.happened, label)
    return FilledSheet(turn.room.codes[label].id, turn.room.cards[label].id, child.locale, answers)


def _other_sheets(turn: Turn) -> list[FilledSheet]:
    sheets = []
    for number, child in enumerate(turn.room.others):
        is_here = turn.chance("here", number).random() < IN_CLASS or turn.room.plot.students < 5
        if is_here:
            answers = turn.room.model.answers(child, turn.sheet["items"], turn.happened, f"rest {number}")
            cards = turn.room.other_cards
            card_id = cards[number].id if cards else None
            sheets.append(FilledSheet(None, card_id, child.locale, answers))
    return sheets


def _log(turn: Turn, now: datetime) -> None:
    chance = turn.chance("log")
    asked = [item for item in turn.sheet["items"] if item["values"]]
    # The questions that are not understood are the ones that children ask about.
    asked.sort(key=lambda item: item["key"] != hard_question())
    was_asked = "question asked about" in turn.plot.marks or asked[0]["key"] == hard_question()
    plans.save_log(
        turn.world.db,
        turn.cycle,
        dose="" if turn.plot.is_baseline else chance.choice(turn.idea.doses),
        adaptations=chance.choice(phrases()["adaptations"]),
        absences=chance.choice(phrases()["absences_words"]) if turn.absent else "",
        absent=[turn.room.codes[label].id for label in sorted(turn.absent)],
        asked_about=uuid.UUID(asked[0]["id"]) if was_asked else None,
        version=turn.cycle.version,
        now=now,
    )


def key_in(turn: Turn, now: datetime) -> None:
    """Key in the sheets of the focal group from paper."""
    db = turn.world.db
    for administration in turn.given:
        rows = []
        coded = administration.mode == "coded"
        for place, sheet in enumerate(_focal_sheets(turn) if coded else _other_sheets(turn)):
            rows.append(
                KeyedRow(
                    focal_code_id=sheet.focal_code_id,
                    key=SheetKey.fresh(administration.id, now=now),
                    cells=as_typed(turn.sheet["items"], dict(sheet.answers)),
                    name=f"row {place}",
                )
            )
        store_rows(db, administration, turn.sheet, rows, now=now)
    turn.note("answers.keyed", "key-in", now)


def give_late(turn: Turn) -> None:
    """Open the coded survey again for who was absent; closing it makes snapshot 2."""
    day = turn.world.year.next_day(turn.day)
    begin = turn.at(9, 5, day)
    surveys.reopen_surveys(turn.world.db, turn.cycle, turn.room.row, now=begin)
    turn.note("survey.reopened", "reopen", begin)
    for administration in turn.given:
        if administration.mode == "coded":
            sheets = [_focal_sheet(turn, label) for label in sorted(turn.absent)]
            send(turn.world.db, administration, sheets, now=begin + timedelta(minutes=4))
    end = begin + timedelta(minutes=15)
    surveys.close_surveys(turn.world.db, turn.cycle, now=end)
    turn.note("survey.closed", "close", end)
