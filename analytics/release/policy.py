"""The numbers of the release policy, which a network may raise and never lower; the declared groupings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

GROUPINGS = (
    "region",
    "district",
    "school",
    "team",
    "grade_band",
    "subject",
    "change_idea",
    "cycle_number",
)
"""What a release may be grouped by. There is no free filter, no date, and nothing about a student."""

STANDARD_TABLES: tuple[tuple[str, ...], ...] = (
    (),
    ("region",),
    ("district",),
    ("school",),
    ("team",),
    ("grade_band",),
    ("subject",),
    ("change_idea",),
    ("cycle_number",),
    ("region", "cycle_number"),
    ("team", "cycle_number"),
    ("change_idea", "cycle_number"),
)
"""The tables of the weekly release: the network, each grouping alone, and the lines over cycles."""


AUDITED_FROM = 10
"""Students from which bands, too, are withheld where insiders could tell from them what others said.

Bands of fewer, in a policy that shows them (``joined_from``), stand whatever is behind them: "20 % or less"
has to look the same for nobody and for one; a rule that withheld one of the two would tell which it was.
"""


class PolicyError(ValueError):
    """A policy that protects less than the product promises."""


class UndeclaredGrouping(ValueError):
    """A release was asked for by something that is not a declared grouping."""


@dataclass(frozen=True)
class Policy:
    """The thresholds of a release. Every number may be made stricter; only joined_from may be made laxer.

    Parameters
    ----------
    smallest_group : int
        Distinct students below which nothing is told, not even of one class; also the smallest set that may
        be worked out.
    joined_from : int
        Distinct students from which answers of several teachers stand as one cell. Below it the teacher of
        the one favourable answer of "20 % or less" would know that nobody else's was. It alone may be made
        laxer than it begins, down to five, to show just that.
    fewest_teachers : int
        Teachers below which a cell of more than one class is withheld.
    largest_share : float
        The largest share of a cell's answers that may come from one teacher (0 to 1; stricter is smaller).
    steps_from : int
        Students from which shares come in steps of 10 % and a mean is given; below it three bands stand.
    distribution_from : int
        Students from which the distribution and a whole percentage are given.
    smallest_segment : int
        Students below which a segment of a distribution is merged with its neighbour.
    whole_from : int
        Students from which percentages and means are whole numbers; below it they are rounded to 5.
    texts_from : int
        Students from which texts that teachers chose to share may be shown.
    insiders : int
        How many teachers may put together what they know of their own classes without working out the
        answers of fewer than ``smallest_group`` others.

    Raises
    ------
    PolicyError
        If a number is laxer than it may be, with its name and both values.

    Examples
    --------
    >>> Policy(smallest_group=8).smallest_group
    8
    >>> Policy(smallest_group=4)
    Traceback (most recent call last):
    ...
    analytics.release.policy.PolicyError: smallest_group is 4 and may not be below 5: a network may raise
    what it asks for, never lower it.
    """

    smallest_group: int = 5
    joined_from: int = 10
    fewest_teachers: int = 3
    largest_share: float = 0.5
    steps_from: int = 10
    distribution_from: int = 20
    smallest_segment: int = 3
    whole_from: int = 50
    texts_from: int = 10
    insiders: int = 2

    def __post_init__(self) -> None:
        for field in fields(self):
            given, least = getattr(self, field.name), _LEAST[field.name]
            whole = isinstance(least, int)
            if isinstance(given, bool) or not isinstance(given, int if whole else (int, float)):
                kind = "a whole number" if whole else "a number"
                raise PolicyError(f"{field.name} is {given!r} and must be {kind}.")
            # Written so that a NaN is refused too.
            if field.name == "largest_share":
                if not 0 < given <= least:
                    raise PolicyError(
                        f"{field.name} is {given} and must lie above 0 and may not be above {least}: a"
                        " network may ask for more teachers with more even shares, never for fewer."
                    )
            elif not given >= least:
                raise PolicyError(
                    f"{field.name} is {given} and may not be below {least}: a network may raise what it asks"
                    " for, never lower it."
                )

    def detail(self, students: int) -> int:
        """Return what a cell of this many students may show: 0 nothing, 1 bands, 2 steps and mean, 3 all."""
        limits = (
            self.fewest_joined,
            max(self.steps_from, self.fewest_joined),
            max(self.distribution_from, self.steps_from, self.fewest_joined),
        )
        return sum(students >= limit for limit in limits)

    @property
    def fewest_joined(self) -> int:
        """Distinct students below which a cell of several teachers is withheld."""
        return max(self.smallest_group, self.joined_from)


_LEAST: dict[str, float] = {
    field.name: field.default for field in fields(Policy) if isinstance(field.default, int | float)
} | {"joined_from": 5}


def check_tables(tables: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the asked tables, each with its groupings in the order of :data:`GROUPINGS`.

    Parameters
    ----------
    tables : sequence of sequence of str
        Each names the groupings of one table; an empty one is the whole network.

    Raises
    ------
    UndeclaredGrouping
        If a table asks for anything but a declared grouping, for one twice, or stands there twice.

    Examples
    --------
    >>> check_tables([[], ["cycle_number", "team"]])
    ((), ('team', 'cycle_number'))
    >>> check_tables([["gender"]])
    Traceback (most recent call last):
    ...
    analytics.release.policy.UndeclaredGrouping: 'gender' is not a declared grouping. A release can be grouped
    by region, district, school, team, grade_band, subject, change_idea, cycle_number.
    """
    if isinstance(tables, str) or any(isinstance(table, str) for table in tables):
        raise UndeclaredGrouping("Tables are a list of lists of groupings, as in [['region'], ['team']].")
    checked: list[tuple[str, ...]] = []
    for table in tables:
        for name in table:
            if name not in GROUPINGS:
                listed = ", ".join(GROUPINGS)
                raise UndeclaredGrouping(
                    f"{name!r} is not a declared grouping. A release can be grouped by {listed}."
                )
        ordered = tuple(name for name in GROUPINGS if name in table)
        if len(ordered) != len(table):
            raise UndeclaredGrouping(f"Table {list(table)} names a grouping twice.")
        if ordered in checked:
            raise UndeclaredGrouping(f"Table {list(ordered)} is asked for twice.")
        checked.append(ordered)
    if not checked:
        raise UndeclaredGrouping("No table was asked for; [[]] is the whole network.")
    return tuple(checked)
