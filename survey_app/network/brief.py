"""What of the change ideas stands on a brief of two pages. Pure: rows in, lines out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from survey_app.improvement.queries import Tried
    from survey_app.models.improvement import ChangeIdea
    from survey_app.network.queries import Reasons

MOST_IDEAS, MOST_REASONS, LONGEST_REASON = 12, 2, 130


@dataclass(frozen=True)
class IdeaLine:
    """One idea: how often it was tried and decided, and a few of the reasons that were shared."""

    name: str
    tried: Tried
    reasons: list[tuple[str, int, str]]  # decision, cycle number, reason
    more_reasons: int


def with_room(
    ideas: Sequence[ChangeIdea], tried: Mapping[uuid.UUID, Tried]
) -> tuple[list[ChangeIdea], int]:
    """Return the ideas tried by most teachers, in alphabetical order, and how many others had no room.

    Which decision they led to never decides whether an idea is here, nor where it stands.
    """
    begun = [one for one in ideas if tried.get(one.id) and tried[one.id].started]
    chosen = sorted(begun, key=lambda one: (-tried[one.id].teachers, -tried[one.id].started, one.name))
    here = sorted(chosen[:MOST_IDEAS], key=lambda idea: idea.name.casefold())
    return here, len(begun) - len(here)


def lines_of(
    ideas: Sequence[ChangeIdea],
    tried: Mapping[uuid.UUID, Tried],
    reasons: Mapping[uuid.UUID, Reasons],
) -> list[IdeaLine]:
    """Return a line for each of these ideas."""
    lines = []
    for one in ideas:
        shared = reasons.get(one.id)
        said = one_a_decision(shared.some) if shared else []
        lines.append(IdeaLine(one.name, tried[one.id], said, shared.total - len(said) if shared else 0))
    return lines


def one_a_decision(reasons: Sequence[tuple[str, int, str]]) -> list[tuple[str, int, str]]:
    """Return a few reasons, of different decisions where there are some: a brief is no advertisement."""
    first: dict[str, tuple[str, int, str]] = {}
    for reason in reasons:
        first.setdefault(reason[0], reason)
    spread = [*first.values(), *(one for one in reasons if one not in first.values())]
    return [(decision, number, _shortened(words)) for decision, number, words in spread[:MOST_REASONS]]


def _shortened(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= LONGEST_REASON else plain[: LONGEST_REASON - 1].rsplit(" ", 1)[0] + "…"
