"""After the lesson: what the teacher saw, what she expects, the lock, the look, the decision."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from survey_app.cycles import decisions, queries
from survey_app.predictions import service as predictions
from survey_app.results import service as results
from survey_app.sample import said
from survey_app.sample.material import phrases
from survey_app.sample.students import predicted_counts

if TYPE_CHECKING:
    from survey_app.models.surveys import Administration
    from survey_app.sample.students import Child
    from survey_app.sample.turns import Turn

COULD_NOT_SEE = 0.03


def save_view(turn: Turn) -> None:
    """Say what was seen; stop half way where the cycle waits at this point."""
    for administration in turn.given:
        children = list(_children(turn, administration).values())
        rated = predictions.rated_items(turn.sheet)
        if turn.plot.ends == "closed":
            rated = rated[:2]
        given = {}
        for item in rated:
            value = turn.room.model.own_rating(children, item, turn.happened, turn.view)
            hidden = turn.chance("saw", administration.part, item["key"]).random() < COULD_NOT_SEE
            given[item["id"]] = predictions.DID_NOT_SEE if hidden else str(value)
        predictions.save_rating(turn.world.db, administration, turn.sheet, given)


def lock(turn: Turn) -> None:
    """Predict, or skip the prediction, and lock."""
    skips = "skips prediction" in turn.plot.marks or "paper first" in turn.plot.marks
    if not skips:
        for administration in turn.given:
            _predict(turn, administration)
    predictions.lock_view(turn.world.db, turn.cycle, skip_prediction=skips, now=turn.at(15, 30))
    act, page = ("prediction.skipped", "lock") if skips else ("prediction.locked", "predict")
    turn.note(act, page, turn.at(15, 30))


def _predict(turn: Turn, administration: Administration) -> None:
    items = predictions.predicted_items(turn.sheet)
    if "predicts all" not in turn.plot.marks:
        items = items[: predictions.FIRST_QUESTIONS]
    children = _children(turn, administration)
    expected = {
        item["id"]: {
            who: turn.room.model.predicted(child, item, turn.happened, turn.view, who)
            for who, child in children.items()
        }
        for item in items
    }
    if administration.mode == "coded":
        picked = {
            (item_id, turn.room.codes[label].id): str(value)
            for item_id, by_label in expected.items()
            for label, value in by_label.items()
        }
        predictions.save_student_predictions(turn.world.db, administration, turn.sheet, picked)
        return
    counts = {item["id"]: predicted_counts(list(expected[item["id"]].values()), item) for item in items}
    predictions.save_count_predictions(turn.world.db, administration, turn.sheet, counts)


def _children(turn: Turn, administration: Administration) -> dict[str, Child]:
    if administration.mode == "coded":
        return turn.room.focal
    return {f"rest {n}": child for n, child in enumerate(turn.room.others)}


def look(turn: Turn) -> None:
    """Reveal, and write down what each focal student's answers say to her."""
    db, now = turn.world.db, turn.at(15, 33)
    results.reveal(db, turn.cycle, now=now)
    turn.note("results.revealed", "reveal", now)
    rows = queries.focal_rows(db, turn.cycle.id)
    chance = turn.chance("noticing")
    for tables in shown(turn):
        if tables["mode"] == "coded":
            # One noticing is asked, more are hers to give.
            noticed = [pair for place, pair in enumerate(rows) if place == 0 or chance.random() < 0.6]
            words = {row.focal_code_id: said.noticing(chance, label, tables) for row, label in noticed}
            results.save_noticings(db, [row for row, _label in rows], words)


def shown(turn: Turn) -> list[dict[str, Any]]:
    """Return the first snapshot of each group, the focal one first."""
    return [taken[0].tables for _a, taken in results.revealed_snapshots(turn.world.db, turn.cycle) if taken]


def decide(turn: Turn) -> None:
    """Keep, change, support; decide; tell the students."""
    tables = shown(turn)
    now = turn.at(15, 50)
    decisions.decide(
        turn.world.db, turn.cycle, _learning(turn, tables), version=turn.cycle.version, now=now
    )
    turn.note("cycle.decided", "decide", now)
    turn.thread.tables = tables


def _learning(turn: Turn, tables: list[dict[str, Any]]) -> decisions.Learning:
    chance, idea, words = turn.chance("learning"), turn.idea, phrases()
    label, step = ("", "")
    if tables[0]["mode"] == "coded":
        label, step = said.support(chance, tables[0])
    told = chance.choice(words["told_students"])
    keep = chance.choice([f"{one}." for one in idea.keeps] + words["keeps"])
    change = chance.choice([*idea.changes, *words["changes_next"]])
    is_told = "told" in turn.plot.marks
    return decisions.Learning(
        keep_what="" if turn.plot.is_baseline else keep,
        keep_where="" if turn.plot.is_baseline else f"{chance.choice(words['keep_where'])}.",
        change_next=change,
        support_code_id=_code_id(turn, label),
        support_step=step,
        decision=turn.plot.decision,
        reason=said.reason(chance, turn.plot, turn.thread.plot.arc.name, tables, turn.thread.tables),
        data_point=said.data_point(tables),
        shares_with_region="shares with region" in turn.plot.marks and not turn.plot.is_baseline,
        told_students_on=turn.world.year.next_day(turn.day) if is_told else None,
        told_students=told if is_told else "",
    )


def _code_id(turn: Turn, label: str) -> uuid.UUID | None:
    return turn.room.codes[label].id if label else None
