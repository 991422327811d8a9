"""Share, take back, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from survey_app.errors import BadInput
from survey_app.models.sharing import Comment, CycleShare
from survey_app.sharing import queries

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from survey_app.models.cycles import Cycle
    from survey_app.models.surveys import Administration
    from survey_app.permissions import Viewer

LEVEL_WORDS = {
    "plan": "plan and decision",
    "bands": "plan, decision and pictures as bands",
    "everything": "everything that the students were told",
}


def notice_allows(given: Sequence[Administration]) -> bool:
    """Tell whether the students of some group were told that somebody who helps may see their answers."""
    return any(a.may_be_shared for a in given)


def effective_level(share: CycleShare, viewer: Viewer, given: Sequence[Administration]) -> str:
    """Return what a share shows now: everything is for a coach, and only where the notice said so."""
    if share.level == "everything" and not ("coach" in viewer.roles and notice_allows(given)):
        return "bands"
    return share.level


def share_cycle(
    db: Session,
    viewer: Viewer,
    cycle: Cycle,
    *,
    person_id: uuid.UUID | None,
    email: str,
    level: str,
    asks: str,
    now: datetime,
) -> CycleShare | None:
    """Share a cycle with a person of the network; sent twice, do it once and return none the second time.

    A new level or question takes the old share back and makes a new one: what was shown when stays known.

    Raises
    ------
    BadInput
        If nobody of the network who may read it is named, or everything is more than the notice said.
    """
    colleague = _named(db, viewer, person_id, email)
    if level == "everything":
        _refuse_more_than_the_notice(db, cycle, colleague)
    standing = queries.live_share(db, cycle.id, colleague.person_id)
    if standing is not None:
        if (standing.level, standing.asks) == (level, asks):
            return None
        standing.revoked_at = now
        db.flush()
    share = CycleShare(
        cycle_id=cycle.id,
        owner_id=cycle.owner_id,
        person_id=colleague.person_id,
        level=level,
        asks=asks,
        shared_at=now,
    )
    db.add(share)
    db.flush()
    return share


def _named(
    db: Session, viewer: Viewer, person_id: uuid.UUID | None, email: str
) -> queries.Colleague:
    if not email and person_id is None:
        raise BadInput("Nothing is shared yet.", {"person": "Choose somebody, or type an address below."})
    field = "email" if email else "person"
    found = queries.colleague_in_network(db, viewer, person_id=None if email else person_id, email=email)
    if found is None:
        words = "Nobody else in your network has this address and reads shared cycles. Look at it once more."
        raise BadInput("Nothing is shared yet.", {field: words})
    return found


def _refuse_more_than_the_notice(db: Session, cycle: Cycle, colleague: queries.Colleague) -> None:
    if not colleague.is_coach:
        words = f"{colleague.name} is no coach. Choose one of the other two: everything is for a coach only."
        raise BadInput("Nothing is shared yet.", {"level": words})
    if not notice_allows(queries.administrations_of(db, [cycle.id])):
        words = "These students were not told that somebody who helps you may see their answers. Choose less."
        raise BadInput("Nothing is shared yet.", {"level": words})


def take_back(db: Session, share: CycleShare, *, now: datetime) -> bool:
    """End a share at once; return whether it stood until now."""
    if share.revoked_at is not None:
        return False
    share.revoked_at = now
    db.flush()
    return True


def write_comment(
    db: Session, viewer: Viewer, cycle: Cycle, *, comment_id: uuid.UUID, words: str, now: datetime
) -> None:
    """Keep a comment; the same one sent twice is one.

    Raises
    ------
    BadInput
        If its id belongs to another comment.
    """
    known = db.get(Comment, comment_id)
    if known is None:
        db.add(
            Comment(
                id=comment_id,
                cycle_id=cycle.id,
                owner_id=cycle.owner_id,
                author_id=viewer.person_id,
                words=words,
                written_at=now,
            )
        )
        db.flush()
    elif (known.cycle_id, known.author_id) != (cycle.id, viewer.person_id):
        raise BadInput("Reload the page and send it again.", {"words": "Reload the page and send it again."})
