"""What item reports count: the very answers that releases count, over every network of the installation.

Were it another set, a lesson that only one of them counts would stand between two figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from survey_app.releases import queries, snapshot_queries
from survey_app.releases.contributions import contributions_of, unseen_in
from survey_app.releases.inputs import RATED, Inputs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Counted:
    """Answers and items as ``analytics.release`` takes them, and who else knows which classes.

    ``lessons`` are the administrations that count; ``unseen`` those questions of theirs that do not.
    """

    answers: pd.DataFrame
    items: pd.DataFrame
    views: pd.DataFrame
    lessons: frozenset[str]
    unseen: frozenset[tuple[str, str]]


def counted_everywhere(db: Session, *, until: datetime) -> Counted:
    """Return what stands to be counted of all networks."""
    each = [queries.inputs_of(db, one, until=until) for one in queries.networks(db)]
    whole = Inputs(
        tuple(source for one in each for source in one.sources),
        tuple(sorted({view for one in each for view in one.views})),
    )
    frozen = {
        given: [tables for _hash, tables in taken]
        for given, taken in snapshot_queries.frozen_tables(db, whole).items()
    }
    answers, items = contributions_of(whole.sources, frozen, counted=RATED)
    return Counted(
        answers,
        items,
        pd.DataFrame(list(whole.views), columns=pd.Index(["viewer", "teacher"])),
        frozenset(frozen),
        frozenset((given, key) for given, taken in frozen.items() for key in unseen_in(taken[-1])),
    )
