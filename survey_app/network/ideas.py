"""The ledger of change ideas: what was tried where, and what the release says changed from first to last."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from survey_app.network.pictures import all_said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from survey_app.models.releases import Release, ReleaseCell, ReleaseItem

WHO = {"coded": "focal students", "pooled": "whole classes"}


@dataclass(frozen=True)
class Change:
    """The change of one question from the first to the last cycle that came out, with its interval."""

    question: str
    who: str
    first_cycle: int
    last_cycle: int
    first: int
    last: int
    change: str
    low: str
    high: str
    first_n: int
    last_n: int


def changes(
    release: Release, items: Sequence[ReleaseItem], cells: Sequence[ReleaseCell]
) -> Mapping[str, list[Change]]:
    """Return the changes of each idea, by question; nothing where fewer than two cycles came out."""
    from analytics.release import released_change
    from survey_app.releases.thresholds import policy_used

    policy = policy_used(release)
    found: dict[tuple[str, str, str], list[ReleaseCell]] = defaultdict(list)
    for cell in cells:
        if cell.mean is not None and cell.cycle_number:
            found[cell.key, cell.item, cell.mode].append(cell)
    told: dict[str, list[Change]] = defaultdict(list)
    # A question can be asked in both modes, and stands here once for each.
    names = all_said(items)
    for item in items:
        for key in {key for key, name, mode in found if (name, mode) == (item.item, item.mode)}:
            own = sorted(found[key, item.item, item.mode], key=lambda cell: cell.cycle_number or 0)
            first, last = own[0], own[-1]
            if len(own) < 2 or first.mean is None or last.mean is None:
                continue
            what = released_change(first.mean, first.n, last.mean, last.n, policy=policy)
            told[key].append(
                Change(
                    question=names[item.item],
                    who=WHO[item.mode],
                    first_cycle=first.cycle_number or 0,
                    last_cycle=last.cycle_number or 0,
                    first=first.mean,
                    last=last.mean,
                    change=_signed(what.change),
                    low=_signed(what.low),
                    high=_signed(what.high),
                    first_n=what.first_n,
                    last_n=what.last_n,
                )
            )
    return told


def _signed(points: int) -> str:
    return f"+{points}" if points > 0 else f"−{-points}" if points else "0"
