"""Where a cycle stands, and the one thing to do next. Pure: rows in, words out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration


class Stage(Enum):
    """The five steps of a turn, in order. The value is the word on screen."""

    PLAN = "Plan"
    TEACH = "Teach"
    PREDICT = "Predict"
    LOOK = "Look"
    DECIDE = "Decide"


STAGES = tuple(Stage)


@dataclass(frozen=True)
class Standing:
    """A cycle's stage and next step. ``endpoint`` is where the step is done; none when the turn is over."""

    stage: Stage | None
    next_words: str
    endpoint: str | None
    hint: str = ""

    def mark(self, stage: Stage) -> str:
        """Return "done", "now" or "later" for one step of the bar."""
        if self.stage is None:
            return "done"
        here, there = STAGES.index(self.stage), STAGES.index(stage)
        return "done" if there < here else "now" if there == here else "later"


def standing_of(cycle: Cycle, administrations: Sequence[Administration]) -> Standing:
    """Return where a cycle stands.

    Parameters
    ----------
    cycle : Cycle
    administrations : sequence of Administration
        Its living ones; void ones left out.
    """
    if cycle.decided_at is not None or cycle.set_aside_at is not None:
        return Standing(None, "See this cycle", "cycles.show")
    if not administrations or all(a.state == "draft" for a in administrations):
        return Standing(Stage.PLAN, "Open the survey", "cycles.show", "Your questions are ready.")
    if all(a.revealed_at is not None for a in administrations):
        return Standing(Stage.DECIDE, "Decide", "cycles.decide", "Keep, change, support. 5 minutes.")
    if all(a.locked_at is not None for a in administrations):
        return Standing(Stage.LOOK, "See what they said", "results.look")
    if any(a.state == "open" for a in administrations):
        return Standing(
            Stage.TEACH,
            "Say what you saw",
            "predictions.saw",
            "When the lesson is over. 10 minutes, stop any time.",
        )
    return Standing(Stage.PREDICT, "Say what you saw", "predictions.saw", "10 minutes, stop any time.")
