"""The linear program: against a published table, against counting out all, against its closed form."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp

from analytics.release.attack import Contradiction, Problem, pinned
from analytics.release.figures import Known
from analytics.release.limits import forced_alike
from analytics.release.programs import Scale, option_problem

# Federal Committee on Statistical Methodology (1994), Statistical Policy Working Paper 22, chapter II: number
# of delinquent children by county and education of the head of the household (fictitious). Counties Alpha,
# Beta, Gamma, Delta; low, medium, high, very high.
CHILDREN = np.array([[15, 1, 3, 1], [20, 10, 10, 15], [3, 10, 10, 2], [12, 14, 7, 2]])
NAIVE = {(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (2, 0), (2, 3), (3, 0), (3, 3)}  # its "not protected" table
PROTECTED = {(0, 1), (0, 2), (0, 3), (2, 0), (2, 1), (2, 3), (3, 0), (3, 2), (3, 3)}  # its "protected" one


def problem_of(table, hidden):
    places = sorted(hidden)
    rows, sums = [], []
    for axis, count in ((0, table.shape[0]), (1, table.shape[1])):
        for line in range(count):
            rows.append([float(place[axis] == line) for place in places])
            sums.append(sum(table[place] for place in places if place[axis] == line))
    ends = np.array(sums, dtype=float)
    return Problem(sp.csr_array(np.array(rows)), ends, ends, np.full(len(places), float(table.sum()))), places


def intervals(table, hidden):
    problem, places = problem_of(table, hidden)
    return {place: problem.interval(unit) for place, unit in zip(places, np.eye(len(places)), strict=True)}


def test_the_published_table_has_the_published_totals():
    assert CHILDREN.sum(axis=1).tolist() == [20, 55, 25, 35]
    assert CHILDREN.sum(axis=0).tolist() == [50, 35, 30, 20]


def test_the_published_leak_is_found():
    # The paper adds two rows and subtracts two columns and is left with D3 = 1: Alpha, very high.
    found = intervals(CHILDREN, NAIVE)
    assert found[0, 3] == pytest.approx((1, 1))


def test_the_published_protection_holds():
    found = intervals(CHILDREN, PROTECTED)
    assert all(high - low >= 1 for low, high in found.values())
    assert all(low <= CHILDREN[place] <= high for place, (low, high) in found.items())


@pytest.mark.parametrize("seed", range(8))
def test_intervals_are_those_of_all_tables_counted_out(seed):
    draw = np.random.default_rng(seed)
    table = draw.integers(0, 5, size=(3, 3))
    hidden = {(int(r), int(c)) for r, c in product(range(3), range(3)) if draw.random() < 0.75}
    if not hidden:
        pytest.skip("nothing hidden in this table")
    problem, places = problem_of(table, hidden)
    sums = problem.limits @ np.array([table[place] for place in places])
    worlds = [
        world
        for world in product(range(int(table.sum()) + 1), repeat=min(len(places), 4))
        if len(places) <= 4 and np.array_equal(problem.limits @ np.array(world), sums)
    ]
    for k, place in enumerate(places):
        low, high = problem.interval(np.eye(len(places))[k])
        assert low <= table[place] <= high
        if worlds:
            assert (low, high) == pytest.approx((min(w[k] for w in worlds), max(w[k] for w in worlds)))


def test_a_sum_is_pinned_exactly_when_its_interval_holds_one_whole_number():
    problem, places = problem_of(CHILDREN, NAIVE)
    units = np.eye(len(places))
    truth = np.array([float(CHILDREN[place]) for place in places])
    held = pinned(problem, units, truth, np.full(len(places), np.nan))
    widths = [np.subtract(*problem.interval(unit)[::-1]) for unit in units]
    assert held.tolist() == [bool(width < 1) for width in widths]
    assert held.any()
    assert not held.all()
    unknown = np.full(len(places), np.nan)
    assert pinned(problem, units, unknown, unknown).tolist() == held.tolist()


def figures_of(matrix, size, answers, *, ends):
    """Return one question's figures, each with its exact sums, as the program for all options takes them."""
    matrix = np.array(matrix, dtype=float)
    counts = matrix.astype(int) @ np.array([np.bincount(group, minlength=4) for group in answers])
    favourable, total = counts[:, 2:].sum(axis=1), counts @ np.arange(4)
    at_ends = np.stack((counts[:, 0], counts[:, 3])) if ends else np.full((2, len(matrix)), -1)
    known = Known(favourable, favourable, total, total, at_ends)
    space = SimpleNamespace(matrix=matrix, size=np.array(size), statements=np.arange(len(matrix)))
    return space, known


def test_figures_read_together_tell_what_none_of_them_tells_alone():
    # Five of seven at the top and a sum of 19: the other two can only be at the step below it.
    space, known = figures_of([[1]], [7], [[3, 3, 3, 3, 3, 2, 2]], ends=True)
    known = Known(np.array([0]), np.array([7]), known.total_least, known.total_most, known.at_ends)
    favourable = np.array([0.0, 1.0, 1.0])
    assert option_problem(space, known, Scale(3, 2)).interval(favourable) == pytest.approx((7, 7))
    alone = Known(known.least, known.most, known.total_least, known.total_most)
    low, _ = option_problem(space, alone, Scale(3, 2)).interval(favourable)
    assert low == pytest.approx(6)


@pytest.mark.parametrize("seed", range(12))
def test_no_possible_answers_lie_outside_of_what_figures_read_together_allow(seed):
    draw = np.random.default_rng(seed)
    size = [2, 1, 2]
    answers = [draw.integers(0, 4, size=count) for count in size]
    matrix = [[1, 1, 1], [1, 1, 0], [0, 1, 1]][: int(draw.integers(1, 4))]
    space, known = figures_of(matrix, size, answers, ends=bool(draw.random() < 0.5))
    problem = option_problem(space, known, Scale(3, 2))
    worlds = [np.split(np.array(world), [2, 3]) for world in product(range(4), repeat=5)]
    fits = [world for world in worlds if _same(figures_of(matrix, size, world, ends=True)[1], known)]
    for group in range(3):
        for weight in ([0, 1, 1], [1, 2, 3]):
            aim = np.zeros(9)
            aim[3 * group : 3 * group + 3] = weight
            low, high = problem.interval(aim)
            sums = [np.array([0, *weight])[world[group]].sum() for world in fits]
            assert low <= min(sums) + 1e-6
            assert high >= max(sums) - 1e-6


def _same(one, other):
    told = other.at_ends >= 0
    same = np.array_equal(one.least, other.least) and np.array_equal(one.total_least, other.total_least)
    return same and np.array_equal(one.at_ends[told], other.at_ends[told])


def test_figures_that_contradict_one_another_are_refused():
    line = sp.csr_array(np.ones((2, 1)))
    impossible = Problem(line, np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.array([5.0]))
    with pytest.raises(Contradiction, match="ledger"):
        impossible.best(np.array([1.0]))


@pytest.mark.parametrize(("n", "top", "border"), [(3, 3, 2), (4, 3, 2), (3, 2, 2), (3, 4, 3), (4, 1, 1)])
def test_the_closed_form_agrees_with_all_answers_counted_out(n, top, border):
    worlds = list(product(range(top + 1), repeat=n))
    for total in range(n * top + 1):
        for least in range(n + 1):
            fit = [w for w in worlds if sum(w) == total and sum(a >= border for a in w) >= least]
            if not fit:
                continue
            numbers = {sum(a >= border for a in w) for w in fit}
            alike = numbers in ({0}, {n})
            known = Known(*(np.array([x]) for x in (least, n, total, total)))
            found = forced_alike(np.array([n]), known, np.array([top]), np.array([border]))[0]
            assert found == alike, (total, least, numbers)
