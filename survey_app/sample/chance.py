"""Seeded chance: each place in the network draws from a stream of its own, whatever came before it."""

from __future__ import annotations

from random import Random


def chance_for(*place: object) -> Random:
    """Return the random numbers of one place, such as ``chance_for(seed, "teacher", 7)``.

    Examples
    --------
    >>> chance_for(1, "teacher", 7).random() == chance_for(1, "teacher", 7).random()
    True
    """
    # Text is hashed by Random itself in a way that is the same in every process.
    return Random("/".join(str(part) for part in place))  # noqa: S311  (invented answers are no secret)
