"""What teachers hand on themselves, and what a coach answers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.models.sharing import Comment, CycleShare
from survey_app.sample.chance import chance_for
from survey_app.sample.material import phrases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from survey_app.permissions import Viewer
    from survey_app.sample.rooms import World
    from survey_app.sample.turns import Turn

SHARES, COMMENTS, TAKEN_BACK = 0.35, 0.6, 0.12


def share_cycles(
    world: World, turns: Sequence[Turn], coach: Viewer, *, place: str, today: datetime
) -> None:
    """Share some of a teacher's decided cycles with the coach of her district; the coach answers some."""
    chance = chance_for(world.seed, place, "sharing")
    for turn in turns:
        if turn.plot.ends != "decided" or chance.random() >= SHARES:
            continue
        shared = turn.at(17, 5)
        allowed = all(a.may_be_shared for a in turn.given)
        level = chance.choice(("plan", "bands", "everything" if allowed else "bands"))
        is_revoked = chance.random() < TAKEN_BACK
        world.db.add(
            CycleShare(
                cycle_id=turn.cycle.id,
                person_id=coach.person_id,
                level=level,
                asks=chance.choice(("", *phrases()["asks"])),
                shared_at=shared,
                revoked_at=min(today, shared + timedelta(days=6)) if is_revoked else None,
            )
        )
        if chance.random() < COMMENTS:
            world.db.add(
                Comment(
                    cycle_id=turn.cycle.id,
                    author_id=coach.person_id,
                    words=chance.choice(phrases()["comments"]),
                    written_at=min(today, shared + timedelta(days=1)),
                )
            )
    world.db.flush()
