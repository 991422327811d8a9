"""What a teacher writes: chosen phrases, and numbers read from what the students really answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from survey_app.results.service import top_two
from survey_app.sample.material import phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from survey_app.sample.stories import TurnPlot

Tables = dict[str, Any]


def data_point(tables: Sequence[Tables]) -> str:
    """Return the number that a decision rests on, of the first question asked."""
    if tables[0]["too_few"]:
        return "Fewer than five answers, so there are no numbers. I asked them aloud."
    item = tables[0]["items"][0]
    did, answered = top_two(tables[0], item)
    steps = item["options"][::-1] if item["reverse"] else item["options"]
    # Four steps have two favourable ones, three steps have one.
    best = " or ".join(f"“{words}”" for words in steps[-(len(steps) // 2) :])
    words = f"{did} of {answered} picked {best} for “{item['label']}”"
    own = next((value for key, value, _missing in tables[0]["ratings"] if key == item["key"]), None)
    if own is None:
        return f"{words}."
    return f"{words}; I had said “{item['options'][item['values'].index(own)]}”."


def share_of_top(tables: Sequence[Tables]) -> float | None:
    """Return the share of favourable answers to the first question, or none where nothing may be said."""
    if tables[0]["too_few"]:
        return None
    did, answered = top_two(tables[0], tables[0]["items"][0])
    return did / answered if answered else None


def reason(
    chance: Random, turn: TurnPlot, arc_name: str, now: Sequence[Tables], before: Sequence[Tables] | None
) -> str:
    """Return why she decided so: by what moved since last time."""
    kinds = phrases()["reasons"]
    if turn.is_baseline:
        return chance.choice(kinds["baseline"])
    if turn.decision == "abandon":
        return chance.choice(kinds["ended"])
    share, earlier = share_of_top(now), share_of_top(before) if before else None
    if share is None or earlier is None:
        return chance.choice(kinds["first"])
    if arc_name == "came closer" and turn.decision == "adopt":
        return chance.choice(kinds["closer"])
    moved = share - earlier
    return chance.choice(kinds["rose" if moved > 0.1 else "fell" if moved < -0.1 else "same"])


def noticing(chance: Random, label: str, tables: Tables) -> str:
    """Return what she notices about one student, now that she has looked."""
    answers = {key: value for code, key, value, _missing in tables["answers"] if code == label}
    kinds = phrases()["noticings"]
    if not answers:
        return chance.choice(kinds["absent"])
    expected = {key: option for key, code, option, _count in tables["predictions"] if code == label}
    apart = sum(
        (answers[item["key"]] - expected[item["key"]]) * (-1 if item["reverse"] else 1)
        for item in tables["items"]
        if answers.get(item["key"]) is not None and item["key"] in expected
    )
    kind = "lower" if apart <= -1 else "higher" if apart >= 1 else "as_expected"
    words: str = chance.choice(kinds[kind])
    return words.format(code=label)


def support(chance: Random, tables: Tables) -> tuple[str, str]:
    """Return the code she will support and how: the student whose answers are lowest."""
    totals: dict[str, list[float]] = {}
    items: Mapping[str, Mapping[str, Any]] = {item["key"]: item for item in tables["items"] if item["values"]}
    for label, key, value, _missing in tables["answers"]:
        if value is not None and key in items:
            values = items[key]["values"][::-1] if items[key]["reverse"] else items[key]["values"]
            totals.setdefault(label, []).append(values.index(value) / (len(values) - 1))
    if not totals:
        return "", ""
    label = min(totals, key=lambda code: (sum(totals[code]) / len(totals[code]), code))
    words: str = chance.choice(phrases()["support_steps"])
    return label, words.format(code=label)
