"""What teachers hand on themselves, and what a coach answers."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from survey_app.sample.chance import chance_for
from survey_app.sample.material import phrases
from survey_app.sharing import service, teams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from survey_app.permissions import Viewer
    from survey_app.sample.rooms import World
    from survey_app.sample.turns import Turn

SHARES, COMMENTS, TAKEN_BACK, ON_POSTER = 0.35, 0.6, 0.12, 0.4


def share_cycles(
    world: World, turns: Sequence[Turn], coach: Viewer, *, place: str, today: datetime
) -> None:
    """Share some of a teacher's decided cycles with the coach of her district; the coach answers some."""
    chance = chance_for(world.seed, place, "sharing")
    for turn in turns:
        # The same draws whatever is shared.
        wants, level, takes_back, answers = (chance.random() for _ in range(4))
        asks, words = chance.choice(("", *phrases()["asks"])), chance.choice(phrases()["comments"])
        if turn.plot.ends != "decided" or wants >= SHARES:
            continue
        shared = turn.at(17, 5)
        most = "everything" if service.notice_allows(turn.given) else "bands"
        share = service.share_cycle(
            world.db,
            turn.room.owner,
            turn.cycle,
            person_id=coach.person_id,
            email="",
            level=("plan", "bands", most)[int(3 * level)],
            asks=asks,
            now=shared,
        )
        if share is None:
            continue
        route = "/cycles/<uuid:cycle_id>/share"
        world.acts.note("cycle.shared", turn.room.owner, route, share.id, shared)
        if answers < COMMENTS:
            answered = min(today, shared + timedelta(days=1))
            service.write_comment(
                world.db, coach, turn.cycle, comment_id=uuid.uuid4(), words=words, now=answered
            )
        if takes_back < TAKEN_BACK:
            back = min(today, shared + timedelta(days=6))
            service.take_back(world.db, share, now=back)
            stop = f"{route}/<uuid:share_id>/stop"
            world.acts.note("cycle.unshared", turn.room.owner, stop, share.id, back)


def put_on_posters(world: World, turns: Sequence[Turn], *, place: str) -> None:
    """Put some of a teacher's decided cycles on the poster of her team."""
    chance = chance_for(world.seed, place, "posters")
    own = teams.own_teams(world.db, turns[0].room.owner)[:1] if turns else []
    for turn in turns:
        wants, level = chance.random(), chance.choice(("plan", "bands", "bands"))
        if turn.plot.ends != "decided" or wants >= ON_POSTER:
            continue
        for team in own:
            at = turn.at(17, 20)
            share = teams.set_share(
                world.db, turn.room.owner, turn.cycle, team_id=team.id, level=level, now=at
            )
            if share is not None:
                route = "/cycles/<uuid:cycle_id>/share/team"
                world.acts.note("cycle.shared", turn.room.owner, route, share.id, at)
