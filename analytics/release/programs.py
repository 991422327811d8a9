"""The linear programs of a question: which unknowns there are, and how every figure limits sums of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from analytics.columns import Floats, Ints
from analytics.release.attack import Problem
from analytics.release.figures import Known
from analytics.release.limits import both_ways
from analytics.release.space import Space, distinct_rows


@dataclass(frozen=True)
class Scale:
    """The highest step of an item and its first favourable one, counted from 0."""

    top: int
    favourable_from: int


def favourable_problem(space: Space, known: Known, scale: Scale) -> Problem:
    """Return the limits on the favourable answers of each group.

    Parameters
    ----------
    space : Space
        Groups and figures.
    known : Known
        What each figure gives away, by number of its statement.
    scale : Scale
        The item's scale.
    """
    limits = _tightened(space, known, scale)
    return _problem(space, limits.least, limits.most, space.size)


def total_problem(space: Space, known: Known, scale: Scale) -> Problem:
    """Return the limits on the sum of steps of each group; parameters as :func:`favourable_problem`."""
    limits = _tightened(space, known, scale)
    return _problem(space, limits.total_least, limits.total_most, scale.top * space.size)


def end_problem(space: Space, at_end: Ints) -> Problem:
    """Return the limits on the answers of each group at one end of the scale.

    Parameters
    ----------
    space : Space
        Groups and figures.
    at_end : array of int
        Answers at that end behind each statement; -1 where no figure tells.
    """
    told = at_end[space.statements]
    most = np.where(told < 0, space.matrix @ space.size, told)
    return _problem(space, np.maximum(told, 0), most, space.size)


def option_problem(space: Space, known: Known, scale: Scale) -> Problem:
    """Return the limits on how many answers of each group are at each option: all figures read together.

    Unknowns are those of the first group at options 1 to ``scale.top``, of the second, and so on; what is
    missing to a group's size is at the lowest option. Parameters as :func:`favourable_problem`.
    """
    limits = _tightened(space, known, scale)
    answers = np.asarray(space.matrix @ space.size, dtype=np.int64)
    options = np.arange(1, scale.top + 1)
    everywhere, upper = np.ones(len(answers), dtype=np.bool_), np.repeat(space.size, scale.top)
    told = np.full((2, len(answers)), -1) if limits.at_ends is None else limits.at_ends
    kinds = [
        (options, limits.total_least, limits.total_most, everywhere),
        (options > 0, answers - told[0], answers - told[0], told[0] >= 0),
        (options == scale.top, told[1], told[1], told[1] >= 0),
    ]
    if scale.favourable_from > 0:
        kinds.append((options >= scale.favourable_from, limits.least, limits.most, everywhere))
    rows = [np.kron(np.eye(len(space.size)), np.ones(scale.top))]
    low, high = [np.zeros(len(space.size))], [space.size.astype(np.float64)]
    for weight, least, most, chosen in kinds:
        first, ends = _narrowest(space.matrix[chosen], least[chosen], most[chosen])
        rows.append(np.kron(space.matrix[chosen][first], weight.astype(np.float64)))
        low.append(ends[0])
        high.append(ends[1])
    return Problem(
        sp.csr_array(np.vstack(rows)), np.concatenate(low), np.concatenate(high), upper.astype(np.float64)
    )


def _problem(space: Space, least: Ints, most: Ints, upper: Ints) -> Problem:
    """Return the limits with one row for all figures of the same answers, between the narrowest ends."""
    first, ends = _narrowest(space.matrix, least, most)
    return Problem(sp.csr_array(space.matrix[first]), *ends, upper.astype(np.float64))


def _narrowest(matrix: Floats, least: Ints, most: Ints) -> tuple[Ints, tuple[Floats, Floats]]:
    """Return the places of distinct rows, and the narrowest ends that all rows like each of them leave."""
    first, kind = distinct_rows(matrix)
    low, high = least[first].astype(np.float64), most[first].astype(np.float64)
    np.maximum.at(low, kind, least)
    np.minimum.at(high, kind, most)
    return first, (low, high)


def _tightened(space: Space, known: Known, scale: Scale) -> Known:
    of = space.statements
    answers = (space.matrix @ space.size).astype(np.int64)
    one = np.ones(len(of), dtype=np.int64)
    return both_ways(answers, known.only(of), scale.top * one, scale.favourable_from * one)
