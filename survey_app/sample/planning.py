"""A cycle begins: who is asked, which questions, what is hoped for and predicted before the lesson."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from survey_app.cycles import plans, service
from survey_app.cycles.quick_start import questions_for_band
from survey_app.sample.chance import chance_for
from survey_app.sample.material import lessons_for, phrases
from survey_app.sample.students import share_above
from survey_app.surveys import drafting
from survey_app.surveys import queries as survey_queries

if TYPE_CHECKING:
    from datetime import datetime

    from survey_app.models.cycles import Cycle
    from survey_app.sample.turns import Turn


def begin_series(turn: Turn, *, now: datetime) -> Cycle:
    """Begin a series with its first cycle, as the quick start does."""
    plot, room, world = turn.thread.plot, turn.room, turn.world
    chance = chance_for(world.seed, turn.thread.place, "lessons")
    known = list(lessons_for(room.plot.grade))
    chance.shuffle(known)
    turn.thread.lessons = known
    ready = world.ready_sets[turn.idea.ready_set]
    codes = list(room.codes.values())
    start = service.Start(
        cycle_id=uuid.uuid4(),
        title=turn.idea.name,
        change=turn.idea.name,
        item_version_ids=questions_for_band(world.questions, ready, room.plot.band, coded=bool(codes)),
        focal=bool(codes),
        rest=plot.asks_rest or not codes,
        expected_rest=len(room.others),
        is_baseline=turn.plot.is_baseline,
        may_be_shared=bool(codes) and chance.random() < 0.25,
        under_research=bool(codes) and takes_part_in_research(world.seed, turn.thread.place),
    )
    return service.start_series(world.db, room.owner, room.row, codes, start, now=now)


def takes_part_in_research(seed: int, place: str) -> bool:
    """Tell whether a teacher lets researchers see the lessons of a series: two of three do."""
    return chance_for(seed, place, "research").random() < 2 / 3


def plan(turn: Turn, new_label: str) -> None:
    """Choose questions, take a new student in, and finish the plan."""
    db, room = turn.world.db, turn.room
    if new_label:
        drafting.set_focal_group(db, turn.cycle, [code.id for code in room.codes.values()])
    _change_questions(turn)
    plans.save_plan(
        db, room.owner, turn.cycle, _plan_of(turn), version=turn.cycle.version, now=turn.at(7, 45)
    )


def _change_questions(turn: Turn) -> None:
    asked = survey_queries.item_version_ids_of(turn.world.db, turn.given[0].survey_id)
    wanted = list(asked)
    old, new = turn.world.own_question
    if "own question" in turn.plot.marks and old not in wanted:
        wanted.insert(0, old)
    if "own question reworded" in turn.plot.marks:
        wanted = [new if one == old else one for one in wanted]
        wanted = wanted if new in wanted else [new, *wanted]
    if "other question" in turn.plot.marks:
        wanted = _another_question(turn, wanted)
    if wanted != asked:
        drafting.choose_questions(turn.world.db, turn.given, wanted)


def _another_question(turn: Turn, asked: list[uuid.UUID]) -> list[uuid.UUID]:
    """Put another question of the same construct in the place of the last one that has steps."""
    known = turn.world.questions
    for place in reversed(range(len(asked))):
        old = known[asked[place]]
        for new in known.values():
            fits = new.band == old.band and new.kind == old.kind == "choice" and new.says()
            usable = not (new.reverse or new.pooled_only) and (new.min_grade or 0) <= 3
            if fits and usable and new.construct_key == old.construct_key and new.id not in asked:
                return [*asked[:place], new.id, *asked[place + 1 :]]
    return asked


def _plan_of(turn: Turn) -> plans.Plan:
    words = phrases()
    change = "" if turn.plot.is_baseline else turn.idea.name
    if turn.steps > 1:
        change = f"{turn.idea.name}: {turn.idea.tweaks[turn.number % len(turn.idea.tweaks)]}"
    is_unfinished = "plan unfinished" in turn.plot.marks
    aims = chance_for(turn.world.seed, turn.thread.place, "aim")
    return plans.Plan(
        aim=aims.choice(words["aims"]),
        driver=turn.idea.driver,
        change=change,
        lesson="" if is_unfinished else turn.lesson["lesson"],
        math="" if is_unfinished else turn.lesson["math"],
        science="" if is_unfinished else turn.lesson["science"],
        lesson_on=turn.day,
        focal={} if is_unfinished else _strengths_and_wonders(turn),
        predictions={} if is_unfinished else _plan_predictions(turn),
    )


def _strengths_and_wonders(turn: Turn) -> dict[uuid.UUID, tuple[str, str]]:
    """Return a strength that stays and a wonder that moves on, for each code; no two codes have the same."""
    words = phrases()
    strengths, wonders = list(words["strengths"]), list(words["wonders"])
    chance_for(turn.world.seed, turn.thread.place, "strengths").shuffle(strengths)
    turn.chance("wonders").shuffle(wonders)
    return {
        code.id: (strengths[(ord(label[0]) - ord("A")) % len(strengths)], wonders[place])
        for place, (label, code) in enumerate(sorted(turn.room.codes.items()))
    }


def _plan_predictions(turn: Turn) -> dict[uuid.UUID, tuple[int | None, str]]:
    if "no plan prediction" in turn.plot.marks:
        return {}
    room = turn.room
    group = len(room.codes) or len(room.others)
    hoped = share_above(room.model.level + room.model.optimism + 0.2)
    asked = survey_queries.item_version_ids_of(turn.world.db, turn.given[0].survey_id)
    scored = [one for one in asked if turn.world.questions[one].values]
    predicted = {}
    for place, version_id in enumerate(scored[:2]):
        k = round(group * min(1.0, max(0.0, hoped + turn.chance("hopes", place).gauss(0, 0.12))))
        predicted[version_id] = (k, "If the change works." if place == 0 else "")
    return predicted
