"""An attacker who has never seen the code of the release: she reads published tables and solves for children.

She knows who sat in which class and who answered (the worst case), every table of every release, and the
answers of the classes that the people she colludes with know. Each published figure limits whole numbers:
how many of a group of answers picked each option. She asks an integer program whether the answers of one to
four children could be anything else than what they were. If not, they are pinned.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

GROUPINGS = ("region", "district", "school", "team", "grade_band", "subject", "change_idea", "cycle_number")


@dataclass
class Attack:
    """What one coalition can make of the released figures of one item and mode."""

    steps: int
    favourable_from: int = 2
    grain: int = 5  # what percentages and means of fewer than 50 students are rounded to
    undecided: int = 0  # questions that the integer program did not settle in time
    rows: dict = field(default_factory=dict)  # (administration, student) -> facts
    statements: list = field(default_factory=list)  # (frozenset of rows, figures)

    def read(self, cells: pd.DataFrame, answers_by_label: dict[str, pd.DataFrame], item, mode) -> None:
        """Note every released figure and who stood behind it when it came out."""
        shown = cells[(cells["status"] == "released") & (cells["item"] == item) & (cells["mode"] == mode)]
        for figures in shown.to_dict("records"):
            answers = answers_by_label[figures["as_of"]]
            inside = answers[(answers["item"] == item) & (answers["mode"] == mode) & answers["value"].notna()]
            for name in [] if figures["table"] == "network" else figures["table"].split("+"):
                inside = inside[inside[name].astype(str) == str(figures[name])]
            keys = []
            for row in inside[["administration", "student", "teacher", "classroom", "value"]].itertuples(
                index=False
            ):
                self.rows[row[0], row[1]] = (row[2], row[3], int(row[4]) - 1)
                keys.append((row[0], row[1]))
            assert len(keys) == figures["answers"]
            self.statements.append((frozenset(keys), figures))

    def pinned(self, knows=(), pooled=False, smallest=5) -> list[set]:
        """Return the sets of children whose answers the coalition can work out."""
        told = self.statements
        groups: dict = {}
        for row, (teacher, _, _) in self.rows.items():
            signature = tuple(i for i, (members, _) in enumerate(told) if row in members)
            if signature and teacher not in knows:
                groups.setdefault(signature, []).append(row)
        groups = list(groups.values())
        if not groups:
            return []
        program = _Program(self, told, groups, set(knows))
        found = []
        for some in self._sets(groups, pooled, smallest):
            children = self._children([row for g in some for row in groups[g]], pooled)
            if program.pins(some, unanimous=children >= smallest):
                found.append({row for g in some for row in groups[g]})
        return found

    def _children(self, rows, pooled) -> int:
        if not pooled:
            return len({(self.rows[row][1], row[1]) for row in rows})
        turnout: dict = {}
        for row in rows:
            room = turnout.setdefault(self.rows[row][1], {})
            room[row[0]] = room.get(row[0], 0) + 1
        return sum(max(room.values()) for room in turnout.values())

    def _sets(self, groups, pooled, smallest):
        """Single groups, and unions of up to three groups with fewer children than the smallest group."""
        small = [g for g, rows in enumerate(groups) if self._children(rows, pooled) < smallest]
        yield from ((g,) for g in range(len(groups)))
        for place, a in enumerate(small):
            for other, b in enumerate(small[place + 1 :], start=place + 1):
                if self._children(groups[a] + groups[b], pooled) < smallest:
                    yield (a, b)
                    for c in small[other + 1 :]:
                        if self._children(groups[a] + groups[b] + groups[c], pooled) < smallest:
                            yield (a, b, c)


class _Program:
    """How many answers of each group are at each option, as whole numbers."""

    def __init__(self, attack, told, groups, knows) -> None:
        self.attack, self.k, self.border = attack, attack.steps, attack.favourable_from
        self.sizes = np.array([len(rows) for rows in groups])
        self.truth = np.zeros((len(groups), self.k))
        for g, rows in enumerate(groups):
            for row in rows:
                self.truth[g, attack.rows[row][2]] += 1
        place = {row: g for g, rows in enumerate(groups) for row in rows}
        rows, low, high = [], [], []
        for members, figures in told:
            behind = sorted({place[row] for row in members if row in place})
            given = np.zeros(self.k)
            for row in members:
                if attack.rows[row][0] in knows:
                    given[attack.rows[row][2]] += 1
            for weights, least, most in limits(figures, self.k, self.border, attack.grain):
                line = np.zeros((len(groups), self.k))
                line[behind] = weights
                known = float(given @ weights)
                rows.append(line.ravel())
                low.append(least - known)
                high.append(most - known)
        for g in range(len(groups)):
            line = np.zeros((len(groups), self.k))
            line[g] = 1
            rows.append(line.ravel())
            low.append(self.sizes[g])
            high.append(self.sizes[g])
        self.matrix, self.low, self.high = sp.csr_array(np.array(rows)), np.array(low), np.array(high)
        at = self.matrix @ self.truth.ravel()
        assert (at >= self.low - 1e-6).all(), "the truth must fit what was published"
        assert (at <= self.high + 1e-6).all(), "the truth must fit what was published"
        self.seen = [self.truth]

    def pins(self, some, unanimous) -> bool:
        """Say whether the favourable answers, or the sum of steps, of some groups can be one number only.

        Of a larger set only whether all of it must be favourable, or none of it.
        """
        favourable = np.zeros((len(self.sizes), self.k))
        favourable[list(some), self.border :] = 1
        steps = np.zeros((len(self.sizes), self.k))
        steps[list(some)] = np.arange(self.k)
        size = self.sizes[list(some)].sum()
        true = float((favourable * self.truth).sum())
        if unanimous:
            return true in (0, size) and self._fixed(favourable)
        return self._fixed(favourable) or self._fixed(steps)

    def _fixed(self, weights) -> bool:
        true = round(float((weights * self.truth).sum()))
        if any(round(float((weights * other).sum())) != true for other in self.seen):
            return False
        for least, most in ((-np.inf, true - 1), (true + 1, np.inf)):
            if self._possible(weights, least, most):
                return False
        return True

    def _possible(self, weights, least, most) -> bool:
        # A random aim makes each answer a different world, which settles many later questions.
        aim = np.random.default_rng(len(self.seen)).normal(size=self.truth.size)
        found = milp(
            aim,
            integrality=np.ones(self.truth.size),
            bounds=Bounds(0, np.repeat(self.sizes, self.k)),
            constraints=[
                LinearConstraint(self.matrix, self.low, self.high),
                LinearConstraint(weights.ravel()[None, :], least, most),
            ],
            options={"time_limit": 5},
        )
        if found.x is None and found.status == 1:
            self.attack.undecided += 1
            return True
        if found.x is None:
            assert found.status == 2, found.message
            return False
        world = np.round(found.x).reshape(self.truth.shape)
        assert np.abs(found.x - world.ravel()).max() < 1e-4
        self.seen.append(world)
        return True


def limits(figures, k, border, grain):
    """Yield (weight of each option, least, most) for everything a released row says."""
    n = figures["answers"]
    half = grain / 2 if figures["n"] < 50 else 0.5
    favourable = np.array([float(step >= border) for step in range(k)])
    low, high = int(figures["share_low"]), int(figures["share_high"])
    if low == high:
        yield favourable, n * (low - half) / 100, n * (low + half) / 100
    elif (low, high) == (0, 20):
        yield favourable, 0, n * 20 / 100
    elif (low, high) == (80, 100):
        yield favourable, n * 80 / 100, n
    else:
        open_low = 1e-4 if low == 20 else 0
        yield favourable, n * low / 100 + open_low, n * high / 100 - 1e-4
    steps = np.arange(k, dtype=float)
    scale = n * (k - 1)
    if not pd.isna(figures["mean"]):
        mean = int(figures["mean"])
        yield steps, scale * (mean - half) / 100, scale * (mean + half) / 100
    elif isinstance(figures["mean_says"], str):
        end, words = figures["mean_says"].split(" ", 1)
        if words == "or less":
            yield steps, 0, scale * int(end) / 100
        else:
            yield steps, scale * int(end) / 100, scale
    for first, last, percent in figures["distribution"] or ():
        inside = np.array([float(first - 1 <= step <= last - 1) for step in range(k)])
        yield inside, n * (percent - half) / 100, n * (percent + half) / 100
