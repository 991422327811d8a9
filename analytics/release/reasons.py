"""Why cells are withheld, as counts: what a rehearsal says, and nothing about any one cell."""

from __future__ import annotations

import pandas as pd

from analytics.release.cells import build_cells
from analytics.release.contributions import check_contributions
from analytics.release.making import Release


def withheld_reasons(contributions: pd.DataFrame, items: pd.DataFrame, release: Release) -> dict[str, int]:
    """Return how many cells of a release are withheld for which reason.

    For whoever runs the release, never for its readers: to them every withheld cell is like every other.

    Parameters
    ----------
    contributions, items : DataFrame
        What the release was made from.
    release : Release
        From :func:`~analytics.release.make_release`.

    Returns
    -------
    dict of str to int
        Reason and number of cells. Each cell counts once, under the first reason that holds, in the order of
        the policy: nobody answered, too few students, too few teachers, one teacher gave too much of it; the
        rest could stand alone and would give away something together with others.

    Examples
    --------
    >>> answers = pd.DataFrame({
    ...     "teacher": ["t1"] * 4 + ["t2"] * 4 + ["t3"] * 4, "student": list("ABCD") * 3, "item": "SM1",
    ...     "mode": "coded", "team": ["north"] * 8 + ["south"] * 4, "value": [1, 2, 3, 4] * 3})
    >>> answers = answers.assign(classroom=answers["teacher"], administration=answers["teacher"])
    >>> items = pd.DataFrame({"item": ["SM1"], "steps": [4]})
    >>> from analytics.release.making import make_release
    >>> release = make_release(answers, items, [[], ["team"]], label="week 1")
    >>> {why: number for why, number in withheld_reasons(answers, items, release).items() if number}
    {'fewer than 10 students': 2}
    """
    policy = release.policy
    names = release.cells["table"].drop_duplicates()
    tables = tuple(() if name == "network" else tuple(name.split("+")) for name in names)
    rows = check_contributions(contributions, items)
    who = build_cells(rows, tables, policy).who
    students = who.students < policy.fewest_joined
    teachers = ~students & (who.teachers < policy.fewest_teachers)
    uneven = ~students & ~teachers & (who.most > policy.largest_share * who.answers + 1e-9)
    shown = int((release.cells["status"] == "released").sum())
    alone = int(students.sum() + teachers.sum() + uneven.sum())
    return {
        "nobody answered": len(release.cells) - len(who.students),
        f"fewer than {policy.fewest_joined} students": int(students.sum()),
        f"fewer than {policy.fewest_teachers} teachers": int(teachers.sum()),
        "one teacher gave too many of the answers": int(uneven.sum()),
        "would give something away beside other figures": len(who.students) - alone - shown,
    }
