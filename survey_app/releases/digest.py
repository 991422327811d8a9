"""The hash of a release as it stands in the tables."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FIGURES = ("n", "teachers", "answers", "share_low", "share_high", "says", "mean", "mean_says", "gap")


def digest_of(
    groups: Sequence[tuple[str, str]], items: Sequence[tuple[str, str, int]], cells: Sequence[dict[str, Any]]
) -> str:
    """Return the hash of a release as it stands in the tables; a withheld cell is one that is not there."""
    lines = [*groups, *items, *cells]
    text = "\n".join(json.dumps(one, sort_keys=True, separators=(",", ":")) for one in lines)
    return hashlib.sha256(text.encode()).hexdigest()
